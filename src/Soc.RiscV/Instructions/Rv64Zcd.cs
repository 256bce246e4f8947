namespace Soc.RiscV.Instructions;

/// <summary>Compressed double-precision loads and stores (unprivileged ISA, chapter "C", Zcd). RV64 has no single-precision ones.</summary>
[Extension(Extensions.D)]
[Compressed("c.fld", "001 uimm[5:3] rs1' uimm[7:6] frd' 00", "fld frd=frd' rs1=rs1' imm=uimm")]
[Compressed("c.fsd", "101 uimm[5:3] rs1' uimm[7:6] frs2' 00", "fsd frs2=frs2' rs1=rs1' imm=uimm")]
[Compressed("c.fldsp", "001 uimm[5] frd uimm[4:3|8:6] 10", "fld frd=frd rs1=2 imm=uimm")]
[Compressed("c.fsdsp", "101 uimm[5:3|8:6] frs2 10", "fsd frs2=frs2 rs1=2 imm=uimm")]
internal static class Rv64Zcd;
