using Soc.Memory;
using Soc.Tlb;

namespace Soc.Iommu;

/// <summary>
/// Memory as the sanitizer's uncached walk reads it: past all checkers, without side effects, remembering each word of plain memory. Writes
/// succeed and do nothing.
/// </summary>
/// <param name="initiator">Who the walk is made for.</param>
/// <param name="space">What the IOMMU sees.</param>
internal sealed class ProbeBus(IInitiator initiator, AddressSpace space) : IIommuBus
{
    /// <summary>Host addresses of the words read since the list was cleared.</summary>
    public List<nint> Words { get; } = [];

    /// <inheritdoc/>
    public IommuBusResult Read(ulong address, Span<byte> into)
    {
        AccessResult result = TranslationChain.Resolve(
            space, address, (ulong)into.Length, AccessKind.Load, TransactionAttributes.DebugAccess, null, out ResolvedAccess at);
        if (result != AccessResult.Ok || at.Length < (ulong)into.Length || at.Section.DirectMemory(AccessKind.Load) is not { } ram)
        {
            // Devices are not asked: they might notice.
            into.Clear();
            return IommuBusResult.Refused;
        }

        nint first = HostWord.AddressOf(ram, at.Offset);
        for (nint word = first & ~(nint)7; word < first + into.Length; word += 8)
        {
            Words.Add(word);
        }

        at.Read(initiator, address, AccessKind.Load, TransactionAttributes.DebugAccess, into);
        return IommuBusResult.Ok;
    }

    /// <inheritdoc/>
    public IommuBusResult Write(ulong address, ReadOnlySpan<byte> from) => IommuBusResult.Ok;

    /// <inheritdoc/>
    public IommuBusResult CompareExchange(ulong address, int size, ulong expected, ulong desired, out ulong found)
    {
        found = expected;
        return IommuBusResult.Ok;
    }
}
