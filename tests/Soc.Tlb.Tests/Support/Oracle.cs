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

    /// <summary>What differed at the last disagreement.</summary>
    public string Difference { get; private set; } = "";

    /// <summary>Extra devices to watch, beside the machine's own.</summary>
    public List<RecordingDevice> Devices { get; } = [machine.Device, .. machine.Checkers.Select(checker => checker.Sink)];

    /// <summary>Makes the access and says whether it went as it should.</summary>
    /// <param name="paged">Fetches look for a page of plain code first, as a decoder does.</param>
    public bool Agrees(SoftTlb tlb, int context, AccessKind kind, ulong address, int size, ulong stored, bool paged = true)
    {
        TlbOutcome expected = Expect(context, kind, address, size, stored, out ulong expectedValue, out int code);
        foreach (RecordingDevice device in Devices)
        {
            device.Log.Clear();
        }

        ulong value = 0;
        TlbOutcome outcome = kind switch
        {
            AccessKind.Load => Machine.Load(tlb, address, size, out value),
            AccessKind.Store => Machine.Store(tlb, address, stored, size),
            _ when paged => Machine.Fetch(tlb, address, size, out value),
            _ => tlb.Fetch(address, size, out value),
        };
        _actual.Clear();
        foreach (RecordingDevice device in Devices)
        {
            foreach (RecordedAccess access in device.Log)
            {
                _actual.Add((device, access));
            }
        }

        Difference =
            outcome != expected ? $"outcome {outcome}, not {expected}" :
            outcome == TlbOutcome.WalkFault && tlb.Fault.Code != code ? $"fault code {tlb.Fault.Code}, not {code}" :
            outcome == TlbOutcome.Ok && kind != AccessKind.Store && value != expectedValue ? $"value {value:x}, not {expectedValue:x}" :
            outcome != TlbOutcome.BusError && !SameCalls() ? $"calls [{string.Join("; ", _actual)}], not [{string.Join("; ", _expected)}]" :
            outcome == TlbOutcome.Ok && kind == AccessKind.Store && !Written() ? "memory was not written as it should" : "";
        return Difference.Length == 0;
    }

    private TlbOutcome Expect(int context, AccessKind kind, ulong address, int size, ulong stored, out ulong value, out int code)
    {
        value = 0;
        code = 0;
        _expected.Clear();
        _writes.Clear();
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
            if (TranslationChain.Resolve(machine.Space, physical, (ulong)left, kind, walk.Attributes, null, out ResolvedAccess at) != AccessResult.Ok)
            {
                return TlbOutcome.BusError;
            }

            failed |= Execute(at, physical, walk.Attributes, kind, stored >> (8 * done), (int)at.Length, 8 * done, ref value);
            done += (int)at.Length;
        }

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

        var device = (RecordingDevice)at.Device!;
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
