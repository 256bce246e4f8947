using Soc.Actors.Time;
using Soc.Devices;
using Soc.Memory;
using Soc.RiscV;
using Soc.Tlb;

namespace Soc.Actors.Agents;

/// <summary>A hart as an initiator actor sees it.</summary>
/// <param name="hart">The hart.</param>
/// <param name="hostClock">Virtual time of free mode; null in lockstep.</param>
internal sealed class HartModel(Hart hart, HostClock? hostClock) : IInitiatorModel
{
    private readonly ulong[] _lineOrders = new ulong[16];
    private ulong _fireAt = ulong.MaxValue;
    private bool _timerRaised;

    /// <summary>The hart.</summary>
    public Hart Hart { get; } = hart;

    /// <inheritdoc/>
    public IInitiator Initiator => Hart;

    /// <inheritdoc/>
    public SoftTlb Tlb => Hart.Tlb;

    /// <inheritdoc/>
    public ulong Cycles => Hart.Cycles;

    /// <inheritdoc/>
    public ulong Frequency => Hart.Frequency;

    /// <inheritdoc/>
    /// <remarks>
    /// In free mode the line follows the clock only when <see cref="RaiseDueTimer"/> is called: a time that is past but not yet
    /// raised still counts, or a hart that goes to sleep at that moment would sleep for ever.
    /// </remarks>
    public ulong WakeAt => Math.Min((hostClock is null ? _fireAt <= Hart.Now : _timerRaised) ? ulong.MaxValue : _fireAt, Hart.SupervisorTimerAt);

    /// <inheritdoc/>
    public ulong Position => Hart.ProgramCounter;

    /// <inheritdoc/>
    public string StopReason => Hart.StopReason ?? "stopped";

    /// <inheritdoc/>
    public RunEnd? Finished { get; set; }

    /// <inheritdoc/>
    public PendingAccess Pending => Hart.PendingAccess;

    /// <inheritdoc/>
    public SliceEnd Run(ulong untilCycle) => Hart.Run(untilCycle) switch
    {
        HartExit.ExitRequested => SliceEnd.Attention,
        HartExit.WaitForInterrupt => SliceEnd.Parked,
        HartExit.PendingTransaction => SliceEnd.Transaction,
        HartExit.Spin => SliceEnd.Spin,
        HartExit.Stopped => SliceEnd.Stopped,
        _ => SliceEnd.Budget,
    };

    /// <inheritdoc/>
    public void SkipTo(ulong cycle) => Hart.AdvanceTo(cycle);

    /// <inheritdoc/>
    public void RequestExit() => Hart.RequestExit();

    /// <inheritdoc/>
    public int Invalidate(int owner, in InvalidationScope scope) => Hart.Tlb.Invalidate(owner, scope);

    /// <inheritdoc/>
    public void CompleteTransaction(AccessResult result, ulong value) => Hart.CompleteTransaction(result, value);

    /// <summary>
    /// An interrupt line has a new level. A level that comes after a newer one of the same line (the hart itself changed the
    /// device while the message was on its way) is old news; edges always count.
    /// </summary>
    /// <param name="line">Which line.</param>
    /// <param name="level">True = asserted.</param>
    /// <param name="order">Place of the change among all of this line, as the device made them.</param>
    public void SetLine(HartInterruptLine line, bool level, ulong order)
    {
        if (line == HartInterruptLine.SupervisorSoftware || IsNews(line, order))
        {
            Hart.SetInterruptLine((InterruptLine)line, level);
        }
    }

    /// <summary>The machine timer fires at a virtual time from now on.</summary>
    /// <param name="fireAt">Virtual time, ns; <see cref="ulong.MaxValue"/> for never.</param>
    /// <param name="order">Place of the deadline among all of this hart, as the timer got them; an older one than known is dropped.</param>
    public void SetTimer(ulong fireAt, ulong order)
    {
        if (!IsNews(HartInterruptLine.MachineTimer, order))
        {
            return;
        }

        _fireAt = fireAt;
        if (hostClock is null)
        {
            Hart.TimerDeadlineCycle = fireAt == ulong.MaxValue ? ulong.MaxValue : ClockDomain.CycleAt(fireAt, Frequency);
        }
        else
        {
            RaiseDueTimer(hostClock.Now);
        }
    }

    /// <summary>Free mode: drives the timer's line to what it should be now.</summary>
    public void RaiseDueTimer(ulong now)
    {
        _timerRaised = _fireAt <= now;
        Hart.SetInterruptLine(InterruptLine.MachineTimer, _timerRaised);
    }

    private bool IsNews(HartInterruptLine line, ulong order)
    {
        if (order < _lineOrders[(int)line])
        {
            return false;
        }

        _lineOrders[(int)line] = order;
        return true;
    }
}
