using Soc.RiscV.Floating;

namespace Soc.RiscV.Instructions;

/// <summary>Half-precision floating point (unprivileged ISA, chapter "Zfh", with Zfhmin).</summary>
[Extension(Extensions.Zfh)]
internal static class Zfh
{
    // Loads, stores, moves.
    [Extension(Extensions.Zfh | Extensions.Zfhmin)][FloatLoad("flh", "imm[11:0] rs1 001 frd 0000111", 2)] public static ulong Flh(ulong value) => Binary16.Box(value);
    [Extension(Extensions.Zfh | Extensions.Zfhmin)][FloatStore("fsh", "imm[11:5] frs2 rs1 001 imm[4:0] 0100111", 2)] public static ulong Fsh(ulong frs2) => frs2;
    [Extension(Extensions.Zfh | Extensions.Zfhmin)][Float("fmv.x.h", "1110010 00000 frs1 000 rd 1010011")] public static ulong FmvXH(ulong frs1) => (ulong)(short)frs1;
    [Extension(Extensions.Zfh | Extensions.Zfhmin)][Float("fmv.h.x", "1111010 00000 rs1 000 frd 1010011")] public static ulong FmvHX(ulong rs1) => Binary16.Box(rs1);
    [Float("fsgnj.h", "0010010 frs2 frs1 000 frd 1010011")] public static ulong FsgnjH(ulong frs1, ulong frs2) => Binary16.WithSign(frs1, Binary16.Unbox(frs2));
    [Float("fsgnjn.h", "0010010 frs2 frs1 001 frd 1010011")] public static ulong FsgnjnH(ulong frs1, ulong frs2) => Binary16.WithSign(frs1, ~Binary16.Unbox(frs2));
    [Float("fsgnjx.h", "0010010 frs2 frs1 010 frd 1010011")] public static ulong FsgnjxH(ulong frs1, ulong frs2) => Binary16.WithSign(frs1, Binary16.Unbox(frs1) ^ Binary16.Unbox(frs2));

    // Arithmetic.
    [Float("fadd.h", "0000010 frs2 frs1 rm frd 1010011")] public static ulong FaddH(ulong frs1, ulong frs2, FloatingState state) => Binary16.Add(frs1, frs2, state);
    [Float("fsub.h", "0000110 frs2 frs1 rm frd 1010011")] public static ulong FsubH(ulong frs1, ulong frs2, FloatingState state) => Binary16.Subtract(frs1, frs2, state);
    [Float("fmul.h", "0001010 frs2 frs1 rm frd 1010011")] public static ulong FmulH(ulong frs1, ulong frs2, FloatingState state) => Binary16.Multiply(frs1, frs2, state);
    [Float("fdiv.h", "0001110 frs2 frs1 rm frd 1010011")] public static ulong FdivH(ulong frs1, ulong frs2, FloatingState state) => Binary16.Divide(frs1, frs2, state);
    [Float("fsqrt.h", "0101110 00000 frs1 rm frd 1010011")] public static ulong FsqrtH(ulong frs1, FloatingState state) => Binary16.SquareRoot(frs1, state);
    [Float("fmadd.h", "frs3 10 frs2 frs1 rm frd 1000011")] public static ulong FmaddH(ulong frs1, ulong frs2, ulong frs3, FloatingState state) => Binary16.MultiplyAdd(frs1, frs2, frs3, false, false, state);
    [Float("fmsub.h", "frs3 10 frs2 frs1 rm frd 1000111")] public static ulong FmsubH(ulong frs1, ulong frs2, ulong frs3, FloatingState state) => Binary16.MultiplyAdd(frs1, frs2, frs3, false, true, state);
    [Float("fnmsub.h", "frs3 10 frs2 frs1 rm frd 1001011")] public static ulong FnmsubH(ulong frs1, ulong frs2, ulong frs3, FloatingState state) => Binary16.MultiplyAdd(frs1, frs2, frs3, true, false, state);
    [Float("fnmadd.h", "frs3 10 frs2 frs1 rm frd 1001111")] public static ulong FnmaddH(ulong frs1, ulong frs2, ulong frs3, FloatingState state) => Binary16.MultiplyAdd(frs1, frs2, frs3, true, true, state);

