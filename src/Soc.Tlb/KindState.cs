namespace Soc.Tlb;

/// <summary>Sub-state of one kind of a TLB entry (softtlb.md section 4.3).</summary>
public enum KindState : byte
{
    /// <summary>The page table does not grant the kind.</summary>
    Disabled,

    /// <summary>Granted, not translated yet.</summary>
    Armed,

    /// <summary>Host memory; the addend is valid.</summary>
    Direct,

    /// <summary>A callback: device, blocked sink or discarded store; the result is kept in the slot.</summary>
    Sink,

    /// <summary>Translated on every access (rules N and A2).</summary>
    Uncached,

    /// <summary>Checked on every access because the strategy keeps nothing (section 4.5).</summary>
    Callback,
}
