using MessagePack;
using Soc.Iommu;

namespace Soc.Actors.Messages;

/// <summary>Command: drop copies of an IOMMU's answers, then acknowledge (riscv-iommu.md section 18).</summary>
/// <param name="Change">Correlation id: the cycle of commands that ends with the next IOFENCE.C.</param>
/// <param name="Owner">Agent number of the IOMMU.</param>
/// <param name="Epoch">The IOMMU's number of the invalidation.</param>
/// <param name="Stamp">The IOMMU's count of all that makes answers void, this one included.</param>
/// <param name="Kind">What it concerns.</param>
/// <param name="Flags">Bit 0 GV, 1 PSCV, 2 AV, 3 NL, 4 DV; bits 15:8 log2 of the address range.</param>
/// <param name="Gscid">GSCID.</param>
/// <param name="Pscid">PSCID.</param>
/// <param name="Address">First address.</param>
/// <param name="DeviceId">Device id.</param>
/// <param name="ProcessId">Process id.</param>
[MessagePackObject]
public sealed record IommuInvalidate(
    [property: Key(0)] ulong Change,
    [property: Key(1)] int Owner,
    [property: Key(2)] ulong Epoch,
    [property: Key(3)] ulong Stamp,
    [property: Key(4)] byte Kind,
    [property: Key(5)] uint Flags,
    [property: Key(6)] ushort Gscid,
    [property: Key(7)] uint Pscid,
    [property: Key(8)] ulong Address,
    [property: Key(9)] uint DeviceId,
    [property: Key(10)] uint ProcessId) : IAgentMessage
{
    /// <summary>An invalidation of the model as a message.</summary>
    /// <param name="change">Correlation id.</param>
    /// <param name="owner">Agent number of the IOMMU.</param>
    /// <param name="epoch">Its number.</param>
    /// <param name="stamp">The IOMMU's count.</param>
    /// <param name="what">The invalidation.</param>
    public static IommuInvalidate Of(ulong change, int owner, ulong epoch, ulong stamp, in IommuInvalidation what) => new(
        change, owner, epoch, stamp, (byte)what.Kind,
        (what.GuestValid ? 1u : 0) | (what.ProcessValid ? 2u : 0) | (what.AddressValid ? 4u : 0) | (what.NonLeaf ? 8u : 0) |
        (what.DeviceValid ? 16u : 0) | ((uint)what.AddressBits << 8),
        what.Gscid, what.Pscid, what.Address, what.DeviceId, what.ProcessId);

    /// <summary>The invalidation as a device's TLB takes it.</summary>
    public IommuInvalidation ToInvalidation() => new((IommuInvalidationKind)Kind)
    {
        GuestValid = (Flags & 1) != 0,
        ProcessValid = (Flags & 2) != 0,
        AddressValid = (Flags & 4) != 0,
        NonLeaf = (Flags & 8) != 0,
        DeviceValid = (Flags & 16) != 0,
        AddressBits = (int)(Flags >> 8) & 0xFF,
        Gscid = Gscid,
        Pscid = Pscid,
        Address = Address,
        DeviceId = DeviceId,
        ProcessId = ProcessId,
    };
}