    // Minimum, maximum, comparisons, classes.
    [Float("fmin.h", "0010110 frs2 frs1 000 frd 1010011")] public static ulong FminH(ulong frs1, ulong frs2, FloatingState state) => Binary16.Minimum(frs1, frs2, state);
    [Float("fmax.h", "0010110 frs2 frs1 001 frd 1010011")] public static ulong FmaxH(ulong frs1, ulong frs2, FloatingState state) => Binary16.Maximum(frs1, frs2, state);
    [Float("fle.h", "1010010 frs2 frs1 000 rd 1010011")] public static ulong FleH(ulong frs1, ulong frs2, FloatingState state) => Binary16.LessOrEqual(frs1, frs2, state);
    [Float("flt.h", "1010010 frs2 frs1 001 rd 1010011")] public static ulong FltH(ulong frs1, ulong frs2, FloatingState state) => Binary16.Less(frs1, frs2, state);
    [Float("feq.h", "1010010 frs2 frs1 010 rd 1010011")] public static ulong FeqH(ulong frs1, ulong frs2, FloatingState state) => Binary16.Equal(frs1, frs2, state);
    [Float("fclass.h", "1110010 00000 frs1 001 rd 1010011")] public static ulong FclassH(ulong frs1) => Binary16.Classify(frs1);

    // Conversions.
    [Float("fcvt.w.h", "1100010 00000 frs1 rm rd 1010011")] public static ulong FcvtWH(ulong frs1, FloatingState state) => Binary16.ToInteger(frs1, 32, true, state);
    [Float("fcvt.wu.h", "1100010 00001 frs1 rm rd 1010011")] public static ulong FcvtWuH(ulong frs1, FloatingState state) => Binary16.ToInteger(frs1, 32, false, state);
    [Float("fcvt.l.h", "1100010 00010 frs1 rm rd 1010011")] public static ulong FcvtLH(ulong frs1, FloatingState state) => Binary16.ToInteger(frs1, 64, true, state);
    [Float("fcvt.lu.h", "1100010 00011 frs1 rm rd 1010011")] public static ulong FcvtLuH(ulong frs1, FloatingState state) => Binary16.ToInteger(frs1, 64, false, state);
    [Float("fcvt.h.w", "1101010 00000 rs1 rm frd 1010011")] public static ulong FcvtHW(ulong rs1, FloatingState state) => Binary16.FromInt64((ulong)(int)rs1, state);
    [Float("fcvt.h.wu", "1101010 00001 rs1 rm frd 1010011")] public static ulong FcvtHWu(ulong rs1, FloatingState state) => Binary16.FromUInt64((uint)rs1, state);
    [Float("fcvt.h.l", "1101010 00010 rs1 rm frd 1010011")] public static ulong FcvtHL(ulong rs1, FloatingState state) => Binary16.FromInt64(rs1, state);
    [Float("fcvt.h.lu", "1101010 00011 rs1 rm frd 1010011")] public static ulong FcvtHLu(ulong rs1, FloatingState state) => Binary16.FromUInt64(rs1, state);
    [Extension(Extensions.Zfh | Extensions.Zfhmin)][Float("fcvt.s.h", "0100000 00010 frs1 rm frd 1010011")] public static ulong FcvtSH(ulong frs1, FloatingState state) => Binary16.ToSingle(frs1, state);
    [Extension(Extensions.Zfh | Extensions.Zfhmin)][Float("fcvt.h.s", "0100010 00000 frs1 rm frd 1010011")] public static ulong FcvtHS(ulong frs1, FloatingState state) => Binary16.FromSingle(frs1, state);
    [Extension(Extensions.Zfh | Extensions.Zfhmin, Extensions.D)][Float("fcvt.d.h", "0100001 00010 frs1 rm frd 1010011")] public static ulong FcvtDH(ulong frs1, FloatingState state) => Binary16.ToDouble(frs1, state);
    [Extension(Extensions.Zfh | Extensions.Zfhmin, Extensions.D)][Float("fcvt.h.d", "0100010 00001 frs1 rm frd 1010011")] public static ulong FcvtHD(ulong frs1, FloatingState state) => Binary16.FromDouble(frs1, state);
}
