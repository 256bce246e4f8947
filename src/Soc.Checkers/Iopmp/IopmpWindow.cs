namespace Soc.Checkers.Iopmp;

/// <summary>The largest interval around an address inside which every transaction gets the same permission (iopmp.md section 12.2).</summary>
/// <param name="Permitted">Whether transactions entirely inside are permitted.</param>
/// <param name="First">First byte.</param>
/// <param name="Last">Last byte, inclusive.</param>
internal readonly record struct IopmpWindow(bool Permitted, ulong First, ulong Last);
