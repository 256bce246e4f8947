namespace Soc.Tlb;

/// <summary>
/// When a context's main table changes its size (softtlb.md section 3.6): when the context is flushed, and under pressure. The
/// window counts flushes, not time, so that equal runs make equal decisions (property P22).
/// </summary>
/// <param name="MinimumLog2Entries">Log2 of the smallest table, 1..16.</param>
/// <param name="MaximumLog2Entries">Log2 of the largest table, 1..16.</param>
/// <param name="WindowFlushes">Flushes over which the greatest use is remembered before a table may shrink, at least 1.</param>
/// <param name="UnderPressure">
/// Doubles a table, with what it holds, as soon as it has thrown out as many pages as it has entries since it was made or emptied.
/// QEMU does not: there a guest that never flushes keeps a small table for ever.
/// </param>
public sealed record TlbResizing(int MinimumLog2Entries = 6, int MaximumLog2Entries = 12, int WindowFlushes = 16, bool UnderPressure = false);
