using Soc.Memory;

namespace Soc.Memory.Tests.Support;

/// <summary>A blocked sink: reads are zero, writes are dropped, everything is written down.</summary>
public sealed class RecordingSink(AccessResult result = AccessResult.Ok) : RecordingDevice(result), IBlockedSink
{
    public override AccessResult Read(in BusAccess access, out ulong value)
    {
        value = 0;
        Record(access, 0);
        return Result;
    }
}
