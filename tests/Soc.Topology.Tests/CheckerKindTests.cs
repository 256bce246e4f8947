using Soc.Checkers;
using Soc.Checkers.Declaration;
using Soc.Checkers.Gpc;
using Soc.Checkers.Iopmp;
using Soc.Checkers.Mpc;
using Soc.Checkers.Tzc400;
using Soc.Memory;

namespace Soc.Topology.Tests;

public class CheckerKindTests
{
    private const ulong Dram = 0x8000_0000;

    [Fact]
    public void Every_kind_can_be_built_from_its_word_alone()
    {
        foreach (CheckerDeclaration kind in CheckerKinds.All)
        {
            string place = (kind.Placements & CheckerPlacements.Targets) != 0 ? "protects: [dram]" : "initiators: [hart0, dma0]";
            SocTopology topology = TestTopology.Load(TestTopology.With("kind: wgchecker", $"kind: {kind.Word}").Replace("protects: [dram]", place, StringComparison.Ordinal));
            using SystemModel model = SystemBuilder.Build(topology, new RecordingPorts().ToPorts());
            Assert.Equal("wgc", Assert.Single(model.Checkers).Name);
            Assert.NotEmpty(model.Checkers[0].Registers.Table());
        }
    }

    [Fact]
    public void Every_option_of_an_IOPMP_reaches_its_model()
    {
        const string options = "vendor: 5, specification-version: 0x29, implementation: 7, domains: 12, requesters: 40, entries: 96, entry-offset: -0x2000, "
            + "high-addresses: true, top-of-range: false, granularity: 16, domain-format: 2, entries-per-domain: 8, non-priority: true, priority-entries: 3, "
            + "priority-programmable: true, message-interrupts: true, entry-interrupt-suppression: true, entry-error-suppression: true, secondary-permissions: true, "
            + "stall: true, multi-fault-record: true, no-fetch: true, no-write: true, translate-requester: true, translation-programmable: true, "
            + "translated-requester: 9, domain-lock: true, record-entry: false, stall-by-requester: true, unselectable-requesters: [1, 2], stall-buffer: 4, "
            + "error-read-data: 0xdead, domain-lock-reset: 2, domain-table-lock-reset: 4, entry-lock-reset: 6, locked-requesters: [3], unspecified-requester: 8, "
            + "requester-from: world";
        using SystemModel model = Build($"kind: iopmp, base: 0x0700_0000, protects: [dram], {options}");
        IopmpOptions built = Assert.IsType<IopmpChecker>(model.Checkers[0]).Options;

        var expected = new IopmpOptions
        {
            Name = "guard",
            AgentId = 3,
            Vendor = 5,
            SpecificationVersion = 0x29,
            Implementation = 7,
            DomainCount = 12,
            RequesterCount = 40,
            EntryCount = 96,
            EntryOffset = -0x2000,
            HighAddresses = true,
            TopOfRange = false,
            Granularity = 16,
            DomainFormat = 2,
            EntriesPerDomainMinusOne = 7,
            NonPriority = true,
            PriorityEntries = 3,
            PriorityProgrammable = true,
            MessageInterrupts = true,
            EntryInterruptSuppression = true,
            EntryErrorSuppression = true,
            SecondaryPermissions = true,
            Stall = true,
            MultiFaultRecord = true,
            NoFetch = true,
            NoWrite = true,
            TranslateRequester = true,
            TranslationProgrammable = true,
            TranslatedRequester = 9,
            DomainLock = true,
            RecordEntry = false,
            StallByRequester = true,
            UnselectableRequesters = built.UnselectableRequesters,
            StallBufferDepth = 4,
            ErrorReadData = 0xDEAD,
            DomainLockReset = 2,
            DomainTableLockReset = 4,
            EntryLockReset = 6,
            LockedRequesters = built.LockedRequesters,
            UnspecifiedRequester = 8,
            RequesterIsWorld = true,
        };
        Assert.Equal(expected, built);
        Assert.Equal([1, 2], built.UnselectableRequesters);
        Assert.Equal([3], built.LockedRequesters);

        // The entries lie below the base, the other registers from it on.
        Assert.Equal(0x0700_0000UL - 0x2000, model.Topology.Checkers[0].FirstAddress);
        Assert.Equal(unchecked((ulong)-0x2000L), model.Bus.Find(0x06FF_E000).OffsetOf(0x06FF_E000));
        Assert.Equal(0x10UL, model.Bus.Find(0x0700_0010).OffsetOf(0x0700_0010));
    }

