namespace Soc.RiscV.Instructions;

/// <summary>RV32I and RV64I base integer instructions (unprivileged ISA, chapters 2 and 4).</summary>
internal static class Rv64I
{
    // Integer register-immediate instructions.
    [Instruction("addi", "imm[11:0] rs1 000 rd 0010011")] public static ulong Addi(ulong rs1, ulong imm) => rs1 + imm;
    [Instruction("slti", "imm[11:0] rs1 010 rd 0010011")] public static ulong Slti(ulong rs1, ulong imm) => (long)rs1 < (long)imm ? 1UL : 0UL;
    [Instruction("sltiu", "imm[11:0] rs1 011 rd 0010011")] public static ulong Sltiu(ulong rs1, ulong imm) => rs1 < imm ? 1UL : 0UL;
    [Instruction("xori", "imm[11:0] rs1 100 rd 0010011")] public static ulong Xori(ulong rs1, ulong imm) => rs1 ^ imm;
    [Instruction("ori", "imm[11:0] rs1 110 rd 0010011")] public static ulong Ori(ulong rs1, ulong imm) => rs1 | imm;
    [Instruction("andi", "imm[11:0] rs1 111 rd 0010011")] public static ulong Andi(ulong rs1, ulong imm) => rs1 & imm;
    [Instruction("slli", "000000 shamt[5:0] rs1 001 rd 0010011")] public static ulong Slli(ulong rs1, int shamt) => rs1 << shamt;
    [Instruction("srli", "000000 shamt[5:0] rs1 101 rd 0010011")] public static ulong Srli(ulong rs1, int shamt) => rs1 >> shamt;
    [Instruction("srai", "010000 shamt[5:0] rs1 101 rd 0010011")] public static ulong Srai(ulong rs1, int shamt) => (ulong)((long)rs1 >> shamt);
    [Instruction("lui", "imm[31:12] rd 0110111")] public static ulong Lui(ulong imm) => imm;
    [Instruction("auipc", "imm[31:12] rd 0010111")] public static ulong Auipc(ulong pc, ulong imm) => pc + imm;

    // Integer register-register instructions.
    [Instruction("add", "0000000 rs2 rs1 000 rd 0110011")] public static ulong Add(ulong rs1, ulong rs2) => rs1 + rs2;
    [Instruction("sub", "0100000 rs2 rs1 000 rd 0110011")] public static ulong Sub(ulong rs1, ulong rs2) => rs1 - rs2;
    [Instruction("sll", "0000000 rs2 rs1 001 rd 0110011")] public static ulong Sll(ulong rs1, ulong rs2) => rs1 << (int)rs2;
    [Instruction("slt", "0000000 rs2 rs1 010 rd 0110011")] public static ulong Slt(ulong rs1, ulong rs2) => (long)rs1 < (long)rs2 ? 1UL : 0UL;
    [Instruction("sltu", "0000000 rs2 rs1 011 rd 0110011")] public static ulong Sltu(ulong rs1, ulong rs2) => rs1 < rs2 ? 1UL : 0UL;
    [Instruction("xor", "0000000 rs2 rs1 100 rd 0110011")] public static ulong Xor(ulong rs1, ulong rs2) => rs1 ^ rs2;
    [Instruction("srl", "0000000 rs2 rs1 101 rd 0110011")] public static ulong Srl(ulong rs1, ulong rs2) => rs1 >> (int)rs2;
    [Instruction("sra", "0100000 rs2 rs1 101 rd 0110011")] public static ulong Sra(ulong rs1, ulong rs2) => (ulong)((long)rs1 >> (int)rs2);
    [Instruction("or", "0000000 rs2 rs1 110 rd 0110011")] public static ulong Or(ulong rs1, ulong rs2) => rs1 | rs2;
    [Instruction("and", "0000000 rs2 rs1 111 rd 0110011")] public static ulong And(ulong rs1, ulong rs2) => rs1 & rs2;

    // The W forms work on the low 32 bits and sign-extend.
    [Instruction("addiw", "imm[11:0] rs1 000 rd 0011011")] public static ulong Addiw(ulong rs1, ulong imm) => (ulong)(int)(rs1 + imm);
    [Instruction("slliw", "0000000 shamt[4:0] rs1 001 rd 0011011")] public static ulong Slliw(ulong rs1, int shamt) => (ulong)((int)rs1 << shamt);
    [Instruction("srliw", "0000000 shamt[4:0] rs1 101 rd 0011011")] public static ulong Srliw(ulong rs1, int shamt) => (ulong)(int)((uint)rs1 >> shamt);
    [Instruction("sraiw", "0100000 shamt[4:0] rs1 101 rd 0011011")] public static ulong Sraiw(ulong rs1, int shamt) => (ulong)((int)rs1 >> shamt);
    [Instruction("addw", "0000000 rs2 rs1 000 rd 0111011")] public static ulong Addw(ulong rs1, ulong rs2) => (ulong)(int)(rs1 + rs2);
    [Instruction("subw", "0100000 rs2 rs1 000 rd 0111011")] public static ulong Subw(ulong rs1, ulong rs2) => (ulong)(int)(rs1 - rs2);
    [Instruction("sllw", "0000000 rs2 rs1 001 rd 0111011")] public static ulong Sllw(ulong rs1, ulong rs2) => (ulong)((int)rs1 << (int)rs2);
    [Instruction("srlw", "0000000 rs2 rs1 101 rd 0111011")] public static ulong Srlw(ulong rs1, ulong rs2) => (ulong)(int)((uint)rs1 >> (int)rs2);
    [Instruction("sraw", "0100000 rs2 rs1 101 rd 0111011")] public static ulong Sraw(ulong rs1, ulong rs2) => (ulong)((int)rs1 >> (int)rs2);

