using Soc.Memory;

namespace Soc.Tlb;

/// <summary>
/// Strategy B, the first version of the patch series: the answer for the kind of the access that filled the entry; kinds that
/// it does not serve miss, walk again and throw this answer away (softtlb.md section 4.2).
/// </summary>
/// <remarks>
/// The original asks for a read when it fetches; here a fetch asks for a fetch, which gives the same for filters that know
/// only read and write, and stays correct for those with an execute permission.
/// </remarks>
internal sealed class PingPongStrategy : TranslationStrategy
{
    /// <inheritdoc/>
    public override AccessResult Translate(SoftTlb tlb, TlbContext context, int slot, ulong virtualAddress, AccessKind kind)
    {
        AccessResult result = tlb.ResolveChain(context, slot, virtualAddress, kind, out ResolvedAccess answer);
        if (result == AccessResult.Ok)
        {
            SoftTlb.DisableAll(context, slot);
            tlb.Apply(context, slot, virtualAddress, answer);
        }

        return result;
    }
}
