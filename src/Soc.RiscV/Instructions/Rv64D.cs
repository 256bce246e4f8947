using Soc.RiscV.Floating;

namespace Soc.RiscV.Instructions;

/// <summary>Double-precision floating point (unprivileged ISA, chapter "D").</summary>
[Extension(Extensions.D)]
internal static class Rv64D
{
    // Loads, stores, moves.
    [FloatLoad("fld", "imm[11:0] rs1 011 frd 0000111", 8)] public static ulong Fld(ulong value) => value;
    [FloatStore("fsd", "imm[11:5] frs2 rs1 011 imm[4:0] 0100111", 8)] public static ulong Fsd(ulong frs2) => frs2;
    [Float("fmv.x.d", "1110001 00000 frs1 000 rd 1010011")] public static ulong FmvXD(ulong frs1) => frs1;
    [Float("fmv.d.x", "1111001 00000 rs1 000 frd 1010011")] public static ulong FmvDX(ulong rs1) => rs1;
    [Float("fsgnj.d", "0010001 frs2 frs1 000 frd 1010011")] public static ulong FsgnjD(ulong frs1, ulong frs2) => (frs1 & long.MaxValue) | (frs2 & (1UL << 63));
    [Float("fsgnjn.d", "0010001 frs2 frs1 001 frd 1010011")] public static ulong FsgnjnD(ulong frs1, ulong frs2) => (frs1 & long.MaxValue) | (~frs2 & (1UL << 63));
    [Float("fsgnjx.d", "0010001 frs2 frs1 010 frd 1010011")] public static ulong FsgnjxD(ulong frs1, ulong frs2) => frs1 ^ (frs2 & (1UL << 63));

    // Arithmetic.
    [Float("fadd.d", "0000001 frs2 frs1 rm frd 1010011")] public static ulong FaddD(ulong frs1, ulong frs2, FloatingState state) => Binary64.Add(frs1, frs2, state);
    [Float("fsub.d", "0000101 frs2 frs1 rm frd 1010011")] public static ulong FsubD(ulong frs1, ulong frs2, FloatingState state) => Binary64.Subtract(frs1, frs2, state);
    [Float("fmul.d", "0001001 frs2 frs1 rm frd 1010011")] public static ulong FmulD(ulong frs1, ulong frs2, FloatingState state) => Binary64.Multiply(frs1, frs2, state);
    [Float("fdiv.d", "0001101 frs2 frs1 rm frd 1010011")] public static ulong FdivD(ulong frs1, ulong frs2, FloatingState state) => Binary64.Divide(frs1, frs2, state);
    [Float("fsqrt.d", "0101101 00000 frs1 rm frd 1010011")] public static ulong FsqrtD(ulong frs1, FloatingState state) => Binary64.SquareRoot(frs1, state);
    [Float("fmadd.d", "frs3 01 frs2 frs1 rm frd 1000011")] public static ulong FmaddD(ulong frs1, ulong frs2, ulong frs3, FloatingState state) => Binary64.MultiplyAdd(frs1, frs2, frs3, state);
    [Float("fmsub.d", "frs3 01 frs2 frs1 rm frd 1000111")] public static ulong FmsubD(ulong frs1, ulong frs2, ulong frs3, FloatingState state) => Binary64.MultiplyAdd(frs1, frs2, Binary64.Negate(frs3), state);
    [Float("fnmsub.d", "frs3 01 frs2 frs1 rm frd 1001011")] public static ulong FnmsubD(ulong frs1, ulong frs2, ulong frs3, FloatingState state) => Binary64.MultiplyAdd(Binary64.Negate(frs1), frs2, frs3, state);
    [Float("fnmadd.d", "frs3 01 frs2 frs1 rm frd 1001111")] public static ulong FnmaddD(ulong frs1, ulong frs2, ulong frs3, FloatingState state) => Binary64.MultiplyAdd(Binary64.Negate(frs1), frs2, Binary64.Negate(frs3), state);

    // Minimum, maximum, comparisons, classes.
    [Float("fmin.d", "0010101 frs2 frs1 000 frd 1010011")] public static ulong FminD(ulong frs1, ulong frs2, FloatingState state) => Binary64.Minimum(frs1, frs2, state);
    [Float("fmax.d", "0010101 frs2 frs1 001 frd 1010011")] public static ulong FmaxD(ulong frs1, ulong frs2, FloatingState state) => Binary64.Maximum(frs1, frs2, state);
    [Float("fle.d", "1010001 frs2 frs1 000 rd 1010011")] public static ulong FleD(ulong frs1, ulong frs2, FloatingState state) => Binary64.LessOrEqual(frs1, frs2, state);
    [Float("flt.d", "1010001 frs2 frs1 001 rd 1010011")] public static ulong FltD(ulong frs1, ulong frs2, FloatingState state) => Binary64.Less(frs1, frs2, state);
    [Float("feq.d", "1010001 frs2 frs1 010 rd 1010011")] public static ulong FeqD(ulong frs1, ulong frs2, FloatingState state) => Binary64.Equal(frs1, frs2, state);
    [Float("fclass.d", "1110001 00000 frs1 001 rd 1010011")] public static ulong FclassD(ulong frs1) => Binary64.Classify(frs1);

    // Conversions.
    [Float("fcvt.w.d", "1100001 00000 frs1 rm rd 1010011")] public static ulong FcvtWD(ulong frs1, FloatingState state) => Binary64.ToInt32(frs1, state);
    [Float("fcvt.wu.d", "1100001 00001 frs1 rm rd 1010011")] public static ulong FcvtWuD(ulong frs1, FloatingState state) => Binary64.ToUInt32(frs1, state);
    [Float("fcvt.l.d", "1100001 00010 frs1 rm rd 1010011")] public static ulong FcvtLD(ulong frs1, FloatingState state) => Binary64.ToInt64(frs1, state);
    [Float("fcvt.lu.d", "1100001 00011 frs1 rm rd 1010011")] public static ulong FcvtLuD(ulong frs1, FloatingState state) => Binary64.ToUInt64(frs1, state);
    [Float("fcvt.d.w", "1101001 00000 rs1 rm frd 1010011")] public static ulong FcvtDW(ulong rs1, FloatingState state) => Binary64.FromInt64((ulong)(int)rs1, state);
    [Float("fcvt.d.wu", "1101001 00001 rs1 rm frd 1010011")] public static ulong FcvtDWu(ulong rs1, FloatingState state) => Binary64.FromUInt64((uint)rs1, state);
    [Float("fcvt.d.l", "1101001 00010 rs1 rm frd 1010011")] public static ulong FcvtDL(ulong rs1, FloatingState state) => Binary64.FromInt64(rs1, state);
    [Float("fcvt.d.lu", "1101001 00011 rs1 rm frd 1010011")] public static ulong FcvtDLu(ulong rs1, FloatingState state) => Binary64.FromUInt64(rs1, state);
    [Float("fcvt.s.d", "0100000 00001 frs1 rm frd 1010011")] public static ulong FcvtSD(ulong frs1, FloatingState state) => Binary32.FromDouble(frs1, state);
    [Float("fcvt.d.s", "0100001 00000 frs1 rm frd 1010011")] public static ulong FcvtDS(ulong frs1, FloatingState state) => Binary64.FromSingle(Binary32.Unbox(frs1), state);
}
