namespace Soc.RiscV.Instructions;

/// <summary>Carry-less multiplication (unprivileged ISA, chapter "B", Zbc), but for the reversed product in Zbkc too.</summary>
[Extension(Extensions.Zbc)]
internal static class Zbc
{
    [Extension(Extensions.Zbc | Extensions.Zbkc)]
    [Instruction("clmul", "0000101 rs2 rs1 001 rd 0110011")] public static ulong Clmul(ulong rs1, ulong rs2) => (ulong)Zbc.Product(rs1, rs2);

    [Extension(Extensions.Zbc | Extensions.Zbkc)]
    [Instruction("clmulh", "0000101 rs2 rs1 011 rd 0110011")] public static ulong Clmulh(ulong rs1, ulong rs2) => (ulong)(Zbc.Product(rs1, rs2) >> 64);

    [Instruction("clmulr", "0000101 rs2 rs1 010 rd 0110011")] public static ulong Clmulr(ulong rs1, ulong rs2) => (ulong)(Zbc.Product(rs1, rs2) >> 63);

    /// <summary>The product of polynomials over GF(2).</summary>
    internal static UInt128 Product(ulong a, ulong b)
    {
        UInt128 product = 0;
        for (int i = 0; i < 64; i++)
        {
            product ^= (UInt128)(a & (0 - ((b >> i) & 1))) << i;
        }

        return product;
    }
}
