namespace Soc.RiscV.Instructions;

/// <summary>Instruction-fetch fence (unprivileged ISA, chapter "Zifencei").</summary>
internal static class Zifencei
{
    [System("fence.i", "imm[11:0] rs1 001 rd 0001111")] public static Flow FenceI(Hart hart, in DecodedInstruction i) => hart.FenceInstructions(i);
}
