namespace Soc.Iommu;

/// <summary>Fault causes (RISC-V IOMMU 20260222, fault queue, table of CAUSE encodings).</summary>
public enum IommuFaultCause : ushort
{
    /// <summary>No fault.</summary>
    None = 0,

    /// <summary>Instruction access fault.</summary>
    InstructionAccessFault = 1,

    /// <summary>Read access fault.</summary>
    ReadAccessFault = 5,

    /// <summary>Write or AMO access fault.</summary>
    WriteAccessFault = 7,

    /// <summary>Instruction page fault.</summary>
    InstructionPageFault = 12,

    /// <summary>Read page fault.</summary>
    ReadPageFault = 13,

    /// <summary>Write or AMO page fault.</summary>
    WritePageFault = 15,

    /// <summary>Instruction guest page fault.</summary>
    InstructionGuestPageFault = 20,

    /// <summary>Read guest page fault.</summary>
    ReadGuestPageFault = 21,

    /// <summary>Write or AMO guest page fault.</summary>
    WriteGuestPageFault = 23,

    /// <summary>All inbound transactions disallowed: the IOMMU is off.</summary>
    AllTransactionsDisallowed = 256,

    /// <summary>DDT entry load access fault.</summary>
    DirectoryAccessFault = 257,

    /// <summary>DDT entry not valid.</summary>
    DirectoryEntryNotValid = 258,

    /// <summary>DDT entry misconfigured.</summary>
    DirectoryEntryMisconfigured = 259,

    /// <summary>Transaction type disallowed.</summary>
    TransactionTypeDisallowed = 260,

    /// <summary>MSI PTE load access fault.</summary>
    MsiPteAccessFault = 261,

    /// <summary>MSI PTE not valid.</summary>
    MsiPteNotValid = 262,

    /// <summary>MSI PTE misconfigured.</summary>
    MsiPteMisconfigured = 263,

    /// <summary>MRIF access fault.</summary>
    MrifAccessFault = 264,

    /// <summary>PDT entry load access fault.</summary>
    ProcessEntryAccessFault = 265,

    /// <summary>PDT entry not valid.</summary>
    ProcessEntryNotValid = 266,

    /// <summary>PDT entry misconfigured.</summary>
    ProcessEntryMisconfigured = 267,

    /// <summary>DDT data corruption.</summary>
    DirectoryCorruption = 268,

    /// <summary>PDT data corruption.</summary>
    ProcessDirectoryCorruption = 269,

    /// <summary>MSI page table data corruption.</summary>
    MsiPteCorruption = 270,

    /// <summary>MRIF data corruption.</summary>
    MrifCorruption = 271,

    /// <summary>Internal data path error.</summary>
    InternalError = 272,

    /// <summary>Access fault of an MSI that the IOMMU sent for itself.</summary>
    MsiWriteAccessFault = 273,

    /// <summary>First- or second-stage page table data corruption.</summary>
    PageTableCorruption = 274,
}
