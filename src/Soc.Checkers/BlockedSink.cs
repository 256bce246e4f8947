using Soc.Memory;

namespace Soc.Checkers;

/// <summary>Where refused accesses end: answers and reports each one.</summary>
/// <remarks>
/// Between a commit and its invalidation an initiator may still hold the answer "blocked" for an access that the new
/// configuration permits. Such an access goes on downstream: it then follows the new configuration completely, never a
/// mix of the verdict of one snapshot with the error flags of another (worldguard.md case I12).
/// </remarks>
/// <param name="port">The port whose refused accesses end here.</param>
public sealed class BlockedSink(CheckerPort port) : CheckedPath(port), IBlockedSink;
