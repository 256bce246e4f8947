namespace Soc.RiscV.Decoding;

/// <summary>The attribute that an instruction was declared with.</summary>
internal enum InstructionKind
{
    /// <summary>Computes rd from operands.</summary>
    Instruction,

    /// <summary>Conditional branch.</summary>
    Branch,

    /// <summary>Load.</summary>
    Load,

    /// <summary>Store.</summary>
    Store,

    /// <summary>Unconditional jump.</summary>
    Jump,

    /// <summary>Atomic read-modify-write.</summary>
    Atomic,

    /// <summary>Everything else.</summary>
    System,

    /// <summary>Load of a floating-point register.</summary>
    FloatLoad,

    /// <summary>Store of a floating-point register.</summary>
    FloatStore,

    /// <summary>Floating-point computation.</summary>
    Float,

    /// <summary>16-bit form of another instruction.</summary>
    Compressed,
}
