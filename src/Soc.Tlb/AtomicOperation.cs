namespace Soc.Tlb;

/// <summary>Atomic read-modify-write operations (RISC-V unprivileged ISA, Zaamo).</summary>
public enum AtomicOperation : byte
{
    /// <summary>The operand.</summary>
    Swap,

    /// <summary>Sum.</summary>
    Add,

    /// <summary>Bitwise exclusive or.</summary>
    Xor,

    /// <summary>Bitwise and.</summary>
    And,

    /// <summary>Bitwise or.</summary>
    Or,

    /// <summary>Signed minimum.</summary>
    Min,

    /// <summary>Signed maximum.</summary>
    Max,

    /// <summary>Unsigned minimum.</summary>
    MinUnsigned,

    /// <summary>Unsigned maximum.</summary>
    MaxUnsigned,
}
