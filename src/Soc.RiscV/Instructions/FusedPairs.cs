namespace Soc.RiscV.Instructions;

/// <summary>
/// The pairs that compiled code executes most. A pair changes nothing but speed: the second instruction keeps its own slot for
/// jumps to it, and where only one more instruction is due, the first is executed alone.
/// </summary>
[Fused("addi", "addi add lbu lw ld sb sw sd beq bne bltu bgeu blt bge jal jalr")]
[Fused("add", "addi add lbu lw ld sb sw sd bne bltu bgeu jal jalr")]
[Fused("addiw", "addi andi slli bne beq")]
[Fused("slli", "add addi srli or xor")]
[Fused("srli", "add slli xor or andi")]
[Fused("andi", "andi slli beq bne bltu")]
[Fused("xor", "add addi andi mul slli")]
[Fused("mul", "add xor")]
[Fused("lbu", "addi lbu beq bne sb")]
[Fused("lw", "add addi lw sw xor beq bne")]
[Fused("ld", "add addi ld sd beq bne jalr")]
[Fused("sb", "addi bne")]
[Fused("sw", "addi sw")]
[Fused("sd", "addi sd")]
[Fused("beq", "addi lbu lw ld")]
[Fused("bne", "addi lbu")]
[Fused("bltu", "addi slli")]
[Fused("lui", "addi addiw")]
[Fused("auipc", "addi ld jalr")]
internal static class FusedPairs;
