namespace Soc.Tlb;

/// <summary>
/// When a context's main table changes its size (softtlb.md section 3.6). Decided only when the context is flushed; the
/// window counts flushes, not time, so that equal runs make equal decisions (property P22).
/// </summary>
/// <param name="MinimumLog2Entries">Log2 of the smallest table, 1..16.</param>
/// <param name="MaximumLog2Entries">Log2 of the largest table, 1..16.</param>
/// <param name="WindowFlushes">Flushes over which the greatest use is remembered before a table may shrink, at least 1.</param>
public sealed record TlbResizing(int MinimumLog2Entries = 6, int MaximumLog2Entries = 12, int WindowFlushes = 16);
