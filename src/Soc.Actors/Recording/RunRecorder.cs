using System.Buffers;
using System.Security.Cryptography;
using Soc.Actors.Messages;
using Soc.Actors.Summary;
using Soc.Topology;

namespace Soc.Actors.Recording;

/// <summary>Records a run: give it to <see cref="RunOptions.Observer"/>, and ask for the recipe after the run.</summary>
public sealed class RunRecorder : IEventObserver
{
    private const int EventsPerCheckpoint = 4096;

    private readonly EventChain _chain = new();
    private readonly ArrayBufferWriter<byte> _packed = new();
    private readonly List<RecipeCheckpoint> _checkpoints = [];
    private readonly SocTopology _topology;
    private readonly string _text;
    private readonly RecipeImage[] _images;
    private int _count;
    private ulong _events;
    private ulong _lastTime;

    /// <summary>Begins to record; reads the images, so that the recipe has them as they were when the run began.</summary>
    /// <param name="topology">The topology, with all that the command line changed.</param>
    /// <param name="text">The text of its file.</param>
    /// <exception cref="ArgumentException">The run would not be serial lockstep: there is no order that could be repeated.</exception>
    /// <exception cref="IOException">An image cannot be read.</exception>
    public RunRecorder(SocTopology topology, string text)
    {
        ArgumentNullException.ThrowIfNull(topology);
        if (topology.Mode != RunMode.Lockstep || topology.Parallel)
        {
            throw new ArgumentException("only a serial run in lockstep can be recorded", nameof(topology));
        }

        _topology = topology;
        _text = text;
        _images = [.. FilesOf(topology).Select(Describe)];
    }

    /// <inheritdoc/>
    public RunEnd? HandedOut(Envelope envelope)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        _events++;
        Add(_chain.Append(envelope));
        return null;
    }

    /// <inheritdoc/>
    public RunEnd? TurnEnded(int agent, ulong now, ulong wantsAt)
    {
        if (_chain.AppendTurn(agent, now, wantsAt, out RecordedEvent mark))
        {
            Add(mark);
        }

        return null;
    }

    /// <summary>The recipe of the run that is over.</summary>
    /// <param name="run">What came of it.</param>
    /// <param name="timeLimit">Its limit of virtual time, ns.</param>
    /// <param name="image">Image that the command line named; null for none.</param>
    /// <param name="faults">Faults that the command line named.</param>
    /// <param name="guarantee">Guarantee level that the command line gave to all checkers; null for none.</param>
    /// <param name="sanitize">Whether every access was compared with an uncached walk.</param>
    public Recipe Complete(
        RunResult run, ulong timeLimit = ulong.MaxValue, string? image = null, IReadOnlyList<string>? faults = null, GuaranteeLevel? guarantee = null,
        bool sanitize = false)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (_count > 0)
        {
            CloseCheckpoint();
        }

        return new Recipe
        {
            TopologyPath = Path.GetFullPath(_topology.File),
            TopologyText = _text,
            Image = image is null ? null : Path.GetFullPath(image),
            Faults = [.. faults ?? []],
            Seed = _topology.Seed,
            SeedUntil = _topology.SeedUntil,
            Quantum = _topology.Quantum,
            TimeLimit = timeLimit,
            Guarantee = guarantee is { } level ? TopologyWords.Of(level) : null,
            Strategy = TopologyWords.Of(_topology.Strategy),
            Invalidation = TopologyWords.Of(_topology.Invalidation),
            Sanitize = sanitize,
            Images = _images,
            Checkpoints = [.. _checkpoints],
            End = EndOf(run, _events, _chain),
        };
    }

    internal static RecipeEnd EndOf(RunResult run, ulong events, EventChain chain) => new(
        run.End.Outcome.ToString(), run.End.ExitCode, run.End.Reason, events, run.Summary.VirtualTime,
        [.. run.Summary.Harts.Select(hart => hart.Instructions)], chain.TurnCount, chain.TurnDigest.ToArray());

    internal static RecipeImage Describe(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        return new RecipeImage(path, bytes.LongLength, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    private static IEnumerable<string> FilesOf(SocTopology topology) =>
        topology.Images.Select(image => image.Path)
            .Concat(topology.Memories.Select(memory => memory.Image).OfType<string>())
            .Distinct(StringComparer.Ordinal);

    private void Add(in RecordedEvent item)
    {
        EventChain.Pack(_packed, item, _lastTime);
        _lastTime = item.At;
        if (++_count == EventsPerCheckpoint)
        {
            CloseCheckpoint();
        }
    }

    private void CloseCheckpoint()
    {
        _checkpoints.Add(new RecipeCheckpoint(_count, _chain.Digest.ToArray(), _packed.WrittenSpan.ToArray()));
        _packed.ResetWrittenCount();
        _count = 0;
    }
}
