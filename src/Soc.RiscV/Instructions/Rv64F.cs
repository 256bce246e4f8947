using Soc.RiscV.Floating;

namespace Soc.RiscV.Instructions;

/// <summary>Single-precision floating point (unprivileged ISA, chapter "F").</summary>
[Extension(Extensions.F)]
internal static class Rv64F
{
    // Loads, stores, moves.
    [FloatLoad("flw", "imm[11:0] rs1 010 frd 0000111", 4)] public static ulong Flw(ulong value) => Binary32.Box(value);
    [FloatStore("fsw", "imm[11:5] frs2 rs1 010 imm[4:0] 0100111", 4)] public static ulong Fsw(ulong frs2) => frs2;
    [Float("fmv.x.w", "1110000 00000 frs1 000 rd 1010011")] public static ulong FmvXW(ulong frs1) => (ulong)(int)frs1;
    [Float("fmv.w.x", "1111000 00000 rs1 000 frd 1010011")] public static ulong FmvWX(ulong rs1) => Binary32.Box(rs1);
    [Float("fsgnj.s", "0010000 frs2 frs1 000 frd 1010011")] public static ulong FsgnjS(ulong frs1, ulong frs2) => Binary32.WithSign(frs1, Binary32.Unbox(frs2));
    [Float("fsgnjn.s", "0010000 frs2 frs1 001 frd 1010011")] public static ulong FsgnjnS(ulong frs1, ulong frs2) => Binary32.WithSign(frs1, ~Binary32.Unbox(frs2));
    [Float("fsgnjx.s", "0010000 frs2 frs1 010 frd 1010011")] public static ulong FsgnjxS(ulong frs1, ulong frs2) => Binary32.WithSign(frs1, Binary32.Unbox(frs1) ^ Binary32.Unbox(frs2));

    // Arithmetic.
    [Float("fadd.s", "0000000 frs2 frs1 rm frd 1010011")] public static ulong FaddS(ulong frs1, ulong frs2, FloatingState state) => Binary32.Add(frs1, frs2, state);
    [Float("fsub.s", "0000100 frs2 frs1 rm frd 1010011")] public static ulong FsubS(ulong frs1, ulong frs2, FloatingState state) => Binary32.Subtract(frs1, frs2, state);
    [Float("fmul.s", "0001000 frs2 frs1 rm frd 1010011")] public static ulong FmulS(ulong frs1, ulong frs2, FloatingState state) => Binary32.Multiply(frs1, frs2, state);
    [Float("fdiv.s", "0001100 frs2 frs1 rm frd 1010011")] public static ulong FdivS(ulong frs1, ulong frs2, FloatingState state) => Binary32.Divide(frs1, frs2, state);
    [Float("fsqrt.s", "0101100 00000 frs1 rm frd 1010011")] public static ulong FsqrtS(ulong frs1, FloatingState state) => Binary32.SquareRoot(frs1, state);
    [Float("fmadd.s", "frs3 00 frs2 frs1 rm frd 1000011")] public static ulong FmaddS(ulong frs1, ulong frs2, ulong frs3, FloatingState state) => Binary32.MultiplyAdd(frs1, frs2, frs3, false, false, state);
    [Float("fmsub.s", "frs3 00 frs2 frs1 rm frd 1000111")] public static ulong FmsubS(ulong frs1, ulong frs2, ulong frs3, FloatingState state) => Binary32.MultiplyAdd(frs1, frs2, frs3, false, true, state);
    [Float("fnmsub.s", "frs3 00 frs2 frs1 rm frd 1001011")] public static ulong FnmsubS(ulong frs1, ulong frs2, ulong frs3, FloatingState state) => Binary32.MultiplyAdd(frs1, frs2, frs3, true, false, state);
    [Float("fnmadd.s", "frs3 00 frs2 frs1 rm frd 1001111")] public static ulong FnmaddS(ulong frs1, ulong frs2, ulong frs3, FloatingState state) => Binary32.MultiplyAdd(frs1, frs2, frs3, true, true, state);

    // Minimum, maximum, comparisons, classes.
    [Float("fmin.s", "0010100 frs2 frs1 000 frd 1010011")] public static ulong FminS(ulong frs1, ulong frs2, FloatingState state) => Binary32.Minimum(frs1, frs2, state);
    [Float("fmax.s", "0010100 frs2 frs1 001 frd 1010011")] public static ulong FmaxS(ulong frs1, ulong frs2, FloatingState state) => Binary32.Maximum(frs1, frs2, state);
    [Float("fle.s", "1010000 frs2 frs1 000 rd 1010011")] public static ulong FleS(ulong frs1, ulong frs2, FloatingState state) => Binary32.LessOrEqual(frs1, frs2, state);
    [Float("flt.s", "1010000 frs2 frs1 001 rd 1010011")] public static ulong FltS(ulong frs1, ulong frs2, FloatingState state) => Binary32.Less(frs1, frs2, state);
    [Float("feq.s", "1010000 frs2 frs1 010 rd 1010011")] public static ulong FeqS(ulong frs1, ulong frs2, FloatingState state) => Binary32.Equal(frs1, frs2, state);
    [Float("fclass.s", "1110000 00000 frs1 001 rd 1010011")] public static ulong FclassS(ulong frs1) => Binary32.Classify(frs1);

    // Conversions.
    [Float("fcvt.w.s", "1100000 00000 frs1 rm rd 1010011")] public static ulong FcvtWS(ulong frs1, FloatingState state) => Binary32.ToInteger(frs1, 32, true, state);
    [Float("fcvt.wu.s", "1100000 00001 frs1 rm rd 1010011")] public static ulong FcvtWuS(ulong frs1, FloatingState state) => Binary32.ToInteger(frs1, 32, false, state);
    [Float("fcvt.l.s", "1100000 00010 frs1 rm rd 1010011")] public static ulong FcvtLS(ulong frs1, FloatingState state) => Binary32.ToInteger(frs1, 64, true, state);
    [Float("fcvt.lu.s", "1100000 00011 frs1 rm rd 1010011")] public static ulong FcvtLuS(ulong frs1, FloatingState state) => Binary32.ToInteger(frs1, 64, false, state);
    [Float("fcvt.s.w", "1101000 00000 rs1 rm frd 1010011")] public static ulong FcvtSW(ulong rs1, FloatingState state) => Binary32.FromInt64((ulong)(int)rs1, state);
    [Float("fcvt.s.wu", "1101000 00001 rs1 rm frd 1010011")] public static ulong FcvtSWu(ulong rs1, FloatingState state) => Binary32.FromUInt64((uint)rs1, state);
    [Float("fcvt.s.l", "1101000 00010 rs1 rm frd 1010011")] public static ulong FcvtSL(ulong rs1, FloatingState state) => Binary32.FromInt64(rs1, state);
    [Float("fcvt.s.lu", "1101000 00011 rs1 rm frd 1010011")] public static ulong FcvtSLu(ulong rs1, FloatingState state) => Binary32.FromUInt64(rs1, state);
}
