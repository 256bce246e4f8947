namespace Soc.RiscV.Instructions;

/// <summary>Compressed may-be-operations (unprivileged ISA, chapter "Zimop", Zcmop): C.LUI of an odd register with a zero immediate; they do nothing.</summary>
[Extension(Extensions.Zcmop)]
[Compressed("c.mop", "01100 uimm[2:0] 1 00000 01", "addi rd=0 rs1=0 imm=0")]
internal static class Zcmop;
