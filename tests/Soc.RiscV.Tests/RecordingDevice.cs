using Soc.Memory;

namespace Soc.RiscV.Tests;

/// <summary>Remembers what it was asked; reads give a fixed value.</summary>
internal sealed class RecordingDevice(ulong value = 0) : IBusDevice
{
    public List<BusAccess> Log { get; } = [];

    public Action? OnWrite { get; set; }

    public AccessResult Result { get; set; }

    public AccessResult Read(in BusAccess access, out ulong read)
    {
        Log.Add(access);
        read = value;
        return Result;
    }

    public AccessResult Write(in BusAccess access, ulong written)
    {
        Log.Add(access);
        OnWrite?.Invoke();
        return Result;
    }
}
