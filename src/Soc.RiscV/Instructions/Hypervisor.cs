namespace Soc.RiscV.Instructions;

/// <summary>Hypervisor instructions (privileged ISA, chapter "H"): accesses as a guest makes them, fences of what guests translate.</summary>
[Extension(Extensions.H)]
internal static class Hypervisor
{
    [System("hlv.b", "0110000 00000 rs1 100 rd 1110011")] public static Flow HlvB(Hart hart, in DecodedInstruction i) => hart.LoadOfGuest(i, 1, executable: false);
    [System("hlv.bu", "0110000 00001 rs1 100 rd 1110011")] public static Flow HlvBu(Hart hart, in DecodedInstruction i) => hart.LoadOfGuest(i, 1, executable: false);
    [System("hlv.h", "0110010 00000 rs1 100 rd 1110011")] public static Flow HlvH(Hart hart, in DecodedInstruction i) => hart.LoadOfGuest(i, 2, executable: false);
    [System("hlv.hu", "0110010 00001 rs1 100 rd 1110011")] public static Flow HlvHu(Hart hart, in DecodedInstruction i) => hart.LoadOfGuest(i, 2, executable: false);
    [System("hlvx.hu", "0110010 00011 rs1 100 rd 1110011")] public static Flow HlvxHu(Hart hart, in DecodedInstruction i) => hart.LoadOfGuest(i, 2, executable: true);
    [System("hlv.w", "0110100 00000 rs1 100 rd 1110011")] public static Flow HlvW(Hart hart, in DecodedInstruction i) => hart.LoadOfGuest(i, 4, executable: false);
    [System("hlv.wu", "0110100 00001 rs1 100 rd 1110011")] public static Flow HlvWu(Hart hart, in DecodedInstruction i) => hart.LoadOfGuest(i, 4, executable: false);
    [System("hlvx.wu", "0110100 00011 rs1 100 rd 1110011")] public static Flow HlvxWu(Hart hart, in DecodedInstruction i) => hart.LoadOfGuest(i, 4, executable: true);
    [System("hlv.d", "0110110 00000 rs1 100 rd 1110011")] public static Flow HlvD(Hart hart, in DecodedInstruction i) => hart.LoadOfGuest(i, 8, executable: false);
    [System("hsv.b", "0110001 rs2 rs1 100 00000 1110011")] public static Flow HsvB(Hart hart, in DecodedInstruction i) => hart.StoreOfGuest(i, 1);
    [System("hsv.h", "0110011 rs2 rs1 100 00000 1110011")] public static Flow HsvH(Hart hart, in DecodedInstruction i) => hart.StoreOfGuest(i, 2);
    [System("hsv.w", "0110101 rs2 rs1 100 00000 1110011")] public static Flow HsvW(Hart hart, in DecodedInstruction i) => hart.StoreOfGuest(i, 4);
    [System("hsv.d", "0110111 rs2 rs1 100 00000 1110011")] public static Flow HsvD(Hart hart, in DecodedInstruction i) => hart.StoreOfGuest(i, 8);

    [System("hfence.vvma", "0010001 rs2 rs1 000 00000 1110011")] public static Flow HfenceVvma(Hart hart, in DecodedInstruction i) => hart.FenceGuest(i);
    [System("hfence.gvma", "0110001 rs2 rs1 000 00000 1110011")] public static Flow HfenceGvma(Hart hart, in DecodedInstruction i) => hart.FenceGuestPhysical(i);

    [Extension(Extensions.H, Extensions.Svinval)]
    [System("hinval.vvma", "0010011 rs2 rs1 000 00000 1110011")] public static Flow HinvalVvma(Hart hart, in DecodedInstruction i) => hart.FenceGuest(i);

    [Extension(Extensions.H, Extensions.Svinval)]
    [System("hinval.gvma", "0110011 rs2 rs1 000 00000 1110011")] public static Flow HinvalGvma(Hart hart, in DecodedInstruction i) => hart.FenceGuestPhysical(i);
}
