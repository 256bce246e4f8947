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
    private ulong _fireAt = ulong.MaxValue;

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
    public ulong WakeAt => _fireAt > Hart.Now ? _fireAt : ulong.MaxValue;

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

    /// <summary>An interrupt line has a new level.</summary>
    public void SetLine(HartInterruptLine line, bool level) => Hart.SetInterruptLine((InterruptLine)line, level);

    /// <summary>The machine timer fires at a virtual time from now on; <see cref="ulong.MaxValue"/> for never.</summary>
    public void SetTimer(ulong fireAt)
    {
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
    public void RaiseDueTimer(ulong now) => Hart.SetInterruptLine(InterruptLine.MachineTimer, _fireAt <= now);
}
