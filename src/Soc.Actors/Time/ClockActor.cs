using Akka.Actor;
using Soc.Actors.Agents;
using Soc.Actors.Input;
using Soc.Actors.Messages;
using Soc.Actors.Protocol;
using Soc.Actors.Recording;
using Soc.Devices;
using Soc.Memory.Observation;

namespace Soc.Actors.Time;

/// <summary>
/// Grants time in lockstep. A window is a span of virtual time; in it, rounds alternate: every message that is due is handed
/// out in the total order, then every initiator that wants to run gets its turn, until nobody has anything to do before the
/// end of the window. When everybody sleeps, time jumps to the next event.
/// </summary>
/// <remarks>
/// Reports of refused accesses do not wait for their time: a checker hears them when the reporter's turn is over, before
/// anybody else has a turn. The reporter goes on as soon as its access is answered, and what it then writes to memory is seen by
/// others at once, whatever their local time; whoever learns of the refusal that way must find it in the error record.
/// </remarks>
internal sealed class ClockActor : ReceiveActor
{
    // Windows that one lone initiator may run without asking: long enough to cost nothing, short enough to stop soon.
    private const ulong LoneQuanta = 256;

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
    private readonly IConsoleInput? _input;
    private readonly Ns16550Uart? _console;
    private readonly int _outside;
    private readonly IActorRef _parent;
    private readonly PriorityQueue<Envelope, Envelope> _events;
    private readonly PriorityQueue<Envelope, Envelope> _reports;
    private readonly List<int> _round = [];
    private ulong _windowStart;
    private ulong _windowEnd;
    private bool _isLone;
    private ulong _roundNumber;
    private int _nextInRound;
    private int _outstanding;
    private long _inputs;
    private bool _isHoping;
    private bool _stopping;
    private RunEnd? _end;
    private (ulong Time, int Place) _endAt;