    // Control transfer.
    [Jump("jal", "imm[20|10:1|11|19:12] rd 1101111")] public static ulong Jal(ulong pc, ulong imm) => pc + imm;
    [Jump("jalr", "imm[11:0] rs1 000 rd 1100111")] public static ulong Jalr(ulong rs1, ulong imm) => (rs1 + imm) & ~1UL;
    [Branch("beq", "imm[12|10:5] rs2 rs1 000 imm[4:1|11] 1100011")] public static bool Beq(ulong rs1, ulong rs2) => rs1 == rs2;
    [Branch("bne", "imm[12|10:5] rs2 rs1 001 imm[4:1|11] 1100011")] public static bool Bne(ulong rs1, ulong rs2) => rs1 != rs2;
    [Branch("blt", "imm[12|10:5] rs2 rs1 100 imm[4:1|11] 1100011")] public static bool Blt(ulong rs1, ulong rs2) => (long)rs1 < (long)rs2;
    [Branch("bge", "imm[12|10:5] rs2 rs1 101 imm[4:1|11] 1100011")] public static bool Bge(ulong rs1, ulong rs2) => (long)rs1 >= (long)rs2;
    [Branch("bltu", "imm[12|10:5] rs2 rs1 110 imm[4:1|11] 1100011")] public static bool Bltu(ulong rs1, ulong rs2) => rs1 < rs2;
    [Branch("bgeu", "imm[12|10:5] rs2 rs1 111 imm[4:1|11] 1100011")] public static bool Bgeu(ulong rs1, ulong rs2) => rs1 >= rs2;

    // Loads and stores.
    [Load("lb", "imm[11:0] rs1 000 rd 0000011", 1)] public static ulong Lb(ulong value) => (ulong)(sbyte)value;
    [Load("lh", "imm[11:0] rs1 001 rd 0000011", 2)] public static ulong Lh(ulong value) => (ulong)(short)value;
    [Load("lw", "imm[11:0] rs1 010 rd 0000011", 4)] public static ulong Lw(ulong value) => (ulong)(int)value;
    [Load("ld", "imm[11:0] rs1 011 rd 0000011", 8)] public static ulong Ld(ulong value) => value;
    [Load("lbu", "imm[11:0] rs1 100 rd 0000011", 1)] public static ulong Lbu(ulong value) => value;
    [Load("lhu", "imm[11:0] rs1 101 rd 0000011", 2)] public static ulong Lhu(ulong value) => value;
    [Load("lwu", "imm[11:0] rs1 110 rd 0000011", 4)] public static ulong Lwu(ulong value) => value;
    [Store("sb", "imm[11:5] rs2 rs1 000 imm[4:0] 0100011", 1)] public static ulong Sb(ulong rs2) => rs2;
    [Store("sh", "imm[11:5] rs2 rs1 001 imm[4:0] 0100011", 2)] public static ulong Sh(ulong rs2) => rs2;
    [Store("sw", "imm[11:5] rs2 rs1 010 imm[4:0] 0100011", 4)] public static ulong Sw(ulong rs2) => rs2;
    [Store("sd", "imm[11:5] rs2 rs1 011 imm[4:0] 0100011", 8)] public static ulong Sd(ulong rs2) => rs2;

    // Memory ordering and environment. PAUSE (Zihintpause) is the FENCE with pred = W and succ, rd and rs1 zero.
    [System("fence", "fm pred succ rs1 000 rd 0001111")] public static Flow Fence(Hart hart, in DecodedInstruction i) => hart.ExecuteFence(i);
    [System("ecall", "000000000000 00000 000 00000 1110011")] public static Flow Ecall(Hart hart, in DecodedInstruction i) => hart.Trap(hart.EnvironmentCallCause, 0);
    [System("ebreak", "000000000001 00000 000 00000 1110011")] public static Flow Ebreak(Hart hart, in DecodedInstruction i) => hart.Trap(TrapCause.Breakpoint, hart.ProgramCounter);
}
