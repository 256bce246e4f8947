namespace Soc.RiscV.Decoding;

/// <summary>One declared instruction, for the disassembler and the tests.</summary>
/// <param name="Mnemonic">As in the manual.</param>
/// <param name="Encoding">As in the manual.</param>
/// <param name="Kind">How it was declared.</param>
/// <param name="Opcode">What it decodes to.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Mask">Literal bits.</param>
/// <param name="Match">Their values.</param>
/// <param name="Expansion">For a 16-bit instruction, what it stands for.</param>
internal sealed record InstructionDescription(
    string Mnemonic, string Encoding, InstructionKind Kind, Opcode Opcode, int Length, uint Mask, uint Match, string Expansion);
