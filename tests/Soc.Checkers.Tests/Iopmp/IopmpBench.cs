using System.Globalization;
using System.Text.RegularExpressions;
using Soc.Checkers.Iopmp;
using Soc.Memory;

namespace Soc.Checkers.Tests.Iopmp;

/// <summary>An IOPMP instance driven in the notation of iopmp.md section 18.1, in front of RAM at 0x8000_0000.</summary>
internal sealed partial class IopmpBench : IDisposable
{
    public const ulong Ram = 0x8000_0000;
    public const ulong RamSize = 0x1_0000;

    private readonly GuestMemory _memory = new(RamSize);
    private bool _failMessage;

    public IopmpBench(string config, Func<IopmpOptions, IopmpOptions>? change = null)
    {
        IopmpOptions options = OptionsOf(config);
        Checker = new IopmpChecker(change is null ? options : change(options));
        Checker.SendMessage = (_, _) => !_failMessage;
        Recorder = new DirectRecorder(Checker);
        Checker.Violations = Recorder;
        var tree = new MemoryTree();
        var down = new ContainerRegion("downstream");
        down.Add(Ram, new RamRegion("ram", _memory));
        down.Add(0x1000_0000, new MmioRegion("device", 0x1000, Device));
        Downstream = tree.CreateSpace("downstream", down);
        Port = Checker.Protect(tree, "all", 0, 1UL << 40, Downstream);
        Space = tree.CreateSpace("system", Port);
    }

    public IopmpChecker Checker { get; }

    public IopmpPort Port { get; }

    public DirectRecorder Recorder { get; }

    public AddressSpace Space { get; }

    public AddressSpace Downstream { get; }

    public RecordingDevice Device { get; } = new();

    public InvalidationScope? LastScope { get; private set; }

    public static TransactionAttributes Requester(int rrid) => TransactionAttributes.Specified.WithRequester((uint)rrid);

    public ulong Get(ulong offset, int size = 4, bool debug = false) => Checker.Access(
        new BusAccess(offset, size, AccessKind.Load, debug ? TransactionAttributes.DebugAccess : TransactionAttributes.Unspecified, 0, NoInitiator.Instance), 0).Value;

    public InvalidationScope? Set(ulong offset, ulong value, int size = 4)
    {
        LastScope = Write(offset, value, size).Scope;
        return LastScope;
    }

    public RegisterOutcome Write(ulong offset, ulong value, int size = 4) => Checker.Access(
        new BusAccess(offset, size, AccessKind.Store, TransactionAttributes.Unspecified, 0, NoInitiator.Instance), value);

    /// <summary>Runs program items, separated by semicolons.</summary>
    public void Program(string program)
    {
        foreach (string item in program.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            Item(item);
        }
    }

    /// <summary>Makes one access of the notation and returns the response column.</summary>
    public string Access(string access)
    {
        string[] words = access.Split(' ');
        if (words[0] == "read")
        {
            return $"0x{Get(Number(words[^1].Trim('(', ')'))):x}";
        }

        _failMessage = words[^1] == "msifail";
        IopmpOutcome outcome = Checker.Submit(TransactionOf(words));
        _failMessage = false;
        int requester = int.Parse(words[0].AsSpan(1), CultureInfo.InvariantCulture);
        string text = outcome.Response switch
        {
            IopmpResponse.Permitted => outcome.OutgoingRequester == requester ? "ok" : $"ok->0x{outcome.OutgoingRequester:x}",
            IopmpResponse.BusError => "err",
            IopmpResponse.Faked => "fake",
            IopmpResponse.Parked => "stall",
            _ => "hold",
        };
        text += outcome.Interrupt ? " irq" : "";
        return outcome.MessageInterrupt is { } message ? $"{text} msi:0x{message.Address:x}<=0x{message.Data:x}" : text;
    }

    public (AccessResult Result, ulong Value) Load(int rrid, ulong address, int size = 4, AccessKind kind = AccessKind.Load)
    {
        AccessResult result = Space.Read(NoInitiator.Instance, address, size, kind, Requester(rrid), out ulong value);
        return (result, value);
    }

    public AccessResult Store(int rrid, ulong address, ulong value, int size = 4) =>
        Space.Write(NoInitiator.Instance, address, size, Requester(rrid), value);

    public ulong Memory(ulong address, int size = 4)
    {
        Downstream.Read(NoInitiator.Instance, address, size, AccessKind.Load, TransactionAttributes.Unspecified, out ulong value);
        return value;
    }

    public void Dispose() => _memory.Dispose();

    private static IopmpTransaction TransactionOf(string[] words) => new(
        int.Parse(words[0].AsSpan(1), CultureInfo.InvariantCulture),
        Number(words[2]),
        Number(words[3]),
        words[1] switch
        {
            "R" => IopmpKind.Read,
            "W" => IopmpKind.Write,
            "X" => IopmpKind.Fetch,
            _ => IopmpKind.AtomicUpdate,
        });

    private static ulong Number(string text) => text.StartsWith("0x", StringComparison.Ordinal)
        ? ulong.Parse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
        : ulong.Parse(text, CultureInfo.InvariantCulture);

