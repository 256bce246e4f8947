using Soc.Memory;

namespace Soc.Tlb;

/// <summary>
/// Strategy C3: nothing is translated at fill; the first access of a kind translates, and the answer serves every kind in
/// its permissions. One result slot per kind (softtlb.md sections 4.3 and 4.4).
/// </summary>
internal sealed class DeferredStrategy : TranslationStrategy
{
    /// <inheritdoc/>
    public override AccessResult Translate(SoftTlb tlb, TlbContext context, int slot, ulong virtualAddress, AccessKind kind)
    {
        AccessResult result = tlb.ResolveChain(context, slot, virtualAddress, kind, out ResolvedAccess answer);
        if (result == AccessResult.Ok)
        {
            tlb.Apply(context, slot, virtualAddress, answer);
        }

        return result;
    }
}
