using Soc.Checkers.Gpc;
using Soc.Memory;
using Soc.Memory.Tests.Support;
using Soc.Tlb;

namespace Soc.Checkers.Tests.Gpc;

/// <summary>
/// Initiators with private TLBs behind the instances of a bench, and the owner's part of a change: every TLB that the outcome names
/// re-arms its scopes, then the change is acknowledged. The context of a TLB is the security space of its accesses.
/// </summary>
internal sealed class GpcHarts : IDisposable
{
    private readonly GpcBench _bench;
    private readonly List<int> _recipients = [];

    public GpcHarts(GpcBench bench, int count = 2, bool acknowledgeLater = false)
    {
        _bench = bench;
        bench.Checker.ReportsAcknowledgements = acknowledgeLater;
        Tlbs = [.. Enumerable.Range(0, count).Select(number => new SoftTlb(
            new TestInitiator(number), bench.Views[Math.Min(number, bench.Views.Length - 1)], new IdentityWalker(context => GpcBench.In((SecuritySpace)context)), new TlbConfiguration { Contexts = 4 }))];
    }

    public SoftTlb[] Tlbs { get; }

    /// <summary>Who heard of the last change.</summary>
    public IReadOnlyList<int> Recipients => _recipients;

    /// <summary>Takes a register access in as the owner does.</summary>
    public void Serve(RegisterOutcome outcome)
    {
        _recipients.Clear();
        if (outcome.Scope is { } scope)
        {
            (outcome.Recipients ?? _bench.Checker.Registry).Recipients(scope.Indexes, _recipients);
            foreach (int recipient in _recipients)
            {
                Tlbs[recipient].Rearm(GpcBench.Agent, scope);
            }
        }

        if (outcome.Change != 0)
        {
            _bench.Checker.ChangeAcknowledged(outcome.Change);
        }
    }

    /// <summary>Whether a load of one hart passes.</summary>
    public bool Loads(SecuritySpace space, ulong address = GpcBench.Address & ~7UL, int hart = 0)
    {
        Tlbs[hart].UseContexts((int)space, (int)space);
        return Tlbs[hart].TryRead(address, out ulong value) || Tlbs[hart].Read(address, 8, out value) == TlbOutcome.Ok;
    }

    public void Dispose() => Array.ForEach(Tlbs, tlb => tlb.Dispose());
}
