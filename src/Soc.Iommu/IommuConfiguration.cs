namespace Soc.Iommu;

/// <summary>Everything about an IOMMU that is fixed when it is built.</summary>
public sealed record IommuConfiguration
{
    /// <summary>Name for people.</summary>
    public string Name { get; init; } = "iommu";

    /// <summary>The capabilities register.</summary>
    public IommuCapabilities Capabilities { get; init; } = IommuCapabilities.Full;

    /// <summary>fctl after reset: bit 0 BE, bit 1 WSI, bit 2 GXL.</summary>
    public uint FeatureControlReset { get; init; }

    /// <summary>Whether fctl.GXL may be written; then DC.tc.SXL may be 1 while GXL is 0.</summary>
    public bool GuestXlenWritable { get; init; }

    /// <summary>Whether fctl.BE may be written, which also needs capabilities.END; then DC.tc.SBE may differ from BE.</summary>
    public bool BigEndianWritable { get; init; } = true;

    /// <summary>Writable bits of iommu_qosid: RCID in 11:0, MCID in 27:16.</summary>
    public uint QosIdMask { get; init; } = 0x0FFF_0FFF;

    /// <summary>ddtp.iommu_mode after reset is Bare instead of Off.</summary>
    public bool ResetsToBare { get; init; }

    /// <summary>Deepest device directory: 1 to 3 levels.</summary>
    public int DirectoryLevels { get; init; } = 3;

    /// <summary>log2 of the number of interrupt vectors, 0 to 4: writable bits of each field of icvec.</summary>
    public int VectorBits { get; init; } = 4;

    /// <summary>Event counters of the performance monitor, 0 to 31.</summary>
    public int Counters { get; init; } = 31;

    /// <summary>Bits of an event counter, 32 to 64.</summary>
    public int CounterBits { get; init; } = 64;

    /// <summary>log2 of the largest queue in entries, 1 to 32.</summary>
    public int QueueSizeLimit { get; init; } = 16;

    /// <summary>ATS invalidations that may be outstanding, 1 to 32; the command queue waits when none is free.</summary>
    public int OutstandingInvalidations { get; init; } = 8;

    /// <summary>log2 of the number of entries of the translation cache, 2 to 20.</summary>
    public int TranslationCacheBits { get; init; } = 10;

    /// <summary>log2 of the number of entries of each of the device-context, process-context and MSI-PTE caches, 0 to 16.</summary>
    public int DirectoryCacheBits { get; init; } = 7;
}
