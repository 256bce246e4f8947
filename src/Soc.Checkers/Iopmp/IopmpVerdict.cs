namespace Soc.Checkers.Iopmp;

/// <summary>What the check of iopmp.md section 7 says about one transaction under one snapshot; nothing has happened yet.</summary>
/// <param name="Error">Why it is a violation, or None.</param>
/// <param name="Waits">Its RRID is stalled: whether it is parked, held or a violation is for the owner to decide.</param>
/// <param name="Kind">The kind after the conversion of fetches to reads (HWCFG3.xinr).</param>
/// <param name="OutgoingRequester">RRID with which a permitted transaction leaves.</param>
/// <param name="Entry">The deciding entry (profile P6); 0 when none decided.</param>
/// <param name="Interrupt">A violation asks for an interrupt.</param>
/// <param name="BusError">A violation is answered with a bus error.</param>
public readonly record struct IopmpVerdict(
    IopmpErrorType Error, bool Waits, IopmpKind Kind, int OutgoingRequester, int Entry, bool Interrupt, bool BusError)
{
    /// <summary>Whether the transaction may go on.</summary>
    public bool Permitted => Error == IopmpErrorType.None && !Waits;

    /// <summary>ERR_INFO.ttype: 1 read, 2 write or atomic update, 3 fetch.</summary>
    public int TransactionType => Kind switch
    {
        IopmpKind.Read => 1,
        IopmpKind.Fetch => 3,
        _ => 2,
    };

    /// <summary>The facts that a violation report carries: etype in bits 3:0, ttype in 5:4, entry index in 31:16.</summary>
    public uint Detail => (uint)Error | ((uint)TransactionType << 4) | ((uint)Entry << 16);
}
