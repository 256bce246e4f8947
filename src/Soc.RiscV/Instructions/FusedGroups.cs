namespace Soc.RiscV.Instructions;

/// <summary>
/// What compiled code executes most. A group changes nothing but speed: its later instructions keep their own slots for jumps
/// to them, and where the slice ends inside it, only its beginning is executed.
/// </summary>
[Fused("addi", "addi c.add lbu c.lw c.ld sb c.sw c.sd beq bne bltu bgeu blt c.jal")]
[Fused("add", "c.addi c.add lbu c.lw c.ld c.bne bltu bgeu c.jal")]
[Fused("c.add", "c.jalr")]
[Fused("addiw", "andi c.slli c.bne bne")]
[Fused("slli", "c.add c.srli srli c.or xor")]
[Fused("srli", "c.add c.slli c.xor")]
[Fused("andi", "andi c.slli beq bne bltu")]
[Fused("xor", "c.add andi mul slli")]
[Fused("mul", "c.add xor")]
[Fused("lbu", "c.addi lbu beq bne")]
[Fused("lw", "c.add c.addi lw xor c.beq c.bne")]
[Fused("ld", "c.addi c.add ld c.sd c.beq c.bne")]
[Fused("sb", "c.addi bne")]
[Fused("sw", "addi sw")]
[Fused("sd", "addi sd")]
[Fused("beq", "addi lbu lw c.ld")]
[Fused("bne", "c.addi lbu")]
[Fused("bltu", "addi slli")]
[Fused("lui", "addi addiw")]
[Fused("auipc", "addi jalr")]

// Strings: load, advance one or two pointers, go on.
[Fused("lbu", "lbu+c.addi c.addi+c.addi c.addi+sb c.addi+beq c.addi+bne")]
[Fused("c.addi", "c.addi+beq c.addi+bne c.addi+sb")]
[Fused("sb", "c.addi+bne")]
[Fused("beq", "lbu+lbu")]

// Elements of arrays, tables of jumps.
[Fused("c.slli", "c.add+c.lw c.add+c.ld")]
[Fused("c.lw", "c.add+c.jalr c.add+c.add")]
[Fused("c.addi", "c.add+bltu")]

// Prologues and epilogues.
[Fused("c.sd", "c.sd+c.sd")]
[Fused("c.ld", "c.ld+c.ld c.addi+c.jalr")]
internal static class FusedGroups;
