using Akka.Actor;
using Soc.Actors.Messages;
using Soc.Actors.Protocol;
using Soc.Actors.Refusals;
using Soc.Actors.Time;
using Soc.Checkers;
using Soc.Memory;
using Soc.Memory.Observation;
using Soc.Tlb;

namespace Soc.Actors.Agents;

/// <summary>
/// Owns a checker's register file. A register write that changes the configuration commits a snapshot, sends Invalidate to
/// every registered initiator, and completes for the writer when all have acknowledged (design.md section 3; rules M1, M2, M7).
/// </summary>
internal sealed class CheckerActor : RegisterOwnerActor, IInitiator
{
    private readonly Checker _checker;
    private readonly EventRing? _ring;
    private readonly Sanitizer? _sanitizer;
    private readonly RefusalLog? _refusals;
    private readonly bool _acknowledged;
    private readonly CheckerCounters _counters;
    private readonly ChangeTracker _changes;
    private readonly List<int> _recipients = [];
    private readonly Dictionary<int, HeldInitiator> _origins = [];

    // Changes of which the checker wants to hear the end, by id, with its own number for them.
    private readonly Dictionary<ulong, long> _awaited = [];

    // Changes whose writer waits for the end.
    private readonly HashSet<ulong> _owed = [];
    private ulong _changeCount;

    public CheckerActor(AgentServices services, Checker checker, EventRing? ring, bool acknowledged, CheckerCounters counters, Action<bool, IInitiator>? interrupt,
        Sanitizer? sanitizer = null, Inbox? inbox = null, AddressSpace? bus = null, RefusalLog? refusals = null)
        : base(services, checker.AgentId, counters, inbox)
    {
        _checker = checker;
        _ring = ring;
        _sanitizer = sanitizer;
        _refusals = refusals;
        _acknowledged = acknowledged;
        _counters = counters;
        _changes = counters.Changes;
        counters.IsAwaited = acknowledged;
        checker.ReportsAcknowledgements = true;
        if (interrupt is not null)
        {
            checker.InterruptChanged = level => interrupt(level, this);
        }

        TransactionAttributes attributes = TransactionAttributes.Specified.WithRequester((uint)checker.AgentId);
        checker.SendMessage = bus is null ? null : (address, data) => bus.Write(this, address, 4, attributes, data) == AccessResult.Ok;
    }

    /// <inheritdoc/>
    public int InitiatorId => AgentId;

    /// <inheritdoc/>
    public string Name => _checker.Name;

    /// <summary>How to make one.</summary>
    public static Props Props(
        AgentServices services, Checker checker, EventRing? ring, bool acknowledged, CheckerCounters counters, Action<bool, IInitiator>? interrupt,
        Sanitizer? sanitizer = null, Inbox? inbox = null, AddressSpace? bus = null, RefusalLog? refusals = null) =>
        Akka.Actor.Props.Create(() => new CheckerActor(services, checker, ring, acknowledged, counters, interrupt, sanitizer, inbox, bus, refusals));

    /// <inheritdoc/>
    protected override void Handle(Envelope envelope)
    {
        if (envelope.Message is ViolationReport report)
        {
            Record(report, envelope.SentAt);
            return;
        }

        AdvanceTo(envelope);
        switch (envelope.Message)
        {
            case RegisterAccess access:
                Serve(access);
                break;
            case InvalidateAck ack:
                Acknowledge(ack);
                break;
            default:
                throw new InvalidOperationException($"{Name} cannot handle {envelope.Message}");
        }
    }

    /// <summary>
    /// Enters a refusal into the error record. Its time is the reporter's, which may be ahead of ours: it holds for the interrupt
    /// that the record may raise, but does not make the registers late for others.
    /// </summary>
    private void Record(ViolationReport report, ulong time)
    {
        ulong now = Now;
        Now = Math.Max(now, time);
        var violation = new Violation(
            AgentId, report.PhysicalAddress, report.Size, TransactionAttributes.FromBits(report.Attributes), report.Kind,
            report.BusError, report.Interrupt, report.Detail, report.Initiator, time);
        bool recorded = _checker.Record(violation);
        _refusals?.Settle(AgentId, report.Initiator, recorded ? _checker.DescribeRecord(violation) : null);
        Now = now;
    }

    private void Serve(RegisterAccess message)
    {
        if (_sanitizer is null)
        {
            ServeAlone(message);
            return;
        }

        // No access comes between the commit and the note of it.
        lock (_sanitizer.Gate)
        {
            ServeAlone(message);
        }
    }

    private void ServeAlone(RegisterAccess message)
    {
        ulong arrived = Now;
        Spend(Services.RegisterCost);
        var access = new BusAccess(
            message.Offset, message.Size, message.Kind, TransactionAttributes.FromBits(message.Attributes), message.PhysicalAddress,
            OnBehalfOf(message.Initiator));
        Answer(message, _checker.Access(access, message.Value), arrived);
        Release();
    }

