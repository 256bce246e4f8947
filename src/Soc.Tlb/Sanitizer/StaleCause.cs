namespace Soc.Tlb;

/// <summary>What a guest did wrong when one of its accesses may use a stale translation, stale code or an old answer of a checker.</summary>
public enum StaleCause
{
    /// <summary>The hart changed a page-table entry and used the address again without SFENCE.VMA.</summary>
    MissingFence,

    /// <summary>SFENCE.VMA was executed before the store instead of after it.</summary>
    FenceBeforeStore,

    /// <summary>SFENCE.VMA was executed after the store, but for another address or address space.</summary>
    FenceTooNarrow,

    /// <summary>Another hart changed the entry and fenced itself only.</summary>
    MissingRemoteFence,

    /// <summary>satp got another page table under an address-space id that is not fenced.</summary>
    AddressSpaceReused,

    /// <summary>PMP registers were written without SFENCE.VMA.</summary>
    MissingProtectionFence,

    /// <summary>Code was written and executed without FENCE.I.</summary>
    MissingCodeFence,

    /// <summary>A checker was reprogrammed, and memory handed over before the change was acknowledged.</summary>
    CheckerNotAwaited,

    /// <summary>An entry of an IOMMU's tables was changed, and the memory behind it used again without IOTINVAL.</summary>
    MissingIotinval,

    /// <summary>IOTINVAL was executed after the change, but for another address, address space or stage.</summary>
    IotinvalTooNarrow,

    /// <summary>IOTINVAL was executed, but nobody waited for an IOFENCE.C.</summary>
    MissingIofence,

    /// <summary>IOFENCE.C was executed before the invalidation instead of after it.</summary>
    IofenceTooEarly,

    /// <summary>A device that uses ATS was not told by ATS.INVAL.</summary>
    MissingAtsInvalidation,
}
