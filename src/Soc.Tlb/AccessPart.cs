using Soc.Memory;

namespace Soc.Tlb;

/// <summary>One part of an access after everything has been resolved and before any byte is touched.</summary>
internal unsafe struct AccessPart
{
    /// <summary>Host address of the first byte, or null when a callback (or a discarded store) answers.</summary>
    public byte* Host;

    /// <summary>Bytes.</summary>
    public int Size;

    /// <summary>Virtual address of the first byte.</summary>
    public ulong VirtualAddress;

    /// <summary>The same on the initiator's bus.</summary>
    public ulong PhysicalAddress;

    /// <summary>Attributes of the entry.</summary>
    public TransactionAttributes Attributes;

    /// <summary>The end of the chain.</summary>
    public Section Section;

    /// <summary>Offset in the section's leaf.</summary>
    public ulong Offset;

    /// <summary>The last IOMMU region on the way.</summary>
    public IommuRegion? Last;

    /// <summary>Whether the device access was counted when it was resolved.</summary>
    public bool Counted;

    /// <summary>Whether a blocked sink answers.</summary>
    public readonly bool IsRefused => Section.IsBlockedSink;
}
