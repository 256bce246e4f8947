using System.Diagnostics;
using System.Numerics;
using Akka.Actor;
using Soc.Actors.Faults;
using Soc.Actors.Messages;
using Soc.Actors.Time;
using Soc.Devices;
using Soc.Memory;
using Soc.Memory.Observation;
using Soc.Tlb;

namespace Soc.Actors.Agents;

/// <summary>
/// Owns one initiator's model and its private TLB, and runs it in slices: in lockstep when the clock grants a window, in
/// free mode by messages to itself. Between two slices, and at the polls of a running one, it serves its inbox: re-arms,
/// interrupts, completions. It serves it also while it waits for its own transaction (rule M8) and while it sleeps (M7).
/// </summary>
internal abstract class InitiatorActor : ReceiveActor, IWithTimers, IDisposable
{
    // 20..100 us of host time at interpreter speed.
    private const ulong FreeSliceCycles = 16_384;

    // A turn of free mode, when no other agent needs its thread.
    private const int FreeSlicesPerTurn = 64;

    private readonly AgentServices _services;
    private readonly IInitiatorModel _model;
    private readonly Inbox _inbox;
    private readonly EventRing? _ring;
    private readonly Assembly _assembly;
    private readonly StallSchedule? _stalls;
    private readonly Timer? _timer;
    private readonly IActorRef _parent;
    private bool _waiting;
    private bool _parked;
    private bool _awake;
    private ulong _issuedAt;

