namespace Soc.RiscV.Csr;

/// <summary>
/// One row of the CSR table. The number gives the lowest privilege mode (bits 9:8) and whether the register is read-only
/// (bits 11:10 = 3).
/// </summary>
/// <param name="Number">CSR address, 0..0xFFF.</param>
/// <param name="Name">As in the manual.</param>
/// <param name="Read">The value; no side effects.</param>
/// <param name="Write">Takes a written value and legalises it; null when writes are ignored.</param>
/// <param name="Exists">Whether this hart in its present state has the register; an access is an illegal instruction otherwise.</param>
/// <param name="ReadToModify">The value that set and clear forms start from, where it differs (mip.SEIP).</param>
/// <param name="Exchange">Reads, and indivisibly clears and then sets bits: for registers outside of the hart; takes the place of Read and Write in instructions that write.</param>
internal sealed record CsrDefinition(
    int Number,
    string Name,
    Func<Hart, ulong> Read,
    Action<Hart, ulong>? Write = null,
    Func<Hart, bool>? Exists = null,
    Func<Hart, ulong>? ReadToModify = null,
    Func<Hart, ulong, ulong, ulong>? Exchange = null)
{
    /// <summary>The lowest mode that may access the register.</summary>
    public PrivilegeMode MinimumMode => (PrivilegeMode)((Number >> 8) & 3);

    /// <summary>Whether a write is an illegal instruction.</summary>
    public bool IsReadOnly => Number >> 10 == 3;
}
