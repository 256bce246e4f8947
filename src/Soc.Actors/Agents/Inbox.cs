using System.Threading.Channels;
using Soc.Actors.Messages;

namespace Soc.Actors.Agents;

/// <summary>
/// What must reach an agent promptly, beside its mailbox: a running slice drains it at its polls and before its first
/// instruction, a checker takes all of it in one turn. The sender posts, raises the exit flag, and wakes the mailbox only if the
/// agent is parked.
/// </summary>
/// <param name="requestExit">Raises the running slice's exit flag; any thread. Null when the owner's turns are short.</param>
/// <param name="order">
/// In lockstep, the order in which messages come out: those of a later round of the same window may be due earlier. Null in
/// free mode: as they were posted.
/// </param>
internal sealed class Inbox(Action? requestExit = null, IComparer<Envelope>? order = null)
{
    private const int Running = 0;
    private const int Parked = 1;
    private const int Nudged = 2;

    private readonly Channel<Envelope>? _posted =
        order is null ? Channel.CreateUnbounded<Envelope>(new UnboundedChannelOptions { SingleReader = true }) : null;

    private readonly PriorityQueue<Envelope, Envelope>? _due = order is null ? null : new PriorityQueue<Envelope, Envelope>(order);
    private int _state;

    /// <summary>Wakes the parked owner: sends it the message that starts a slice.</summary>
    public Action? Wake { get; set; }

    /// <summary>Free mode: delivers a message; any thread.</summary>
    public void Post(Envelope envelope)
    {
        _posted!.Writer.TryWrite(envelope);
        Nudge();
    }

    /// <summary>
    /// Makes the owner look up soon: at its next poll, or at once when it is parked; any thread. One that is just about to park
    /// is kept from it, whether or not there is a message: a timer nudges too.
    /// </summary>
    public void Nudge()
    {
        requestExit?.Invoke();
        if (Interlocked.Exchange(ref _state, Nudged) == Parked)
        {
            Wake?.Invoke();
        }
    }

    /// <summary>Lockstep: puts a message in while the owner has no turn; the clock starts its turn itself.</summary>
    public void Put(Envelope envelope) => _due!.Enqueue(envelope, envelope);

    /// <summary>The next message, left in place; owner only.</summary>
    public bool TryPeek(out Envelope? envelope) => _due is null ? _posted!.Reader.TryPeek(out envelope) : _due.TryPeek(out envelope, out _);

    /// <summary>Takes the next message; owner only.</summary>
    public bool TryTake(out Envelope? envelope) => _due is null ? _posted!.Reader.TryRead(out envelope) : _due.TryDequeue(out envelope, out _);

    /// <summary>
    /// Free mode: the owner begins a slice, before it drains the inbox. Whoever posts or nudges from now on keeps it from
    /// parking; what was posted before is in the inbox.
    /// </summary>
    public void BeginSlice() => Interlocked.Exchange(ref _state, Running);

    /// <summary>
    /// Free mode: the owner wants to sleep. False when somebody nudged since <see cref="BeginSlice"/>: it must go on instead. After
    /// true, the next <see cref="Nudge"/> wakes it exactly once.
    /// </summary>
    public bool TryPark() => Interlocked.CompareExchange(ref _state, Parked, Running) == Running;
}
