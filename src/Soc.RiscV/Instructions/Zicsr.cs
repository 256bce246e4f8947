namespace Soc.RiscV.Instructions;

/// <summary>
/// CSR instructions (unprivileged ISA, chapter "Zicsr"). CSRRW with rd = x0 does not read; the set and clear forms with
/// rs1 = x0 or a zero immediate do not write.
/// </summary>
internal static class Zicsr
{
    [System("csrrw", "csr rs1 001 rd 1110011")] public static Flow Csrrw(Hart hart, in DecodedInstruction i) => hart.AccessCsr(i, CsrOperation.Write, hart[i.Rs1], writes: true);
    [System("csrrs", "csr rs1 010 rd 1110011")] public static Flow Csrrs(Hart hart, in DecodedInstruction i) => hart.AccessCsr(i, CsrOperation.Set, hart[i.Rs1], writes: i.Rs1 != 0);
    [System("csrrc", "csr rs1 011 rd 1110011")] public static Flow Csrrc(Hart hart, in DecodedInstruction i) => hart.AccessCsr(i, CsrOperation.Clear, hart[i.Rs1], writes: i.Rs1 != 0);
    [System("csrrwi", "csr zimm 101 rd 1110011")] public static Flow Csrrwi(Hart hart, in DecodedInstruction i) => hart.AccessCsr(i, CsrOperation.Write, i.Rs1, writes: true);
    [System("csrrsi", "csr zimm 110 rd 1110011")] public static Flow Csrrsi(Hart hart, in DecodedInstruction i) => hart.AccessCsr(i, CsrOperation.Set, i.Rs1, writes: i.Rs1 != 0);
    [System("csrrci", "csr zimm 111 rd 1110011")] public static Flow Csrrci(Hart hart, in DecodedInstruction i) => hart.AccessCsr(i, CsrOperation.Clear, i.Rs1, writes: i.Rs1 != 0);
}
