namespace Soc.Checkers.Registers;

/// <summary>How software may change a field of a register, in the words of the datasheets.</summary>
public enum RegisterAccess : byte
{
    /// <summary>RO: writes are ignored.</summary>
    ReadOnly,

    /// <summary>RW: takes what is written.</summary>
    ReadWrite,

    /// <summary>WARL: any value may be written, the register's legalisation keeps a legal one.</summary>
    Warl,

    /// <summary>W1C: writing 1 clears the bit, writing 0 has no effect.</summary>
    WriteOneToClear,

    /// <summary>W1SS: writing 1 sets the bit, which then stays set until reset.</summary>
    WriteOneToSetSticky,

    /// <summary>W1CS: writing 1 clears the bit, which then stays clear until reset.</summary>
    WriteOneToClearSticky,

    /// <summary>WO: a command; not stored, handed to the register's write effect.</summary>
    WriteOnly,
}
