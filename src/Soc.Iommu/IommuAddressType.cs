namespace Soc.Iommu;

/// <summary>The three kinds of inbound access (RISC-V IOMMU 20260222, ATS and PRI).</summary>
public enum IommuAddressType : byte
{
    /// <summary>The address is an IOVA and goes through the full process.</summary>
    Untranslated = 0,

    /// <summary>A device asks which address and permissions an IOVA has.</summary>
    TranslationRequest = 1,

    /// <summary>The address came from an earlier answer to a translation request.</summary>
    Translated = 2,
}