    [Fact]
    public void The_options_of_Arms_filters_reach_their_models()
    {
        using SystemModel mpc = Build("kind: mpc, base: 0x0700_0000, protects: [dram], block-size: 64KiB, auto-increment-at-reset: false, interrupt-enabled-at-reset: false, gating: true");
        Assert.Equal(16UL << 20, Assert.IsType<MpcChecker>(mpc.Checkers[0]).Size);
        Assert.Equal((11UL, 0UL, 0UL), (Current(mpc, "BLK_CFG"), Current(mpc, "CTRL"), Current(mpc, "INT_EN")));

        using SystemModel tzc = Build("kind: tzc-400, base: 0x0700_0000, protects: [dram, uart0], filters: 2, address-bits: 36, bus-id-bits: 8, closed-gate: decode-error, filter-of: {uart0: 1}");
        Assert.Equal(2, Assert.IsType<Tzc400Checker>(tzc.Checkers[0]).Filters);
        Assert.Equal([0, 1], tzc.Checkers[0].Ports.OrderByDescending(port => port.BaseAddress).Select(port => ((Tzc400Port)port).Filter));
        Assert.Equal(AccessResult.Error, tzc.Bus.Read(NoInitiator.Instance, Dram, 8, AccessKind.Load, TransactionAttributes.Specified, out _));

        using SystemModel gpc = Build("kind: gpc, base: 0x0700_0000, initiators: [hart0, hart1, dma0], instance-of: {hart0: 0, hart1: 0, dma0: 1}, address-bits: 32, level-0-bits: 30, closed-at-reset: [1]");
        Assert.Equal(2, Assert.IsType<GpcChecker>(gpc.Checkers[0]).Instances);
        Assert.Equal((1UL, 0UL), (Current(gpc, "ROOT_CR0[0]"), Current(gpc, "ROOT_CR0[1]")));
        Assert.Equal(0x2000UL, gpc.Topology.Checkers[0].Block.Size);
    }

    [Fact]
    public void A_checker_at_an_initiator_is_passed_by_it_alone()
    {
        using SystemModel model = Build("kind: iopmp, base: 0x0700_0000, initiators: [dma0], writes: [{register: HWCFG0, value: 1}]");
        Assert.IsType<RamRegion>(model.Bus.Find(Dram).Leaf);
        Assert.IsType<IopmpPort>(model.DmaEngines[0].Space.Find(Dram).Leaf);
        Assert.Same(model.Bus, model.Harts[0].Space);
        Assert.Equal(AccessResult.Error, model.DmaEngines[0].Space.Read(NoInitiator.Instance, Dram, 8, AccessKind.Load, TransactionAttributes.Specified, out _));
    }

    [Fact]
    public void Initiators_are_known_by_what_the_topology_says()
    {
        SocTopology topology = TestTopology.Load(TestTopology.Sound
            .Replace("worldguard: {worlds: 4, trusted-wid: 3, hw-bypass: true}\n", "", StringComparison.Ordinal)
            .Replace("_smwg_sswg", "", StringComparison.Ordinal)
            .Replace("reset-vector: 0x8000_0000", "reset-vector: 0x8000_0000, rrid: 10, rrid-stride: 2, nsaid: 9, vnet: 1, security: {machine: root, supervisor: realm, user: non-secure}", StringComparison.Ordinal)
            .Replace("worlds: [0, 1]", "rrid: 0x100, rrid-stride: 1, nsaid: 2, security: non-secure, privileged: false", StringComparison.Ordinal)
            .Replace("kind: wgchecker", "kind: tzc-400", StringComparison.Ordinal));
        Assert.Equal([10u, 12u], topology.Harts.Select(hart => hart.Identity.Requester!.Value));
        InitiatorIdentity hart = topology.Harts[0].Identity;
        Assert.Equal((SecuritySpace.Root, SecuritySpace.Realm, SecuritySpace.NonSecure, (byte)0x19), (hart.Security, hart.SupervisorSecurity, hart.UserSecurity, hart.AccessId));
        InitiatorIdentity engine = topology.DmaEngines[0].Identity;
        Assert.Equal((0x100u, 1u, (byte)2, SecuritySpace.NonSecure, true), (engine.Requester, engine.RequesterStride, engine.AccessId, engine.Security, engine.IsUnprivileged));
    }

