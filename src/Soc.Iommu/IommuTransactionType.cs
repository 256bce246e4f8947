namespace Soc.Iommu;

/// <summary>TTYP of a fault record (RISC-V IOMMU 20260222, fault queue, table of TTYP encodings).</summary>
public enum IommuTransactionType : byte
{
    /// <summary>The fault was not caused by an inbound transaction.</summary>
    None = 0,

    /// <summary>Untranslated read for execute.</summary>
    UntranslatedExecute = 1,

    /// <summary>Untranslated read.</summary>
    UntranslatedRead = 2,

    /// <summary>Untranslated write or AMO.</summary>
    UntranslatedWrite = 3,

    /// <summary>Translated read for execute.</summary>
    TranslatedExecute = 5,

    /// <summary>Translated read.</summary>
    TranslatedRead = 6,

    /// <summary>Translated write or AMO.</summary>
    TranslatedWrite = 7,

    /// <summary>PCIe ATS Translation Request.</summary>
    TranslationRequest = 8,

    /// <summary>PCIe message.</summary>
    Message = 9,
}
