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
    private readonly List<RecipeInput> _inputs = [];
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
        if (envelope.Message is ConsoleInput input)
        {
            _inputs.Add(new RecipeInput(envelope.DeliverAt, _topology.Console ?? string.Empty, input.Bytes));
        }

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
    /// <param name="boot">What the command line said about booting; null for nothing.</param>
    public Recipe Complete(
        RunResult run, ulong timeLimit = ulong.MaxValue, string? image = null, IReadOnlyList<string>? faults = null, GuaranteeLevel? guarantee = null,
        bool sanitize = false, BootOverrides? boot = null)
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
            Inputs = [.. _inputs],
            Boot = boot is null ? [] : [Full(boot.Bios), Full(boot.Kernel), Full(boot.Initrd), boot.Append, Full(boot.DeviceTree)],
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
            .Concat(topology.Boot is { } boot ? new[] { boot.Bios, boot.Kernel, boot.Initrd, boot.DeviceTree }.OfType<string>() : [])
            .Concat(topology.VirtioDevices.Select(device => device.File).OfType<string>())
            .Distinct(StringComparer.Ordinal);

    private static string? Full(string? path) => path is null or "none" ? path : Path.GetFullPath(path);

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
