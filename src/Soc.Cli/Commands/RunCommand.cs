using System.CommandLine;
using System.Globalization;
using Soc.Actors;
using Soc.Actors.Recording;
using Soc.Cli.Devices;
using Soc.Cli.Output;
using Soc.RiscV.Commits;
using Soc.Telemetry;
using Soc.Tlb;
using Soc.Topology;

namespace Soc.Cli.Commands;

/// <summary><c>soc run FILE</c>: runs a SoC and says what it came to.</summary>
internal static class RunCommand
{
    private const string DefaultTraceFolder = "soc-run";

    private static readonly Option<string?> _seed = new("--seed") { Description = "Seed of the run, instead of the file's.", HelpName = "N" };
    private static readonly Option<string?> _mode = new("--mode") { Description = "lockstep or free, instead of the file's.", HelpName = "MODE" };
    private static readonly Option<string?> _quantum = new("--quantum") { Description = "Window of virtual time, such as 10us.", HelpName = "TIME" };
    private static readonly Option<string?> _limit = new("--max-time") { Description = "End the run at this virtual time, such as 50ms (exit code 124).", HelpName = "TIME" };
    private static readonly Option<string?> _image = new("--image") { Description = "Guest image, instead of the file's.", HelpName = "FILE" };
    private static readonly Option<string?> _strategy = new("--strategy") { Description = $"How checkers live in the TLBs: {Words(TopologyWords.Strategies.Keys)}.", HelpName = "NAME" };
    private static readonly Option<string?> _guarantee = new("--guarantee") { Description = $"What a checker's finished change promises, for all checkers: {Words(TopologyWords.Guarantees.Keys)}.", HelpName = "LEVEL" };
    private static readonly Option<string?> _invalidation = new("--invalidation") { Description = $"What an invalidation takes away: {Words(TopologyWords.Invalidations.Keys)}.", HelpName = "NAME" };
    private static readonly Option<string?> _trace = new("--trace") { Description = $"Trace file; default {DefaultTraceFolder}/NAME.trace.json.", HelpName = "FILE" };
    private static readonly Option<string?> _commitLog = new("--commit-log") { Description = "Write every retired instruction, line by line as Spike's --log-commits does.", HelpName = "FILE" };
    private static readonly Option<bool> _noTrace = new("--no-trace") { Description = "Make no trace." };
    private static readonly Option<string?> _otlp = new("--otlp") { Description = "Send the trace to an OTLP receiver as well.", HelpName = "URL" };
    private static readonly Option<string?> _seedUntil = new("--seed-until") { Description = "The seed decides only what comes before this virtual time.", HelpName = "TIME" };
    private static readonly Option<string[]> _fault = FaultOption();
    private static readonly Option<string?> _record = new("--record") { Description = "Write a recipe that 'soc replay' repeats and verifies.", HelpName = "FILE" };
    private static readonly Option<string?> _summary = new("--summary") { Description = "Write the summary as JSON, host figures under \"host\".", HelpName = "FILE" };

    private static readonly Option<bool> _explain = new("--explain") { Description = "Say of each refused access who, what, where, which checker, why, and what was recorded." };
    private static readonly Option<bool> _sanitize = new("--sanitize") { Description = "Compare every access with an uncached walk and report stale uses (exit code 4)." };
    private static readonly Option<string[]> _symbols = new("--symbols") { Description = "Names for reports: a kernel's System.map, /proc/kallsyms, or an ELF file; may be repeated.", HelpName = "FILE" };

    private static readonly Option<string?> _bios = new("--bios") { Description = "Firmware such as OpenSBI's fw_dynamic.bin, or none.", HelpName = "FILE" };
    private static readonly Option<string?> _kernel = new("--kernel") { Description = "Kernel: Linux Image, ELF or raw.", HelpName = "FILE" };
    private static readonly Option<string?> _initrd = new("--initrd") { Description = "Initial RAM disk.", HelpName = "FILE" };
    private static readonly Option<string?> _append = new("--append") { Description = "The kernel's command line.", HelpName = "TEXT" };
    private static readonly Option<string?> _dtb = new("--dtb") { Description = "Device tree blob, instead of the generated one.", HelpName = "FILE" };

    /// <summary>Options that say what is booted.</summary>
    internal static IReadOnlyList<Option<string?>> BootOptions => [_bios, _kernel, _initrd, _append, _dtb];

    /// <summary>What <see cref="BootOptions"/> say.</summary>
    internal static BootOverrides ParseBoot(ParseResult result) => new(
        result.GetValue(_bios), result.GetValue(_kernel), result.GetValue(_initrd), result.GetValue(_append), result.GetValue(_dtb));

    public static Command Create()
    {
        Argument<string> file = TopologyInput.Argument();
        var command = new Command("run", "Runs a SoC until its guest ends it; the exit code is the guest's.")
        {
            file, _seed, _mode, _quantum, _limit, _image, _strategy, _guarantee, _invalidation, _trace, _commitLog, _noTrace, _otlp, _summary,
            _seedUntil, _fault, _record, _sanitize, _explain, _symbols,
        };
        foreach (Option<string?> option in BootOptions)
        {
            command.Options.Add(option);
        }

        command.SetAction(result => Execute(result, result.GetValue(file)!));
        return command;
    }

