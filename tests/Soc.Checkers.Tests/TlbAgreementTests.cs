using CsCheck;
using Soc.Checkers.Tests.Iopmp;
using Soc.Checkers.Tests.WorldGuard;
using Soc.Memory;
using Soc.Tlb;

namespace Soc.Checkers.Tests;

/// <summary>
/// A software TLB in front of a checker that re-arms nothing but the scopes of register writes, against uncached accesses:
/// a scope too narrow, or a mask too wide, shows as a stale access.
/// </summary>
public sealed class TlbAgreementTests
{
    private const int Contexts = 4;
    private const ulong Base = 0x8000_0000;

    private static readonly Gen<ulong[]> GenSteps = Gen.ULong.Array[50, 300];

    [Fact]
    public void World_guard_scopes_are_all_a_tlb_needs() => GenSteps.Sample(WorldGuard, iter: 150);

    [Fact]
    public void Iopmp_scopes_are_all_a_tlb_needs() => GenSteps.Sample(Iopmp, iter: 150);

    private static void WorldGuard(ulong[] steps)
    {
        using var bench = new WorldGuardBench();
        using var tlb = new SoftTlb(new Initiator(), bench.Space, new Identity(WorldGuardBench.World), new TlbConfiguration { Contexts = Contexts, Log2Entries = 3 });
        foreach (ulong step in steps)
        {
            if (step % 4 != 0)
            {
                Compare(tlb, bench.Space, WorldGuardBench.World, step >> 8);
                continue;
            }

            int slot = (int)((step >> 8) % 5);
            ulong value = step >> 16;
            InvalidationScope? scope = (step >> 4 & 3) switch
            {
                0 => bench.SetAddr(slot, (Base >> 2) + (value % 0x20 * 0x400) + (value >> 8 & 0x1FF)),
                1 => bench.SetPerm(slot, value),
                _ => bench.SetCfg(slot, value & 0xF03),
            };
            if (scope is { } changed)
            {
                tlb.Rearm(bench.Checker.AgentId, changed);
            }
        }
    }

    private static void Iopmp(ulong[] steps)
    {
        using var bench = new IopmpBench("FULL np=3 npprog sps");
        using var tlb = new SoftTlb(new Initiator(), bench.Space, new Identity(IopmpBench.Requester), new TlbConfiguration { Contexts = Contexts, Log2Entries = 3 });
        bench.Program("MDCFG0=3; MDCFG1=6; EN0=0x2; EN1=0x4; EN2=0x6; R0=0x6; R1=0x6; R2=0x6; W0=0x6; W2=0x6; X0=0x6; ON");
        foreach (ulong step in steps)
        {
            if (step % 4 != 0)
            {
                Compare(tlb, bench.Space, IopmpBench.Requester, step >> 8);
                continue;
            }

            ulong entry = 0x2000 + (16 * ((step >> 8) % 6));
            ulong value = step >> 16;
            InvalidationScope? scope = (step >> 4 & 7) switch
            {
                0 => bench.Set(0x1000 + (4 * (value % 32)), (value >> 8) & 6),
                1 => bench.Set(0x10, (value & 7) | 0x0),
                2 => bench.Set(0x800 + (4 * (value & 1)), (value >> 1) % 7),
                3 => bench.Set(0x60, value & 4),
                4 or 5 => bench.Set(entry, (Base >> 2) + (value % 0x20 * 0x100) + (((value >> 8) & 7) switch
                {
                    0 => 0x1FFUL,
                    1 => 0x3FF,
                    2 => 0x7,
                    _ => 0xFFF,
                })),
                _ => bench.Set(entry + 8, value & 0x1F),
            };
            if (scope is { } changed)
            {
                tlb.Rearm(bench.Checker.AgentId, changed);
            }
        }
    }

    private static void Compare(SoftTlb tlb, AddressSpace space, Func<int, TransactionAttributes> attributes, ulong bits)
    {
        int context = (int)(bits % Contexts);
        ulong address = Base + ((bits >> 4) % 0x8 * 0x1000) + (((bits >> 8) & 0x1F) * 0x80);
        int size = 1 << (int)((bits >> 16) & 3);
        tlb.UseContexts(context, context);
        var kind = (AccessKind)((bits >> 20) % 3);
        if (kind == AccessKind.Store)
        {
            // What the uncached path does to memory, then back, then the same through the TLB.
            ulong old = Peek(space, address, size);
            ulong value = ~old & (ulong.MaxValue >> (64 - (8 * size)));
            AccessResult expected = space.Write(NoInitiator.Instance, address, size, attributes(context), value);
            ulong changed = Peek(space, address, size);
            space.Write(NoInitiator.Instance, address, size, TransactionAttributes.DebugAccess, old);
            TlbOutcome written = size == 8 && tlb.TryWrite(address, value) ? TlbOutcome.Ok : tlb.Write(address, size, value);
            Assert.Equal((expected == AccessResult.Ok ? TlbOutcome.Ok : TlbOutcome.BusError, changed), (written, Peek(space, address, size)));
            return;
        }

        AccessResult result = space.Read(NoInitiator.Instance, address, size, kind, attributes(context), out ulong seen);
        ulong got;
        TlbOutcome outcome = kind == AccessKind.Fetch ? tlb.Fetch(address, size, out got)
            : size == 8 && tlb.TryRead(address, out got) ? TlbOutcome.Ok
            : tlb.Read(address, size, out got);
        Assert.Equal(result == AccessResult.Ok ? TlbOutcome.Ok : TlbOutcome.BusError, outcome);
        if (outcome == TlbOutcome.Ok)
        {
            Assert.Equal(seen, got);
        }
    }

    private static ulong Peek(AddressSpace space, ulong address, int size)
    {
        space.Read(NoInitiator.Instance, address, size, AccessKind.Load, TransactionAttributes.DebugAccess, out ulong value);
        return value;
    }

    private sealed class Initiator : IInitiator
    {
        public int InitiatorId => 0;

        public string Name => "initiator";

        public ulong Now => 0;
    }

    /// <summary>Identity mapping; the context is the world or RRID.</summary>
    private sealed class Identity(Func<int, TransactionAttributes> attributes) : IPageWalker
    {
        public int Walk(ulong virtualAddress, int size, AccessKind kind, int context, out PageWalk walk)
        {
            walk = new PageWalk
            {
                PhysicalAddress = virtualAddress,
                Granted = AccessKinds.All,
                Log2Size = 12,
                Homogeneous = true,
                Attributes = attributes(context),
            };
            return 0;
        }
    }
}
