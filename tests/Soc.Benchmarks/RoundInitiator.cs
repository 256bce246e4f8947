using System.Diagnostics;
using Soc.Actors;
using Soc.Actors.Agents;
using Soc.Memory;
using Soc.Tlb;

namespace Soc.Benchmarks;

/// <summary>
/// An initiator that holds one translation behind the checker: parked, or running slices of 20 us host time in which it reads
/// the page and polls its exit flag, as a hart does.
/// </summary>
internal sealed class RoundInitiator : IInitiatorModel, IInitiator, IPageWalker, IDisposable
{
    private const ulong Page = 0x4000;

    private static readonly long _slice = Stopwatch.Frequency / 50_000;

    private readonly bool _parked;
    private readonly bool _reads;
    private volatile bool _exitRequested;

    public RoundInitiator(int id, AddressSpace space, bool parked, bool reads)
    {
        InitiatorId = id;
        _parked = parked;
        _reads = reads;
        Tlb = new SoftTlb(this, space, this, new TlbConfiguration { Contexts = 1, Log2Entries = 6 });
        if (reads)
        {
            Tlb.Read(Page, 8, out _);
        }
    }

    public int InitiatorId { get; }

    public string Name => $"initiator{InitiatorId}";

    public ulong Now => 0;

    public IInitiator Initiator => this;

    public SoftTlb Tlb { get; }

    public ulong Cycles => 0;

    public ulong Frequency => 1_000_000_000;

    public ulong WakeAt => ulong.MaxValue;

    public ulong Position => 0;

    public string StopReason => string.Empty;

    public RunEnd? Finished { get; set; }

    public PendingAccess Pending => Tlb.Pending;

    public SliceEnd Run(ulong untilCycle)
    {
        if (_parked)
        {
            return SliceEnd.Parked;
        }

        for (long end = Stopwatch.GetTimestamp() + _slice; Stopwatch.GetTimestamp() < end;)
        {
            if (_exitRequested)
            {
                _exitRequested = false;
                return SliceEnd.Attention;
            }

            if (_reads && !Tlb.TryRead(Page, out ulong _))
            {
                Tlb.Read(Page, 8, out _);
            }
        }

        return SliceEnd.Budget;
    }

    public void SkipTo(ulong cycle)
    {
        // Free mode: nobody skips.
    }

    public void RequestExit() => _exitRequested = true;

    public int Invalidate(int owner, in InvalidationScope scope) => Tlb.Invalidate(owner, scope);

    public void CompleteTransaction(AccessResult result, ulong value) => throw new InvalidOperationException("it starts no transaction");

    public int Walk(ulong virtualAddress, int size, AccessKind kind, int context, out PageWalk walk)
    {
        walk = new PageWalk
        {
            PhysicalAddress = virtualAddress,
            Granted = AccessKinds.All,
            Log2Size = 12,
            Homogeneous = true,
            Attributes = TransactionAttributes.Specified.WithWorld(1),
        };
        return 0;
    }

    public void Dispose() => Tlb.Dispose();
}
