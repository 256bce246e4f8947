namespace Soc.RiscV.Sanitizing;

/// <summary>One page-table entry that a walk read.</summary>
/// <param name="Address">Physical address.</param>
/// <param name="Host">Host address.</param>
/// <param name="Value">The entry.</param>
internal readonly record struct ReferenceStep(ulong Address, nint Host, ulong Value)
{
    // Accessed and dirty bits and those for software: they may change without a fence being due (privileged ISA, section 10.3.1).
    private const ulong Ignored = 0x3C0;

    /// <summary>Whether another value of the entry translates as this one does.</summary>
    public bool TranslatesLike(ulong value) => ((Value ^ value) & ~Ignored) == 0;
}
