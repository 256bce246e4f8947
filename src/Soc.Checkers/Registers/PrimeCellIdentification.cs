namespace Soc.Checkers.Registers;

/// <summary>
/// The identification registers at the end of the 4 KiB frame of an Arm component: PIDR4-7, PIDR0-3 and CIDR0-3, one byte each
/// (Arm CoreSight architecture specification, component identification).
/// </summary>
internal static class PrimeCellIdentification
{
    private const ulong FirstOffset = 0xFD0;

    private static readonly (string Name, byte Value)[] Component = [("0", 0x0D), ("1", 0xF0), ("2", 0x05), ("3", 0xB1)];

    /// <summary>Declares the twelve registers.</summary>
    /// <param name="registers">The component's registers.</param>
    /// <param name="peripheral">What the manual calls the peripheral registers, without the number.</param>
    /// <param name="component">What it calls the component registers, without the number.</param>
    /// <param name="part1">PIDR1: designer and part number.</param>
    /// <param name="part2">PIDR2: revision and designer.</param>
    public static void Define(RegisterMap registers, string peripheral, string component, byte part1, byte part2)
    {
        (string Name, byte Value)[] all =
        [
            .. Numbered(peripheral, [("4", 0x04), ("5", 0), ("6", 0), ("7", 0), ("0", 0x60), ("1", part1), ("2", part2), ("3", 0)]),
            .. Numbered(component, Component),
        ];
        ulong offset = FirstOffset;
        foreach ((string name, byte value) in all)
        {
            registers.Define(name, offset, 4).Field(name, 7, 0, RegisterAccess.ReadOnly, value);
            offset += 4;
        }
    }

    private static IEnumerable<(string Name, byte Value)> Numbered(string prefix, IEnumerable<(string Number, byte Value)> registers) =>
        registers.Select(register => (prefix + register.Number, register.Value));
}
