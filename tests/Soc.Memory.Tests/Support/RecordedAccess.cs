using Soc.Memory;

namespace Soc.Memory.Tests.Support;

/// <summary>One call of a device, without the initiator.</summary>
public readonly record struct RecordedAccess(ulong Offset, int Size, AccessKind Kind, byte World, ulong PhysicalAddress, ulong Value)
{
    public static RecordedAccess Of(in BusAccess access, ulong value) =>
        new(access.Offset, access.Size, access.Kind, access.Attributes.WorldId, access.PhysicalAddress, value);
}
