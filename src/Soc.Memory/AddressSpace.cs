using System.Buffers.Binary;

namespace Soc.Memory;

/// <summary>
/// What one observer sees: a root region and its current flat view. Every initiator, every checker's downstream port and
/// every blocked sink has one. Carries the uncached access path that DMA, page walks and the test oracle use.
/// </summary>
public sealed class AddressSpace
{
    private readonly Lock _change = new();
    private IFlatViewListener[] _listeners = [];
    private FlatView _view;

    internal AddressSpace(string name, MemoryRegion root)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(root);
        Name = name;
        Root = root;
        Unassigned = new Section(this, ReservationRegion.Unassigned, 0, ulong.MaxValue, 0, ReadOnly: false);
        _view = FlatView.Render(this, root);
    }

    /// <summary>Name for people.</summary>
    public string Name { get; }

    /// <summary>The root of the tree.</summary>
    public MemoryRegion Root { get; }

    /// <summary>The current view; one volatile read.</summary>
    public FlatView View => Volatile.Read(ref _view);

    /// <summary>Counts the views shown so far.</summary>
    public int Generation { get; private set; }

    /// <summary>Where an access goes that no translation answers; made once, so that failing accesses allocate nothing.</summary>
    internal Section Unassigned { get; }

    /// <summary>Asks to be told of new views; any thread, at any time. Register before the view is read.</summary>
    public void AddListener(IFlatViewListener listener)
    {
        lock (_change)
        {
            _listeners = [.. _listeners, listener];
        }

        Interlocked.MemoryBarrier();
    }

    /// <summary>The inverse of <see cref="AddListener"/>; a call that is under way may still arrive.</summary>
    public void RemoveListener(IFlatViewListener listener)
    {
        lock (_change)
        {
            _listeners = Array.FindAll(_listeners, each => !ReferenceEquals(each, listener));
        }
    }

    /// <summary>The section that holds an address; total, unassigned where nothing is.</summary>
    public Section Find(ulong address) => View.Find(address);

    /// <summary>
    /// Reads up to 8 bytes uncached: through every IOMMU region, in naturally aligned pieces for devices, results OR-ed.
    /// </summary>
    /// <param name="initiator">Who reads.</param>
    /// <param name="address">First byte.</param>
    /// <param name="size">Bytes, 1..8.</param>
    /// <param name="kind">Load or fetch.</param>
    /// <param name="attributes">The transaction's attributes.</param>
    /// <param name="value">The bytes read, little endian, zero-extended.</param>
    /// <param name="subscriber">Registers for invalidations before configurations are read; null when nothing is kept.</param>
    public AccessResult Read(
        IInitiator initiator, ulong address, int size, AccessKind kind, TransactionAttributes attributes, out ulong value,
        ITranslationSubscriber? subscriber = null)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        AccessResult result = Read(initiator, address, bytes[..size], kind, attributes, subscriber);
        value = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return result;
    }

    /// <summary>Writes up to 8 bytes uncached; see <see cref="Read(IInitiator, ulong, int, AccessKind, TransactionAttributes, out ulong, ITranslationSubscriber?)"/>.</summary>
    public AccessResult Write(
        IInitiator initiator, ulong address, int size, TransactionAttributes attributes, ulong value, ITranslationSubscriber? subscriber = null)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return Write(initiator, address, bytes[..size], attributes, subscriber);
    }

    /// <summary>Reads bytes uncached. Pieces that fail read as zero; the results are OR-ed.</summary>
    public AccessResult Read(
        IInitiator initiator, ulong address, Span<byte> into, AccessKind kind, TransactionAttributes attributes, ITranslationSubscriber? subscriber = null)
    {
        AccessResult result = AccessResult.Ok;
        while (!into.IsEmpty)
        {
            result |= TranslationChain.ResolvePiece(this, address, (ulong)into.Length, kind, attributes, subscriber, out ResolvedAccess at);
            int part = (int)at.Length;
            result |= at.Read(initiator, address, kind, attributes, into[..part]);
            into = into[part..];
            address += (ulong)part;
        }

        return result;
    }

    /// <summary>Writes bytes uncached. Pieces that fail are dropped; the results are OR-ed.</summary>
    public AccessResult Write(
        IInitiator initiator, ulong address, ReadOnlySpan<byte> from, TransactionAttributes attributes, ITranslationSubscriber? subscriber = null)
    {
        AccessResult result = AccessResult.Ok;
        while (!from.IsEmpty)
        {
            result |= TranslationChain.ResolvePiece(this, address, (ulong)from.Length, AccessKind.Store, attributes, subscriber, out ResolvedAccess at);
            int part = (int)at.Length;
            result |= at.Write(initiator, address, attributes, from[..part]);
            from = from[part..];
            address += (ulong)part;
        }

        return result;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal void Refresh()
    {
        FlatView next = FlatView.Render(this, Root);
        if (next.SameAs(_view))
        {
            return;
        }

        Volatile.Write(ref _view, next);
        Generation++;
        Interlocked.MemoryBarrier();
        IFlatViewListener[] listeners;
        lock (_change)
        {
            listeners = _listeners;
        }

        foreach (IFlatViewListener listener in listeners)
        {
            listener.OnFlatViewChanged(this);
        }
    }
}
