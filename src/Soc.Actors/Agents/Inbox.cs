using System.Threading.Channels;
using Soc.Actors.Messages;

namespace Soc.Actors.Agents;

/// <summary>
/// What must reach an initiator promptly, beside its mailbox: the running slice drains it at its polls and before its first
/// instruction. The sender posts, raises the exit flag, and wakes the mailbox only if the initiator is parked.
/// </summary>
/// <param name="requestExit">Raises the running slice's exit flag; any thread.</param>
internal sealed class Inbox(Action requestExit)
{
    private readonly Channel<Envelope> _channel = Channel.CreateUnbounded<Envelope>(new UnboundedChannelOptions { SingleReader = true });
    private int _parked;

    /// <summary>Wakes the parked owner: sends it the message that starts a slice.</summary>
    public Action? Wake { get; set; }

    /// <summary>Delivers a message; any thread.</summary>
    public void Post(Envelope envelope)
    {
        _channel.Writer.TryWrite(envelope);
        Nudge();
    }

    /// <summary>Makes the owner look up soon: at its next poll, or at once when it is parked; any thread.</summary>
    public void Nudge()
    {
        requestExit();
        if (Interlocked.Exchange(ref _parked, 0) == 1)
        {
            Wake?.Invoke();
        }
    }

    /// <summary>Puts a message in without waking anybody: in lockstep the clock starts the owner's turn itself.</summary>
    public void Put(Envelope envelope) => _channel.Writer.TryWrite(envelope);

    /// <summary>The oldest message, left in place; owner only.</summary>
    public bool TryPeek(out Envelope? envelope) => _channel.Reader.TryPeek(out envelope);

    /// <summary>Takes the oldest message; owner only.</summary>
    public bool TryTake(out Envelope? envelope) => _channel.Reader.TryRead(out envelope);

    /// <summary>
    /// The owner wants to sleep. False when something arrived meanwhile: it must go on instead. After true, the next
    /// <see cref="Nudge"/> wakes it exactly once.
    /// </summary>
    public bool TryPark()
    {
        Volatile.Write(ref _parked, 1);
        Interlocked.MemoryBarrier();

        // Posted between the last drain and the mark: whoever takes the mark back goes on.
        return !_channel.Reader.TryPeek(out _) || Interlocked.Exchange(ref _parked, 0) == 0;
    }
}
