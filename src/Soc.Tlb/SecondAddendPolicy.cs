namespace Soc.Tlb;

/// <summary>Rule A2 of softtlb.md section 4.4: two kinds of one page reach two different host blocks.</summary>
public enum SecondAddendPolicy : byte
{
    /// <summary>The second kind stays uncached: correct data, slow each time.</summary>
    Degrade,

    /// <summary>A diagnostic stops the run (QEMU's assertion).</summary>
    Strict,
}
