using System.Globalization;
using System.Text.Json;
using Soc.Memory;

namespace Soc.Checkers.Iopmp.Vectors;

/// <summary>
/// Runs IOPMP test vectors: one JSON object per line, each a fresh instance with its parameters ("cfg"), register writes
/// ("prog") and steps: writes "w", reads "r" and transactions "a" with the expected outcome "x", the record "rec" and the
/// entries "eid_any" that may be named.
/// </summary>
public static class IopmpVectorRunner
{
    private const ulong RequestIdOffset = 0x70;

    /// <summary>Runs all vectors of a file.</summary>
    /// <param name="path">A file of one JSON object per line.</param>
    /// <param name="cached">
    /// Also keeps a cache of permitted blocks that follows the scopes of the register writes, and holds it against the
    /// check of every transaction: a forgotten invalidation shows as a failure.
    /// </param>
    public static IEnumerable<IopmpVectorResult> RunFile(string path, bool cached = false)
    {
        using var reader = new StreamReader(path);
        foreach (IopmpVectorResult result in Run(reader, cached))
        {
            yield return result;
        }
    }

    /// <summary>Runs all vectors of a text; see <see cref="RunFile"/>.</summary>
    /// <exception cref="FormatException">A line is not a vector; the message names it.</exception>
    public static IEnumerable<IopmpVectorResult> Run(TextReader reader, bool cached = false)
    {
        ArgumentNullException.ThrowIfNull(reader);
        int number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return RunLine(line, number, cached);
            }
        }
    }

    /// <summary>The parameters of an instance from a vector's "cfg"; those of absent extensions have no say.</summary>
    public static IopmpOptions OptionsOf(JsonElement configuration) => new()
    {
        Name = "vector",
        Vendor = (uint)Number(configuration, "vendor"),
        SpecificationVersion = (uint)Number(configuration, "specver"),
        Implementation = (uint)Number(configuration, "impid"),
        EnableFixed = Flag(configuration, "enable"),
        NoErrorRecord = Flag(configuration, "no_err_rec"),
        DomainCount = (int)Number(configuration, "md_num"),
        RequesterCount = (int)Number(configuration, "rrid_num"),
        EntryCount = (int)Number(configuration, "entry_num"),
        EntryOffset = (int)Number(configuration, "entryoffset"),
        HighAddresses = Flag(configuration, "addrh_en"),
        TopOfRange = Flag(configuration, "tor_en"),
        Granularity = (ulong)Number(configuration, "granularity"),
        SourceFormat = (int)Number(configuration, "srcmd_fmt"),
        DomainFormat = (int)Number(configuration, "mdcfg_fmt"),
        EntriesPerDomainMinusOne = Flag(configuration, "mdcfg_fmt") ? (int)Number(configuration, "md_entry_num") : 0,
        NonPriority = Flag(configuration, "non_prio_en"),
        PriorityEntries = (int)Number(configuration, "prio_entry"),
        PriorityProgrammable = Flag(configuration, "prio_ent_prog"),
        MessageInterrupts = Flag(configuration, "msi_en"),
        EntryInterruptSuppression = Flag(configuration, "peis"),
        EntryErrorSuppression = Flag(configuration, "pees"),
        SecondaryPermissions = Flag(configuration, "sps_en"),
        Stall = Flag(configuration, "stall_en"),
        MultiFaultRecord = Flag(configuration, "mfr_en") && !Flag(configuration, "no_err_rec"),
        FetchIsRead = Flag(configuration, "xinr"),
        NoFetch = Flag(configuration, "no_x"),
        NoWrite = Flag(configuration, "no_w"),
        TranslateRequester = Flag(configuration, "rrid_transl_en"),
        TranslationProgrammable = Flag(configuration, "rrid_transl_prog"),
        TranslatedRequester = (int)Number(configuration, "rrid_transl"),
        DomainLock = Flag(configuration, "imp_mdlck"),
        RecordEntry = Flag(configuration, "imp_eid") && !Flag(configuration, "no_err_rec"),
        StallByRequester = Flag(configuration, "imp_rridscp") && Flag(configuration, "stall_en"),
        StallBufferDepth = Flag(configuration, "stall_en") ? (int)Number(configuration, "stall_buf") : 0,
        UnselectableRequesters = configuration.TryGetProperty("rridscp_unselectable", out JsonElement list)
            ? [.. list.EnumerateArray().Select(element => (int)Hex(element))]
            : [],
    };

    private static IopmpVectorResult RunLine(string line, int number, bool cached)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement vector = document.RootElement;
            string id = vector.GetProperty("id").GetString() ?? $"line {number}";
            string[] tags = vector.TryGetProperty("tags", out JsonElement list) ? [.. list.EnumerateArray().Select(tag => tag.ToString())] : [];
            var failures = new List<string>();
            try
            {
                new VectorRun(OptionsOf(vector.GetProperty("cfg")), cached, failures).All(vector);
            }
            catch (CheckerConfigurationException refused)
            {
                failures.Add(refused.Message);
            }

            return new IopmpVectorResult(id, tags, failures);
        }
        catch (Exception malformed) when (malformed is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new FormatException($"line {number} is not an IOPMP vector: {malformed.Message}", malformed);
        }
    }

    private static long Number(JsonElement configuration, string name) =>
        configuration.TryGetProperty(name, out JsonElement value) ? (long)Hex(value) : 0;

    private static bool Flag(JsonElement configuration, string name) => Number(configuration, name) != 0;

    private static ulong Hex(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number)
        {
            return value.TryGetInt64(out long plain) ? unchecked((ulong)plain) : value.GetUInt64();
        }

        string text = value.GetString() ?? throw new FormatException("a number is missing");
        return text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.Parse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : ulong.Parse(text, CultureInfo.InvariantCulture);
    }

    /// <summary>One vector in progress.</summary>
    private sealed class VectorRun
    {
        private readonly IopmpChecker _checker;
        private readonly IopmpPort? _port;
        private readonly List<string> _failures;
        private readonly List<(int Requester, AccessKind Kind, ulong First, ulong Last)> _permitted = [];
        private bool _failMessages;
        private int _step;

        public VectorRun(IopmpOptions options, bool cached, List<string> failures)
        {
            _failures = failures;
            _checker = new IopmpChecker(options) { SendMessage = (_, _) => !_failMessages };
            if (cached)
            {
                var tree = new MemoryTree();
                _port = _checker.Protect(tree, "all", 0, IopmpPort.LargestSize, tree.CreateSpace("downstream", new ContainerRegion("downstream")));
            }
        }

        public void All(JsonElement vector)
        {
            foreach (JsonElement write in vector.GetProperty("prog").EnumerateArray())
            {
                Write(write);
            }

            foreach (JsonElement step in vector.GetProperty("steps").EnumerateArray())
            {
                _step++;
                if (step.TryGetProperty("w", out JsonElement write))
                {
                    Write(write);
                }
                else if (step.TryGetProperty("r", out JsonElement read))
                {
                    ExpectRegister(read);
                }
                else
                {
                    Access(step);
                }
            }
        }

        private void Access(JsonElement step)
        {
            JsonElement access = step.GetProperty("a");
            var transaction = new IopmpTransaction(
                (int)Hex(access.GetProperty("rrid")),
                Hex(access.GetProperty("addr")),
                Hex(access.GetProperty("len")),
                access.GetProperty("kind").GetString() switch
                {
                    "read" => IopmpKind.Read,
                    "write" => IopmpKind.Write,
                    "fetch" => IopmpKind.Fetch,
                    "amo" => IopmpKind.AtomicUpdate,
                    string other => throw new FormatException($"'{other}' is not a kind"),
                    null => throw new FormatException("the kind is missing"),
                });
            _failMessages = access.TryGetProperty("msi_fail", out JsonElement fail) && Hex(fail) != 0;
            IopmpOutcome outcome = _checker.Submit(transaction);
            _failMessages = false;
            CompareCache(transaction, outcome);

            JsonElement expected = step.GetProperty("x");
            string response = outcome.Response switch
            {
                IopmpResponse.Permitted => "ok",
                IopmpResponse.BusError => "err",
                IopmpResponse.Faked => "ok_fake",
                IopmpResponse.Parked => "stall",
                _ => "stall_full",
            };
            Expect("response", expected.GetProperty("resp").GetString() ?? "", response);
            if (expected.TryGetProperty("rrid_out", out JsonElement outgoing) && response == "ok")
            {
                Expect("outgoing RRID", Hex(outgoing), (ulong)outcome.OutgoingRequester);
            }

            if (expected.TryGetProperty("irq", out JsonElement interrupt))
            {
                Expect("interrupt", Hex(interrupt), outcome.Interrupt ? 1UL : 0);
            }

            if (expected.TryGetProperty("msi", out JsonElement message))
            {
                (ulong, uint)? wanted = message.ValueKind == JsonValueKind.Null
                    ? null
                    : (Hex(message.GetProperty("addr")), (uint)Hex(message.GetProperty("data")));
                Expect("message", TextOf(wanted), TextOf(outcome.MessageInterrupt));
            }

            if (step.TryGetProperty("rec", out JsonElement records))
            {
                foreach (JsonElement record in records.EnumerateArray())
                {
                    ExpectRegister(record);
                }
            }

            if (step.TryGetProperty("eid_any", out JsonElement entries))
            {
                ulong entry = Read(RequestIdOffset) >> 16;
                if (!entries.EnumerateArray().Any(candidate => Hex(candidate) == entry))
                {
                    Fail($"entry {entry} is not one of {entries.GetRawText()}");
                }
            }
        }

        private static string TextOf((ulong Address, uint Data)? message) =>
            message is { } sent ? $"0x{sent.Address:x} <= 0x{sent.Data:x}" : "none";

        private void Write(JsonElement write)
        {
            RegisterOutcome outcome = _checker.Access(Register(AccessKind.Store, Hex(write[0])), Hex(write[1]));
            if (outcome.Scope is { } scope)
            {
                _permitted.RemoveAll(block =>
                    block.First <= scope.Last && scope.First <= block.Last && scope.Kinds.Includes(block.Kind) &&
                    (scope.Indexes & (1UL << (block.Requester & 63))) != 0);
            }
        }

        private ulong Read(ulong offset) => _checker.Access(Register(AccessKind.Load, offset), 0).Value;

        private static BusAccess Register(AccessKind kind, ulong offset) =>
            new(offset, 4, kind, TransactionAttributes.Unspecified, offset, NoInitiator.Instance);

        private void CompareCache(in IopmpTransaction transaction, in IopmpOutcome outcome)
        {
            if (_port is null || transaction.Kind == IopmpKind.AtomicUpdate || transaction.Length == 0)
            {
                return;
            }

            ulong first = transaction.Address;
            ulong last = first + (transaction.Length - 1);
            AccessKind kind = transaction.Kind switch
            {
                IopmpKind.Read => AccessKind.Load,
                IopmpKind.Write => AccessKind.Store,
                _ => AccessKind.Fetch,
            };
            int index = _port.IndexOf(TransactionAttributes.Specified.WithRequester((uint)transaction.Requester));
            int requester = transaction.Requester;
            if (_permitted.Exists(block => block.Requester == index && block.Kind == kind && block.First <= first && last <= block.Last) &&
                outcome.Response != IopmpResponse.Permitted)
            {
                Fail($"the cached verdict 'ok' for RRID {requester} at 0x{first:x} is stale: the check says {outcome.Response}");
            }

            if (first > _port.SizeMinusOne || last < first)
            {
                return;
            }

            IommuTranslation answer = _port.Translate(first, kind, index);
            ulong block = first & ~answer.Mask;
            bool inside = last <= (first | answer.Mask);
            if (inside && (answer.Target == _port.Downstream || answer.Target == _port.Blocked) && answer.Mask > 7 &&
                answer.Target == _port.Downstream != (outcome.Response == IopmpResponse.Permitted))
            {
                Fail($"the answer '{answer.Target.Name}', mask 0x{answer.Mask:x}, for RRID {requester} at 0x{first:x} contradicts the check: {outcome.Response}");
            }

            if (answer.Target == _port.Downstream)
            {
                for (AccessKind other = AccessKind.Load; other <= AccessKind.Fetch; other++)
                {
                    if (answer.Permissions.Includes(other))
                    {
                        _permitted.Add((index, other, block, first | answer.Mask));
                    }
                }
            }
        }

        private void ExpectRegister(JsonElement expectation)
        {
            ulong offset = Hex(expectation[0]);
            Expect($"register 0x{offset:x}", Hex(expectation[1]), Read(offset) & Hex(expectation[2]));
        }

        private void Expect(string what, ulong expected, ulong actual)
        {
            if (expected != actual)
            {
                Fail($"{what} is 0x{actual:x}, expected 0x{expected:x}");
            }
        }

        private void Expect(string what, string expected, string actual)
        {
            if (expected != actual)
            {
                Fail($"{what} is {actual}, expected {expected}");
            }
        }

        private void Fail(string what) => _failures.Add($"step {_step}: {what}");
    }
}
