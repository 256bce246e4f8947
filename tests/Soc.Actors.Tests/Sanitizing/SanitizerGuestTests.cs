using Soc.Actors.Summary;
using Soc.Actors.Tests.Support;
using Soc.Tlb;
using Soc.Topology;

namespace Soc.Actors.Tests.Sanitizing;

/// <summary>Guests with one planted stale use each (tests/guests/sanitizer), and the same guests without it.</summary>
public class SanitizerGuestTests
{
    private static readonly string[] s_modes = ["lockstep", "parallel", "free"];

    /// <summary>Guest, cause, symbol of the access, agent of the access, symbol of the write, what the report asks for.</summary>
    private static readonly (string Guest, string Cause, string Symbol, string Initiator, string Writer, string Missing)[] s_planted =
    [
        ("no-local-fence", "missing-fence", "probe_load", "hart0", "change_entry", "hart0 needs SFENCE.VMA va=0xc0000000 after"),
        ("no-remote-shootdown", "missing-remote-fence", "probe_load", "hart1", "change_entry", "hart1 needs SFENCE.VMA va=0xc0000000 after"),
        ("wrong-address", "fence-too-narrow", "stale_access", "hart0", "change_entry", "hart0 needs SFENCE.VMA va=0xc0001000 after"),
        ("fence-before-store", "fence-before-store", "stale_access", "hart0", "change_entry", "hart0 needs SFENCE.VMA va=0xc0000000 after the store"),
        ("pointer-fence", "fence-too-narrow", "stale_access", "hart0", "change_entry", "hart0 needs SFENCE.VMA for all addresses after"),
        ("asid-reuse", "address-space-reused", "stale_access", "hart0", "switch_space", "hart0 needs SFENCE.VMA asid=1 after"),
        ("pmp-no-fence", "missing-protection-fence", "probe_load", "hart0", "protect_frame", "hart0 needs SFENCE.VMA for all addresses after"),
        ("no-fence-i", "missing-code-fence", "code_buffer", "hart0", "write_code", "hart0 needs FENCE.I after"),
    ];

