namespace Soc.Actors.Recording;

/// <summary>One event of a recording in short form.</summary>
/// <param name="At">Virtual time of delivery, ns.</param>
/// <param name="From">Agent number of the sender.</param>
/// <param name="To">Agent number of the receiver.</param>
/// <param name="Message">The message's number in the union of messages.</param>
/// <param name="Fingerprint">First four bytes of the digest chain after the event.</param>
internal readonly record struct RecordedEvent(ulong At, int From, int To, int Message, uint Fingerprint);
