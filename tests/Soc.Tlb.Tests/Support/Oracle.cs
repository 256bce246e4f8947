using Soc.Memory;
using Soc.Memory.Tests.Support;

namespace Soc.Tlb.Tests.Support;

/// <summary>
/// The naive reference: walks the page table and the memory tree uncached at the instant of the access and says what must
/// happen. Compares an access through a TLB with it: outcome, data, memory and what each device and sink heard.
/// </summary>
public sealed class Oracle(Machine machine)
{
    private readonly List<(RecordingDevice Device, RecordedAccess Access)> _expected = [];
    private readonly List<(RecordingDevice Device, RecordedAccess Access)> _actual = [];
    private readonly List<(GuestMemory Memory, ulong Offset, byte Value)> _writes = [];
    private bool _resolved;
    private IommuRegion? _refuser;
    private RecordedAccess? _refusal;
    private (GuestMemory Memory, ulong Offset) _loadPlace;

    /// <summary>What differed at the last disagreement.</summary>
    public string Difference { get; private set; } = "";

    /// <summary>Outcome of the last access.</summary>
    public TlbOutcome Outcome { get; private set; }

    /// <summary>Value of the last load, fetch or atomic.</summary>
    public ulong Value { get; private set; }

    /// <summary>What devices and sinks heard of the last access.</summary>
    public IReadOnlyList<(RecordingDevice Device, RecordedAccess Access)> Calls => _actual;

    /// <summary>Extra devices to watch, beside the machine's own.</summary>
    public List<RecordingDevice> Devices { get; } = [machine.Device, .. machine.Checkers.Select(checker => checker.Sink)];

    /// <summary>Makes the access and says whether it went as it should.</summary>
    /// <param name="paged">Fetches look for a page of plain code first, as a decoder does.</param>
    public bool Agrees(SoftTlb tlb, int context, AccessKind kind, ulong address, int size, ulong stored, bool paged = true)
    {
        TlbOutcome expected = Expect(context, kind, address, size, stored, out ulong expectedValue, out int code);
        Forget();
        ulong value = 0;
        TlbOutcome outcome = kind switch
        {
            AccessKind.Load => Machine.Load(tlb, address, size, out value),
            AccessKind.Store => Machine.Store(tlb, address, stored, size),
            _ when paged => Machine.Fetch(tlb, address, size, out value),
            _ => tlb.Fetch(address, size, out value),
        };
        Collect(outcome, kind == AccessKind.Store ? 0 : value);
        Difference =
            outcome != expected ? $"outcome {outcome}, not {expected}" :
            outcome == TlbOutcome.WalkFault && tlb.Fault.Code != code ? $"fault code {tlb.Fault.Code}, not {code}" :
            outcome == TlbOutcome.Ok && kind != AccessKind.Store && value != expectedValue ? $"value {value:x}, not {expectedValue:x}" :
            outcome != TlbOutcome.BusError && !SameCalls() ? $"calls [{string.Join("; ", _actual)}], not [{string.Join("; ", _expected)}]" :
            outcome == TlbOutcome.Ok && kind == AccessKind.Store && !Written() ? "memory was not written as it should" : "";
        return Difference.Length == 0;
    }

    /// <summary>Makes an atomic read-modify-write and says whether it went as it should (softtlb.md section 4.7).</summary>
    public bool AgreesAtomic(SoftTlb tlb, int context, ulong address, int size, AtomicOperation operation, ulong operand)
    {
        operand = size == 4 ? (uint)operand : operand;
        TlbOutcome expected = ExpectAtomic(context, address, size, operation, operand, out ulong expectedOld);
        Forget();
        TlbOutcome outcome = tlb.ReadModifyWrite(address, size, operation, operand, out ulong old);
        Collect(outcome, old);
        Difference =
            outcome != expected ? $"outcome {outcome}, not {expected}" :
            outcome == TlbOutcome.Ok && old != expectedOld ? $"old value {old:x}, not {expectedOld:x}" :
            outcome != TlbOutcome.BusError && !SameCalls() ? $"calls [{string.Join("; ", _actual)}], not [{string.Join("; ", _expected)}]" :
            outcome == TlbOutcome.Ok && !Written() ? "memory was not written as it should" : "";
        return Difference.Length == 0;
    }

    private TlbOutcome ExpectAtomic(int context, ulong address, int size, AtomicOperation operation, ulong operand, out ulong old)
    {
        old = 0;
        TlbOutcome store = Expect(context, AccessKind.Store, address, size, 0, out _, out _);
        bool storeBroken = store == TlbOutcome.BusError && !_resolved;
        if (store == TlbOutcome.WalkFault || machine.Walker.Look(address, AccessKind.Load, context, out _) != 0)
        {
            _expected.Clear();
            return TlbOutcome.WalkFault;
        }

        if (storeBroken)
        {
            return store;
        }

        List<(RecordingDevice Device, RecordedAccess Access)> storeCalls = [.. _expected];
        IommuRegion? storeRefuser = _refuser;
        RecordedAccess? storeRefusal = _refusal;
        bool storeMemory = _writes.Count == size;
        (GuestMemory, ulong) storePlace = storeMemory ? (_writes[0].Memory, _writes[0].Offset) : default;
        bool storeDiscarded = !storeMemory && storeCalls.Count == 0;
        TlbOutcome load = Expect(context, AccessKind.Load, address, size, 0, out ulong loaded, out _);
        if (load == TlbOutcome.WalkFault || (load == TlbOutcome.BusError && !_resolved))
        {
            return load;
        }

        bool loadMemory = _expected.Count == 0;
        bool onePlace = storeMemory && loadMemory && storePlace == _loadPlace;
        if (!onePlace && storeRefuser is null && _refuser is null && (!loadMemory || !(storeMemory || storeDiscarded)))
        {
            _expected.Clear();
            return TlbOutcome.BusError;
        }

        if (storeRefuser is { AtomicPolicy: AtomicPolicy.Refuse } || (_refuser is { AtomicPolicy: AtomicPolicy.Refuse } && storeRefuser is null))
        {
            (IommuRegion refuser, RecordedAccess call) = storeRefuser is not null ? (storeRefuser, storeRefusal!.Value) : (_refuser!, _refusal!.Value);
            _expected.Clear();
            _writes.Clear();
            RecordingSink sink = ((Filter)refuser).Sink;
            _expected.Add((sink, call));
            return sink.Result == AccessResult.Ok ? TlbOutcome.Ok : TlbOutcome.BusError;
        }

        if (load != TlbOutcome.Ok)
        {
            return load;
        }

        List<(RecordingDevice Device, RecordedAccess Access)> loadCalls = [.. _expected];
        old = loaded;
        ulong next = size == 4 ? operation.Apply((uint)old, (uint)operand) : operation.Apply(old, operand);
        store = Expect(context, AccessKind.Store, address, size, next, out _, out _);
        _expected.InsertRange(0, loadCalls);
        return store;
    }

