namespace Soc.Memory;

/// <summary>Keeps translations, so registers for their invalidation (rule L3) and may count and trace them.</summary>
public interface ITranslationSubscriber
{
    /// <summary>Called before the region's configuration is read.</summary>
    void BeforeTranslate(IommuRegion region, int index);

    /// <summary>Called with the answer.</summary>
    /// <param name="region">The region that was asked.</param>
    /// <param name="index">Its index for the access.</param>
    /// <param name="kind">Kind of the access.</param>
    /// <param name="offset">Offset in the region.</param>
    /// <param name="answer">What it said.</param>
    void AfterTranslate(IommuRegion region, int index, AccessKind kind, ulong offset, in IommuTranslation answer);

    /// <summary>Called when a chain of more than <see cref="TranslationChain.MaximumDepth"/> regions was given up (case IO5).</summary>
    void ChainTooDeep(IommuRegion region)
    {
    }
}
