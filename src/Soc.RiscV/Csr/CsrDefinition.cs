namespace Soc.RiscV.Csr;

/// <summary>
/// One row of the CSR table. The number gives the lowest privilege mode (bits 9:8) and whether the register is read-only
/// (bits 11:10 = 3); 2 in bits 9:8 stands for HS-mode, whose registers, and VS-mode's by their own names, no virtual mode has.
/// </summary>
/// <param name="Number">CSR address, 0..0xFFF.</param>
/// <param name="Name">As in the manual.</param>
/// <param name="Read">The value; no side effects.</param>
/// <param name="Write">Takes a written value and legalises it; null when writes are ignored.</param>
/// <param name="Exists">Whether this hart in its present state has the register; an access is an illegal instruction otherwise.</param>
/// <param name="ReadToModify">The value that set and clear forms start from, where it differs (mip.SEIP).</param>
/// <param name="Exchange">Reads, and indivisibly clears and then sets bits: for registers outside of the hart; takes the place of Read and Write in instructions that write.</param>
/// <param name="IsHidden">Whether the hypervisor keeps the register from the present virtual mode; an access is a virtual instruction then.</param>
internal sealed record CsrDefinition(
    int Number,
    string Name,
    Func<Hart, ulong> Read,
    Action<Hart, ulong>? Write = null,
    Func<Hart, bool>? Exists = null,
    Func<Hart, ulong>? ReadToModify = null,
    Func<Hart, ulong, ulong, ulong>? Exchange = null,
    Func<Hart, bool>? IsHidden = null)
{
    /// <summary>The level of the registers of HS-mode and VS-mode.</summary>
    public const int HypervisorLevel = 2;

    /// <summary>Bits 9:8: U, S, HS, M.</summary>
    public int Level => (Number >> 8) & 3;

    /// <summary>The lowest mode that may access the register while V = 0.</summary>
    public PrivilegeMode MinimumMode => Level == HypervisorLevel ? PrivilegeMode.Supervisor : (PrivilegeMode)Level;

    /// <summary>Whether a write is an illegal instruction.</summary>
    public bool IsReadOnly => Number >> 10 == 3;
}
