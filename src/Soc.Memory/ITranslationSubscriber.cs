namespace Soc.Memory;

/// <summary>Keeps translations, so registers for their invalidation (rule L3) and may count and trace them.</summary>
public interface ITranslationSubscriber
{
    /// <summary>Called before the region's configuration is read.</summary>
    void BeforeTranslate(IommuRegion region, int index);

    /// <summary>Called with the answer.</summary>
    void AfterTranslate(IommuRegion region, int index, AccessKind kind, in IommuTranslation answer);

    /// <summary>Called when a chain of more than <see cref="TranslationChain.MaximumDepth"/> regions was given up (case IO5).</summary>
    void ChainTooDeep(IommuRegion region)
    {
    }
}
