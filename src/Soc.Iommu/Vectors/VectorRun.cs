using System.Buffers.Binary;
using System.Text.Json;
using Soc.Memory;

namespace Soc.Iommu.Vectors;

/// <summary>One vector in progress.</summary>
internal sealed class VectorRun
{
    private readonly JsonElement _vector;
    private readonly VectorMemory _memory = new();
    private readonly VectorPort _port = new();
    private readonly RiscvIommu _iommu;
    private readonly List<string> _failures = [];

    public VectorRun(JsonElement vector)
    {
        _vector = vector;
        _iommu = new RiscvIommu(IommuVectorRunner.ConfigurationOf(vector), _memory, _port);
        foreach (JsonElement word in vector.GetProperty("memory").EnumerateArray())
        {
            _memory.Store(Number(word[0]), Number(word[1]));
        }

        Ranges("access_fault", _memory.Refused);
        Ranges("poison", _memory.Poisoned);
        foreach (JsonElement write in vector.GetProperty("registers").EnumerateArray())
        {
            _iommu.WriteRegister(Number(write[1]), (int)Number(write[2]), Number(write[3]));
        }
    }

    private bool BigEndian => (_iommu.ReadRegister(8, 4) & 1) != 0;

    public IReadOnlyList<string> Run(IommuVectorForm form)
    {
        switch (form)
        {
            case IommuVectorForm.Translate:
                RunTranslation();
                break;
            case IommuVectorForm.Invalidate:
                RunInvalidation();
                break;
            case IommuVectorForm.Commands:
                RunCommands();
                break;
            case IommuVectorForm.Debug:
                RunDebug();
                break;
            case IommuVectorForm.PageRequest:
                RunPageRequest();
                break;
            default:
                RunInterrupts();
                break;
        }

        return _failures;
    }

    private static ulong Number(JsonElement value) => IommuVectorRunner.Number(value);

    private static bool TryGet(JsonElement from, string name, out JsonElement value) =>
        from.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private static IommuRequest RequestOf(JsonElement request)
    {
        AccessKind kind = request.GetProperty("kind").GetString() switch
        {
            "write" => AccessKind.Store,
            "exec" => AccessKind.Fetch,
            _ => AccessKind.Load,
        };
        bool hasProcess = TryGet(request, "process_id", out JsonElement process);
        return new IommuRequest((uint)Number(request.GetProperty("device_id")), Number(request.GetProperty("iova")), kind)
        {
            AddressType = request.GetProperty("addr_type").GetString() switch
            {
                "translated" => IommuAddressType.Translated,
                "translation_request" => IommuAddressType.TranslationRequest,
                _ => IommuAddressType.Untranslated,
            },
            HasProcessId = hasProcess,
            ProcessId = hasProcess ? (uint)Number(process) : 0,
            Supervisor = Number(request.GetProperty("priv")) != 0,
            NoWrite = TryGet(request, "no_write", out JsonElement noWrite) && Number(noWrite) != 0,
        };
    }

    private static string StatusName(IommuStatus status) => status switch
    {
        IommuStatus.Success => "success",
        IommuStatus.CompleterAbort => "completer_abort",
        _ => "unsupported_request",
    };

    private void Ranges(string name, List<(ulong Base, ulong Length)> into)
    {
        if (TryGet(_vector, name, out JsonElement ranges))
        {
            into.AddRange(ranges.EnumerateArray().Select(range => (Number(range[0]), Number(range[1]))));
        }
    }

