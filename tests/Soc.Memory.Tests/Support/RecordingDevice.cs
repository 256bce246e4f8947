using Soc.Memory;

namespace Soc.Memory.Tests.Support;

/// <summary>A device whose byte at an offset is a function of the offset; writes it down when it is called.</summary>
public class RecordingDevice(AccessResult result = AccessResult.Ok) : IBusDevice
{
    public List<RecordedAccess> Log { get; } = [];

    public AccessResult Result { get; set; } = result;

    /// <summary>How many calls are written down; the rest only counts.</summary>
    public bool Quiet { get; set; }

    public int Calls { get; private set; }

    public virtual AccessResult Read(in BusAccess access, out ulong value)
    {
        value = 0;
        for (int i = 0; i < access.Size; i++)
        {
            value |= (ulong)ByteAt(access.Offset + (ulong)i) << (8 * i);
        }

        Record(access, 0);
        return Result;
    }

    public AccessResult Write(in BusAccess access, ulong value)
    {
        Record(access, value);
        return Result;
    }

    public static byte ByteAt(ulong offset) => (byte)(0xA0 + (offset * 7));

    protected void Record(in BusAccess access, ulong value)
    {
        Calls++;
        if (!Quiet)
        {
            Log.Add(RecordedAccess.Of(access, value));
        }
    }
}
