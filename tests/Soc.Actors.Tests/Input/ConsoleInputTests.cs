using System.Text;
using Soc.Actors.Input;
using Soc.Actors.Recording;
using Soc.Actors.Tests.Support;

namespace Soc.Actors.Tests.Input;

/// <summary>What comes in from outside reaches the UART, has a place in the order of events, and can be repeated.</summary>
public sealed class ConsoleInputTests
{
    private const ulong Plic = 0x0C00_0000;

    [Theory]
    [InlineData("lockstep")]
    [InlineData("free")]
    public void A_polling_guest_reads_what_was_typed_before(string mode)
    {
        var input = new HostInput();
        input.Offer("typed ahead q"u8);
        using var guest = new Guest(Echo(sleeps: false), mode: mode);
        (RunResult run, string output) = Run(guest, input);
        Assert.Equal((RunOutcome.Finished, 0), (run.End.Outcome, run.End.ExitCode));
        Assert.Equal("typed ahead q", output);
    }

    [Theory]
    [InlineData("lockstep")]
    [InlineData("free")]
    public void A_sleeping_guest_is_woken_by_what_is_typed_later(string mode)
    {
        var input = new HostInput();
        using var guest = new Guest(Echo(sleeps: true), mode: mode);
        (RunResult run, string output) = Run(guest, input, _ => Task.Run(() =>
        {
            foreach (byte value in "later q"u8.ToArray())
            {
                input.Offer([value]);
            }

            input.Close();
        }));
        Assert.Equal((RunOutcome.Finished, 0), (run.End.Outcome, run.End.ExitCode));
        Assert.Equal("later q", output);
    }

    [Fact]
    public void Nobody_waits_for_input_that_ended()
    {
        var input = new HostInput();
        input.Offer("ab"u8);
        input.Close();
        using var guest = new Guest(Echo(sleeps: true));
        (RunResult run, string output) = Run(guest, input);
        Assert.Equal(RunOutcome.Asleep, run.End.Outcome);
        Assert.Equal("ab", output);
    }

    [Fact]
    public void Nobody_waits_for_input_that_the_guest_does_not_want()
    {
        using var guest = new Guest(new Code().Label("sleep").Wfi().Jump("sleep"));
        (RunResult run, _) = Run(guest, new HostInput());
        Assert.Equal(RunOutcome.Asleep, run.End.Outcome);
    }

    [Fact]
    public void A_recorded_run_has_its_input_and_a_replay_gets_it_at_the_same_times()
    {
        var input = new HostInput();
        using var guest = new Guest(Echo(sleeps: true));
        var recorder = new RunRecorder(guest.Topology, "soc: tiny");
        (RunResult recorded, string output) = Run(guest, input, _ => Task.Run(() =>
        {
            foreach (byte value in "replay q"u8.ToArray())
            {
                input.Offer([value]);
            }
        }), recorder);
        Recipe recipe = recorder.Complete(recorded);
        Assert.Equal("replay q", output);
        Assert.Equal("replay q"u8.ToArray(), recipe.Inputs.SelectMany(each => each.Bytes));
        Assert.All(recipe.Inputs, each => Assert.Equal("uart0", each.Device));

        var verifier = new RunVerifier(recipe, RecipePlayer.AgentsOf(guest.Topology));
        (RunResult replayed, string again) = Run(guest, new RecordedInput(recipe.Inputs), observer: verifier);
        Assert.Null(verifier.Verdict(replayed));
        Assert.Equal(output, again);

        var other = new RunVerifier(recipe, RecipePlayer.AgentsOf(guest.Topology));
        RecipeInput changed = recipe.Inputs[0] with { Bytes = [.. "xyzq"u8] };
        (RunResult wrong, _) = Run(guest, new RecordedInput([changed, .. recipe.Inputs.Skip(1)]), observer: other);
        Assert.NotNull(other.Verdict(wrong));
    }

    [Fact]
    public void An_inspector_shows_the_harts()
    {
        var input = new HostInput();
        HartState[] states = [];
        using var guest = new Guest(Echo(sleeps: true), harts: 2, trusted: 1);
        Run(guest, input, inspector =>
        {
            states = [.. inspector.Harts()];
            input.Offer("q"u8);
        });
        Assert.Equal(["hart0", "hart1"], states.Select(state => state.Name));
        Assert.Equal([3, 1], states.Select(state => state.World));
        Assert.All(states, state => Assert.Equal(("M", 0x8000_0000UL, 0UL), (state.Mode, state.ProgramCounter, state.Instructions)));
    }

    private static (RunResult Run, string Output) Run(
        Guest guest, IConsoleInput input, Action<RunInspector>? started = null, IEventObserver? observer = null)
    {
        using var console = new MemoryStream();
        RunResult run = SocRunner.Run(
            guest.Topology, new RunOptions { Console = console, Input = input, Started = started, Observer = observer, TimeLimit = 60_000_000_000 }, CancellationToken.None);
        return (run, Encoding.ASCII.GetString(console.ToArray()));
    }

    /// <summary>Sends back what it receives, up to a 'q', which ends the run. Harts but the first only sleep.</summary>
    private static Code Echo(bool sleeps)
    {
        Code code = new Code()
            .Csrr(Code.T0, Code.Mhartid).Bne(Code.T0, Code.Zero, "others")
            .Li(Code.A0, Guest.Uart).Li(Code.A1, Plic);
        if (sleeps)
        {
            code.Li(Code.T0, 1).Sw(Code.T0, Code.A1, 40)
                .Li(Code.A2, Plic + 0x2000).Li(Code.T0, 1 << 10).Sw(Code.T0, Code.A2)
                .Li(Code.A2, Plic + 0x200000)
                .Li(Code.T0, 1 << 11).Csrw(Code.Mie, Code.T0)
                .Li(Code.T0, 1).Sb(Code.T0, Code.A0, 1);
        }

        code.Label("wait");
        if (sleeps)
        {
            code.Wfi().Lw(Code.T0, Code.A2, 4).Sw(Code.T0, Code.A2, 4);
        }

        code.Label("more");
        Load(code, Code.T0, Code.A0, 5).Andi(Code.T0, Code.T0, 1).Beq(Code.T0, Code.Zero, "wait");
        Load(code, Code.T1, Code.A0, 0).Sb(Code.T1, Code.A0).Li(Code.T2, 'q').Bne(Code.T1, Code.T2, "more").Pass();
        return code.Label("others").Wfi().Jump("others");
    }

    /// <summary>lbu.</summary>
    private static Code Load(Code code, int rd, int rs1, int offset) => code.Word((uint)(offset << 20) | (uint)(rs1 << 15) | (4u << 12) | (uint)(rd << 7) | 3);
}