    private void RunTranslation()
    {
        IommuRequest request = RequestOf(_vector.GetProperty("request"));
        JsonElement expected = _vector.GetProperty("expected");
        IommuResponse response = _iommu.Translate(request);
        string status = expected.GetProperty("status").GetString() ?? "";
        Same("status", status, StatusName(response.Status));
        if (status == "success" && response.Status == IommuStatus.Success)
        {
            CompareSuccess(expected, response);
            CompareChanges(expected.GetProperty("mem_writes"), exact: true, 0, 0);
        }
        else if (response.Status != IommuStatus.Success)
        {
            Same("cause", Number(expected.GetProperty("cause")), (ulong)response.Cause);
            Same("ttyp", Number(expected.GetProperty("ttyp")), (ulong)request.TransactionType);
            ulong mask = TryGet(expected, "iotval2_mask", out JsonElement wanted) ? Number(wanted) : ulong.MaxValue;
            Same("iotval2", Number(expected.GetProperty("iotval2")) & mask, response.Iotval2 & mask);
            CompareFaultRecord(expected, mask, "mem_writes_allowed");
        }

        CompareRegister(expected, "fqt", 52);
        CompareRegister(expected, "fqcsr", 76);
        CompareRegister(expected, "ipsr", 84);
    }

    private void CompareSuccess(JsonElement expected, IommuResponse response)
    {
        bool granted = !TryGet(expected, "internal_cause", out JsonElement cause);
        Same("internal cause", granted ? 0 : Number(cause), (ulong)response.Cause);
        if (TryGet(expected, "mrif", out JsonElement mrif))
        {
            MrifTarget target = response.Mrif ?? default;
            Same("mrif.addr", Number(mrif.GetProperty("addr")), target.Address);
            Same("mrif.nid", Number(mrif.GetProperty("nid")), target.NoticeId);
            Same("mrif.notice_pa", Number(mrif.GetProperty("notice_pa")), target.NoticeAddress);
        }
        else if (granted && TryGet(expected, "pa", out JsonElement address))
        {
            Same("pa", Number(address), response.Address);
        }

        if (granted && TryGet(expected, "max_size", out JsonElement size) && response.Size > Number(size))
        {
            _failures.Add($"size 0x{response.Size:x} is larger than 0x{Number(size):x}");
        }

        Compare(expected, "pbmt", (ulong)response.MemoryType);
        Compare(expected, "is_msi", response.IsMsi ? 1UL : 0);
        Compare(expected, "R", (response.Permissions & AccessKinds.Load) != 0 ? 1UL : 0);
        Compare(expected, "W", (response.Permissions & AccessKinds.Store) != 0 ? 1UL : 0);
        Compare(expected, "X", (response.Permissions & AccessKinds.Fetch) != 0 ? 1UL : 0);
        Compare(expected, "U", response.UntranslatedOnly ? 1UL : 0);
        Compare(expected, "Priv", response.Privileged ? 1UL : 0);
        Compare(expected, "Global", response.IsGlobal ? 1UL : 0);
    }

    /// <summary>Compares the record at index 0 of the fault queue and what else was written.</summary>
    private void CompareFaultRecord(JsonElement expected, ulong mask, string allowedWrites)
    {
        ulong queue = (_iommu.ReadRegister(40, 8) & 0x003F_FFFF_FFFF_FC00) << 2;
        bool logged = TryGet(expected, "record", out JsonElement record);
        if (logged)
        {
            CompareRecord("record", record, queue, mask);
        }

        JsonElement allowed = TryGet(expected, allowedWrites, out JsonElement writes) ? writes : default;
        CompareChanges(allowed, exact: false, queue, logged ? 32UL : 0);
    }

    private void CompareRecord(string name, JsonElement record, ulong address, ulong lastMask)
    {
        for (int index = 0; index < record.GetArrayLength(); index++)
        {
            ulong wanted = Number(record[index]);
            ulong found = InOrder(_memory.Word(address + (8 * (ulong)index)));
            if (index == 3)
            {
                Same($"{name}[3]", wanted & lastMask, found & lastMask);
            }
            else if (index != 2 || found != (wanted & ~0xFFFUL))
            {
                // iotval may have its page offset cleared.
                Same($"{name}[{index}]", wanted, found);
            }
        }
    }

