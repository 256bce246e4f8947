using Soc.Checkers.Tzc400;
using Soc.Memory;
using Soc.Memory.Tests.Support;
using Soc.Tlb;
using static Soc.Checkers.Tests.Tzc400.Tzc400Bench;

namespace Soc.Checkers.Tests.Tzc400;

/// <summary>The gate keeper with an owner that reports acknowledgements, stalls at it, shadow accesses, and table walks through it.</summary>
public sealed class Tzc400GateTests
{
    private const ulong P = Dram;
    private const ulong Device = 0x1000_0000;

    [Fact]
    public void T44_running_accesses_complete_before_the_status_falls()
    {
        using Tzc400Bench d = Open();
        var running = new List<ResolvedAccess>();
        for (ulong beat = 0; beat < 8; beat++)
        {
            Assert.Equal(AccessResult.Ok, TranslationChain.Resolve(d.Spaces[0], P + (8 * beat), 8, AccessKind.Load, Secure(), null, out ResolvedAccess access));
            running.Add(access);
        }

        RegisterOutcome closing = d.Access(AccessKind.Store, GateKeeper, 4, 0xE);
        Assert.True(closing.CompletesAtOnce);
        Assert.Equal(0x000F_000EUL, d.Get(GateKeeper));
        Assert.Equal((AccessResult.Ok, 0UL), d.Load(Secure(), P));
        foreach (ResolvedAccess access in running)
        {
            var data = new byte[8];
            Assert.Equal(AccessResult.Ok, access.Read(NoInitiator.Instance, P, AccessKind.Load, Secure(), data));
            Assert.Equal(Data, BitConverter.ToUInt64(data));
        }

        Assert.Equal(0x000F_000EUL, d.Get(GateKeeper));
        d.Checker.ChangeAcknowledged(closing.Change);
        Assert.Equal(0x000E_000EUL, d.Get(GateKeeper));
    }

    [Fact]
    public void T45_the_status_falls_after_the_last_hart_has_dropped_its_answers()
    {
        using Tzc400Bench d = Open();
        using SoftTlb tlb = Hart(d);
        Assert.Equal(Data, Load(tlb));
        RegisterOutcome closing = d.Access(AccessKind.Store, GateKeeper, 4, 0);
        Assert.Equal(0x000F_0000UL, d.Get(GateKeeper));
        Assert.Equal(Data, Load(tlb));
        tlb.Rearm(7, Assert.NotNull(closing.Scope));
        d.Checker.ChangeAcknowledged(closing.Change);
        Assert.Equal(0UL, d.Get(GateKeeper));
        Assert.Equal(0UL, Load(tlb));
    }

    [Fact]
    public void T46_an_opening_gate_admits_nobody_until_all_have_dropped_what_it_said()
    {
        using Tzc400Bench d = Open(closed: true);
        using SoftTlb tlb = Hart(d);
        Assert.Equal(0UL, Load(tlb));
        RegisterOutcome opening = d.Access(AccessKind.Store, GateKeeper, 4, 1);
        Assert.Equal(new InvalidationScope(0, ulong.MaxValue, 0x1_FFFF, AccessKinds.All), opening.Scope);
        Assert.Equal(1UL, d.Get(GateKeeper));
        tlb.Rearm(7, Assert.NotNull(opening.Scope));
        Assert.Equal(0UL, Load(tlb));
        d.Checker.ChangeAcknowledged(opening.Change);
        Assert.Equal(0x0001_0001UL, d.Get(GateKeeper));
        Assert.Equal(Data, Load(tlb));
    }

    [Fact]
    public void A_request_that_is_taken_back_leaves_the_gate_as_it_was()
    {
        using Tzc400Bench d = Open();
        RegisterOutcome closing = d.Access(AccessKind.Store, GateKeeper, 4, 0xE);
        RegisterOutcome reopening = d.Access(AccessKind.Store, GateKeeper, 4, 0xF);
        Assert.Equal(0L, reopening.Change);
        Assert.Equal((AccessResult.Ok, 0x88UL), d.Load(Secure(), P));
        d.Checker.ChangeAcknowledged(closing.Change);
        Assert.Equal(0x000F_000FUL, d.Get(GateKeeper));
        RegisterOutcome again = d.Access(AccessKind.Store, GateKeeper, 4, 0xE);
        d.Checker.ChangeAcknowledged(closing.Change);
        Assert.Equal(0x000F_000EUL, d.Get(GateKeeper));
        d.Set(Region(3, 0x14), 5);
        d.Checker.ChangeAcknowledged(again.Change);
        Assert.Equal(0x000E_000EUL, d.Get(GateKeeper));
    }

