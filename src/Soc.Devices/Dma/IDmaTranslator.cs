using Soc.Memory;

namespace Soc.Devices.Dma;

/// <summary>
/// What stands between a device that reaches memory (a DMA engine, a virtio device) and its bus: the device's own copies of an IOMMU's answers. Called
/// between two beats, never waits.
/// </summary>
public interface IDmaTranslator
{
    /// <summary>Translates an access.</summary>
    /// <param name="access">The access; inside one 4 KiB page.</param>
    /// <param name="address">Where it goes on the bus.</param>
    /// <param name="granted">Kinds for which the same holds in the whole 4 KiB page; contains the kind of the access.</param>
    DmaTranslation Translate(in DmaAccess access, out ulong address, out AccessKinds granted);

    /// <summary>A channel changed its identity, or the engine was reset: nothing kept for it may be used any more.</summary>
    void Clear();

    /// <summary>The device needs that many pages at the same time: so many translations can be kept from now on.</summary>
    /// <param name="pages">Pages, 4 KiB each.</param>
    void Reserve(int pages);

    /// <summary>The channel that waits does not want its answer any more.</summary>
    void Cancel();
}
