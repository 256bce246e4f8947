namespace Soc.Topology;

/// <summary>How regions that translate live in a TLB (design.md section 2, "strategy"; softtlb.md section 4).</summary>
public enum TranslationStrategy : byte
{
    /// <summary>Three result slots, translated when an access needs them.</summary>
    Deferred,

    /// <summary>Deferred, with one result slot for all kinds.</summary>
    SingleSlot,

    /// <summary>One kind at a time; the others are re-translated on demand.</summary>
    PingPong,

    /// <summary>Translated at the fill, for the kind that caused it.</summary>
    Eager,

    /// <summary>Translated at the fill for every kind, refusals as sinks.</summary>
    EagerWithSinks,

    /// <summary>Every access behind a checker goes through the device path.</summary>
    AllMmio,
}
