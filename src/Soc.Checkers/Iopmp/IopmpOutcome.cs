namespace Soc.Checkers.Iopmp;

/// <summary>What became of one transaction, reactions included.</summary>
/// <param name="Response">How it is answered.</param>
/// <param name="OutgoingRequester">RRID with which a permitted transaction leaves.</param>
/// <param name="Interrupt">Whether it raised the wired interrupt.</param>
/// <param name="MessageInterrupt">The store that it caused as a message-signalled interrupt, if any.</param>
public readonly record struct IopmpOutcome(IopmpResponse Response, int OutgoingRequester, bool Interrupt, (ulong Address, uint Data)? MessageInterrupt);
