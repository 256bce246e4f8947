using Soc.Actors.Messages;
using Soc.Actors.Time;

namespace Soc.Actors.Agents;

/// <summary>Delivers at once, into the receiver's inbox; wakes it when it is parked.</summary>
/// <param name="agents">Number of agents.</param>
/// <param name="clock">Virtual time.</param>
internal sealed class FreeFabric(int agents, HostClock clock) : IFabric
{
    private readonly Inbox?[] _inboxes = new Inbox?[agents];
    private readonly long[] _sequences = new long[agents];

    // By sender: what is held back for a receiver, so that what is sent later waits behind it. Only faults hold back.
    private readonly Dictionary<int, Task>?[] _held = new Dictionary<int, Task>?[agents];

    /// <summary>Makes an agent reachable; done for all before the first runs.</summary>
    public void Connect(int agent, Inbox inbox) => _inboxes[agent] = inbox;

    /// <inheritdoc/>
    public void Send(int from, int to, ulong sentAt, IAgentMessage message)
    {
        if (_held[from] is { } held && held.TryGetValue(to, out Task? before) && !before.IsCompleted)
        {
            held[to] = before.ContinueWith(_ => Deliver(from, to, sentAt, message), TaskScheduler.Default);
            return;
        }

        Deliver(from, to, sentAt, message);
    }

    /// <inheritdoc/>
    public void SendLate(int from, int to, ulong sentAt, IAgentMessage message, ulong by, bool overtaken)
    {
        // A timer counts whole milliseconds and drops the rest: never early.
        Task due = Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(clock.Until(clock.Now + by).TotalMilliseconds)));
        if (overtaken)
        {
            due.ContinueWith(_ => Deliver(from, to, sentAt, message), TaskScheduler.Default);
            return;
        }

        Dictionary<int, Task> held = _held[from] ??= [];
        Task before = held.TryGetValue(to, out Task? last) ? Task.WhenAll(last, due) : due;
        held[to] = before.ContinueWith(_ => Deliver(from, to, sentAt, message), TaskScheduler.Default);
    }

    private void Deliver(int from, int to, ulong sentAt, IAgentMessage message)
    {
        var envelope = new Envelope(sentAt, from, Interlocked.Increment(ref _sequences[from]), to, sentAt, message);
        _inboxes[to]!.Post(envelope);
    }
}
