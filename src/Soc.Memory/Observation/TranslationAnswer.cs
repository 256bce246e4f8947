namespace Soc.Memory.Observation;

/// <summary>Where a translation leads, as the events tell it (softtlb.md section 9: direct, device, sink).</summary>
public enum TranslationAnswer : byte
{
    /// <summary>Plain memory, reached through an addend from now on.</summary>
    Direct = 0,

    /// <summary>A device that is called for every access.</summary>
    Device = 1,

    /// <summary>The blocked sink of a checker: refused.</summary>
    Sink = 2,

    /// <summary>Answered, but for less than the page: asked again at the next access.</summary>
    Uncached = 3,

    /// <summary>Nothing there, or no translation for this kind (decode error).</summary>
    Nothing = 4,

    /// <summary>On to the next address space; the answer of a checker that is not the last of its chain.</summary>
    Downstream = 5,
}
