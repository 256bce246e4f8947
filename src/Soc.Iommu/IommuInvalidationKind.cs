namespace Soc.Iommu;

/// <summary>What an invalidation concerns.</summary>
public enum IommuInvalidationKind : byte
{
    /// <summary>IOTINVAL.VMA: first-stage translations.</summary>
    FirstStage,

    /// <summary>IOTINVAL.GVMA: second-stage translations and MSI PTEs.</summary>
    SecondStage,

    /// <summary>IODIR.INVAL_DDT: device contexts, of one device or of all.</summary>
    Device,

    /// <summary>IODIR.INVAL_PDT: the process context of one device and process.</summary>
    Process,

    /// <summary>ddtp.iommu_mode changed: nothing that was translated before may be used again.</summary>
    Everything,
}
