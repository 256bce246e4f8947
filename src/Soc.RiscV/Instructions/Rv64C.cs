namespace Soc.RiscV.Instructions;

/// <summary>
/// Compressed instructions without floating point (unprivileged ISA, chapter "C", RV64): one row each, beside the 32-bit
/// instruction it stands for. x2 is the stack pointer, x1 the link register.
/// </summary>
[Compressed("c.addi4spn", "000 nzuimm[5:4|9:6|2|3] rd' 00", "addi rd=rd' rs1=2 imm=nzuimm")]
[Compressed("c.lw", "010 uimm[5:3] rs1' uimm[2|6] rd' 00", "lw rd=rd' rs1=rs1' imm=uimm")]
[Compressed("c.ld", "011 uimm[5:3] rs1' uimm[7:6] rd' 00", "ld rd=rd' rs1=rs1' imm=uimm")]
[Compressed("c.sw", "110 uimm[5:3] rs1' uimm[2|6] rs2' 00", "sw rs2=rs2' rs1=rs1' imm=uimm")]
[Compressed("c.sd", "111 uimm[5:3] rs1' uimm[7:6] rs2' 00", "sd rs2=rs2' rs1=rs1' imm=uimm")]
[Compressed("c.addi", "000 imm[5] rd imm[4:0] 01", "addi rd=rd rs1=rd imm=imm")]
[Compressed("c.addiw", "001 imm[5] rd!=0 imm[4:0] 01", "addiw rd=rd rs1=rd imm=imm")]
[Compressed("c.li", "010 imm[5] rd imm[4:0] 01", "addi rd=rd rs1=0 imm=imm")]
[Compressed("c.addi16sp", "011 nzimm[9] 00010 nzimm[4|6|8:7|5] 01", "addi rd=2 rs1=2 imm=nzimm")]
[Compressed("c.lui", "011 nzimm[17] rd!=2 nzimm[16:12] 01", "lui rd=rd imm=nzimm")]
[Compressed("c.srli", "100 uimm[5] 00 rd' uimm[4:0] 01", "srli rd=rd' rs1=rd' imm=uimm")]
[Compressed("c.srai", "100 uimm[5] 01 rd' uimm[4:0] 01", "srai rd=rd' rs1=rd' imm=uimm")]
[Compressed("c.andi", "100 imm[5] 10 rd' imm[4:0] 01", "andi rd=rd' rs1=rd' imm=imm")]
[Compressed("c.sub", "100 0 11 rd' 00 rs2' 01", "sub rd=rd' rs1=rd' rs2=rs2'")]
[Compressed("c.xor", "100 0 11 rd' 01 rs2' 01", "xor rd=rd' rs1=rd' rs2=rs2'")]
[Compressed("c.or", "100 0 11 rd' 10 rs2' 01", "or rd=rd' rs1=rd' rs2=rs2'")]
[Compressed("c.and", "100 0 11 rd' 11 rs2' 01", "and rd=rd' rs1=rd' rs2=rs2'")]
[Compressed("c.subw", "100 1 11 rd' 00 rs2' 01", "subw rd=rd' rs1=rd' rs2=rs2'")]
[Compressed("c.addw", "100 1 11 rd' 01 rs2' 01", "addw rd=rd' rs1=rd' rs2=rs2'")]
[Compressed("c.j", "101 imm[11|4|9:8|10|6|7|3:1|5] 01", "jal rd=0 imm=imm")]
[Compressed("c.beqz", "110 imm[8|4:3] rs1' imm[7:6|2:1|5] 01", "beq rs1=rs1' rs2=0 imm=imm")]
[Compressed("c.bnez", "111 imm[8|4:3] rs1' imm[7:6|2:1|5] 01", "bne rs1=rs1' rs2=0 imm=imm")]
[Compressed("c.slli", "000 uimm[5] rd uimm[4:0] 10", "slli rd=rd rs1=rd imm=uimm")]
[Compressed("c.lwsp", "010 uimm[5] rd!=0 uimm[4:2|7:6] 10", "lw rd=rd rs1=2 imm=uimm")]
[Compressed("c.ldsp", "011 uimm[5] rd!=0 uimm[4:3|8:6] 10", "ld rd=rd rs1=2 imm=uimm")]
[Compressed("c.jr", "1000 rs1!=0 00000 10", "jalr rd=0 rs1=rs1 imm=0")]
[Compressed("c.mv", "1000 rd rs2!=0 10", "add rd=rd rs1=0 rs2=rs2")]
[Compressed("c.ebreak", "1001 00000 00000 10", "ebreak")]
[Compressed("c.jalr", "1001 rs1!=0 00000 10", "jalr rd=1 rs1=rs1 imm=0")]
[Compressed("c.add", "1001 rd rs2!=0 10", "add rd=rd rs1=rd rs2=rs2")]
[Compressed("c.swsp", "110 uimm[5:2|7:6] rs2 10", "sw rs2=rs2 rs1=2 imm=uimm")]
[Compressed("c.sdsp", "111 uimm[5:3|8:6] rs2 10", "sd rs2=rs2 rs1=2 imm=uimm")]
internal static class Rv64C;
