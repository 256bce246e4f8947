using Soc.Actors.Agents;
using Soc.Memory;
using Soc.Tlb;

namespace Soc.Actors.Tests.Agents;

/// <summary>An initiator whose program is a queue of slice ends; one cycle is one nanosecond.</summary>
internal sealed class FakeInitiator : IInitiatorModel, IInitiator
{
    private volatile bool _exitRequested;

    /// <summary>What each call of <see cref="Run"/> does: cycles it takes, and why it ends. When empty, runs to the end of its budget.</summary>
    public Queue<(ulong Cycles, SliceEnd End)> Program { get; } = new();

    /// <summary>What happened, in order.</summary>
    public List<string> Log { get; } = [];

    /// <summary>Called inside each slice.</summary>
    public Action? Running { get; set; }

    public int InitiatorId => 4;

    public string Name => "fake";

    public ulong Now => Cycles;

    public IInitiator Initiator => this;

    public SoftTlb Tlb => throw new InvalidOperationException("the fake initiator has counters, but no TLB");

    public TlbStatistics TlbStatistics { get; } = new();

    public ulong Cycles { get; private set; }

    public ulong Frequency => 1_000_000_000;

    public ulong Timer { get; set; } = ulong.MaxValue;

    public ulong WakeAt => Timer > Now ? Timer : ulong.MaxValue;

    public ulong Position => 0;

    public string StopReason => "stopped";

    public RunEnd? Finished { get; set; }

    public PendingAccess Pending { get; } = new(
        new RemoteRegion("registers", 0x1000, 9),
        new BusAccess(8, 8, AccessKind.Store, TransactionAttributes.Specified, 0x1008, null!),
        5);

    public bool TakeExit()
    {
        bool requested = _exitRequested;
        _exitRequested = false;
        return requested;
    }

    public SliceEnd Run(ulong untilCycle)
    {
        Running?.Invoke();
        if (TakeExit())
        {
            Log.Add($"attention at {Cycles}");
            return SliceEnd.Attention;
        }

        (ulong cycles, SliceEnd end) = Program.TryDequeue(out var step) ? step : (untilCycle - Cycles, SliceEnd.Budget);
        Cycles = Math.Min(Cycles + cycles, untilCycle);
        Log.Add($"{end} at {Cycles}");
        return end;
    }

    public void SkipTo(ulong cycle) => Cycles = Math.Max(Cycles, cycle);

    public void RequestExit() => _exitRequested = true;

    public int Invalidate(int owner, in InvalidationScope scope)
    {
        Log.Add($"rearm at {Cycles}");
        return 1;
    }

    public void CompleteTransaction(AccessResult result, ulong value) => Log.Add($"complete at {Cycles}");
}
