namespace Soc.Memory;

/// <summary>
/// One interrupt file of an IMSIC as its hart sees it through CSRs (RISC-V Advanced Interrupt Architecture 1.0, section 3.8): what miselect and
/// mireg, or siselect and sireg, reach, and mtopei or stopei. Each call is indivisible; other initiators store MSIs into the file meanwhile.
/// </summary>
public interface IInterruptFile
{
    /// <summary>Interrupt identities of the file: 1 to this.</summary>
    int IdentityCount { get; }

    /// <summary>The value of mtopei or stopei: identity in bits 26:16, priority in 10:0; 0 = nothing to take.</summary>
    ulong Top { get; }

    /// <summary>A write of mtopei or stopei: the pending bit of what <see cref="Top"/> shows is cleared, whatever is written.</summary>
    /// <param name="by">The hart.</param>
    /// <returns>What was shown, for the same instruction's read.</returns>
    ulong ClaimTop(IInitiator by);

    /// <summary>Reads a register and changes some of its bits: (old and not clear) or set.</summary>
    /// <param name="select">Value of miselect or siselect: 0x70 eidelivery, 0x72 eithreshold, 0x80..0xBF eip, 0xC0..0xFF eie (even ones).</param>
    /// <param name="clear">Bits to clear; all for a plain write, none for a read.</param>
    /// <param name="set">Bits to set.</param>
    /// <param name="by">The hart.</param>
    /// <param name="old">The value before.</param>
    /// <returns>False: there is no such register, and the access is an illegal instruction.</returns>
    bool TryUpdate(ulong select, ulong clear, ulong set, IInitiator by, out ulong old);
}