    [Fact]
    public void A_gate_opens_only_with_its_own_acknowledgement()
    {
        using Tzc400Bench d = Open(closed: true);
        RegisterOutcome opening = d.Access(AccessKind.Store, GateKeeper, 4, 1);
        RegisterOutcome other = d.Access(AccessKind.Store, Region(1, 0x10), 4, 3 | SecureRead);
        d.Checker.ChangeAcknowledged(other.Change);
        Assert.Equal((1UL, (AccessResult.Ok, 0UL)), (d.Get(GateKeeper), d.Load(Secure(), P)));
        d.Checker.ChangeAcknowledged(opening.Change);
        Assert.Equal((AccessResult.Ok, 0x88UL), d.Load(Secure(), P));
        d.Checker.Reset();
        d.Checker.ChangeAcknowledged(opening.Change);
        Assert.Equal(0UL, d.Get(GateKeeper));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void T02_a_stalling_gate_holds_accesses_until_it_opens(bool acknowledged)
    {
        using var d = new Tzc400Bench(open: false, new Tzc400Options("tzc", 7) { ClosedGate = Tzc400ClosedGate.Stall }, size: 1UL << 40);
        d.Checker.ReportsAcknowledgements = acknowledged;
        d.R1(SecureBoth);
        Assert.Equal(AccessResult.Pending, d.Load(Secure(), P).Result);
        BusAccess load = Held(AccessKind.Load, P);
        Assert.Equal(AccessResult.Pending, d.Checker.Access(load, 0).Result);
        Assert.Equal(AccessResult.Pending, d.Checker.Access(Held(AccessKind.Store, P + 8), 0x55).Result);
        Assert.Empty(d.Checker.TakeReleased());
        RegisterOutcome opening = d.Access(AccessKind.Store, GateKeeper, 4, 1);
        Assert.Equal(acknowledged ? 0 : 2, d.Checker.TakeReleased().Count(held => Serve(d, held) == AccessResult.Ok));
        d.Checker.ChangeAcknowledged(opening.Change);
        Assert.Equal(acknowledged ? 2 : 0, d.Checker.TakeReleased().Count(held => Serve(d, held) == AccessResult.Ok));
        Assert.Equal(0x55UL, d.Memory(P + 8));
        Assert.Equal(0UL, d.Get(IntStatus));
        Assert.Equal(Data, d.Checker.Access(load, 0).Value);
    }

    [Fact]
    public void Regions_of_a_stalling_gate_have_a_largest_size()
    {
        var checker = new Tzc400Checker(new Tzc400Options("tzc", 7) { ClosedGate = Tzc400ClosedGate.Stall });
        var tree = new MemoryTree();
        AddressSpace space = tree.CreateSpace("down", new ContainerRegion("down"));
        Assert.Throws<CheckerConfigurationException>(() => checker.Protect(tree, "port", 0, 0, space, 0));
    }

    [Theory]
    [InlineData(false, 0UL, 0)]
    [InlineData(false, 3UL, 0)]
    [InlineData(true, 0UL, 2)]
    [InlineData(true, 1UL, 0)]
    [InlineData(true, 2UL, 2)]
    [InlineData(true, 3UL, 0)]
    public void T47_T48_shadows_of_refused_reads_reach_the_device_while_speculation_is_on(bool shadows, ulong speculation, int seen)
    {
        using var d = new Tzc400Bench(open: true, new Tzc400Options("tzc", 7) { ShadowAccesses = shadows });
        Assert.Null(d.Set(Speculation, speculation));
        Assert.Equal((AccessResult.Ok, 0UL), d.Load(NonSecure(1), Device));
        Assert.Equal((AccessResult.Ok, 0UL), d.Load(NonSecure(1), Device, kind: AccessKind.Fetch));
        d.Store(NonSecure(1), Device, 1);
        Assert.Equal(seen, d.Device.Accesses);
        d.Set(GateKeeper, 0);
        d.Load(NonSecure(1), Device);
        Assert.Equal(seen, d.Device.Accesses);
    }

    [Fact]
    public void T53_a_refused_walk_is_an_access_fault_of_the_original_kind()
    {
        using var d = new Tzc400Bench();
        d.Set(Reaction, 1);
        using var tlb = new SoftTlb(new TestInitiator(0), d.Spaces[0], new TableWalker(d), new TlbConfiguration { Contexts = 1 });
        Assert.Equal(TlbOutcome.WalkFault, tlb.Read(0x5000, 8, out _));
        Assert.Equal((TableWalker.AccessFault, AccessKind.Load), (tlb.Fault.Code, tlb.Fault.Kind));
        Assert.Equal(TlbOutcome.WalkFault, tlb.Write(0x5000, 8, 1));
        Assert.Equal((TableWalker.AccessFault, AccessKind.Store), (tlb.Fault.Code, tlb.Fault.Kind));
        Assert.Equal([P + 40, 0x0030_0000UL], [d.Get(Fail(0, 0)), d.Get(Fail(0, 8))]);
    }

    [Fact]
    public void T54_a_refused_update_of_an_entry_is_a_store_access_fault_and_leaves_the_entry()
    {
        using var d = new Tzc400Bench();
        d.Set(Reaction, 1);
        d.R1(0, 1 << 2);
        using var tlb = new SoftTlb(new TestInitiator(0), d.Spaces[0], new TableWalker(d), new TlbConfiguration { Contexts = 1 });
        Assert.Equal(TlbOutcome.WalkFault, tlb.Write(0x5000, 8, 1));
        Assert.Equal((TableWalker.AccessFault, AccessKind.Store), (tlb.Fault.Code, tlb.Fault.Kind));
        Assert.Equal(Data, d.Memory(P + 40));
        Assert.Equal([P + 40, 0x0130_0000UL], [d.Get(Fail(0, 0)), d.Get(Fail(0, 8))]);
        Assert.Equal(TlbOutcome.Ok, tlb.Read(0x5000, 8, out ulong value));
        Assert.Equal(Data, value);
    }

    private static Tzc400Bench Open(bool closed = false)
    {
        var d = new Tzc400Bench(open: !closed);
        d.Checker.ReportsAcknowledgements = true;
        d.R1(SecureBoth);
        return d;
    }

    private static SoftTlb Hart(Tzc400Bench d)
    {
        var tlb = new SoftTlb(new TestInitiator(0), d.Spaces[0], new IdentityWalker(_ => Secure()), new TlbConfiguration { Contexts = 1 });
        tlb.UseContexts(0, 0);
        return tlb;
    }

    private static ulong Load(SoftTlb tlb)
    {
        if (!tlb.TryRead(P, out ulong value))
        {
            Assert.Equal(TlbOutcome.Ok, tlb.Read(P, 8, out value));
        }

        return value;
    }

    private static BusAccess Held(AccessKind kind, ulong address) =>
        new(CheckerPort.WaitingOffset + address, 8, kind, Secure(), address, NoInitiator.Instance);

    private static AccessResult Serve(Tzc400Bench d, HeldAccess held) => d.Checker.Access(held.Access, held.Value).Result;

    /// <summary>One level of entries at P, read and, for stores, updated as accesses of NSAID 2; every page maps to P.</summary>
    private sealed class TableWalker(Tzc400Bench d) : IPageWalker
    {
        public const int AccessFault = 99;

        public int Walk(ulong virtualAddress, int size, AccessKind kind, int context, out PageWalk walk)
        {
            TransactionAttributes attributes = NonSecure(2);
            ulong entry = P + (8 * (virtualAddress >> 12));
            bool fails = d.Spaces[0].Read(NoInitiator.Instance, entry, 8, AccessKind.Load, attributes, out ulong value) != AccessResult.Ok ||
                (kind == AccessKind.Store && d.Spaces[0].Write(NoInitiator.Instance, entry, 8, attributes, value | 0x80) != AccessResult.Ok);
            walk = new PageWalk { PhysicalAddress = P, Granted = AccessKinds.Reads | kind.ToSet(), Log2Size = 12, Homogeneous = true, Attributes = attributes, Reads = 1 };
            return fails ? AccessFault : 0;
        }
    }
}
