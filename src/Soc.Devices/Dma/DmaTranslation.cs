namespace Soc.Devices.Dma;

/// <summary>What an <see cref="IDmaTranslator"/> says to an access. Values other than Found are the walk's fault codes.</summary>
public enum DmaTranslation : byte
{
    /// <summary>Translated.</summary>
    Found = 0,

    /// <summary>Another agent must be asked first; the engine stops, and tries again after <see cref="DmaEngine.CompleteTranslation"/>.</summary>
    Ask = 1,

    /// <summary>Refused: a bus error.</summary>
    Refused = 2,

    /// <summary>Not permitted as things are; a channel that may do so sends a page request and waits for its answer.</summary>
    NoPermission = 3,

    /// <summary>The store is done: it was taken over on the way.</summary>
    Consumed = 4,
}
