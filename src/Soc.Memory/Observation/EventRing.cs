using System.Numerics;
using System.Runtime.CompilerServices;

namespace Soc.Memory.Observation;

/// <summary>
/// A bounded ring of events from one writer to one reader. Writing takes no lock, allocates nothing and never waits: when
/// the reader is behind, the event is dropped and counted. A null reference in place of a ring means that nobody watches.
/// </summary>
/// <remarks>
/// One writer at a time and one reader at a time; the writer may move between threads when whatever moves it orders memory (an
/// actor's mailbox does). The cells are allocated at the first write, so that a thousand idle agents cost nothing.
/// </remarks>
public sealed class EventRing
{
    /// <summary>Cells when nothing else is said.</summary>
    public const int DefaultCapacity = 4096;

    private readonly int _capacity;
    private readonly ulong _detailInterval;
    private ModelEvent[]? _cells;
    private ulong _translations;
    private long _dropped;

    // Positions only grow; the cell is the position modulo the capacity. The writer keeps a copy of the reader's position, so
    // that in the common case it touches no cache line that the reader writes.
    private long _head;
    private long _knownTail;
    private long _tail;

    /// <summary>Makes a ring.</summary>
    /// <param name="source">Agent number of the writer.</param>
    /// <param name="capacity">Cells, rounded up to a power of two; at least 2.</param>
    /// <param name="detailInterval">One translation in this many is written with its details; 0 for none.</param>
    public EventRing(int source, int capacity = DefaultCapacity, ulong detailInterval = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(source);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(source, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1 << 24);
        Source = source;
        _capacity = (int)BitOperations.RoundUpToPowerOf2((uint)capacity);
        _detailInterval = detailInterval;
    }

    /// <summary>Agent number of the writer.</summary>
    public int Source { get; }

    /// <summary>Cells in the ring, a power of two.</summary>
    public int Capacity => _capacity;

    /// <summary>Events that found the ring full since the start. May be read by anybody.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Events that wait for the reader. May be read by anybody; exact only for the reader and the writer.</summary>
    public int Count => (int)(Volatile.Read(ref _head) - Volatile.Read(ref _tail));

    /// <summary>Half full or more: time to <see cref="Drain"/>. For a writer that can ask its reader to hurry.</summary>
    public bool IsFilling => Count >= _capacity / 2;

    /// <summary>
    /// Numbers the writer's next translation. The number is the correlation id of its events.
    /// </summary>
    /// <param name="detailed">
    /// Whether its details (<see cref="ModelEventType.Walk"/>, <see cref="ModelEventType.WalkLevel"/>, <see cref="ModelEventType.Translate"/>)
    /// are wanted: the first and then one in the ring's interval, so that the choice depends on nothing but the writer's own count.
    /// The closing <see cref="ModelEventType.LazyTranslation"/> is wanted always: the histograms are made from it.
    /// </param>
    /// <returns>The number, from 1.</returns>
    public ulong NextTranslation(out bool detailed)
    {
        ulong number = ++_translations;
        detailed = IsDetailed(number);
        return number;
    }

    /// <summary>Whether the translation of this number is one that is written with its details.</summary>
    public bool IsDetailed(ulong number) => _detailInterval switch
    {
        0 => false,
        1 => true,
        _ => number % _detailInterval == 1,
    };

    /// <summary>Writes one event, or drops and counts it.</summary>
    /// <param name="item">The event.</param>
    /// <returns>False when it was dropped.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWrite(in ModelEvent item)
    {
        ModelEvent[] cells = _cells ?? Allocate();
        long head = _head;
        if (head - _knownTail >= cells.Length && !HasRoom(head))
        {
            return false;
        }

        cells[(int)head & (cells.Length - 1)] = item;
        Volatile.Write(ref _head, head + 1);
        return true;
    }

    /// <summary>Takes the oldest events out, in order.</summary>
    /// <param name="into">Receives at most its length of them.</param>
    /// <returns>Number of events taken.</returns>
    public int Drain(Span<ModelEvent> into)
    {
        long tail = _tail;
        int count = (int)Math.Min(into.Length, Volatile.Read(ref _head) - tail);
        if (count == 0)
        {
            return 0;
        }

        ModelEvent[] cells = _cells!;
        int first = (int)tail & (cells.Length - 1);
        int whole = Math.Min(count, cells.Length - first);
        cells.AsSpan(first, whole).CopyTo(into);
        cells.AsSpan(0, count - whole).CopyTo(into[whole..]);
        Volatile.Write(ref _tail, tail + count);
        return count;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ModelEvent[] Allocate() => _cells = new ModelEvent[_capacity];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool HasRoom(long head)
    {
        _knownTail = Volatile.Read(ref _tail);
        if (head - _knownTail < _capacity)
        {
            return true;
        }

        Volatile.Write(ref _dropped, _dropped + 1);
        return false;
    }
}