    private void CompareChanges(JsonElement writes, bool exact, ulong queue, ulong queueBytes)
    {
        Dictionary<ulong, ulong> wanted = [];
        if (writes.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement write in writes.EnumerateArray())
            {
                wanted[Number(write[0])] = Number(write[1]);
            }
        }

        Dictionary<ulong, ulong> found = _memory.Changes
            .Where(change => change.Address - queue >= queueBytes)
            .ToDictionary(change => change.Address, change => change.Value);
        foreach ((ulong address, ulong value) in found)
        {
            if (!wanted.TryGetValue(address, out ulong right))
            {
                _failures.Add($"0x{value:x} was written to 0x{address:x}");
            }
            else
            {
                Same($"word at 0x{address:x}", right, value);
            }
        }

        if (exact)
        {
            foreach ((ulong address, ulong value) in wanted)
            {
                if (!found.ContainsKey(address) && _memory.Word(address) != value)
                {
                    _failures.Add($"0x{value:x} was not written to 0x{address:x}");
                }
            }
        }
    }

    private void RunInvalidation()
    {
        int number = 0;
        foreach (JsonElement step in _vector.GetProperty("steps").EnumerateArray())
        {
            number++;
            switch (step.GetProperty("op").GetString())
            {
                case "store":
                    _memory.Store(Number(step.GetProperty("addr")), Number(step.GetProperty("val")));
                    break;
                case "command":
                    RunOneCommand(step.GetProperty("dw"), number);
                    break;
                default:
                    IommuResponse response = _iommu.Translate(RequestOf(step.GetProperty("request")));
                    if (!step.GetProperty("allowed").EnumerateArray().Any(allowed => Allows(allowed, response)))
                    {
                        _failures.Add($"step {number}: {StatusName(response.Status)} 0x{response.Address:x} cause {(int)response.Cause} is not allowed");
                    }

                    break;
            }
        }
    }

    private static bool Allows(JsonElement allowed, IommuResponse response) =>
        allowed.GetProperty("status").GetString() == StatusName(response.Status) &&
        (!TryGet(allowed, "pa", out JsonElement address) || Number(address) == response.Address) &&
        (!TryGet(allowed, "cause", out JsonElement cause) || Number(cause) == (ulong)response.Cause);

    private void RunOneCommand(JsonElement words, int step)
    {
        ulong queue = _iommu.ReadRegister(24, 8);
        ulong tail = _iommu.ReadRegister(36, 4);
        ulong address = ((queue & 0x003F_FFFF_FFFF_FC00) << 2) + (16 * tail);

        // An opcode in the low bits says that the words are given as numbers, not as big-endian memory holds them.
        bool numbers = (Number(words[0]) & 0x7F) is >= 1 and <= 4;
        for (int index = 0; index < 2; index++)
        {
            ulong word = Number(words[index]);
            _memory.Store(address + (8 * (ulong)index), numbers ? InOrder(word) : word);
        }

        ulong next = (tail + 1) & ((2UL << (int)(queue & 0x1F)) - 1);
        _iommu.WriteRegister(36, 4, next);
        Same($"step {step}: cqh", next, _iommu.ReadRegister(32, 4));
        Same($"step {step}: error bits of cqcsr", 0, _iommu.ReadRegister(72, 4) & 0x700);
    }

    private void RunCommands()
    {
        _iommu.WriteRegister(36, 4, Number(_vector.GetProperty("cqt")));
        CompareCommands("", _vector.GetProperty("expected"));
        if (!TryGet(_vector, "then", out JsonElement then))
        {
            return;
        }

        AtsMessage[] outstanding = [.. _port.Messages.Where(message => message.Kind == AtsMessageKind.InvalidateRequest)];
        _port.Events.Clear();
        if (then.GetProperty("event").GetString() == "timeout")
        {
            _iommu.ExpireInvalidations(outstanding.Aggregate(0U, (tags, message) => tags | (1U << message.Tag)));
        }
        else
        {
            foreach (AtsMessage message in outstanding)
            {
                _iommu.CompleteInvalidation(message.RequesterId, message.SegmentValid ? message.Segment : null, 1U << message.Tag, 1);
            }
        }

        CompareCommands("then: ", then.GetProperty("expected"));
    }

    private void CompareCommands(string prefix, JsonElement expected)
    {
        Same($"{prefix}cqh", Number(expected.GetProperty("cqh")), _iommu.ReadRegister(32, 4));
        Same($"{prefix}cqcsr", Number(expected.GetProperty("cqcsr")), _iommu.ReadRegister(72, 4));
        Same($"{prefix}ipsr", Number(expected.GetProperty("ipsr")), _iommu.ReadRegister(84, 4));
        string[] events = [.. expected.GetProperty("events").EnumerateArray().Select(LineOf)];
        Same($"{prefix}events", string.Join("; ", events), string.Join("; ", _port.Events));
        CompareChanges(expected.GetProperty("mem_writes"), exact: true, 0, 0);
    }

    private static string LineOf(JsonElement happening)
    {
        if (happening[0].GetString() == "global_order")
        {
            return VectorPort.LineOf(Number(happening[1]) != 0, Number(happening[2]) != 0);
        }

        JsonElement message = happening[2];
        return VectorPort.LineOf(new AtsMessage(
            (AtsMessageKind)Number(happening[1]), 0, (ushort)Number(message.GetProperty("rid")), Number(message.GetProperty("dsv")) != 0,
            (byte)Number(message.GetProperty("dseg")), Number(message.GetProperty("pv")) != 0, (uint)Number(message.GetProperty("pid")),
            Number(message.GetProperty("payload"))));
    }

    private void RunDebug()
    {
        JsonElement expected = _vector.GetProperty("expected");
        _iommu.WriteRegister(600, 8, Number(_vector.GetProperty("tr_req_iova")));
        _iommu.WriteRegister(608, 8, Number(_vector.GetProperty("tr_req_ctl")));
        Same("Go/Busy", 0, _iommu.ReadRegister(608, 8) & 1);
        ulong response = _iommu.ReadRegister(616, 8);
        ulong fault = Number(expected.GetProperty("fault"));
        Same("fault", fault, response & 1);
        if (fault != 0)
        {
            ulong mask = TryGet(expected, "iotval2_mask", out JsonElement wanted) ? Number(wanted) : ulong.MaxValue;
            CompareFaultRecord(expected, mask, "mem_writes_allowed");
            return;
        }

        if ((response & 1) == 0)
        {
            ulong page = (response >> 10) & ((1UL << 44) - 1);
            int bits = (response & (1UL << 9)) == 0 ? 12 : System.Numerics.BitOperations.TrailingZeroCount(~page) + 13;
            ulong address = Number(expected.GetProperty("pa"));
            Same("PPN", address >> bits, page << 12 >> bits);
            if (1UL << bits > Number(expected.GetProperty("max_size")))
            {
                _failures.Add($"range of 2^{bits} bytes is too large");
            }

            Compare(expected, "pbmt", (response >> 7) & 3);
            CompareChanges(expected.GetProperty("mem_writes"), exact: true, 0, 0);
        }
    }

    private void RunPageRequest()
    {
        JsonElement message = _vector.GetProperty("message");
        JsonElement expected = _vector.GetProperty("expected");
        _iommu.HandlePageRequest(new PageRequestMessage((ushort)Number(message.GetProperty("rid")), Number(message.GetProperty("payload")))
        {
            SegmentValid = Number(message.GetProperty("dsv")) != 0,
            Segment = (byte)Number(message.GetProperty("dseg")),
            HasProcessId = Number(message.GetProperty("pv")) != 0,
            ProcessId = (uint)Number(message.GetProperty("pid")),
            Supervisor = Number(message.GetProperty("priv")) != 0,
            Execute = Number(message.GetProperty("exec")) != 0,
        });
        CompareRegister(expected, "pqt", 68);
        CompareRegister(expected, "pqcsr", 80);
        CompareRegister(expected, "ipsr", 84);
        if (TryGet(expected, "record", out JsonElement record))
        {
            CompareRecord("record", record, Number(_vector.GetProperty("pq_base")), ulong.MaxValue);
        }

        bool faults = TryGet(expected, "fault", out JsonElement fault);
        if (faults)
        {
            CompareRecord("fault", fault.GetProperty("record"), Number(_vector.GetProperty("fq_base")), ulong.MaxValue);
        }

        Same("fqt", faults ? 1UL : 0, _iommu.ReadRegister(52, 4));
        bool answered = TryGet(expected, "response", out JsonElement response);
        Same("responses", answered ? 1UL : 0, (ulong)_port.Messages.Count);
        if (answered && _port.Messages.Count != 0)
        {
            CompareResponse(response, _port.Messages[0]);
        }
    }

    private void CompareResponse(JsonElement response, in AtsMessage message)
    {
        Same("response code", Number(response.GetProperty("code")), (message.Payload >> 44) & 0xF);
        Same("response prgi", Number(response.GetProperty("prgi")), (message.Payload >> 32) & 0x1FF);
        Same("response destination", Number(response.GetProperty("rid")), message.Payload >> 48);
        Same("response rid", Number(response.GetProperty("rid")), message.RequesterId);
        Same("response dsv", Number(response.GetProperty("dsv")), message.SegmentValid ? 1UL : 0);
        Same("response dseg", Number(response.GetProperty("dseg")), message.Segment);
        Same("response pv", Number(response.GetProperty("pv")), message.HasProcessId ? 1UL : 0);
        Same("response pid", Number(response.GetProperty("pid")), message.ProcessId);
    }

    private void RunInterrupts()
    {
        int number = 0;
        foreach (JsonElement step in _vector.GetProperty("steps").EnumerateArray())
        {
            number++;
            _memory.ShortWrites.Clear();
            if (step.GetProperty("op").GetString() == "reg")
            {
                _iommu.WriteRegister(Number(step.GetProperty("off")), (int)Number(step.GetProperty("size")), Number(step.GetProperty("val")));
            }
            else
            {
                _iommu.Translate(RequestOf(step.GetProperty("request")));
            }

            string wanted = string.Join(", ", step.GetProperty("msi_writes").EnumerateArray().Select(write => $"0x{Number(write[0]):x}=0x{Number(write[1]):x}"));
            string found = string.Join(", ", _memory.ShortWrites.Select(write =>
                $"0x{write.Address:x}=0x{(BigEndian ? BinaryPrimitives.ReverseEndianness(write.Value) : write.Value):x}"));
            Same($"step {number}: MSIs", wanted, found);
            Same($"step {number}: ipsr", Number(step.GetProperty("ipsr")), _iommu.ReadRegister(84, 4));
        }
    }

    private ulong InOrder(ulong word) => BigEndian ? BinaryPrimitives.ReverseEndianness(word) : word;

    private void CompareRegister(JsonElement expected, string name, ulong offset) => Compare(expected, name, _iommu.ReadRegister(offset, 4));

    private void Compare(JsonElement expected, string name, ulong found)
    {
        if (TryGet(expected, name, out JsonElement wanted))
        {
            Same(name, Number(wanted), found);
        }
    }

    private void Same(string what, ulong wanted, ulong found)
    {
        if (wanted != found)
        {
            _failures.Add($"{what} is 0x{found:x} instead of 0x{wanted:x}");
        }
    }

    private void Same(string what, string wanted, string found)
    {
        if (wanted != found)
        {
            _failures.Add($"{what}: '{found}' instead of '{wanted}'");
        }
    }
}
