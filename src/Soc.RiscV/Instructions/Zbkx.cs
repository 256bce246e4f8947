namespace Soc.RiscV.Instructions;

/// <summary>Crossbar permutations (unprivileged ISA, chapter "Scalar Cryptography", Zbkx).</summary>
[Extension(Extensions.Zbkx)]
internal static class Zbkx
{
    [Instruction("xperm4", "0010100 rs2 rs1 010 rd 0110011")] public static ulong Xperm4(ulong rs1, ulong rs2) => Zbkx.Permute(rs1, rs2, 4);
    [Instruction("xperm8", "0010100 rs2 rs1 100 rd 0110011")] public static ulong Xperm8(ulong rs1, ulong rs2) => Zbkx.Permute(rs1, rs2, 8);

    /// <summary>Each element of the second operand chooses one of the first; an index beyond them chooses zero.</summary>
    internal static ulong Permute(ulong elements, ulong indexes, int bits)
    {
        ulong mask = (1UL << bits) - 1;
        ulong result = 0;
        for (int at = 0; at < 64; at += bits)
        {
            ulong index = (indexes >> at) & mask;
            if (index < (ulong)(64 / bits))
            {
                result |= ((elements >> ((int)index * bits)) & mask) << at;
            }
        }

        return result;
    }
}
