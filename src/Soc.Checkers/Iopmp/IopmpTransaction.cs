namespace Soc.Checkers.Iopmp;

/// <summary>One bus request; a DMA burst is one transaction.</summary>
/// <param name="Requester">RRID.</param>
/// <param name="Address">First byte.</param>
/// <param name="Length">Bytes; a transaction of 0 bytes is answered without a check (profile P5).</param>
/// <param name="Kind">What it does.</param>
public readonly record struct IopmpTransaction(int Requester, ulong Address, ulong Length, IopmpKind Kind);