    [Theory]
    [InlineData("kind: iopmp, base: 0x0700_0000, protects: [dram], domains: 64", "checkers[0].domains: 64 is out of range; give a whole number from 1 to 63")]
    [InlineData("kind: iopmp, base: 0x0700_0000, protects: [dram], source-format: 1, requesters: 4", "checkers[0].source-format: IOPMP 'guard': srcmd_fmt 1 needs rrid_num = md_num, not 4 and 8; choose options that go together")]
    [InlineData("kind: iopmp, base: 0x0700_0000, protects: [dram], secondary-permissions: true, source-format: 2", "checkers[0].secondary-permissions: IOPMP 'guard': sps_en needs srcmd_fmt 0; choose options that go together")]
    [InlineData("kind: iopmp, base: 0x0700_0000, protects: [dram], entry-offset: 0x1000", "checkers[0].entry-offset: IOPMP 'guard': ENTRYOFFSET is 0x1000, where the entry array overlaps the other registers; it must be at least 0x1100, or at most -0x100")]
    [InlineData("kind: iopmp, base: 0x0700_0000, protects: [dram], entry-offset: here", "checkers[0].entry-offset: 'here' is not right here; give a number of bytes such as 0x2000 or -0x1000")]
    [InlineData("kind: iopmp, base: 0x0700_0000, protects: [dram], initiators: [dma0]", "checkers[0].protects: a checker stands in front of targets or at initiators; keep either 'protects' or 'initiators'")]
    [InlineData("kind: iopmp, base: 0x0700_0000", "checkers[0].protects: is missing, and so is 'initiators'; list the names of memories, devices or DMA engines, such as [dram], or whose accesses it checks, such as 'initiators: [dma0]'")]
    [InlineData("kind: iopmp, base: 0x0700_0000, initiators: [dma9]", "checkers[0].initiators: there is no hart or DMA engine 'dma9'; use one of: hart0, hart1, dma0")]
    [InlineData("kind: iopmp, base: 0x0700_0000, protects: [dram], requester-from: bus", "checkers[0].requester-from: 'bus' is unknown; use one of: rrid, world")]
    [InlineData("kind: iopmp, base: 0x0700_0000, protects: [dram], locked-requesters: [x]", "checkers[0].locked-requesters: 'x' is not right here; list whole numbers from 0 to 65535, such as [1, 2]")]
    [InlineData("kind: mpc, base: 0x0700_0000, protects: [dram], block-size: 100", "checkers[0].block-size: 100 bytes is no block of an MPC; use a power of two from 32 to 1MiB")]
    [InlineData("kind: mpc, base: 0x0700_0000, protects: [dram, uart0]", "checkers[0].protects: an MPC protects one memory; give every memory an MPC of its own")]
    [InlineData("kind: mpc, base: 0x0700_0000, protects: [uart0]", "checkers[0].protects: 'uart0' has 0x8 bytes, which is no multiple of the block size 0x1000; protect a memory, or use smaller blocks")]
    [InlineData("kind: tzc-400, base: 0x0700_0000, protects: [dram], filters: 5", "checkers[0].filters: 5 is out of range; give a whole number from 1 to 4")]
    [InlineData("kind: tzc-400, base: 0x0700_0000, protects: [dram], filters: 1, filter-of: {dram: 1}", "checkers[0].filter-of: 'dram' is behind filter 1, and there are 1; use filters from 0 to 0, or raise 'filters'")]
    [InlineData("kind: tzc-400, base: 0x0700_0000, protects: [dram], filter-of: {flash: 0}", "checkers[0].filter-of.flash: there is no 'flash'; use names that 'protects' or 'initiators' lists")]
    [InlineData("kind: gpc, base: 0x0700_0000, protects: [dram]", "checkers[0].protects: this kind of checker stands at initiators; write 'initiators' instead")]
    [InlineData("kind: gpc, base: 0x0700_0000, initiators: [hart0], address-bits: 33", "checkers[0].address-bits: checker 'guard' has 33 address bits; it must be 32, 36, 40, 42, 44, 48 or 52")]
    [InlineData("kind: gpc, base: 0x0700_0000, initiators: [hart0], secure-el2: maybe", "checkers[0].secure-el2: 'maybe' is not right here; write true or false")]
    [InlineData("kind: mpc, base: 0x0700_0000, protects: [dram], interrupts: 3", "checkers[0].interrupts: is not a known key; did you mean 'interrupt'?")]
    public void A_mistake_gives_one_line_with_field_and_remedy(string checker, string expected)
    {
        TopologyLoadResult result = TopologyFile.Parse("test.yaml", Text(checker));
        Assert.StartsWith(expected, Assert.Single(result.Mistakes).ToString().Split(": ", 2)[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mwid: 1, nsaid: 3", "harts[0].nsaid: the transactions of a machine with worlds carry their world there; remove it: the low four bits of the world are the NSAID")]
    [InlineData("security: open", "harts[0].security: 'open' is unknown; use one of: secure, non-secure, root, realm")]
    [InlineData("security: {machine: root, user: realm}", "harts[0].security.supervisor: is missing; use one of: secure, non-secure, root, realm")]
    [InlineData("rrid: 0x1000000", "harts[0].rrid: 16777216 is out of range; give a whole number from 0 to 16777215")]
    public void A_mistake_in_an_initiators_identity_gives_one_line(string fields, string expected)
    {
        TopologyLoadResult result = TopologyFile.Parse("test.yaml", TestTopology.With("count: 2,", $"count: 2, {fields},"));
        Assert.StartsWith(expected, Assert.Single(result.Mistakes).ToString().Split(": ", 2)[1], StringComparison.Ordinal);
    }

    private static ulong Current(SystemModel model, string register) => model.Checkers[0].Registers.Table().Single(row => row.Name == register).Current;

    private static SystemModel Build(string checker) => SystemBuilder.Build(TestTopology.Load(Text(checker)), new RecordingPorts().ToPorts());

    private static string Text(string checker) =>
        TestTopology.Sound.Split("checkers:")[0] + $"checkers:\n  - {{name: guard, {checker}}}\n";
}
