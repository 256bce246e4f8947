using Soc.Devices.Dma;
using Soc.Memory;
using Soc.Tlb;

namespace Soc.Devices.Virtio;

/// <content>
/// Behind an IOMMU. A request is one step, so all translations that it needs, those of its buffers and of the rings, are there before it begins: the
/// device takes the chain, asks for one page after the other, and starts over when an invalidation takes one away meanwhile. A refusal is an address that
/// the driver must not give (DEVICE_NEEDS_RESET, virtio 1.2 section 2.1.2).
/// </content>
public sealed partial class VirtioMmio
{
    /// <summary>Most pages of one request behind an IOMMU, rings included: 32 MiB.</summary>
    public const int MaximumPages = 8192;

    private VirtioChain? _taken;
    private int _takenFrom = -1;
    private int _prepared;

    /// <summary>Whether the address of an access is awaited.</summary>
    public bool AwaitsTranslation { get; private set; }

    /// <summary>How often the device stopped to ask for a translation.</summary>
    public ulong Translations { get; private set; }

    /// <summary>The access that one of the private TLB's stands for.</summary>
    /// <param name="address">The address as the driver gave it.</param>
    /// <param name="kind">Load or store.</param>
    /// <param name="size">Bytes.</param>
    public DmaAccess AccessOf(ulong address, AccessKind kind, int size) => new(0, _configuration.DeviceId, address, kind) { Size = size };

    /// <summary>The translator knows the answer; the next <see cref="Run"/> goes on with the request.</summary>
    /// <exception cref="InvalidOperationException">No translation is under way.</exception>
    public void CompleteTranslation()
    {
        if (!AwaitsTranslation)
        {
            throw new InvalidOperationException($"{Name}: a translation came, but nobody waits for one");
        }

        AwaitsTranslation = false;
    }

    /// <summary>
    /// The translator dropped translations: nothing that was derived from them is used any more. Allowed between two calls of <see cref="Run"/>.
    /// </summary>
    public void DropTranslations()
    {
        _prepared = 0;
        _tlb.Flush();
    }

    /// <summary>The next chain, with everything translated that it needs; null when the queue is empty.</summary>
    /// <returns>False when an answer must come first.</returns>
    private bool TryTake(int number, out VirtioChain? chain)
    {
        VirtioQueue queue = _queues[number];
        if (_configuration.Translator is not { } translator)
        {
            chain = queue.Take();
            return true;
        }

        if (_taken is null)
        {
            try
            {
                chain = queue.Take();
            }
            catch (VirtioTranslationException)
            {
                chain = null;
                return false;
            }

            if (chain is null)
            {
                return true;
            }

            _taken = chain;
            _takenFrom = number;
            _prepared = 0;
            translator.Reserve(PagesOf(queue, chain));
        }

        chain = _taken;
        return IsPrepared(translator, queue, chain);
    }

    /// <summary>What was taken and not begun is not wanted any more; an answer that is still on its way finds nobody.</summary>
    private void Forget()
    {
        _taken = null;
        _takenFrom = -1;
        if (AwaitsTranslation)
        {
            _configuration.Translator!.Cancel();
        }
    }

    private bool IsPrepared(IDmaTranslator translator, VirtioQueue queue, VirtioChain chain)
    {
        int number = 0;
        foreach ((ulong page, AccessKind kind) in Needed(queue, chain))
        {
            if (number++ < _prepared)
            {
                continue;
            }

            DmaTranslation answer = translator.Translate(AccessOf(page, kind, 0), out _, out _);
            if (answer == DmaTranslation.Ask)
            {
                return false;
            }

            if (answer != DmaTranslation.Found)
            {
                throw new VirtioFaultException($"0x{page:x} is not for the device");
            }

            _prepared = number;
        }

        return true;
    }

    private static int PagesOf(VirtioQueue queue, VirtioChain chain)
    {
        ulong pages = 0;
        foreach ((VirtioSegment run, _) in Runs(queue, chain))
        {
            pages += (run.Length / SoftTlb.PageSize) + 2;
        }

        return pages <= MaximumPages ? (int)pages : throw new VirtioFaultException($"the request has more than {MaximumPages} pages");
    }

    private static IEnumerable<(ulong Page, AccessKind Kind)> Needed(VirtioQueue queue, VirtioChain chain)
    {
        foreach ((VirtioSegment run, AccessKind kind) in Runs(queue, chain))
        {
            ulong first = run.Address & ~(SoftTlb.PageSize - 1);
            ulong pages = run.Length == 0 ? 0 : (((run.Address - first) + run.Length - 1) / SoftTlb.PageSize) + 1;
            for (ulong page = 0; page < pages; page++)
            {
                yield return (first + (page * SoftTlb.PageSize), kind);
            }
        }
    }

    private static IEnumerable<(VirtioSegment Run, AccessKind Kind)> Runs(VirtioQueue queue, VirtioChain chain)
    {
        (VirtioSegment available, VirtioSegment used) = queue.Rings;
        yield return (available, AccessKind.Load);
        yield return (used, AccessKind.Store);
        foreach (VirtioSegment segment in chain.Readable)
        {
            yield return (segment, AccessKind.Load);
        }

        foreach (VirtioSegment segment in chain.Writable)
        {
            yield return (segment, AccessKind.Store);
        }
    }
}
