namespace Soc.Iommu.Vectors;

/// <summary>The six forms of vectors, recognised by their members.</summary>
public enum IommuVectorForm : byte
{
    /// <summary>A fresh IOMMU, one request, one result ("request").</summary>
    Translate,

    /// <summary>Steps of translations, stores and commands with sets of legal results ("steps").</summary>
    Invalidate,

    /// <summary>A command queue and the tail to write ("cqt").</summary>
    Commands,

    /// <summary>The debug interface ("tr_req_ctl").</summary>
    Debug,

    /// <summary>One PCIe Page Request message ("message").</summary>
    PageRequest,

    /// <summary>Steps with the MSIs that each must cause ("steps" and "msi_capable").</summary>
    Interrupts,
}
