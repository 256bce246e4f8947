using Soc.Tlb;

namespace Soc.RiscV.Instructions;

/// <summary>
/// Atomic instructions (unprivileged ISA, chapter "A": Zalrsc and Zaamo). All are host atomics on shared guest memory, which
/// is at least as strong as any setting of aq and rl. Misaligned ones trap.
/// </summary>
internal static class Rv64A
{
    [System("lr.w", "00010 aq rl 00000 rs1 010 rd 0101111")] public static Flow LrW(Hart hart, in DecodedInstruction i) => hart.LoadReserved(i, 4);
    [System("sc.w", "00011 aq rl rs2 rs1 010 rd 0101111")] public static Flow ScW(Hart hart, in DecodedInstruction i) => hart.StoreConditional(i, 4);
    [Atomic("amoswap.w", "00001 aq rl rs2 rs1 010 rd 0101111", 4, AtomicOperation.Swap)] public static ulong AmoswapW(ulong value) => (ulong)(int)value;
    [Atomic("amoadd.w", "00000 aq rl rs2 rs1 010 rd 0101111", 4, AtomicOperation.Add)] public static ulong AmoaddW(ulong value) => (ulong)(int)value;
    [Atomic("amoxor.w", "00100 aq rl rs2 rs1 010 rd 0101111", 4, AtomicOperation.Xor)] public static ulong AmoxorW(ulong value) => (ulong)(int)value;
    [Atomic("amoand.w", "01100 aq rl rs2 rs1 010 rd 0101111", 4, AtomicOperation.And)] public static ulong AmoandW(ulong value) => (ulong)(int)value;
    [Atomic("amoor.w", "01000 aq rl rs2 rs1 010 rd 0101111", 4, AtomicOperation.Or)] public static ulong AmoorW(ulong value) => (ulong)(int)value;
    [Atomic("amomin.w", "10000 aq rl rs2 rs1 010 rd 0101111", 4, AtomicOperation.Min)] public static ulong AmominW(ulong value) => (ulong)(int)value;
    [Atomic("amomax.w", "10100 aq rl rs2 rs1 010 rd 0101111", 4, AtomicOperation.Max)] public static ulong AmomaxW(ulong value) => (ulong)(int)value;
    [Atomic("amominu.w", "11000 aq rl rs2 rs1 010 rd 0101111", 4, AtomicOperation.MinUnsigned)] public static ulong AmominuW(ulong value) => (ulong)(int)value;
    [Atomic("amomaxu.w", "11100 aq rl rs2 rs1 010 rd 0101111", 4, AtomicOperation.MaxUnsigned)] public static ulong AmomaxuW(ulong value) => (ulong)(int)value;

    [System("lr.d", "00010 aq rl 00000 rs1 011 rd 0101111")] public static Flow LrD(Hart hart, in DecodedInstruction i) => hart.LoadReserved(i, 8);
    [System("sc.d", "00011 aq rl rs2 rs1 011 rd 0101111")] public static Flow ScD(Hart hart, in DecodedInstruction i) => hart.StoreConditional(i, 8);
    [Atomic("amoswap.d", "00001 aq rl rs2 rs1 011 rd 0101111", 8, AtomicOperation.Swap)] public static ulong AmoswapD(ulong value) => value;
    [Atomic("amoadd.d", "00000 aq rl rs2 rs1 011 rd 0101111", 8, AtomicOperation.Add)] public static ulong AmoaddD(ulong value) => value;
    [Atomic("amoxor.d", "00100 aq rl rs2 rs1 011 rd 0101111", 8, AtomicOperation.Xor)] public static ulong AmoxorD(ulong value) => value;
    [Atomic("amoand.d", "01100 aq rl rs2 rs1 011 rd 0101111", 8, AtomicOperation.And)] public static ulong AmoandD(ulong value) => value;
    [Atomic("amoor.d", "01000 aq rl rs2 rs1 011 rd 0101111", 8, AtomicOperation.Or)] public static ulong AmoorD(ulong value) => value;
    [Atomic("amomin.d", "10000 aq rl rs2 rs1 011 rd 0101111", 8, AtomicOperation.Min)] public static ulong AmominD(ulong value) => value;
    [Atomic("amomax.d", "10100 aq rl rs2 rs1 011 rd 0101111", 8, AtomicOperation.Max)] public static ulong AmomaxD(ulong value) => value;
    [Atomic("amominu.d", "11000 aq rl rs2 rs1 011 rd 0101111", 8, AtomicOperation.MinUnsigned)] public static ulong AmominuD(ulong value) => value;
    [Atomic("amomaxu.d", "11100 aq rl rs2 rs1 011 rd 0101111", 8, AtomicOperation.MaxUnsigned)] public static ulong AmomaxuD(ulong value) => value;
}
