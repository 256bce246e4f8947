namespace Soc.Checkers.Registers;

/// <summary>One field of a register, one row of the datasheet's field table.</summary>
/// <param name="Name">Name in the specification.</param>
/// <param name="High">Highest bit number.</param>
/// <param name="Low">Lowest bit number.</param>
/// <param name="Access">How software may change it.</param>
/// <param name="Reset">Value after reset, not shifted.</param>
public sealed record RegisterField(string Name, int High, int Low, RegisterAccess Access, ulong Reset)
{
    /// <summary>The field's bits in the register.</summary>
    public ulong Mask => (ulong.MaxValue >> (63 - (High - Low))) << Low;

    /// <summary>The field's value in a register value.</summary>
    public ulong Of(ulong register) => (register & Mask) >> Low;

    /// <summary>The access in the datasheets' letters.</summary>
    public string AccessText => Access switch
    {
        RegisterAccess.ReadOnly => "RO",
        RegisterAccess.ReadWrite => "RW",
        RegisterAccess.Warl => "WARL",
        RegisterAccess.WriteOneToClear => "W1C",
        RegisterAccess.WriteOneToSetSticky => "W1SS",
        RegisterAccess.WriteOneToClearSticky => "W1CS",
        _ => "WO",
    };
}
