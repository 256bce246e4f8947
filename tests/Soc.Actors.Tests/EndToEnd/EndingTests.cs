using Soc.Actors.Agents;
using Soc.Actors.Tests.Support;
using Soc.Actors.Time;
using Soc.Devices;
using Soc.Memory;
using Soc.Topology;
using static Soc.Actors.Tests.Support.Code;

namespace Soc.Actors.Tests.EndToEnd;

/// <summary>Every way in which a run can end.</summary>
public class EndingTests
{
    private static Code Endless => new Code().Label("on").Addi(T0, T0, 1).Jump("on");

    [Theory]
    [InlineData("lockstep", "1us")]
    [InlineData("lockstep-parallel", "1us")]
    [InlineData("lockstep", "10s")] // a window longer than anybody waits
    [InlineData("free", "1us")]
    public void An_interrupted_run_ends_soon_with_its_summary(string mode, string quantum)
    {
        using var guest = new Guest(new Code().Li(A1, Guest.Uart).Li(T0, 65).Sb(T0, A1).Label("on").Addi(T0, T0, 1).Jump("on"), harts: 2, mode: mode, quantum: quantum);
        using var console = new CancellingStream();

        RunResult result = SocRunner.Run(guest.Topology, new RunOptions { Console = console }, console.Token);

        Assert.Equal(new RunEnd(RunOutcome.Interrupted, 130, "interrupted"), result.End);
        Assert.Contains(result.Summary.Harts, hart => hart.Instructions > 0);
    }

    [Fact]
    public void A_run_that_is_cancelled_before_it_starts_ends_at_once()
    {
        using var guest = new Guest(Endless);

        RunResult result = SocRunner.Run(guest.Topology, new RunOptions { Console = Stream.Null }, new CancellationToken(canceled: true));

        Assert.Equal(RunOutcome.Interrupted, result.End.Outcome);
    }

    [Theory]
    [InlineData("1us")]
    [InlineData("7us")]
    public void The_time_limit_ends_a_lockstep_run_exactly(string quantum)
    {
        using var guest = new Guest(Endless, harts: 2, quantum: quantum);

        RunResult result = SocRunner.Run(guest.Topology, new RunOptions { Console = Stream.Null, TimeLimit = 50_000 }, CancellationToken.None);

        Assert.Equal(new RunEnd(RunOutcome.TimeLimit, 124, "the limit of 50000 ns of virtual time was reached"), result.End);

        // An instruction may begin just before it.
        Assert.All(result.Summary.Harts, hart => Assert.InRange(hart.VirtualTime, 50_000UL, 50_100UL));
    }

    [Fact]
    public void The_time_limit_ends_a_free_run()
    {
        using var guest = new Guest(Endless, mode: "free");

        RunResult result = SocRunner.Run(guest.Topology, new RunOptions { Console = Stream.Null, TimeLimit = 20_000_000 }, CancellationToken.None);

        Assert.Equal((RunOutcome.TimeLimit, 124), (result.End.Outcome, result.End.ExitCode));
        Assert.True(result.Summary.VirtualTime >= 20_000_000);
    }