    private static IopmpOptions OptionsOf(string config)
    {
        string[] words = config.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        (int source, int domain) = words[0] switch
        {
            "FULL" => (0, 0),
            "RAPID" => (0, 1),
            "DYN" => (0, 2),
            "ISO" => (1, 0),
            "COMPACT" => (1, 1),
            "S1M2" => (1, 2),
            "S2M0" => (2, 0),
            "S2M1" => (2, 1),
            _ => (2, 2),
        };
        var options = new IopmpOptions { SourceFormat = source, DomainFormat = domain, EntriesPerDomainMinusOne = domain == 0 ? 0 : 1, DomainLock = source != 1 };
        foreach (string word in words.Skip(1))
        {
            string[] pair = word.Split('=');
            int number = pair.Length > 1 ? (int)Number(pair[1]) : 0;
            options = pair[0] switch
            {
                "md" => options with { DomainCount = number },
                "rrid" => options with { RequesterCount = number },
                "entries" => options with { EntryCount = number },
                "gran" => options with { Granularity = (ulong)number },
                "np" => options with { NonPriority = true, PriorityEntries = number },
                "npprog" => options with { PriorityProgrammable = true },
                "transl" => options with { TranslateRequester = true, TranslatedRequester = number },
                "tprog" => options with { TranslationProgrammable = true },
                "addrh" => options with { HighAddresses = true },
                "sps" => options with { SecondaryPermissions = true },
                "peis" => options with { EntryInterruptSuppression = true },
                "pees" => options with { EntryErrorSuppression = true },
                "mfr" => options with { MultiFaultRecord = true },
                "msi" => options with { MessageInterrupts = true },
                "stall" => options with { Stall = true },
                "xinr" => options with { FetchIsRead = true },
                "no_x" => options with { NoFetch = true },
                "no_w" => options with { NoWrite = true },
                "scp" => options with { StallByRequester = true },
                "unsel" => options with { UnselectableRequesters = [number] },
                "buf" => options with { StallBufferDepth = number },
                "notor" => options with { TopOfRange = false },
                "noeid" => options with { RecordEntry = false },
                "nomdlck" => options with { DomainLock = false },
                _ => throw new ArgumentException($"unknown config word '{word}'"),
            };
        }

        return options;
    }

    private void Item(string item)
    {
        if (item == "ON")
        {
            Set(8, 1);
            return;
        }

        string[] sides = item.Split('=', 2);
        Match indexed = IndexedName().Match(sides[0]);
        if (indexed.Success)
        {
            ulong index = Number(indexed.Groups[2].Value);
            switch (indexed.Groups[1].Value)
            {
                case "E":
                    Entry(index, sides[1].Split(' '));
                    return;
                case "MDCFG":
                    Set(0x800 + (4 * index), Number(sides[1]));
                    return;
                default:
                    ulong register = indexed.Groups[1].Value switch
                    {
                        "EN" or "PERM" => 0UL,
                        "ENH" or "PERMH" => 4,
                        "R" => 8,
                        "W" => 0x10,
                        _ => 0x18,
                    };
                    Set(0x1000 + (32 * index) + register, Number(sides[1]));
                    return;
            }
        }

        ulong offset = sides[0] switch
        {
            "HWCFG0" => 0x08,
            "HWCFG2" => 0x10,
            "HWCFG3" => 0x14,
            "MDSTALL" => 0x30,
            "MDSTALLH" => 0x34,
            "RRIDSCP" => 0x38,
            "MDLCK" => 0x40,
            "MDCFGLCK" => 0x48,
            "ENTRYLCK" => 0x4C,
            "ERR_CFG" => 0x60,
            "ERR_INFO" => 0x64,
            "ERR_MFR" => 0x74,
            "MSIADDR" => 0x78,
            _ => throw new ArgumentException($"unknown program item '{item}'"),
        };
        Set(offset, Number(sides[1]));
    }

    private void Entry(ulong index, string[] words)
    {
        bool raw = words[0].StartsWith("raw", StringComparison.Ordinal);
        string mode = raw ? words[0][3..] : words[0];
        ulong word = Number(words[1]);
        int next = 2;
        if (!raw)
        {
            word >>= 2;
            if (mode == "NAPOT")
            {
                word |= (Number(words[next++].TrimStart('+')) >> 3) - 1;
            }
        }

        ulong configuration = (ulong)Array.IndexOf(["OFF", "TOR", "NA4", "NAPOT"], mode) << 3;
        foreach (string permission in words.Skip(next))
        {
            int suppression = Array.IndexOf(["sire", "siwe", "sixe", "sere", "sewe", "sexe"], permission);
            configuration |= suppression >= 0
                ? 0x20UL << suppression
                : (permission.Contains('r', StringComparison.Ordinal) ? 1UL : 0) | (permission.Contains('w', StringComparison.Ordinal) ? 2UL : 0) |
                    (permission.Contains('x', StringComparison.Ordinal) ? 4UL : 0);
        }

        ulong at = 0x2000 + (16 * index);
        InvalidationScope? scope = Set(at, word & uint.MaxValue);
        if (Checker.Options.HighAddresses)
        {
            scope = Set(at + 4, word >> 32) ?? scope;
        }

        LastScope = Set(at + 8, configuration) ?? scope;
    }

    [GeneratedRegex("^(E|EN|ENH|R|W|X|PERM|PERMH|MDCFG)([0-9]+)$")]
    private static partial Regex IndexedName();

    internal sealed class RecordingDevice : IBusDevice
    {
        public List<BusAccess> Seen { get; } = [];

        public AccessResult Read(in BusAccess access, out ulong value)
        {
            Seen.Add(access);
            value = 0x5A;
            return AccessResult.Ok;
        }

        public AccessResult Write(in BusAccess access, ulong value)
        {
            Seen.Add(access);
            return AccessResult.Ok;
        }
    }
}