    private static int Execute(ParseResult result, string file)
    {
        var wrong = new List<string>();
        ulong? seed = Parse<ulong>(result, _seed, "is not a whole number; give one such as 7", wrong, TryNumber);
        RunMode? mode = Parse<RunMode>(result, _mode, "is unknown; use lockstep or free", wrong, TryMode);
        ulong? quantum = Parse<ulong>(result, _quantum, "is not a time above zero; give one such as 10us", wrong, TryPositiveTime);
        ulong? limit = Parse<ulong>(result, _limit, "is not a time above zero; give one such as 50ms", wrong, TryPositiveTime);
        ulong? seedUntil = Parse<ulong>(result, _seedUntil, "is not a time; give one such as 1500ns", wrong, TopologyFile.TryParseTime);
        Func<SocTopology, SocTopology> apply = ParseModel(result, wrong);
        List<SymbolTable> symbols = LoadSymbols(result, wrong);
        Uri? otlp = null;
        if (result.GetValue(_otlp) is { } address && !(Uri.TryCreate(address, UriKind.Absolute, out otlp) && otlp.Scheme is "http" or "https"))
        {
            wrong.Add($"{_otlp.Name}: '{address}' is not an address; give one such as http://localhost:4317");
        }

        if (result.GetValue(_noTrace) && result.GetValue(_trace) is not null)
        {
            wrong.Add("--no-trace: a trace file is named as well; keep either --trace or --no-trace");
        }

        foreach (string line in wrong)
        {
            Console.Error.WriteLine($"soc: {line}");
        }

        if (wrong.Count > 0 || TopologyInput.Load(file, result.GetValue(_image), result.GetValue(_fault), ParseBoot(result)) is not { } topology)
        {
            return ExitCode.BadInput;
        }

        topology = apply(topology) with
        {
            Seed = seed ?? topology.Seed,
            SeedUntil = seedUntil ?? topology.SeedUntil,
            Symbols = symbols,
            Mode = mode ?? topology.Mode,
            Quantum = quantum ?? topology.Quantum,
            Parallel = topology.Parallel && (mode ?? topology.Mode) == RunMode.Lockstep,
        };
        if (result.GetValue(_record) is not null && (topology.Mode != RunMode.Lockstep || topology.Parallel))
        {
            Console.Error.WriteLine(
                $"soc: --record: a {ModeName(topology)} run has no order that could be repeated; "
                + (topology.Mode == RunMode.Lockstep ? "write 'parallel: false' in the topology" : "add --mode lockstep"));
            return ExitCode.BadInput;
        }

        return Run(result, topology, limit, otlp, TraceFile(result, topology));
    }

    private static List<SymbolTable> LoadSymbols(ParseResult result, List<string> wrong)
    {
        List<SymbolTable> symbols = [];
        foreach (string file in result.GetValue(_symbols) ?? [])
        {
            try
            {
                symbols.Add(SymbolTable.Load(file));
            }
            catch (ImageException exception)
            {
                wrong.Add($"{_symbols.Name}: {exception.Message}");
            }
        }

        return symbols;
    }

    /// <summary>Options that change the model, and that every command which runs one understands.</summary>
    internal static IReadOnlyList<Option<string?>> ModelOptions => [_strategy, _guarantee, _invalidation];

    /// <summary>The option that compares every access with an uncached walk.</summary>
    internal static Option<bool> SanitizeOption => _sanitize;

    /// <summary>What <see cref="ModelOptions"/> change in a topology.</summary>
    internal static Func<SocTopology, SocTopology> ParseModel(ParseResult result, List<string> wrong)
    {
        TlbStrategy? strategy = ParseWord(result, _strategy, wrong, TopologyWords.Strategies);
        GuaranteeLevel? guarantee = ParseWord(result, _guarantee, wrong, TopologyWords.Guarantees);
        InvalidationGranularity? invalidation = ParseWord(result, _invalidation, wrong, TopologyWords.Invalidations);
        return topology =>
        {
            topology = topology with { Strategy = strategy ?? topology.Strategy, Invalidation = invalidation ?? topology.Invalidation };
            return guarantee is { } level ? topology.WithGuarantee(level) : topology;
        };
    }

    /// <summary>Faults to inject, beside those of the topology.</summary>
    internal static Option<string[]> FaultOption() => new("--fault")
    {
        Description = "Inject a fault, such as 'kind: drop, message: invalidate-ack, nth: 3'; may be repeated.",
        HelpName = "SPEC",
    };

