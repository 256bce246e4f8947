using Soc.Memory;

namespace Soc.Tlb;

/// <summary>
/// Strategies A and E: one translation at fill, without a kind. A serves the permitted kinds and leaves the others disabled, and an
/// access of a disabled kind misses every time and then reaches the permitted target all the same, which is what the status
/// quo does (softtlb.md section 4.1, encoding E1, and section 3.4, second trap). E sends the refused kinds to one sink, the first
/// on the way (section 4.6).
/// </summary>
/// <param name="keepSink">E instead of A.</param>
internal sealed class EagerStrategy(bool keepSink) : TranslationStrategy
{
    /// <inheritdoc/>
    public override AccessResult Translate(SoftTlb tlb, TlbContext context, int slot, ulong virtualAddress, AccessKind kind)
    {
        AccessResult result = tlb.ResolveChainForAnyKind(context, slot, virtualAddress, out ResolvedAccess answer, out ResolvedAccess? sink);
        ResolvedAccess? blocked = keepSink ? sink : null;
        if (result != AccessResult.Ok && blocked is null)
        {
            return result;
        }

        SoftTlb.DisableAll(context, slot);
        if (blocked is { } refused)
        {
            // There is room for one sink: it takes also what a later region refuses. The entry was made by one walk of the chain: the
            // sink is as old as the rest, and bound to the same regions.
            AccessKinds granted = answer.Kinds & ~refused.Kinds;
            tlb.Apply(context, slot, virtualAddress, answer with { Kinds = granted });
            tlb.Apply(context, slot, virtualAddress, refused with { Kinds = AccessKinds.All & ~granted, Owners = answer.Owners });
            return AccessResult.Ok;
        }

        tlb.Apply(context, slot, virtualAddress, answer);
        if (!answer.Kinds.Includes(kind))
        {
            SoftTlb.FallThrough(context, slot, virtualAddress, kind, answer);
        }

        return AccessResult.Ok;
    }
}
