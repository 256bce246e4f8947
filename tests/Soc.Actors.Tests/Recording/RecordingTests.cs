using System.Buffers;
using System.Security.Cryptography;
using MessagePack;
using Soc.Actors.Messages;
using Soc.Actors.Recording;
using Soc.Actors.Tests.Support;
using Soc.Topology;

namespace Soc.Actors.Tests.Recording;

/// <summary>A recorded run is repeated event by event, and the first difference is named.</summary>
public sealed class RecordingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void A_replay_of_quad_worlds_has_the_same_events(ulong seed)
    {
        Recipe recipe = Record(Topology("quad-worlds.yaml") with { Seed = seed, Quantum = 2_000 });

        (RunVerifier verifier, RunResult run) = Replay(recipe);

        Assert.Null(verifier.Verdict(run));
        Assert.Equal(recipe.End.Events, verifier.Verified);
        Assert.True(verifier.Verified > 1000, $"{verifier.Verified}");
        Assert.Empty(recipe.Inputs);
        Assert.Equal((seed, 2_000UL), (recipe.Seed, recipe.Quantum));
    }

    [Fact]
    public void What_the_command_line_changed_is_part_of_the_recipe()
    {
        SocTopology topology = Topology("quad-worlds.yaml", new TopologyLoadOptions { Faults = ["kind: duplicate, message: invalidate, nth: 2"] });
        Recipe recipe = Record(topology with { Seed = 3, SeedUntil = 2_000_000 }, ["kind: duplicate, message: invalidate, nth: 2"]);

        (RunVerifier verifier, RunResult run) = Replay(recipe);

        Assert.Null(verifier.Verdict(run));
        Assert.NotNull(Verdict(recipe with { Faults = [] }));
        Assert.NotNull(Verdict(recipe with { SeedUntil = ulong.MaxValue }));
    }

    [Fact]
    public void The_first_event_that_is_another_one_is_named()
    {
        Recipe recipe = Record(Topology("quad-worlds.yaml"));

        // The last event before the first checkpoint gets another digest: time, sender and receiver stay.
        byte[] events = [.. recipe.Checkpoints[0].Events];
        events[^1] ^= 1;
        Recipe tampered = recipe with { Checkpoints = [recipe.Checkpoints[0] with { Events = events }, .. recipe.Checkpoints[1..]] };

        (RunVerifier verifier, RunResult run) = Replay(tampered);

        Assert.Equal((RunOutcome.Diverged, 1), (run.End.Outcome, run.End.ExitCode));
        Assert.InRange(verifier.Verified, 1_000UL, (ulong)recipe.Checkpoints[0].Count);
        Assert.Matches(
            $@"\A(event {verifier.Verified + 1} is another one: now at \d+ ns, [\w-]+ to [\w-]+, \w+ {{ .* }}; recorded at the same time between the same, with another content"
            + @"|one of the turns up to turn \d+ \(hart\d, up to \d+ ns\) went another way, after event \d+)\z",
            verifier.Verdict(run)!);
    }

    [Fact]
    public void A_run_that_goes_another_way_ends_at_the_first_difference()
    {
        Recipe recipe = Record(Topology("quad-worlds.yaml"));

        string verdict = Verdict(recipe with { TopologyText = recipe.TopologyText.Replace("register-write: 20ns", "register-write: 21ns", StringComparison.Ordinal) })!;

        Assert.Matches(@"\Aevent \d+ is another one: now at \d+ ns, \S+ to \S+, \w+ \{.*\}; recorded at \d+ ns, \S+ to \S+, \w+\z", verdict);
    }

    [Fact]
    public void A_digest_chain_that_does_not_fit_is_noticed_at_its_checkpoint()
    {
        Recipe recipe = Record(Topology("quad-worlds.yaml"));
        RecipeCheckpoint first = recipe.Checkpoints[0];

        string verdict = Verdict(recipe with { Checkpoints = [first with { Chain = new byte[32] }, .. recipe.Checkpoints[1..]] })!;

        Assert.StartsWith($"one of the {first.Count} events up to event ", verdict, StringComparison.Ordinal);
    }

    [Fact]
    public void Turns_are_verified_where_hardly_a_message_is_sent()
    {
        Recipe recipe = Record(Topology("studies/missing-fence.yaml"));
        Assert.InRange(recipe.End.Events, 0UL, 10UL);

        Assert.Null(Verdict(recipe));
        Assert.NotNull(Verdict(recipe with { Seed = 1 }));
        byte[] digest = [.. recipe.End.TurnDigest];
        digest[7] ^= 1;
        Assert.Contains("one of the turns", Verdict(recipe with { End = recipe.End with { TurnDigest = digest } })!, StringComparison.Ordinal);
        Assert.Contains("hart1 retired", Verdict(recipe with { End = recipe.End with { Instructions = [recipe.End.Instructions[0], 1] } })!, StringComparison.Ordinal);
        Assert.Contains("recorded", Verdict(recipe with { End = recipe.End with { ExitCode = 9 } })!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recording_of_fewer_or_more_events_is_different()
    {
        Recipe recipe = Record(Topology("quad-worlds.yaml"));

        Assert.Contains("is new", Verdict(recipe with { End = recipe.End with { Events = 500 } })!, StringComparison.Ordinal);
        Assert.Contains("the run ended after event", Verdict(recipe with { End = recipe.End with { Events = recipe.End.Events + 1 } })!, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interrupted_run_is_repeated_up_to_where_it_was_interrupted()
    {
        SocTopology topology = Topology("quad-worlds.yaml");
        var recorder = new RunRecorder(topology, File.ReadAllText(topology.File));
        RunResult run = SocRunner.Run(topology, Options(new Interruption(recorder, 700)), CancellationToken.None);
        Recipe recipe = recorder.Complete(run);
        Assert.Equal((nameof(RunOutcome.Interrupted), 700UL), (recipe.End.Outcome, recipe.End.Events));

        (RunVerifier verifier, RunResult replayed) = Replay(recipe);

        Assert.Null(verifier.Verdict(replayed));
        Assert.Equal((700UL, RunOutcome.Interrupted), (verifier.Verified, replayed.End.Outcome));
    }

    [Fact]
    public void Only_serial_lockstep_can_be_recorded()
    {
        SocTopology topology = Topology("quad-worlds.yaml");

        Assert.Throws<ArgumentException>(() => new RunRecorder(topology with { Mode = RunMode.Free }, ""));
        Assert.Throws<ArgumentException>(() => new RunRecorder(topology with { Parallel = true }, ""));
    }

    [Fact]
    public void A_file_that_is_missing_foreign_damaged_or_newer_is_one_line()
    {
        byte[] whole = Bytes(Record(Topology("studies/remote-fence.yaml")));
        Assert.NotNull(Read(whole));

        Assert.EndsWith(": does not exist; name a file that 'soc run --record' wrote", Problem(null), StringComparison.Ordinal);
        Assert.EndsWith("is not a recipe of a run; name a file that 'soc run --record' wrote", Problem("soc: test\n"u8.ToArray()), StringComparison.Ordinal);
        for (int length = 0; length < whole.Length; length += length < 64 ? 1 : 97)
        {
            Assert.Matches("is not a recipe of a run|is damaged; record the run again", Problem(whole[..length]));
        }

        for (int at = 64; at < whole.Length; at += 101)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x10;
            Assert.EndsWith("is damaged; record the run again", Problem(damaged), StringComparison.Ordinal);
        }

        Assert.EndsWith("is damaged; record the run again", Problem([.. whole, 0]), StringComparison.Ordinal);
        Assert.EndsWith("is damaged; record the run again", Problem(Wrap(1, [0x93, 1, 2, 3])), StringComparison.Ordinal);
        Assert.EndsWith("the recipe has format 2, this version of soc reads 1; replay it with the soc that wrote it", Problem(Wrap(2, [])), StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_must_be_the_recorded_one_where_it_was_or_beside_the_recipe()
    {
        string image = _folder.File("guest.elf");
        byte[] content = File.ReadAllBytes(Repository.GuestFile("remote-fence.elf"));
        File.WriteAllBytes(image, content);
        SocTopology topology = Topology("studies/remote-fence.yaml", new TopologyLoadOptions { Image = image });
        var recorder = new RunRecorder(topology, File.ReadAllText(topology.File));
        Recipe recipe = recorder.Complete(SocRunner.Run(topology, Options(recorder), CancellationToken.None), image: image);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), Assert.Single(recipe.Images).Sha256);

        string moved = Path.Combine(Directory.CreateDirectory(_folder.File("elsewhere")).FullName, "run.recipe");
        content[^1] ^= 1;
        File.WriteAllBytes(image, content);
        Assert.Contains("is not the recorded one", Assert.Throws<RecipeException>(() => RecipePlayer.Load(moved, recipe)).Message, StringComparison.Ordinal);
        File.Delete(image);
        Assert.Contains("is not there; put it back, or beside the recipe", Assert.Throws<RecipeException>(() => RecipePlayer.Load(moved, recipe)).Message, StringComparison.Ordinal);
        File.Copy(Repository.GuestFile("remote-fence.elf"), Path.Combine(Path.GetDirectoryName(moved)!, "guest.elf"));
        Assert.Null(Verdict(recipe, moved));
    }

    private static SocTopology Topology(string name, TopologyLoadOptions? options = null)
    {
        TopologyLoadResult result = TopologyFile.Load(Path.Combine(Repository.Root, "topologies", name), options);
        return result.Topology ?? throw new InvalidOperationException(string.Join('\n', result.Mistakes));
    }

    private static RunOptions Options(IEventObserver observer) => new() { Console = Stream.Null, TimeLimit = 1_000_000_000, Observer = observer };

    private Recipe Record(SocTopology topology, IReadOnlyList<string>? faults = null)
    {
        var recorder = new RunRecorder(topology, File.ReadAllText(topology.File));
        RunResult run = SocRunner.Run(topology, Options(recorder), CancellationToken.None);
        return Read(Bytes(recorder.Complete(run, faults: faults)));
    }

    private (RunVerifier Verifier, RunResult Run) Replay(Recipe recipe, string? file = null)
    {
        SocTopology topology = RecipePlayer.Load(file ?? _folder.File("run.recipe"), recipe);
        var verifier = new RunVerifier(recipe, RecipePlayer.AgentsOf(topology));
        return (verifier, SocRunner.Run(topology, Options(verifier), CancellationToken.None));
    }

    private string? Verdict(Recipe recipe, string? file = null)
    {
        (RunVerifier verifier, RunResult run) = Replay(recipe, file);
        return verifier.Verdict(run);
    }

    private static byte[] Bytes(Recipe recipe)
    {
        using var stream = new MemoryStream();
        RecipeFile.Write(stream, recipe);
        return stream.ToArray();
    }

    private Recipe Read(byte[] bytes)
    {
        string file = _folder.File("read.recipe");
        File.WriteAllBytes(file, bytes);
        return RecipeFile.Read(file);
    }

    private string Problem(byte[]? bytes)
    {
        string message = Assert.Throws<RecipeException>(() => bytes is null ? RecipeFile.Read(_folder.File("gone")) : Read(bytes)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    private static byte[] Wrap(int version, byte[] body)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(4);
        writer.Write("soc-recipe");
        writer.Write(version);
        writer.Write(SHA256.HashData(body));
        writer.Write(body);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Ends a run after some events, as Ctrl-C would.</summary>
    private sealed class Interruption(IEventObserver inner, int events) : IEventObserver
    {
        private int _left = events;

        public RunEnd? HandedOut(Envelope envelope)
        {
            if (_left-- == 0)
            {
                return new RunEnd(RunOutcome.Interrupted, RunEnd.InterruptedExitCode, "interrupted");
            }

            return inner.HandedOut(envelope);
        }

        public RunEnd? TurnEnded(int agent, ulong now, ulong wantsAt) => inner.TurnEnded(agent, now, wantsAt);
    }
}