    private static int Run(ParseResult result, SocTopology topology, ulong? limit, Uri? otlp, string? traceFile)
    {
        string? summaryFile = result.GetValue(_summary);
        string? recordFile = result.GetValue(_record);
        string? commitFile = result.GetValue(_commitLog);
        using var interrupt = new InterruptSource();

        // Better now than after an hour of simulation.
        foreach ((string option, string? file) in new[] { (_trace.Name, traceFile), (_summary.Name, summaryFile), (_record.Name, recordFile), (_commitLog.Name, commitFile) })
        {
            if (OutputFile.Problem(file) is { } problem)
            {
                Console.Error.WriteLine($"soc: {option}: {problem}");
                return ExitCode.BadInput;
            }
        }

        if (recordFile is not null && topology.VirtioDevices.FirstOrDefault(device => device is { File: not null, IsReadOnly: false, IsOverlay: false }) is { } disk)
        {
            Console.Error.WriteLine($"soc: --record: the run would change the image of '{disk.Name}', and could not be repeated; write 'overlay: true' in the topology");
            return ExitCode.BadInput;
        }

        using Stream console = Console.OpenStandardOutput();
        using ConsoleSession? session = topology.Console is null ? null : new ConsoleSession(interrupt.Interrupt);
        var options = new RunOptions
        {
            Console = console,
            OpenDisk = FileBacking.Open,
            Input = session?.Input,
            Started = session is null ? null : session.Started,
            Sanitize = result.GetValue(_sanitize),
            Explain = result.GetValue(_explain),
            TimeLimit = limit ?? ulong.MaxValue,
            Telemetry = Telemetry(topology, otlp, traceFile),
        };
        RunRecorder? recorder = null;
        RunResult run;
        try
        {
            recorder = recordFile is null ? null : new RunRecorder(topology, File.ReadAllText(topology.File));
            run = RunLogged(topology, options with { Observer = recorder }, commitFile, interrupt.Token);
        }
        catch (ImageException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return ExitCode.BadInput;
        }

        session?.Dispose();
        SummaryPrinter.Print(run, ReportWriter.ForStandardOutput());
        if (options.Explain)
        {
            RefusalPrinter.Print(run, ReportWriter.ForStandardOutput());
        }

        if (summaryFile is not null)
        {
            OutputFile.Write(summaryFile, stream => SummaryJson.Write(run, stream));
        }

        if (recorder is not null && recordFile is not null)
        {
            Recipe recipe = recorder.Complete(
                run, options.TimeLimit, result.GetValue(_image), result.GetValue(_fault) ?? [],
                ParseWord(result, _guarantee, [], TopologyWords.Guarantees), options.Sanitize, ParseBoot(result));
            OutputFile.Write(recordFile, stream => RecipeFile.Write(stream, recipe));
        }

        return run.End.ExitCode;
    }

    private static RunResult RunLogged(SocTopology topology, RunOptions options, string? commitFile, CancellationToken cancellation)
    {
        if (commitFile is null)
        {
            return SocRunner.Run(topology, options, cancellation);
        }

        RunResult? run = null;
        OutputFile.Write(commitFile, stream =>
        {
            using StreamWriter writer = new(stream, bufferSize: 1 << 16, leaveOpen: true);
            run = SocRunner.Run(topology, options with { Commits = new CommitLog(writer) }, cancellation);
        });
        return run!;
    }

    private static TelemetryOptions? Telemetry(SocTopology topology, Uri? otlp, string? traceFile)
    {
        bool byVariables = Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 }
            || Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") is { Length: > 0 };
        if (traceFile is null && otlp is null && !byVariables)
        {
            return null;
        }

        return new TelemetryOptions
        {
            RunName = topology.Name,
            Seed = topology.Seed,
            File = traceFile,
            Otlp = otlp is not null || byVariables ? new OtlpOptions { Endpoint = otlp } : null,
            RunAttributes =
            [
                new("soc.mode", ModeName(topology)),
            ],
        };
    }

    private static string? TraceFile(ParseResult result, SocTopology topology) =>
        result.GetValue(_noTrace) ? null
        : result.GetValue(_trace) ?? Path.Combine(DefaultTraceFolder, $"{string.Concat(topology.Name.Split(Path.GetInvalidFileNameChars()))}.trace.json");

    private static string ModeName(SocTopology topology) =>
        topology.Mode == RunMode.Free ? "free" : topology.Parallel ? "lockstep parallel" : "lockstep";

    internal static bool TryNumber(string text, out ulong value) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    internal static bool TryPositiveTime(string text, out ulong value) => TopologyFile.TryParseTime(text, out value) && value > 0;

    private static bool TryMode(string text, out RunMode value)
    {
        value = text == "free" ? RunMode.Free : RunMode.Lockstep;
        return text is "free" or "lockstep";
    }

    internal delegate bool TextParser<T>(string text, out T value);

    private static string Words(IEnumerable<string> words) => string.Join(", ", words);

    private static T? ParseWord<T>(ParseResult result, Option<string?> option, List<string> wrong, IReadOnlyDictionary<string, T> words)
        where T : struct =>
        Parse<T>(result, option, $"is unknown; use one of: {Words(words.Keys)}", wrong, words.TryGetValue);

    internal static T? Parse<T>(ParseResult result, Option<string?> option, string problem, List<string> wrong, TextParser<T> parse)
        where T : struct
    {
        if (result.GetValue(option) is not { } text)
        {
            return null;
        }

        if (parse(text, out T value))
        {
            return value;
        }

        wrong.Add($"{option.Name}: '{text}' {problem}");
        return null;
    }
}