    protected InitiatorActor(AgentServices services, IInitiatorModel model, Inbox inbox, EventRing? ring, Assembly assembly)
    {
        _services = services;
        _model = model;
        _inbox = inbox;
        _ring = ring;
        _assembly = assembly;
        _stalls = assembly.Faults?.StallsOf(model.Initiator.Name);
        _parent = Context.Parent;
        IActorRef self = Self;
        if (services.IsFree)
        {
            _timer = new Timer(_ => _inbox.Nudge());
            inbox.Wake = () => self.Tell(Continue.Instance, ActorRefs.NoSender);
            Receive<Continue>(_ => RunFreeTurn());
        }
        else
        {
            Receive<Advance>(advance => RunWindow(advance.Until));
        }

        Receive<Stop>(_ =>
        {
            Become(() => ReceiveAny(_ => { }));
            Sender.Tell(new Stopped(AgentId));
        });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    protected int AgentId => _model.Initiator.InitiatorId;

    protected IFabric Fabric => _services.Fabric;

    /// <summary>The UART that is the user's console; null when there is none.</summary>
    protected Ns16550Uart? Console => _assembly.Model.ConsoleUart;

    /// <summary>Callbacks of devices.</summary>
    protected SocPorts Ports => _assembly.Ports;

    /// <summary>Virtual ns that the owner of registers takes for one access.</summary>
    protected ulong RegisterCost => _services.RegisterCost;

    /// <summary>Virtual time, ns.</summary>
    protected ulong Now => _model.Initiator.Now;

    public void Dispose() => _timer?.Dispose();

    /// <summary>Whether the model waits for an answer of another agent.</summary>
    protected bool Waiting { get => _waiting; set => _waiting = value; }

    /// <summary>Whether the model is not running now.</summary>
    protected bool IsAtRest => _parked || _waiting;

    /// <summary>Sends what the model waits for.</summary>
    protected virtual void Issue()
    {
        PendingAccess pending = _model.Pending;
        BusAccess access = pending.Access;
        _waiting = true;
        _issuedAt = Now;
        Fabric.Send(AgentId, pending.Region.Owner, Now, new RegisterAccess(
            AgentId, access.Offset, access.Size, access.Kind, access.Attributes.ToBits(), access.PhysicalAddress, pending.Value));
    }

    /// <summary>A slice is over.</summary>
    protected virtual void AfterSlice()
    {
    }

    /// <summary>A transaction with another agent's registers is complete.</summary>
    protected virtual void AfterTransaction()
    {
    }

    /// <summary>Handles a message that only this kind of initiator understands.</summary>
    protected abstract void Handle(Envelope envelope);

    /// <summary>Free mode: called before the model runs, to raise what is due.</summary>
    protected abstract void RaiseDueTimers(ulong now);

    protected override void PostStop() => Dispose();

    private void RunWindow(ulong until)
    {
        // A granted window is one message; inside it, messages that are due interrupt the model exactly at their time.
        while (true)
        {
            ServeDue();
            if (_waiting || _model.Finished is not null || _assembly.IsStopping)
            {
                break;
            }

            ulong limit = _inbox.TryPeek(out Envelope? next) ? Math.Min(until, next!.DeliverAt) : until;
            limit = _stalls?.Before(Now, limit) ?? limit;
            if (Now >= limit)
            {
                break;
            }

            if (_parked && _model.WakeAt > Now)
            {
                if (_model.WakeAt >= limit)
                {
                    if (next is null || next.DeliverAt >= until)
                    {
                        break;
                    }

                    SkipTo(next.DeliverAt);
                    continue;
                }

                SkipTo(_stalls?.After(_model.WakeAt) ?? _model.WakeAt);
            }

            if (!RunModel(CycleAt(limit), limit))
            {
                break;
            }
        }

        Sender.Tell(new Advanced(AgentId, WantsAt(), Now, _model.Finished));
    }

    /// <summary>Runs the model once. False ends the window early, because others should hear of what was just sent.</summary>
    private bool RunModel(ulong untilCycle, ulong limit)
    {
        _parked = false;
        long started = Stopwatch.GetTimestamp();
        SliceEnd end = _model.Run(untilCycle);
        _assembly.SliceTicks[AgentId] += Stopwatch.GetTimestamp() - started;
        AfterSlice();
        switch (end)
        {
            case SliceEnd.Parked:
                _parked = true;
                return true;
            case SliceEnd.Transaction:
                Issue();
                return false;
            case SliceEnd.Attention:
                return _model.Finished is null && !Fabric.HasSent(AgentId);
            case SliceEnd.Spin:
                if (!_services.IsFree)
                {
                    SkipTo(Math.Min(limit, _model.WakeAt));
                }

                return true;
            case SliceEnd.Stopped:
                _model.Finished = new RunEnd(RunOutcome.Stuck, RunEnd.NoProgressExitCode, _model.StopReason);
                return false;
            default:
                return true;
        }
    }

    /// <summary>
    /// Free mode: one slice; more of them while there is a thread for everybody else who is awake. Handing each slice over to the other
    /// threads of the dispatcher costs more than many a slice.
    /// </summary>
    private void RunFreeTurn()
    {
        Count(awake: true);
        for (int slice = 0; slice < FreeSlicesPerTurn; slice++)
        {
            if (!RunFreeSlice())
            {
                Count(awake: false);
                return;
            }

            if (!_assembly.HasSpareThread || _assembly.IsStopping)
            {
                break;
            }
        }

        Self.Tell(Continue.Instance, ActorRefs.NoSender);
    }

    private void Count(bool awake)
    {
        if (_awake != awake)
        {
            _awake = awake;
            _assembly.CountAwake(awake ? 1 : -1);
        }
    }

    /// <summary>Serves the inbox and runs the model once.</summary>
    /// <returns>Whether to go on at once; if not, somebody or something will wake the agent.</returns>
    private bool RunFreeSlice()
    {
        if (_stalls is not null && _stalls.After(_services.HostClock!.Now) is var after && after > _services.HostClock.Now)
        {
            // Nothing that is posted meanwhile wakes it: it is not parked.
            Timers.StartSingleTimer("stall", Continue.Instance, _services.HostClock.Until(after) + TimeSpan.FromMilliseconds(1));
            return false;
        }

        _inbox.BeginSlice();
        while (_inbox.TryTake(out Envelope? envelope))
        {
            Serve(envelope!);
        }

        if (!_waiting && _model.Finished is null)
        {
            RaiseDueTimers(_services.HostClock!.Now);
            RunModel(_model.Cycles + FreeSliceCycles, 0);
        }

        if (_model.Finished is { } end)
        {
            _parent.Tell(end);
            return false;
        }

        if (!_waiting && !_parked)
        {
            return true;
        }

        if (!_waiting && _model.WakeAt != ulong.MaxValue)
        {
            TimeSpan sleep = _services.HostClock!.Until(_model.WakeAt);
            if (sleep == TimeSpan.Zero)
            {
                return true;
            }

            // Host timers count whole milliseconds and round down, which would only wake us too early.
            _timer!.Change(TimeSpan.FromMilliseconds(Math.Ceiling(sleep.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
        }

        return !_inbox.TryPark();
    }

    private void ServeDue()
    {
        PassStall();
        while (_inbox.TryPeek(out Envelope? envelope))
        {
            if (envelope!.DeliverAt > Now)
            {
                // A sleeper whose own timer comes first runs first.
                if (!_waiting && (!_parked || _model.WakeAt < envelope.DeliverAt))
                {
                    return;
                }

                SkipTo(envelope.DeliverAt);
                PassStall();
            }

            _inbox.TryTake(out _);
            if (_stalls is null)
            {
                _assembly.Skew[AgentId] = Math.Max(_assembly.Skew[AgentId], Now - envelope.DeliverAt);
            }

            Serve(envelope);
        }
    }

    private void Serve(Envelope envelope)
    {
        switch (envelope.Message)
        {
            case Invalidate invalidate:
                Rearm(envelope.From, invalidate);
                break;
            case RegisterDone done:
                Complete(done);
                break;
            default:
                // It may be what a sleeper waits for: let the model look.
                _parked = false;
                Handle(envelope);
                break;
        }
    }

    private void Rearm(int checker, Invalidate invalidate)
    {
        ulong start = Now;
        ulong scanned = _model.TlbStatistics.RearmScanned;
        int rearmed = 0;
        foreach (InvalidationScope scope in invalidate.Scopes)
        {
            rearmed += _model.Invalidate(invalidate.Checker, scope);
        }

        if (_assembly.Sanitizer is { } sanitizer)
        {
            lock (sanitizer.Gate)
            {
                sanitizer.OnInvalidated(AgentId, invalidate.Change);
            }
        }

        scanned = _model.TlbStatistics.RearmScanned - scanned;
        bool parked = _parked || _waiting;
        _ring?.TryWrite(new ModelEvent
        {
            Type = ModelEventType.Rearm,
            Source = (ushort)AgentId,
            Correlation = invalidate.Change,
            Start = start,
            End = Now,
            Kind = (byte)invalidate.Kinds,
            Flags = parked ? ModelEvent.Parked : (byte)0,
            A = invalidate.First,
            B = invalidate.Last,
            C = scanned,
            D = (ulong)rearmed,
        });
        Fabric.Send(AgentId, checker, Now, new InvalidateAck(invalidate.Change, AgentId, Now, (int)scanned, rearmed, parked));
    }

    private void Complete(RegisterDone done)
    {
        PendingAccess pending = _model.Pending;
        _ring?.TryWrite(new ModelEvent
        {
            Type = ModelEventType.RegisterWrite,
            Source = (ushort)AgentId,
            Correlation = done.Change,
            Start = _issuedAt,
            End = Now,
            Kind = (byte)pending.Access.Kind,
            Result = (byte)done.Result,
            Flags = (byte)BitOperations.Log2((uint)pending.Access.Size),
            A = pending.Access.Offset,
            B = pending.Access.Kind == AccessKind.Store ? pending.Value : done.Value,
            C = pending.Access.PhysicalAddress,
            D = (ulong)pending.Region.Owner,
        });
        if (_assembly.Sanitizer is { } sanitizer && done.Change != 0)
        {
            lock (sanitizer.Gate)
            {
                sanitizer.OnRetired(done.Change);
            }
        }

        _waiting = false;
        _model.CompleteTransaction(done.Result, done.Value);
        AfterTransaction();
    }

    private ulong WantsAt() =>
        _waiting ? ulong.MaxValue
        : _parked ? _model.WakeAt
        : Now;

    /// <summary>Lets an injected stall pass: what came meanwhile is served after it.</summary>
    private void PassStall()
    {
        if (_stalls is not null && _stalls.After(Now) is var after && after > Now)
        {
            SkipTo(after);
        }
    }

    private void SkipTo(ulong at)
    {
        // Once the time is past, the model does not know any more that it wanted to wake: let it look.
        _parked &= _model.WakeAt > at;
        _model.SkipTo(Math.Max(CycleAt(at), _model.Cycles));
    }

    /// <summary>The first cycle at or after a virtual time.</summary>
    private ulong CycleAt(ulong at) => ClockDomain.CycleAt(at, _model.Frequency);
}
