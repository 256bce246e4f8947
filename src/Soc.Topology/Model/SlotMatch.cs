namespace Soc.Topology;

/// <summary>Which addresses a wgChecker slot matches (CFG.A, worldguard.md section 3.3).</summary>
public enum SlotMatch : byte
{
    /// <summary>None.</summary>
    Off = 0,

    /// <summary>From the end of the slot below to the address of this one.</summary>
    TopOfRange = 1,

    /// <summary>A naturally aligned power-of-two block.</summary>
    NaturallyAligned = 3,
}
