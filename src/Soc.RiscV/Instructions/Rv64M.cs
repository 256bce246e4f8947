namespace Soc.RiscV.Instructions;

/// <summary>Integer multiplication and division (unprivileged ISA, chapter "M"). Division by zero and overflow do not trap.</summary>
internal static class Rv64M
{
    [Instruction("mul", "0000001 rs2 rs1 000 rd 0110011")] public static ulong Mul(ulong rs1, ulong rs2) => rs1 * rs2;
    [Instruction("mulh", "0000001 rs2 rs1 001 rd 0110011")] public static ulong Mulh(ulong rs1, ulong rs2) => (ulong)Math.BigMul((long)rs1, (long)rs2, out _);
    [Instruction("mulhsu", "0000001 rs2 rs1 010 rd 0110011")] public static ulong Mulhsu(ulong rs1, ulong rs2) => Math.BigMul(rs1, rs2, out _) - ((ulong)((long)rs1 >> 63) & rs2);
    [Instruction("mulhu", "0000001 rs2 rs1 011 rd 0110011")] public static ulong Mulhu(ulong rs1, ulong rs2) => Math.BigMul(rs1, rs2, out _);
    [Instruction("mulw", "0000001 rs2 rs1 000 rd 0111011")] public static ulong Mulw(ulong rs1, ulong rs2) => (ulong)(int)(rs1 * rs2);

    [Instruction("div", "0000001 rs2 rs1 100 rd 0110011")]
    public static ulong Div(ulong rs1, ulong rs2)
    {
        // Dividing by -1 is a negation, which also gives the specified result of the one overflow.
        return rs2 == 0 ? ulong.MaxValue : rs2 == ulong.MaxValue ? 0 - rs1 : (ulong)((long)rs1 / (long)rs2);
    }

    [Instruction("divu", "0000001 rs2 rs1 101 rd 0110011")]
    public static ulong Divu(ulong rs1, ulong rs2)
    {
        return rs2 == 0 ? ulong.MaxValue : rs1 / rs2;
    }

    [Instruction("rem", "0000001 rs2 rs1 110 rd 0110011")]
    public static ulong Rem(ulong rs1, ulong rs2)
    {
        return rs2 == 0 ? rs1 : rs2 == ulong.MaxValue ? 0 : (ulong)((long)rs1 % (long)rs2);
    }

    [Instruction("remu", "0000001 rs2 rs1 111 rd 0110011")]
    public static ulong Remu(ulong rs1, ulong rs2)
    {
        return rs2 == 0 ? rs1 : rs1 % rs2;
    }

    [Instruction("divw", "0000001 rs2 rs1 100 rd 0111011")]
    public static ulong Divw(ulong rs1, ulong rs2)
    {
        return (int)rs2 == 0 ? ulong.MaxValue : (int)rs2 == -1 ? (ulong)(int)(0 - rs1) : (ulong)((int)rs1 / (int)rs2);
    }

    [Instruction("divuw", "0000001 rs2 rs1 101 rd 0111011")]
    public static ulong Divuw(ulong rs1, ulong rs2)
    {
        return (uint)rs2 == 0 ? ulong.MaxValue : (ulong)(int)((uint)rs1 / (uint)rs2);
    }

    [Instruction("remw", "0000001 rs2 rs1 110 rd 0111011")]
    public static ulong Remw(ulong rs1, ulong rs2)
    {
        return (int)rs2 == 0 ? (ulong)(int)rs1 : (int)rs2 == -1 ? 0 : (ulong)((int)rs1 % (int)rs2);
    }

    [Instruction("remuw", "0000001 rs2 rs1 111 rd 0111011")]
    public static ulong Remuw(ulong rs1, ulong rs2)
    {
        return (uint)rs2 == 0 ? (ulong)(int)rs1 : (ulong)(int)((uint)rs1 % (uint)rs2);
    }
}
