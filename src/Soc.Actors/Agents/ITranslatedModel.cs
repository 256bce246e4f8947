using Soc.Topology;

namespace Soc.Actors.Agents;

/// <summary>A model whose addresses an IOMMU may translate: a DMA engine or a virtio device.</summary>
internal interface ITranslatedModel : IInitiatorModel
{
    /// <summary>What translates its addresses; null when nothing does.</summary>
    IommuTranslator? Translator { get; }

    /// <summary>Whether the address of an access is awaited.</summary>
    bool AwaitsTranslation { get; }

    /// <summary>Whether an access that was translated is under way with registers of another agent.</summary>
    bool HasTransaction { get; }

    /// <summary>While <see cref="AwaitsTranslation"/>: the bytes that the access stores, and how many.</summary>
    (ulong Value, int Size) PendingStore { get; }

    /// <summary>The translator knows the answer.</summary>
    void CompleteTranslation();

    /// <summary>The translator dropped translations: nothing that was derived from them is used any more.</summary>
    void DropTranslations();
}