    /// <summary>Answers the accesses that a checker has held until now, in the order in which they came.</summary>
    private void Release()
    {
        foreach (HeldAccess held in _checker.TakeReleased())
        {
            RegisterOutcome outcome = _checker.Access(held.Access, held.Value);
            if ((outcome.Result & AccessResult.Pending) == 0)
            {
                Send(((HeldInitiator)held.Access.Initiator).Origin, new RegisterDone(outcome.Result, outcome.Value, 0));
            }
        }
    }

    private HeldInitiator OnBehalfOf(int initiator)
    {
        if (!_origins.TryGetValue(initiator, out HeldInitiator? origin))
        {
            origin = new HeldInitiator(this, initiator);
            _origins.Add(initiator, origin);
        }

        return origin;
    }

    private void Answer(RegisterAccess message, RegisterOutcome outcome, ulong arrived)
    {
        if ((outcome.Result & AccessResult.Pending) != 0)
        {
            // The checker stalls the access: the initiator waits until it is released.
            return;
        }

        if (outcome.Scope is not { } scope)
        {
            Send(message.Initiator, new RegisterDone(outcome.Result, outcome.Value, 0));
            return;
        }

        // The snapshot is published (M1); whoever may hold an old answer had registered before reading it (M2).
        ulong change = ModelEvent.ChangeId(AgentId, ++_changeCount);
        (outcome.Recipients ?? _checker.Registry).Recipients(scope.Indexes, _recipients);
        _counters.Commits++;
        _counters.Sent += (ulong)_recipients.Count;
        _ring?.TryWrite(new ModelEvent
        {
            Type = ModelEventType.Commit,
            Source = (ushort)AgentId,
            Correlation = change,
            Start = arrived,
            End = Now,
            Kind = (byte)scope.Kinds,
            Index = (ushort)_recipients.Count,
            A = scope.First,
            B = scope.Last,
            C = scope.Indexes,
            D = _changeCount,
        });
        _sanitizer?.OnCommit(
            change, AgentId, Name, scope, message.Initiator, message.Offset, message.Value, Now, _recipients);
        PendingChange pending = _changes.Begin(change, message.Initiator, _changeCount, Now, _recipients);
        if (outcome.Change != 0)
        {
            _awaited.Add(change, outcome.Change);
        }

        var invalidate = new Invalidate(
            change, AgentId, _changeCount, scope.First, scope.Last, scope.Indexes, scope.Kinds, Invalidate.Pack(outcome.Parts));
        foreach (int recipient in _recipients)
        {
            Send(recipient, invalidate);
            _ring?.TryWrite(new ModelEvent
            {
                Type = ModelEventType.InvalidateSent,
                Source = (ushort)AgentId,
                Correlation = change,
                Start = Now,
                End = Now,
                A = (ulong)recipient,
                B = Now,
            });
        }

        bool repliesAtOnce = outcome.CompletesAtOnce || !_acknowledged;
        if (pending.IsComplete || repliesAtOnce)
        {
            Send(message.Initiator, new RegisterDone(outcome.Result, outcome.Value, change));
        }
        else
        {
            _owed.Add(change);
        }

        if (pending.IsComplete)
        {
            Complete(pending);
        }
    }

    private void Acknowledge(InvalidateAck ack)
    {
        if (!_changes.Acknowledge(ack.Change, ack.Initiator, out PendingChange? change) || change is null)
        {
            return;
        }

        _counters.Acknowledged++;
        _ring?.TryWrite(new ModelEvent
        {
            Type = ModelEventType.InvalidateAcknowledged,
            Source = (ushort)AgentId,
            Correlation = ack.Change,
            Start = change.CommittedAt,
            End = Now,
            Flags = ack.Parked ? ModelEvent.Parked : (byte)0,
            A = (ulong)ack.Initiator,
            B = ack.RearmedAt,
            C = (ulong)ack.Scanned,
            D = (ulong)ack.Rearmed,
        });
        if (change.IsComplete)
        {
            Complete(change);
            if (_owed.Remove(change.Id))
            {
                Send(change.Initiator, new RegisterDone(AccessResult.Ok, 0, change.Id));
            }
        }
    }

    private void Complete(PendingChange change)
    {
        _counters.Latency.Add(Now - change.CommittedAt);
        _ring?.TryWrite(new ModelEvent
        {
            Type = ModelEventType.ChangeCompleted,
            Source = (ushort)AgentId,
            Correlation = change.Id,
            Start = change.CommittedAt,
            End = Now,
            Index = (ushort)change.Recipients,
            A = (ulong)(long)change.Initiator,
            B = _acknowledged ? (ulong)change.Recipients : 0,
            D = change.Epoch,
        });
        if (_awaited.Remove(change.Id, out long number))
        {
            _checker.ChangeAcknowledged(number);
            Release();
        }
    }

}
