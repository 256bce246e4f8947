using Soc.Checkers.Registers;
using Soc.Tlb;

namespace Soc.Topology.Tests;

public class TopologyModelTests
{
    [Fact]
    public void Defaults_are_filled_in()
    {
        SocTopology topology = TestTopology.Load(TestTopology.Sound);
        Assert.Equal(RunMode.Lockstep, topology.Mode);
        Assert.Equal(1_000UL, topology.Quantum);
        Assert.Equal(new LatencyRange(50, 50), topology.Timing.LinkLatency);
        Assert.Equal("uart0", topology.Console);
        Assert.Equal([0, 1], topology.Harts.Select(hart => hart.Id));
        Assert.All(topology.Harts, hart => Assert.Equal((3, 0xFu, 1_000_000_000UL), (hart.Mwid, hart.MwidList, hart.Frequency)));
        Assert.Equal(0b0011u, Assert.Single(topology.DmaEngines).Worlds);
        CheckerDescription checker = Assert.Single(topology.Checkers);
        Assert.Equal(("wgchecker", null, false, 16), (checker.Kind.Word, checker.Settings.Range("range"), checker.Settings.Flag("hw-bypass"), checker.Settings.Integer("slots")));
    }

    [Fact]
    public void Strategy_second_addend_and_granularity_have_defaults()
    {
        SocTopology topology = TestTopology.Load(TestTopology.Sound);
        Assert.Equal(
            (TlbStrategy.Deferred, SecondAddendPolicy.Degrade, InvalidationGranularity.Rearm, GuaranteeLevel.Acknowledged),
            (topology.Strategy, topology.SecondAddend, topology.Invalidation, topology.Guarantee));
    }

    [Fact]
    public void Every_word_of_a_choice_is_read_and_written_back()
    {
        foreach ((string word, TlbStrategy strategy) in TopologyWords.Strategies)
        {
            Assert.Equal(strategy, TestTopology.Load($"{TestTopology.Sound}\nstrategy: {word}\n").Strategy);
            Assert.Equal(word, TopologyWords.Of(strategy));
        }

        foreach ((string word, GuaranteeLevel level) in TopologyWords.Guarantees)
        {
            Assert.Equal(level, TestTopology.Load($"{TestTopology.Sound}\nguarantee: {word}\n").Guarantee);
            Assert.Equal(word, TopologyWords.Of(level));
        }

        foreach ((string word, InvalidationGranularity granularity) in TopologyWords.Invalidations)
        {
            Assert.Equal(granularity, TestTopology.Load($"{TestTopology.Sound}\ninvalidation: {word}\n").Invalidation);
            Assert.Equal(word, TopologyWords.Of(granularity));
        }

        Assert.Equal(Enum.GetValues<TlbStrategy>(), TopologyWords.Strategies.Values.Order());
        Assert.Equal(Enum.GetValues<GuaranteeLevel>(), TopologyWords.Guarantees.Values.Order());
        Assert.Equal(Enum.GetValues<InvalidationGranularity>(), TopologyWords.Invalidations.Values.Order());
        Assert.Equal(SecondAddendPolicy.Strict, TestTopology.Load($"{TestTopology.Sound}\nsecond-addend: strict\n").SecondAddend);
    }

    [Fact]
    public void A_checker_may_promise_something_else_than_its_SoC()
    {
        string text = TestTopology.With("interrupt: 15,", "interrupt: 15, guarantee: strict,")
            + "\n  - {name: other, kind: wgchecker, base: 0x0601_0000, protects: [uart0]}\nguarantee: eventual\n";
        SocTopology topology = TestTopology.Load(text);
        Assert.Equal([GuaranteeLevel.Strict, GuaranteeLevel.Eventual], topology.Checkers.Select(topology.GuaranteeOf));
        SocTopology uniform = topology.WithGuarantee(GuaranteeLevel.Acknowledged);
        Assert.Equal([GuaranteeLevel.Acknowledged, GuaranteeLevel.Acknowledged], uniform.Checkers.Select(uniform.GuaranteeOf));
    }

    [Fact]
    public void Values_with_units_are_read()
    {
        string text = TestTopology.Sound + """

            mode: free
            quantum: 2.5us
            seed: 0x1_0
            clock: {frequency: 1.5GHz, timebase: 1 MHz}
            timing: {walk-step: 7, register-write: 1us, link-latency: 40ns .. 0.06us}
            """;
        SocTopology topology = TestTopology.Load(text);
        Assert.Equal(RunMode.Free, topology.Mode);
        Assert.Equal(2_500UL, topology.Quantum);
        Assert.Equal(16UL, topology.Seed);
        Assert.Equal(1_500_000_000UL, topology.Harts[0].Frequency);
        Assert.Equal(1_000_000UL, topology.Timebase);
        Assert.Equal((7, 1000UL, new LatencyRange(40, 60)), (topology.Timing.WalkStep, topology.Timing.RegisterWrite, topology.Timing.LinkLatency));
        Assert.Equal(16UL << 20, Assert.Single(topology.Memories).Size);
    }