    /// <summary>Every planted guest in every mode.</summary>
    public static TheoryData<string, string> Planted
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach ((string guest, _, _, _, _, _) in s_planted)
            {
                foreach (string mode in s_modes)
                {
                    data.Add(guest, mode);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Planted))]
    public void A_planted_bug_is_found_at_its_access_and_its_write(string guest, string mode)
    {
        (_, string cause, string symbol, string initiator, string writer, string missing) = s_planted.Single(row => row.Guest == guest);

        RunResult result = Run(guest, mode);

        Assert.Equal((RunOutcome.Finished, 4), (result.End.Outcome, result.End.ExitCode));
        SanitizerSummary found = result.Summary.Sanitizer!;
        Assert.All(found.Reports, report => Assert.Equal(cause, report.Cause));
        StaleUseSummary first = found.Reports[0];
        Assert.Equal((initiator, symbol), (first.Initiator, first.Symbol.Split('+')[0]));
        Assert.Equal(writer, first.WriterSymbol.Split('+')[0]);
        Assert.StartsWith(missing, first.Missing, StringComparison.Ordinal);
        Assert.NotEqual(first.Cached, first.Truth);
    }

    [Fact]
    public void An_Invalidate_that_comes_late_is_waited_for_where_changes_are_acknowledged() =>
        AssertSilent(Run("checker-handover", "free", fault: LateForHart1));

    [Theory]
    [MemberData(nameof(Planted))]
    public void The_guest_without_the_bug_is_silent(string guest, string mode) => AssertSilent(Run($"{guest}-fixed", mode));

    [Fact]
    public void Optee_os_8018_a_local_fence_where_a_broadcast_is_meant()
    {
        StaleUseSummary report = Assert.Single(Run("no-remote-shootdown", "lockstep").Summary.Sanitizer!.Reports);
        Assert.Equal(("missing-remote-fence", "hart1", "hart0"), (report.Cause, report.Initiator, report.Writer));
        Assert.Equal("no valid entry", report.Truth);
    }

    [Fact]
    public void Rocket_chip_2534_a_refill_between_fence_and_store_keeps_the_old_entry()
    {
        StaleUseSummary report = Assert.Single(Run("fence-before-store", "lockstep").Summary.Sanitizer!.Reports);
        Assert.Equal("fence-before-store", report.Cause);
        Assert.Contains("not before it at 0x", report.Missing, StringComparison.Ordinal);
    }

    [Fact]
    public void Riscv_linux_34_a_missing_fence_is_told_also_where_no_hardware_would_show_it()
    {
        // The access reads what it would read without the bug on hardware that walks each time: only the comparison shows it.
        StaleUseSummary report = Run("no-local-fence", "lockstep").Summary.Sanitizer!.Reports[0];
        Assert.Equal(("missing-fence", "hart0", "hart0"), (report.Cause, report.Initiator, report.Writer));
        AssertSilent(Run("no-local-fence-fixed", "lockstep"));
    }

    [Fact]
    public void Fpga_zynq_94_a_satp_write_without_the_fence_behind_it_leaves_the_old_space()
    {
        StaleUseSummary report = Run("asid-reuse", "lockstep").Summary.Sanitizer!.Reports[0];
        Assert.Equal(("address-space-reused", "switch_space"), (report.Cause, report.WriterSymbol.Split('+')[0]));
        AssertSilent(Run("asid-reuse-fixed", "lockstep"));
    }

    [Theory]
    [InlineData("lockstep")]
    [InlineData("free")]
    public void A_checker_that_is_handed_over_before_the_acknowledgement_is_found(string mode)
    {
        RunResult result = Run("checker-handover", mode, GuaranteeLevel.Eventual, fault: mode == "free" ? LateForHart1 : null);

        Assert.Equal(4, result.End.ExitCode);
        StaleUseSummary report = Assert.Single(result.Summary.Sanitizer!.Reports);
        Assert.Equal(("checker-not-awaited", "hart1", "hart0"), (report.Cause, report.Initiator, report.Writer));
        Assert.Equal(("stale_access", "set_permission"), (report.Symbol.Split('+')[0], report.WriterSymbol.Split('+')[0]));
        Assert.Contains("refused", new[] { report.Cached, report.Truth });
    }

    [Theory]
    [InlineData("checker-handover", GuaranteeLevel.Acknowledged, "lockstep")]
    [InlineData("checker-handover", GuaranteeLevel.Acknowledged, "free")]
    [InlineData("checker-handover", GuaranteeLevel.Strict, "lockstep")]
    [InlineData("checker-handover-fixed", GuaranteeLevel.Eventual, "lockstep")]
    public void A_checker_whose_change_is_awaited_is_not_reported(string guest, GuaranteeLevel guarantee, string mode) =>
        AssertSilent(Run(guest, mode, guarantee));

    [Theory]
    [InlineData("lockstep")]
    [InlineData("free")]
    public void Quad_worlds_is_silent(string mode)
    {
        SocTopology topology = Repository.Load("quad-worlds.yaml");
        AssertSilent(SocRunner.Run(WithMode(topology, mode), new RunOptions { Console = Stream.Null, Sanitize = true }, CancellationToken.None));
    }

    [Theory]
    [InlineData(TlbStrategy.Eager, 70)]
    [InlineData(TlbStrategy.EagerSinks, 0)]
    [InlineData(TlbStrategy.DeferredSingleSlot, 0)]
    [InlineData(TlbStrategy.PingPong, 0)]
    public void A_strategy_that_uses_wrong_answers_is_a_model_failure(TlbStrategy strategy, int exitCode)
    {
        SocTopology topology = Repository.Load(Path.Combine("studies", "alternating.yaml")) with { Strategy = strategy };

        RunResult result = SocRunner.Run(topology, new RunOptions { Console = Stream.Null, Sanitize = true }, CancellationToken.None);

        Assert.Equal(exitCode, result.End.ExitCode);
        Assert.Equal(exitCode == 70, result.End.Reason.Contains("target instead of refused, and no change is under way", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_the_switch_nothing_is_compared_and_a_planted_bug_goes_unseen()
    {
        RunResult result = Run("no-local-fence", "lockstep", sanitize: false);
        Assert.Equal(0, result.End.ExitCode);
        Assert.Null(result.Summary.Sanitizer);
    }

    [Fact]
    public void The_same_recipe_gives_the_same_reports()
    {
        RunResult[] runs = [.. Enumerable.Range(0, 2).Select(_ => Run("checker-handover", "lockstep", GuaranteeLevel.Eventual))];
        Assert.Equal(runs[0].Summary.Sanitizer!.Reports, runs[1].Summary.Sanitizer!.Reports);
        Assert.Equal(runs[0].Summary.Sanitizer!.Compared, runs[1].Summary.Sanitizer!.Compared);
    }

    /// <summary>Free mode delivers within microseconds: nobody would look at the page meanwhile.</summary>
    private static FaultDescription LateForHart1 { get; } =
        new() { Kind = FaultKind.Delay, Message = FaultMessage.Invalidate, To = "hart1", By = 1_000_000 };

    private static void AssertSilent(RunResult result)
    {
        Assert.Equal((RunOutcome.Finished, 0, ""), (result.End.Outcome, result.End.ExitCode, result.End.Reason));
        Assert.Empty(result.Summary.Sanitizer!.Reports);
        Assert.True(result.Summary.Sanitizer.Compared > 10_000);
    }

    private static RunResult Run(
        string guest, string mode, GuaranteeLevel guarantee = GuaranteeLevel.Acknowledged, bool sanitize = true, FaultDescription? fault = null)
    {
        TopologyLoadResult loaded = TopologyFile.Load(
            Path.Combine(Repository.Root, "topologies", "studies", "sanitizer.yaml"),
            new TopologyLoadOptions { Image = Repository.GuestFile($"sanitizer-{guest}.elf") });
        SocTopology topology = loaded.Topology!.WithGuarantee(guarantee) with { Faults = fault is null ? [] : [fault] };
        return SocRunner.Run(
            WithMode(topology, mode), new RunOptions { Console = Stream.Null, Sanitize = sanitize }, CancellationToken.None);
    }

    private static SocTopology WithMode(SocTopology topology, string mode) =>
        topology with { Mode = mode == "free" ? RunMode.Free : RunMode.Lockstep, Parallel = mode == "parallel" };
}
