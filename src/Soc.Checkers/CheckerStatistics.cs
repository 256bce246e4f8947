namespace Soc.Checkers;

/// <summary>Counters of one checker, kept by its owner.</summary>
/// <param name="Commits">Snapshots published, reset included.</param>
/// <param name="Invalidations">Commits after which cached answers had to be dropped.</param>
/// <param name="Refusals">Refused accesses that were reported.</param>
/// <param name="Records">Refused accesses that entered the error record.</param>
public readonly record struct CheckerStatistics(long Commits, long Invalidations, long Refusals, long Records);
