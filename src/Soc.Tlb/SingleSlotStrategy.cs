using Soc.Memory;

namespace Soc.Tlb;

/// <summary>
/// Strategy C1, the patch series as posted: the entry has room for the result of one answer. Kinds served by an older answer keep
/// their compare word, but when one of them enters the slow path its result is gone and is translated again
/// (softtlb.md section 4.3, point 2 and the "content switch" of the transition table).
/// </summary>
internal sealed class SingleSlotStrategy : TranslationStrategy
{
    /// <inheritdoc/>
    public override AccessResult Translate(SoftTlb tlb, TlbContext context, int slot, ulong virtualAddress, AccessKind kind)
    {
        if (context.Full[slot][kind].State != KindState.Armed)
        {
            tlb.Statistics.ContentSwitches++;
        }

        AccessResult result = tlb.ResolveChain(context, slot, virtualAddress, kind, out ResolvedAccess answer);
        if (result != AccessResult.Ok)
        {
            return result;
        }

        tlb.Apply(context, slot, virtualAddress, answer);
        for (AccessKind other = AccessKind.Load; other <= AccessKind.Fetch; other++)
        {
            if (!answer.Kinds.Includes(other))
            {
                context.Full[slot][other].Section = null;
            }
        }

        return result;
    }
}