    [Fact]
    public void A_guest_of_which_every_hart_sleeps_is_reported()
    {
        Code code = new Code().Label("sleep").Wfi().Jump("sleep");

        RunResult result = Guest.Run(code, harts: 3);

        Assert.Equal((RunOutcome.Asleep, 3), (result.End.Outcome, result.End.ExitCode));
        Assert.Contains("sleeps", result.End.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lockstep")]
    [InlineData("free")]
    public void A_hart_that_traps_without_progress_is_reported_with_pc_and_cause(string mode)
    {
        // An illegal instruction, and a trap vector at which there is no memory.
        Code code = new Code().Li(T0, 0x4000_0000).Csrw(Mtvec, T0).Word(0);

        RunResult result = Guest.Run(code, mode: mode);

        Assert.Equal((RunOutcome.Stuck, 3), (result.End.Outcome, result.End.ExitCode));
        Assert.Contains("0x40000000", result.End.Reason, StringComparison.Ordinal);
        Assert.Contains("cause 1", result.End.Reason, StringComparison.Ordinal);
        Assert.Equal(result.End.Reason, result.Summary.Outcome);
    }

    [Theory]
    [InlineData("lockstep", 1)]
    [InlineData("lockstep-parallel", 1)]
    [InlineData("free", 1)]
    public async Task A_model_that_throws_ends_the_run_with_one_line(string mode, int trusted)
    {
        Code code = new Code().Li(A1, Guest.Uart).Li(T0, 65).Sb(T0, A1).Label("idle").Jump("idle");

        RunEnd end = await RunAsync(code, mode, trusted, new ThrowingSink(() => throw new InvalidOperationException("the wire\nbroke")), end: null);

        Assert.Equal(new RunEnd(RunOutcome.ModelFailure, 70, "hart0: InvalidOperationException: the wire broke"), end);
    }

    [Fact]
    public async Task A_model_that_throws_while_the_run_is_ending_does_not_hang_it()
    {
        // Hart 0 ends the run; hart 1 is inside a device until then, and breaks when everybody has been told to stop.
        using var finished = new ManualResetEventSlim();
        Code code = new Code()
            .Csrr(A0, Mhartid).Bne(A0, Zero, "other").Wait(T2, 200_000).Pass()
            .Label("other").Li(A1, Guest.Uart).Li(T0, 65).Sb(T0, A1).Label("idle").Jump("idle");
        var sink = new ThrowingSink(() =>
        {
            finished.Wait(TimeSpan.FromSeconds(20));
            Thread.Sleep(200);
            throw new InvalidOperationException("too late");
        });

        RunEnd end = await RunAsync(code, "free", 2, sink, finished.Set);

        Assert.Equal((RunOutcome.ModelFailure, 70), (end.Outcome, end.ExitCode));
        Assert.Equal("hart1: InvalidOperationException: too late", end.Reason);
    }

    [Fact]
    public void Names_of_a_topology_cannot_clash_with_those_of_actors()
    {
        using var guest = new Guest(new Code().Pass());
        SocTopology topology = guest.Topology with
        {
            Checkers = [.. guest.Topology.Checkers.Select((checker, i) => checker with { Name = i == 0 ? "clock" : "telemetry" })],
        };

        RunResult result = SocRunner.Run(topology, new RunOptions { Console = Stream.Null }, CancellationToken.None);

        Assert.Equal(RunOutcome.Finished, result.End.Outcome);
    }

    [Fact]
    public void Of_two_harts_that_end_the_run_in_one_window_the_earlier_one_counts()
    {
        // Hart 0 fails late, hart 1 passes early, both long before the end of the first window.
        Code code = new Code()
            .Csrr(A0, Mhartid).Bne(A0, Zero, "early").Wait(T2, 10_000).Fail(12)
            .Label("early").Pass();
        foreach (string mode in (string[])["lockstep", "lockstep-parallel"])
        {
            using var guest = new Guest(code, harts: 2, mode: mode, quantum: "1ms");

            Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), guest.Run().End);
        }
    }

    private static async Task<RunEnd> RunAsync(Code code, string mode, int harts, ICharacterSink console, Action? end)
    {
        using var guest = new Guest(code, harts, harts, mode);
        HostClock? clock = mode == "free" ? new HostClock() : null;
        var ports = new SocPorts();
        using SystemModel model = SystemBuilder.Build(guest.Topology, new SystemPorts
        {
            SoftwareInterrupts = ports,
            ExternalInterrupts = ports,
            Timers = ports,
            Alarms = ports,
            Finisher = new EndSignal(ports, end),
            Violations = ports,
            Studies = ports,
            Console = console,
        });
        Assembly assembly = SocRunner.Assemble(model, ports, null, clock, ulong.MaxValue);
        return await SocRunner.RunActorsAsync(assembly, guest.Topology, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
    }

    private sealed class ThrowingSink(Action onByte) : ICharacterSink
    {
        public void Write(byte value, IInitiator by) => onByte();
    }

    private sealed class EndSignal(IFinisherSink inner, Action? signal) : IFinisherSink
    {
        public void Finish(FinishKind kind, int code, in BusAccess by)
        {
            inner.Finish(kind, code, by);
            signal?.Invoke();
        }
    }
}