    [Fact]
    public void Groups_of_harts_may_interleave_their_ids_and_share_fields_by_anchor()
    {
        string text = TestTopology.With(
            "  - {count: 2, isa: rv64imac_zicsr_zifencei_zicntr_smwg_sswg, reset-vector: 0x8000_0000}",
            """
              - ids: [1, 3-4]
                isa: &isa rv64imac_zicsr_zifencei_zicntr_smwg_sswg
                reset-vector: 0x8000_0000
                mwid: 1
              - {count: 2, isa: *isa , reset-vector: 0x8000_0000, tlb: {entries: 64, victims: 2}}
            """);
        SocTopology topology = TestTopology.Load(text);
        Assert.Equal([3, 1, 3, 1, 1], topology.Harts.Select(hart => hart.Mwid));
        Assert.Equal(new TlbDescription { Entries = 64, Victims = 2 }, topology.Harts[2].Tlb);
    }

    [Theory]
    [InlineData("", 256, 4096)]
    [InlineData(", tlb: {victims: 8}", 256, 4096)]
    [InlineData(", tlb: {entries: 64}", 64, null)]
    [InlineData(", tlb: {maximum: 256}", 256, 256)]
    [InlineData(", tlb: {entries: 64, maximum: 1024}", 64, 1024)]
    public void A_hart_has_a_TLB_that_grows_unless_its_size_is_said(string tlb, int entries, int? maximum)
    {
        string text = TestTopology.With("reset-vector: 0x8000_0000}", $"reset-vector: 0x8000_0000{tlb}}}");
        Assert.Equal(new TlbDescription { Entries = entries, Maximum = maximum }, TestTopology.Load(text).Harts[0].Tlb);
    }

    [Fact]
    public void Reset_slots_become_register_values()
    {
        string text = TestTopology.With(
            "protects: [dram]",
            "protects: [dram], reset-slots: [{slot: 2, match: napot, address: 0x8000_0000, size: 16MiB, permissions: {0: r, 3: rw}, error: w, interrupt: rw, lock: true}]");
        using SystemModel model = SystemBuilder.Build(TestTopology.Load(text), new RecordingPorts().ToPorts());
        IReadOnlyList<RegisterRow> table = Assert.Single(model.Checkers).Registers.Table();
        ulong Current(string name) => table.Single(row => row.Name == name).Current;

        // worldguard.md section 4: NAPOT decodes x = (ADDR << 2) | 3 to [x AND (x+1), (x OR (x+1)) + 1).
        ulong x = (Current("SLOT[2].ADDR") << 2) | 3;
        Assert.Equal((0x8000_0000UL, 0x8100_0000UL), (x & (x + 1), (x | (x + 1)) + 1));
        Assert.Equal(0b11000001UL, Current("SLOT[2].PERM"));
        Assert.Equal(0x8000_0E03u, Current("SLOT[2].CFG"));
    }

    [Theory]
    [InlineData("rv64imac_zicsr_zifencei_zicntr", false, false)]
    [InlineData("RV64IMAC_Zicsr_Zifencei_Zicntr_Smwg", true, false)]
    [InlineData("rv64imacsu_zicsr_zifencei_zicntr_smwg_smwgd_sswg_sv39", true, true)]
    public void Isa_strings_say_which_world_registers_exist(string text, bool smwg, bool sswg)
    {
        Assert.True(IsaString.TryParse(text, out IsaString? isa, out string? problem), problem);
        Assert.Equal((smwg, sswg), (isa!.HasSmwg, isa.HasSswg));
    }

    [Theory]
    [InlineData("rv64imac_zicsr_zifencei_zicntr", RiscV.Extensions.None)]
    [InlineData("rv64gc", RiscV.Extensions.F | RiscV.Extensions.D)]
    [InlineData("rv64imadc_zicsr_zifencei_zicntr", RiscV.Extensions.F | RiscV.Extensions.D)]
    public void Isa_strings_select_extensions_with_what_they_imply(string text, RiscV.Extensions expected)
    {
        Assert.True(IsaString.TryParse(text, out IsaString? isa, out string? problem), problem);
        Assert.Equal(expected, isa!.Optional);
    }

    [Theory]
    [InlineData("rv64")]
    [InlineData("rv64imac__zicsr_zifencei_zicntr")]
    [InlineData("rv64imac_zicsr_zicsr_zifencei_zicntr")]
    [InlineData("rv64imafdvc_zicsr_zifencei_zicntr")]
    [InlineData("rv64imac_zicsr_zifencei_zicntr_all")]
    [InlineData("rv64imac_zicsr_zifencei_zicntr_1")]
    [InlineData("rv64imac_zicsr_zifencei_zicntr_sswg")]
    [InlineData("riscv64")]
    public void Isa_strings_that_cannot_be_had_are_refused(string text)
    {
        Assert.False(IsaString.TryParse(text, out IsaString? isa, out string? problem));
        Assert.Null(isa);
        Assert.False(string.IsNullOrEmpty(problem));
    }
}
