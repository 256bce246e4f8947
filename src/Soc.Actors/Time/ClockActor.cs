using Akka.Actor;
using Soc.Actors.Agents;
using Soc.Actors.Messages;
using Soc.Actors.Protocol;
using Soc.Actors.Recording;
using Soc.Memory.Observation;

namespace Soc.Actors.Time;

/// <summary>
/// Grants time in lockstep. A window is a span of virtual time; in it, rounds alternate: every message that is due is handed
/// out in the total order, then every initiator that wants to run gets its turn, until nobody has anything to do before the
/// end of the window. When everybody sleeps, time jumps to the next event.
/// </summary>
internal sealed class ClockActor : ReceiveActor
{
    private readonly EventOrder _order;
    private readonly LockstepFabric _fabric;
    private readonly ulong _quantum;
    private readonly bool _parallel;
    private readonly ulong _timeLimit;
    private readonly IReadOnlyList<ClockedInitiator> _initiators;
    private readonly Dictionary<int, IActorRef> _checkers;
    private readonly IActorRef _telemetry;
    private readonly EventRing?[] _rings;
    private readonly ProtocolWatch _watch;
    private readonly IEventObserver? _observer;
    private readonly IActorRef _parent;
    private readonly PriorityQueue<Envelope, Envelope> _events;
    private readonly List<int> _round = [];
    private ulong _windowEnd;
    private ulong _roundNumber;
    private int _nextInRound;
    private int _outstanding;
    private bool _stopping;
    private RunEnd? _end;

    public ClockActor(
        EventOrder order, LockstepFabric fabric, ulong quantum, bool parallel, ulong timeLimit,
        IReadOnlyList<ClockedInitiator> initiators, Dictionary<int, IActorRef> checkers, IActorRef telemetry,
        EventRing?[] rings, ProtocolWatch watch, IEventObserver? observer)
    {
        _order = order;
        _fabric = fabric;
        _quantum = quantum;
        _parallel = parallel;
        _timeLimit = timeLimit;
        _initiators = initiators;
        _checkers = checkers;
        _telemetry = telemetry;
        _rings = rings;
        _watch = watch;
        _observer = observer;
        _parent = Context.Parent;
        _events = new PriorityQueue<Envelope, Envelope>(order);
        Receive<StartClock>(_ => StartWindow());
        Receive<Advanced>(OnAdvanced);
        Receive<Handled>(handled =>
        {
            Collect(handled.Agent);
            Step();
        });
        Receive<Drained>(_ => StartWindow());
        Receive<Stop>(_ => _stopping = true);
    }

    /// <summary>Starts the next window, at the earliest time at which anybody wants something.</summary>
    private void StartWindow()
    {
        ulong wants = _events.TryPeek(out Envelope? next, out _) ? next.DeliverAt : ulong.MaxValue;
        foreach (ClockedInitiator initiator in _initiators)
        {
            wants = Math.Min(wants, initiator.WantsAt);
        }

        if (wants == ulong.MaxValue)
        {
            Finish(_watch.Asleep() ?? new RunEnd(RunOutcome.Asleep, RunEnd.NoProgressExitCode, "every initiator sleeps and nothing is on its way that could wake one"));
            return;
        }

        if (wants >= _timeLimit)
        {
            Finish(new RunEnd(RunOutcome.TimeLimit, RunEnd.TimeLimitExitCode, $"the limit of {_timeLimit} ns of virtual time was reached"));
            return;
        }

        _windowEnd = Math.Max(_windowEnd, wants) + _quantum;
        if (_watch.Overdue(_windowEnd) is { } overdue)
        {
            Finish(overdue);
            return;
        }

        Step();
    }

    /// <summary>Does the next thing of this window; returns when somebody has been asked and must answer first.</summary>
    private void Step()
    {
        if (_end is not null || _stopping)
        {
            Finish(_end ?? new RunEnd(RunOutcome.Interrupted, RunEnd.InterruptedExitCode, "interrupted"));
            return;
        }

        if (_nextInRound < _round.Count)
        {
            Grant(_round[_nextInRound++]);
            return;
        }

        if (DeliverDue() || StartRound())
        {
            return;
        }

        // At the end of a window, so that what a full ring drops does not depend on host time.
        if (Array.Exists(_rings, ring => ring is { IsFilling: true }))
        {
            _telemetry.Tell(Drain.Instance);
        }
        else
        {
            StartWindow();
        }
    }

    /// <summary>Hands out what is due. True when a checker is busy with it.</summary>
    private bool DeliverDue()
    {
        while (_events.TryPeek(out Envelope? envelope, out _) && envelope.DeliverAt < _windowEnd)
        {
            _events.Dequeue();
            if (_observer?.HandedOut(envelope) is { } end)
            {
                Finish(end);
                return true;
            }

            if (_checkers.TryGetValue(envelope.To, out IActorRef? checker))
            {
                checker.Tell(new Deliver(envelope));
                return true;
            }

            ClockedInitiator initiator = _initiators[envelope.To];
            initiator.Inbox.Put(envelope);
            initiator.WantsAt = Math.Min(initiator.WantsAt, envelope.DeliverAt);
        }

        return false;
    }

    /// <summary>Starts a round of everybody who wants to run before the end of the window. False when nobody does.</summary>
    private bool StartRound()
    {
        _round.Clear();
        _nextInRound = 0;
        foreach (ClockedInitiator initiator in _initiators)
        {
            if (initiator.WantsAt < _windowEnd)
            {
                _round.Add(initiator.Agent);
            }
        }

        if (_round.Count == 0)
        {
            return false;
        }

        _order.SortRound(_round, ++_roundNumber, _windowEnd - _quantum);
        if (_parallel)
        {
            foreach (int agent in _round)
            {
                Grant(agent);
            }

            _nextInRound = _round.Count;
        }
        else
        {
            Grant(_round[_nextInRound++]);
        }

        return true;
    }

    private void Grant(int agent)
    {
        _outstanding++;
        _initiators[agent].Actor.Tell(new Advance(_windowEnd));
    }

    private void OnAdvanced(Advanced advanced)
    {
        // Whatever the order of the answers, the queue puts the messages into the total order.
        _initiators[advanced.Agent].WantsAt = advanced.WantsAt;
        Collect(advanced.Agent);
        _end ??= _observer?.TurnEnded(advanced.Agent, advanced.Now, advanced.WantsAt) ?? advanced.Finished;
        if (--_outstanding == 0)
        {
            Step();
        }
    }

    private void Collect(int agent)
    {
        List<Envelope> outbox = _fabric.OutboxOf(agent);
        foreach (Envelope envelope in outbox)
        {
            _events.Enqueue(envelope, envelope);
        }

        outbox.Clear();
    }

    private void Finish(RunEnd end)
    {
        Become(() => ReceiveAny(_ => { }));
        _parent.Tell(end);
    }
}
