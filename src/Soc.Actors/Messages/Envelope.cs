namespace Soc.Actors.Messages;

/// <summary>A message on its way between two agents of one SoC.</summary>
/// <param name="DeliverAt">Virtual time of delivery, ns: send time plus link latency.</param>
/// <param name="From">Agent number of the sender.</param>
/// <param name="Sequence">The sender's own count of messages.</param>
/// <param name="To">Agent number of the receiver.</param>
/// <param name="SentAt">Virtual time of sending, ns.</param>
/// <param name="Message">What is said.</param>
public sealed record Envelope(ulong DeliverAt, int From, long Sequence, int To, ulong SentAt, IAgentMessage Message);
