namespace Soc.Checkers.Gpc;

/// <summary>What a granule protection check says about one address in one physical address space.</summary>
/// <param name="Fault">What is wrong; <see cref="GpcFaultKind.None"/> for a pass.</param>
/// <param name="Level">GPT level at which the check ended, 0 or 1.</param>
/// <param name="First">First address of the block that one descriptor, or the register alone, speaks for.</param>
/// <param name="Last">Last address of that block, inclusive.</param>
public readonly record struct GpcVerdict(GpcFaultKind Fault, int Level, ulong First, ulong Last)
{
    /// <summary>Whether the access may leave the initiator.</summary>
    public bool Passes => Fault == GpcFaultKind.None;

    /// <summary>The status code GPCSC, 6 bits; meant for faults.</summary>
    public int StatusCode => ((int)Fault << 2) | Level;
}
