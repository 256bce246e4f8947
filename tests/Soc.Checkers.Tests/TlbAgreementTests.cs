using CsCheck;
using Soc.Checkers.Mpc;
using Soc.Checkers.Tests.Iopmp;
using Soc.Checkers.Tests.Mpc;
using Soc.Checkers.Tests.Tzc400;
using Soc.Checkers.Tests.WorldGuard;
using Soc.Memory;
using Soc.Memory.Tests.Support;
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

    private static int Iterations => Environment.GetEnvironmentVariable("SOC_LONG_TESTS") == "1" ? 10_000 : 100;

    private static readonly Gen<ulong[]> GenSteps = Gen.ULong.Array[50, 300];

    [Fact]
    public void World_guard_scopes_are_all_a_tlb_needs() => GenSteps.Sample(WorldGuard, iter: Iterations);

    [Fact]
    public void Iopmp_scopes_are_all_a_tlb_needs() => GenSteps.Sample(Iopmp, iter: Iterations);

    [Fact]
    public void Mpc_scopes_are_all_a_tlb_needs() => GenSteps.Sample(Mpc, iter: Iterations);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Tzc400_scopes_are_all_a_tlb_needs(bool reports) => GenSteps.Sample(steps => Tzc(steps, reports), iter: Iterations);

    /// <summary>riscv-isa-sim issue 2403: hits of a page passed a boundary inside it.</summary>
    [Fact]
    public void Isa_sim_2403_a_boundary_inside_a_page_holds_after_hits_beside_it()
    {
        using var bench = new MpcBench(new MpcOptions("mpc", 7, 0x8000) { BlockSize = 256 });
        using var tlb = new SoftTlb(new TestInitiator(0), bench.Space, new IdentityWalker(MpcAttributes), new TlbConfiguration { Contexts = Contexts, Log2Entries = 3 });
        bench.SetWord(0, 0b10);
        tlb.UseContexts(0, 0);
        for (int round = 0; round < 2; round++)
        {
            Assert.Equal((TlbOutcome.Ok, MpcBench.Data), (tlb.Read(MpcBench.Base + 0xF8, 8, out ulong beside), beside));
            Assert.Equal((TlbOutcome.Ok, 0UL), (tlb.Read(MpcBench.Base + 0x100, 8, out ulong inside), inside));
            Assert.Equal(TlbOutcome.Ok, tlb.Write(MpcBench.Base + 0x1F8, 8, 1));
            Assert.Equal(MpcBench.Data, bench.Memory(0x1F8));
            Assert.Equal((TlbOutcome.Ok, MpcBench.Data), (tlb.Read(MpcBench.Base + 0x200, 8, out beside), beside));
            Assert.False(tlb.TryRead(MpcBench.Base + 0x100, out ulong _));
        }
    }

    /// <summary>The same of an IOPMP: two entries of one memory domain, and a hole between them. The edges of the other checkers are those of pages.</summary>
    [Fact]
    public void Isa_sim_2403_a_hole_between_two_entries_of_a_page_holds_after_hits_beside_it()
    {
        const ulong Everything = 0x1F; // r, w, x, NAPOT
        using var bench = new IopmpBench("FULL np=3 npprog sps");
        using var tlb = new SoftTlb(new TestInitiator(0), bench.Space, new IdentityWalker(IopmpBench.Requester), new TlbConfiguration { Contexts = Contexts, Log2Entries = 3 });
        bench.Program("MDCFG0=2; MDCFG1=2; EN1=0x2; R1=0x2; W1=0x2; X1=0x2");
        bench.Write(0x2000, (Base >> 2) | 0x1F);
        bench.Write(0x2008, Everything);
        bench.Write(0x2010, ((Base + 0x200) >> 2) | 0x3F);
        bench.Write(0x2018, Everything);
        bench.Program("ON");
        ulong before = Peek(bench.Downstream, Base + 0xF8, 8);
        HoleHolds(tlb, 1, before, () => bench.Memory(Base + 0x1F8, 8));
    }

    /// <summary>Reads on both sides of a hole from 0x100 to 0x1FF of the first page, again and again; in it nothing is read or written.</summary>
    private static void HoleHolds(SoftTlb tlb, int context, ulong data, Func<ulong> inside)
    {
        ulong before = inside();
        tlb.UseContexts(context, context);
        for (int round = 0; round < 2; round++)
        {
            Assert.Equal((TlbOutcome.Ok, data), (tlb.Read(Base + 0xF8, 8, out ulong beside), beside));
            Assert.False(tlb.TryRead(Base + 0x100, out ulong _));
            TlbOutcome read = tlb.Read(Base + 0x100, 8, out ulong seen);
            Assert.True(read == TlbOutcome.BusError || seen == 0, $"{read} {seen:x}");
            Assert.False(tlb.TryWrite(Base + 0x1F8, ~before));
            tlb.Write(Base + 0x1F8, 8, ~before);
            Assert.Equal(before, inside());
            Assert.Equal((TlbOutcome.Ok, data), (tlb.Read(Base + 0x200, 8, out beside), beside));
        }
    }

    private static void WorldGuard(ulong[] steps)
    {
        using var bench = new WorldGuardBench();
        using var tlb = new SoftTlb(new TestInitiator(0), bench.Space, new IdentityWalker(WorldGuardBench.World), new TlbConfiguration { Contexts = Contexts, Log2Entries = 3 });
        foreach (ulong step in steps)
        {
            if (step % 4 != 0)
            {
                Compare(tlb, bench.Space, WorldGuardBench.World, step >> 8);
                continue;
            }

            int slot = (int)((step >> 8) % 5);
            ulong value = step >> 16;
            ulong at = 0x20 + (0x20 * (ulong)slot);
            Rearm(tlb, bench.Checker, (step >> 4 & 3) switch
            {
                0 => bench.Access(AccessKind.Store, at, 8, (Base >> 2) + (value % 0x20 * 0x400) + (value >> 8 & 0x1FF)),
                1 => bench.Access(AccessKind.Store, at + 8, 8, value),
                _ => bench.Access(AccessKind.Store, at + 16, 4, value & 0xF03),
            });
        }
    }

    private static void Iopmp(ulong[] steps)
    {
        using var bench = new IopmpBench("FULL np=3 npprog sps");
        using var tlb = new SoftTlb(new TestInitiator(0), bench.Space, new IdentityWalker(IopmpBench.Requester), new TlbConfiguration { Contexts = Contexts, Log2Entries = 3 });
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
            Rearm(tlb, bench.Checker, (step >> 4 & 7) switch
            {
                0 => bench.Write(0x1000 + (4 * (value % 32)), (value >> 8) & 6),
                1 => bench.Write(0x10, (value & 7) | 0x0),
                2 => bench.Write(0x800 + (4 * (value & 1)), (value >> 1) % 7),
                3 => bench.Write(0x60, value & 4),
                4 or 5 => bench.Write(entry, (Base >> 2) + (value % 0x20 * 0x100) + (((value >> 8) & 7) switch
                {
                    0 => 0x1FFUL,
                    1 => 0x3FF,
                    2 => 0x7,
                    _ => 0xFFF,
                })),
                _ => bench.Write(entry + 8, value & 0x1F),
            });
        }
    }

    private static void Mpc(ulong[] steps)
    {
        using var bench = new MpcBench(new MpcOptions("mpc", 7, 0x8000) { BlockSize = (steps[0] & 1) != 0 ? 256UL : 4096, Gating = true });
        using var tlb = new SoftTlb(new TestInitiator(0), bench.Space, new IdentityWalker(MpcAttributes), new TlbConfiguration { Contexts = Contexts, Log2Entries = 3 });
        foreach (ulong step in steps)
        {
            if (step % 4 != 0)
            {
                Compare(tlb, bench.Space, MpcAttributes, step >> 8, (step & 4) != 0 ? MpcBench.Base : MpcBench.Alias);
                continue;
            }

            ulong value = step >> 16;
            Rearm(tlb, bench.Checker, (step >> 4 & 7) switch
            {
                0 => Store(bench.Checker, MpcBench.Ctrl, value & 0x150, MpcAttributes(0)),
                1 => Store(bench.Checker, MpcBench.BlkIdx, value, MpcAttributes(0)),
                _ => Store(bench.Checker, MpcBench.BlkLut, value & (value >> 32), MpcAttributes(0)),
            });
        }
    }

    private static void Tzc(ulong[] steps, bool reports)
    {
        using var bench = new Tzc400Bench();
        bench.Checker.ReportsAcknowledgements = reports;
        using var tlb = new SoftTlb(new TestInitiator(0), bench.Spaces[0], new IdentityWalker(Tzc400Bench.Of), new TlbConfiguration { Contexts = Contexts, Log2Entries = 3 });
        var pending = new Queue<RegisterOutcome>();
        foreach (ulong step in steps)
        {
            if (step % 4 != 0)
            {
                if (pending.Count == 0)
                {
                    Compare(tlb, bench.Spaces[0], Tzc400Bench.Of, step >> 8);
                    continue;
                }

                // Until a change is acknowledged, old answers are legal; what is cached now must go with the acknowledgement.
                tlb.UseContexts((int)((step >> 8) % Contexts), (int)((step >> 8) % Contexts));
                tlb.Read(Base + ((step >> 16) % 8 * 0x1000), 8, out _);
                continue;
            }

            ulong value = step >> 16;
            int region = 1 + (int)((step >> 8) % 3);
            pending.Enqueue((step >> 4 & 7) switch
            {
                0 => Store(bench.Checker, Tzc400Bench.Region(region, 0x0), Base + (value % 10 * 0x1000)),
                1 => Store(bench.Checker, Tzc400Bench.Region(region, 0x8), Base + (value % 10 * 0x1000)),
                2 => Store(bench.Checker, Tzc400Bench.Region(region, 0x10), (value & 3) | (value << 30)),
                3 => Store(bench.Checker, Tzc400Bench.Region((int)(value >> 40) & 1, 0x14), value),
                4 => Store(bench.Checker, Tzc400Bench.GateKeeper, value & 1),
                5 => Store(bench.Checker, Tzc400Bench.Reaction, value & 3),
                _ => Store(bench.Checker, Tzc400Bench.Region(0, 0x10), value << 30),
            });
            if (!reports || (step & 0x800) != 0)
            {
                while (pending.TryDequeue(out RegisterOutcome outcome))
                {
                    Rearm(tlb, bench.Checker, outcome);
                }
            }
        }
    }

    private static RegisterOutcome Store(Checker checker, ulong offset, ulong value, TransactionAttributes attributes = default) =>
        checker.Access(new BusAccess(offset, 4, AccessKind.Store, attributes, offset, NoInitiator.Instance), value & uint.MaxValue);

    private static TransactionAttributes MpcAttributes(int context) =>
        TransactionAttributes.Specified.WithSecure((context & 1) == 0).WithRequester((uint)context);

    /// <summary>What an owner does with an outcome: the narrow parts, then the acknowledgement.</summary>
    private static void Rearm(SoftTlb tlb, Checker checker, RegisterOutcome outcome)
    {
        foreach (InvalidationScope part in outcome.Parts ?? (outcome.Scope is { } scope ? [scope] : []))
        {
            tlb.Rearm(checker.AgentId, part);
        }

        checker.ChangeAcknowledged(outcome.Change);
    }


    private static void Compare(SoftTlb tlb, AddressSpace space, Func<int, TransactionAttributes> attributes, ulong bits, ulong start = Base)
    {
        int context = (int)(bits % Contexts);
        ulong address = start + ((bits >> 4) % 0x8 * 0x1000) + (((bits >> 8) & 0x1F) * 0x80);
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
}
