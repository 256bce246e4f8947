using Soc.Memory;

namespace Soc.Tlb;

/// <content>Atomic read-modify-write and LR/SC on shared guest memory as host atomics (softtlb.md section 4.7).</content>
public sealed unsafe partial class SoftTlb
{
    private byte* _reservedHost;
    private ulong _reservedValue;
    private int _reservedSize;

    /// <summary>Reads memory, combines it with an operand and writes it back, indivisibly.</summary>
    /// <param name="virtualAddress">Naturally aligned.</param>
    /// <param name="size">4 or 8 bytes.</param>
    /// <param name="operation">How to combine.</param>
    /// <param name="operand">The operand; the low <paramref name="size"/> bytes count.</param>
    /// <param name="old">The memory value before, zero-extended.</param>
    public TlbOutcome ReadModifyWrite(ulong virtualAddress, int size, AtomicOperation operation, ulong operand, out ulong old)
    {
        old = 0;

        if (DirectEntry(virtualAddress, size) is not null and var entry && entry->Load == entry->Store)
        {
            old = HostAtomic((byte*)((nint)virtualAddress + entry->Addend), size, operation, operand);
            return TlbOutcome.Ok;
        }

        // Stores first, so that page faults are reported as those of a store.
        TlbOutcome outcome = Resolve(_dataContext, virtualAddress, size, AccessKind.Store);
        if (outcome == TlbOutcome.WalkFault)
        {
            return outcome;
        }

        if (outcome == TlbOutcome.BusError)
        {
            TlbFault fault = Fault;
            if (Resolve(_dataContext, virtualAddress, size, AccessKind.Load) == TlbOutcome.WalkFault)
            {
                return AsStore(TlbOutcome.WalkFault);
            }

            Fault = fault;
            return outcome;
        }

        AccessPart store = _parts[0];
        bool whole = _partCount == 1;
        bool storeRefused = FirstRefused(out AccessPart storeSink);
        outcome = Resolve(_dataContext, virtualAddress, size, AccessKind.Load);
        if (outcome != TlbOutcome.Ok)
        {
            return AsStore(outcome);
        }

        AccessPart load = _parts[0];
        bool loadRefused = FirstRefused(out AccessPart loadSink);
        if (whole && _partCount == 1 && store.Host is not null && store.Host == load.Host)
        {
            ReportWatchedAtomic(virtualAddress, size);
            BeforeStore(store);
            old = HostAtomic(store.Host, size, operation, operand);
            return TlbOutcome.Ok;
        }

        if (!loadRefused && !storeRefused && (load.Host is null || (store.Host is null && !store.Section.ReadOnly)))
        {
            // Devices have no atomics (PMA "AMONone").
            return Fail(virtualAddress, store.PhysicalAddress, AccessKind.Store, AccessResult.AccessError);
        }

        // One verdict, one sink access: the old value must not leak, and memory stays as it is.
        if (storeRefused && storeSink.Last is { AtomicPolicy: AtomicPolicy.Refuse })
        {
            return CallStore(ref storeSink, 0);
        }

        if (loadRefused && !storeRefused && loadSink.Last is { AtomicPolicy: AtomicPolicy.Refuse })
        {
            return AsStore(CallLoad(ref loadSink, AccessKind.Load, out _));
        }

        outcome = Read(virtualAddress, size, out old);
        if (outcome != TlbOutcome.Ok)
        {
            return AsStore(outcome);
        }

        ulong next = size == 4 ? operation.Apply((uint)old, (uint)operand) : operation.Apply(old, operand);
        return Write(virtualAddress, size, next);
    }

    /// <summary>Reads and, on plain memory, reserves.</summary>
    /// <param name="virtualAddress">Naturally aligned.</param>
    /// <param name="size">4 or 8 bytes.</param>
    /// <param name="value">The memory value, zero-extended.</param>
    public TlbOutcome LoadReserved(ulong virtualAddress, int size, out ulong value)
    {
        ClearReservation();
        TlbOutcome outcome = ReadParts(Resolve(_dataContext, virtualAddress, size, AccessKind.Load), virtualAddress, size, AccessKind.Load, out value);
        if (outcome == TlbOutcome.Pending)
        {
            return Fail(virtualAddress, Pending.Access.PhysicalAddress, AccessKind.Load, AccessResult.AccessError);
        }

        if (outcome == TlbOutcome.Ok && _partCount == 1 && _parts[0].Host is not null)
        {
            _reservedHost = _parts[0].Host;
            _reservedValue = value;
            _reservedSize = size;
        }

        return outcome;
    }