    public ClockActor(
        EventOrder order, LockstepFabric fabric, ulong quantum, bool parallel, ulong timeLimit,
        IReadOnlyList<ClockedInitiator> initiators, Dictionary<int, IActorRef> checkers, IActorRef telemetry,
        EventRing?[] rings, ProtocolWatch watch, IEventObserver? observer, IConsoleInput? input, Ns16550Uart? console, int outside)
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
        _input = input;
        _console = console;
        _outside = outside;
        _parent = Context.Parent;
        _events = new PriorityQueue<Envelope, Envelope>(order);
        _reports = new PriorityQueue<Envelope, Envelope>(order);
        Receive<StartClock>(_ => StartWindow());
        Receive<Advanced>(OnAdvanced);
        Receive<Handled>(handled =>
        {
            Collect(handled.Agent);
            Step();
        });
        Receive<Drained>(_ => StartWindow());
        Receive<InputArrived>(_ =>
        {
            if (_isHoping)
            {
                _isHoping = false;
                StartWindow();
            }
        });
        Receive<Stop>(_ =>
        {
            _stopping = true;
            if (_isHoping)
            {
                _isHoping = false;
                Step();
            }
        });
        IActorRef self = Self;
        input?.Notify(() => self.Tell(InputArrived.Instance, ActorRefs.NoSender));
    }

    /// <summary>Starts the next window, at the earliest time at which anybody wants something.</summary>
    private void StartWindow()
    {
        TakeInput();
        ulong wants = _events.TryPeek(out Envelope? next, out _) ? next.DeliverAt : ulong.MaxValue;
        foreach (ClockedInitiator initiator in _initiators)
        {
            wants = Math.Min(wants, initiator.WantsAt);
        }

        if (wants == ulong.MaxValue && _input is { IsOpen: true } && _console!.AwaitsInput)
        {
            // Virtual time stands still until somebody types. A recorded run knows what is next.
            _isHoping = true;
            if (_input is RecordedInput)
            {
                Self.Tell(InputArrived.Instance);
            }

            return;
        }

        if (wants == ulong.MaxValue)
        {
            Finish(_watch.Asleep() ?? new RunEnd(RunOutcome.Asleep, RunEnd.NoProgressExitCode, "every initiator sleeps and nothing is on its way that could wake one"));
            return;
        }

        if (wants >= _timeLimit)
        {
            Finish(RunEnd.TimeLimitReached(_timeLimit));
            return;
        }

        // Nobody runs beyond the limit, nor beyond the end of virtual time.
        ulong start = Math.Max(_windowEnd, wants);
        _windowEnd = start + Math.Min(WindowLength(start), _timeLimit - start);
        _windowStart = start;
        if (_watch.Overdue(start) is { } overdue)
        {
            Finish(overdue);
            return;
        }

        Step();
    }

    /// <summary>
    /// One quantum; longer when only one initiator wants to run before anything else is due. Nobody can see the difference: the
    /// window shrinks to a quantum again as soon as the lone initiator has sent something or stopped (<see cref="EndLoneTurn"/>).
    /// </summary>
    private ulong WindowLength(ulong start)
    {
        ulong others = _events.TryPeek(out Envelope? next, out _) ? next.DeliverAt : ulong.MaxValue;
        int running = 0;
        foreach (ClockedInitiator initiator in _initiators)
        {
            if (initiator.WantsAt <= start && running == 0)
            {
                running = 1;
            }
            else
            {
                others = Math.Min(others, initiator.WantsAt);
            }
        }

        _isLone = running == 1 && others > start && others - start > _quantum;
        ulong longest = _quantum > ulong.MaxValue / LoneQuanta ? _quantum : LoneQuanta * _quantum;
        return _isLone ? Math.Min(others - start, longest) : _quantum;
    }

    /// <summary>What came in since the last window began is delivered when this one may begin at the earliest.</summary>
    private void TakeInput()
    {
        if (_input?.Take(_windowEnd) is { Length: > 0 } bytes)
        {
            var envelope = new Envelope(_windowEnd, _outside, ++_inputs, 0, _windowEnd, new ConsoleInput(bytes));
            _events.Enqueue(envelope, envelope);
        }
    }

    private void EndLoneTurn(ulong now)
    {
        if (_isLone)
        {
            _isLone = false;
            ulong due = _events.TryPeek(out Envelope? next, out _) ? Math.Max(now, next.DeliverAt) : now;
            _windowEnd = Math.Min(_windowEnd, due + _quantum);
        }
    }

    /// <summary>Does the next thing of this window; returns when somebody has been asked and must answer first.</summary>
    private void Step()
    {
        if (_stopping)
        {
            Finish(_end ?? new RunEnd(RunOutcome.Interrupted, RunEnd.InterruptedExitCode, "interrupted"));
            return;
        }

        if (_reports.TryDequeue(out Envelope? report, out _))
        {
            if (_observer?.HandedOut(report) is { } end)
            {
                Finish(end);
                return;
            }

            _checkers[report.To].Tell(new Deliver(report));
            return;
        }

        if (_nextInRound < _round.Count)
        {
            Grant(_round[_nextInRound++]);
            return;
        }

        if (_end is not null)
        {
            Finish(_end);
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

        _order.SortRound(_round, ++_roundNumber, _windowStart);
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
        EndLoneTurn(advanced.Now);
        Consider(advanced, _observer?.TurnEnded(advanced.Agent, advanced.Now, advanced.WantsAt));
        if (--_outstanding == 0)
        {
            Step();
        }
    }

    /// <summary>
    /// Somebody may have ended the run. The round is played out all the same, so that serial and parallel runs end alike; of two
    /// ends the earlier counts.
    /// </summary>
    private void Consider(Advanced advanced, RunEnd? observed)
    {
        if (observed is not null)
        {
            (_end, _endAt) = (observed, (0, -1));
        }

        (ulong Time, int Place) at = (advanced.Now, _round.IndexOf(advanced.Agent));
        if (advanced.Finished is not null && (_end is null || at.CompareTo(_endAt) < 0))
        {
            _end = advanced.Finished;
            _endAt = at;
        }
    }

    private void Collect(int agent)
    {
        List<Envelope> outbox = _fabric.OutboxOf(agent);
        foreach (Envelope envelope in outbox)
        {
            (envelope.Message is ViolationReport ? _reports : _events).Enqueue(envelope, envelope);
        }

        outbox.Clear();
    }

    private void Finish(RunEnd end)
    {
        Become(() => ReceiveAny(_ => { }));
        _parent.Tell(end);
    }
}
