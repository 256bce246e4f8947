namespace Soc.Topology;

/// <summary>A wgChecker slot as it is after reset (worldguard.md section 3.4, default slots).</summary>
/// <param name="Index">Slot number, 1..slots.</param>
/// <param name="Match">Which addresses it matches.</param>
/// <param name="Address">The top (TOR) or first (NAPOT) byte address.</param>
/// <param name="Size">Bytes of a NAPOT block; 0 otherwise.</param>
/// <param name="Permissions">PERM: bit 2*w = world w may read, bit 2*w+1 = it may write.</param>
/// <param name="ErrorOnRead">ER: a refused read answers with a bus error.</param>
/// <param name="ErrorOnWrite">EW: a refused write answers with a bus error.</param>
/// <param name="InterruptOnRead">IR: a refused read raises the interrupt.</param>
/// <param name="InterruptOnWrite">IW: a refused write raises the interrupt.</param>
/// <param name="Locked">L: the slot cannot be changed until reset.</param>
public sealed record CheckerSlotDescription(
    int Index, SlotMatch Match, ulong Address, ulong Size, ulong Permissions,
    bool ErrorOnRead, bool ErrorOnWrite, bool InterruptOnRead, bool InterruptOnWrite, bool Locked)
{
    /// <summary>The ADDR register: byte address shifted right by 2, with the NAPOT size encoded in its low ones.</summary>
    public ulong AddressRegister => Match == SlotMatch.NaturallyAligned ? (Address >> 2) | ((Size >> 3) - 1) : Address >> 2;

    /// <summary>The CFG register.</summary>
    public uint ConfigurationRegister =>
        (uint)Match | Bit(ErrorOnRead, 8) | Bit(ErrorOnWrite, 9) | Bit(InterruptOnRead, 10) | Bit(InterruptOnWrite, 11) | Bit(Locked, 31);

    private static uint Bit(bool set, int number) => set ? 1u << number : 0;
}
