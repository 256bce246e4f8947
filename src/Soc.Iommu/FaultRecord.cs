namespace Soc.Iommu;

/// <summary>A fault record of 32 bytes (RISC-V IOMMU 20260222, fault queue).</summary>
/// <param name="Cause">CAUSE.</param>
/// <param name="Type">TTYP.</param>
/// <param name="DeviceId">DID.</param>
/// <param name="HasProcessId">PV.</param>
/// <param name="ProcessId">PID.</param>
/// <param name="Supervisor">PRIV.</param>
/// <param name="Iotval">IOVA, message code or address, by TTYP.</param>
/// <param name="Iotval2">For guest page faults: the guest physical address, bit 0 implicit access, bit 1 which was a write.</param>
public readonly record struct FaultRecord(
    IommuFaultCause Cause, IommuTransactionType Type, uint DeviceId, bool HasProcessId, uint ProcessId, bool Supervisor, ulong Iotval, ulong Iotval2)
{
    /// <summary>Whether DC.tc.DTF suppresses records of this cause.</summary>
    public bool IsTranslationFault => Cause is not (
        IommuFaultCause.AllTransactionsDisallowed or IommuFaultCause.DirectoryAccessFault or IommuFaultCause.DirectoryEntryNotValid
        or IommuFaultCause.DirectoryEntryMisconfigured or IommuFaultCause.DirectoryCorruption or IommuFaultCause.InternalError
        or IommuFaultCause.MsiWriteAccessFault);

    /// <summary>Doubleword 0 of the record; ids that are not valid are 0.</summary>
    public ulong Word0
    {
        get
        {
            ulong word = (ulong)Cause | ((ulong)Type << 34);
            if (Type == IommuTransactionType.None)
            {
                return word;
            }

            word |= (ulong)DeviceId << 40;
            return HasProcessId ? word | (ulong)ProcessId << 12 | 1UL << 32 | (Supervisor ? 1UL << 33 : 0) : word;
        }
    }
}