    private void Forget()
    {
        foreach (RecordingDevice device in Devices)
        {
            device.Log.Clear();
        }
    }

    private void Collect(TlbOutcome outcome, ulong value)
    {
        Outcome = outcome;
        Value = value;
        _actual.Clear();
        foreach (RecordingDevice device in Devices)
        {
            foreach (RecordedAccess access in device.Log)
            {
                _actual.Add((device, access));
            }
        }
    }

    private TlbOutcome Expect(int context, AccessKind kind, ulong address, int size, ulong stored, out ulong value, out int code)
    {
        value = 0;
        code = 0;
        _expected.Clear();
        _writes.Clear();
        _resolved = false;
        _refuser = null;
        _refusal = null;
        _loadPlace = default;
        bool failed = false;
        Span<PageWalk> walks = stackalloc PageWalk[2];
        int first = (int)Math.Min((ulong)size, 0x1000 - (address & 0xfff));
        code = machine.Walker.Look(address, kind, context, out walks[0]);
        if (code == 0 && first < size)
        {
            code = machine.Walker.Look(address + (ulong)first, kind, context, out walks[1]);
        }

        if (code != 0)
        {
            return TlbOutcome.WalkFault;
        }

        for (int done = 0; done < size;)
        {
            PageWalk walk = walks[done < first ? 0 : 1];
            ulong physical = done < first ? walk.PhysicalAddress + (ulong)done : walk.PhysicalAddress + (ulong)(done - first);
            int left = done < first ? first - done : size - done;
            if (TranslationChain.ResolvePiece(machine.Space, physical, (ulong)left, kind, walk.Attributes, null, out ResolvedAccess at) != AccessResult.Ok)
            {
                return TlbOutcome.BusError;
            }

            if (done == 0 && at.Section.DirectMemory(kind) is { } place)
            {
                _loadPlace = (place.Memory, at.Offset);
            }

            bool refused = at.Section.IsBlockedSink && _refuser is null;
            int calls = _expected.Count;
            failed |= Execute(at, physical, walk.Attributes, kind, stored >> (8 * done), (int)at.Length, 8 * done, ref value);
            if (refused)
            {
                _refuser = at.Last;
                _refusal = _expected[calls].Access;
            }

            done += (int)at.Length;
        }

        _resolved = true;
        return failed ? TlbOutcome.BusError : TlbOutcome.Ok;
    }

    private bool Execute(
        ResolvedAccess at, ulong physical, TransactionAttributes attributes, AccessKind kind, ulong stored, int length, int shift, ref ulong value)
    {
        if (at.Section.DirectMemory(kind) is { } ram)
        {
            for (int i = 0; i < length && kind == AccessKind.Store && !at.Section.ReadOnly; i++)
            {
                _writes.Add((ram.Memory, at.Offset + (ulong)i, (byte)(stored >> (8 * i))));
            }

            Span<byte> bytes = stackalloc byte[8];
            bytes.Clear();
            ram.Memory.Read(at.Offset, bytes[..length]);
            value |= BitConverter.ToUInt64(bytes) << shift;
            return false;
        }

        if (at.Section.ReadOnly && kind == AccessKind.Store)
        {
            return false;
        }

        var device = (RecordingDevice)at.Section.Device!;
        for (int done = 0; done < length;)
        {
            int piece = ResolvedAccess.PieceSize(at.Offset + (ulong)done, length - done);
            ulong mask = piece == 8 ? ulong.MaxValue : (1UL << (8 * piece)) - 1;
            var access = new RecordedAccess(
                at.Offset + (ulong)done, piece, kind, attributes.WorldId, physical + (ulong)done, kind == AccessKind.Store ? (stored >> (8 * done)) & mask : 0);
            _expected.Add((device, access));
            for (int i = 0; i < piece && device is not RecordingSink; i++)
            {
                value |= (ulong)RecordingDevice.ByteAt(access.Offset + (ulong)i) << (shift + (8 * (done + i)));
            }

            done += piece;
        }

        return device.Result != AccessResult.Ok;
    }

    private bool SameCalls() =>
        _expected.Count == _actual.Count && _expected.TrueForAll(_actual.Contains);

    private bool Written()
    {
        Span<byte> one = stackalloc byte[1];
        foreach ((GuestMemory memory, ulong offset, byte expected) in _writes)
        {
            memory.Read(offset, one);
            if (one[0] != expected)
            {
                return false;
            }
        }

        return true;
    }
}
