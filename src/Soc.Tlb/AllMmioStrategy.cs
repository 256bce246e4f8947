using Soc.Memory;

namespace Soc.Tlb;

/// <summary>
/// Strategy D: the checker is an ordinary device whose callback checks and forwards. Nothing is kept, so nothing has to be
/// invalidated and nothing can be stale (softtlb.md section 4.5).
/// </summary>
internal sealed class AllMmioStrategy : TranslationStrategy
{
    /// <inheritdoc/>
    public override AccessResult Translate(SoftTlb tlb, TlbContext context, int slot, ulong virtualAddress, AccessKind kind)
    {
        ref TlbFullEntry full = ref context.Full[slot];
        for (AccessKind each = AccessKind.Load; each <= AccessKind.Fetch; each++)
        {
            if (full.Granted.Includes(each))
            {
                full[each].State = KindState.Callback;
            }
        }

        return AccessResult.Ok;
    }
}