    /// <summary>Writes if the reservation still holds: same place, and the value there is still the one that was loaded.</summary>
    /// <remarks>
    /// The reservation is checked by a host compare-and-swap, so a store of the same value by another hart goes unnoticed,
    /// as in every simulator that maps LR/SC to host atomics.
    /// </remarks>
    /// <param name="virtualAddress">Naturally aligned.</param>
    /// <param name="size">4 or 8 bytes.</param>
    /// <param name="value">What to store.</param>
    /// <param name="stored">Whether it was stored, or dropped by a checker that wants it to look so.</param>
    public TlbOutcome StoreConditional(ulong virtualAddress, int size, ulong value, out bool stored)
    {
        stored = false;
        if (_reservedHost is null || _reservedSize != size)
        {
            ClearReservation();
            return TlbOutcome.Ok;
        }

        byte* reserved = _reservedHost;
        ulong expected = _reservedValue;
        TlbOutcome outcome = Resolve(_dataContext, virtualAddress, size, AccessKind.Store);
        if (outcome != TlbOutcome.Ok)
        {
            ClearReservation();
            return outcome;
        }

        AccessPart part = _parts[0];
        ClearReservation();
        if (_partCount == 1 && part.Host == reserved)
        {
            if (_watchpoints.Length != 0)
            {
                ReportWatched(virtualAddress, size, AccessKind.Store);
            }

            BeforeStore(part);
            stored = size == 4
                ? Interlocked.CompareExchange(ref *(uint*)reserved, (uint)value, (uint)expected) == (uint)expected
                : Interlocked.CompareExchange(ref *(ulong*)reserved, value, expected) == expected;
            return TlbOutcome.Ok;
        }

        if (!FirstRefused(out AccessPart sink))
        {
            return TlbOutcome.Ok;
        }

        // Reserved while readable, refused for the store: the sink takes it, the region says how it looks (worldguard.md section 5 and
        // case M16; arm-filters.md case T37).
        stored = sink.Last is { RefusedConditionalReportsSuccess: true };
        return CallStore(ref sink, value >> (8 * (int)(sink.VirtualAddress - virtualAddress)));
    }

    /// <summary>Gives the reservation up: traps, flushes and re-arms do.</summary>
    public void ClearReservation()
    {
        _reservedHost = null;
        _reservedSize = 0;
    }

    /// <summary>The main-table entry when loads of an access hit it in the data context; else null.</summary>
    private TlbEntry* DirectEntry(ulong virtualAddress, int size)
    {
        TlbEntry* entry = EntryOf(virtualAddress);
        return ((virtualAddress + (ulong)(size - 1)) & PageMask) == entry->Load ? entry : null;
    }

    private bool FirstRefused(out AccessPart sink)
    {
        for (int i = 0; i < _partCount; i++)
        {
            if (_parts[i].IsRefused)
            {
                sink = _parts[i];
                return true;
            }
        }

        sink = default;
        return false;
    }

    private void ReportWatchedAtomic(ulong virtualAddress, int size)
    {
        if (_watchpoints.Length != 0)
        {
            ReportWatched(virtualAddress, size, AccessKind.Load);
            ReportWatched(virtualAddress, size, AccessKind.Store);
        }
    }

    private static ulong HostAtomic(byte* at, int size, AtomicOperation operation, ulong operand) =>
        size == 4 ? HostAtomic((uint*)at, operation, (uint)operand) : HostAtomic((ulong*)at, operation, operand);

    private static uint HostAtomic(uint* at, AtomicOperation operation, uint operand)
    {
        switch (operation)
        {
            case AtomicOperation.Swap:
                return Interlocked.Exchange(ref *at, operand);
            case AtomicOperation.Add:
                return Interlocked.Add(ref *at, operand) - operand;
            case AtomicOperation.And:
                return Interlocked.And(ref *at, operand);
            case AtomicOperation.Or:
                return Interlocked.Or(ref *at, operand);
            default:
                while (true)
                {
                    uint old = Volatile.Read(ref *at);
                    if (Interlocked.CompareExchange(ref *at, operation.Apply(old, operand), old) == old)
                    {
                        return old;
                    }
                }
        }
    }

    private static ulong HostAtomic(ulong* at, AtomicOperation operation, ulong operand)
    {
        switch (operation)
        {
            case AtomicOperation.Swap:
                return Interlocked.Exchange(ref *at, operand);
            case AtomicOperation.Add:
                return Interlocked.Add(ref *at, operand) - operand;
            case AtomicOperation.And:
                return Interlocked.And(ref *at, operand);
            case AtomicOperation.Or:
                return Interlocked.Or(ref *at, operand);
            default:
                while (true)
                {
                    ulong old = Volatile.Read(ref *at);
                    if (Interlocked.CompareExchange(ref *at, operation.Apply(old, operand), old) == old)
                    {
                        return old;
                    }
                }
        }
    }

    private TlbOutcome AsStore(TlbOutcome outcome)
    {
        if (outcome is TlbOutcome.WalkFault or TlbOutcome.BusError)
        {
            Fault = Fault with { Kind = AccessKind.Store };
        }

        return outcome;
    }
}
