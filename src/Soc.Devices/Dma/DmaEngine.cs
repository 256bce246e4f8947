using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Soc.Memory;
using Soc.Memory.Observation;
using Soc.Tlb;

namespace Soc.Devices.Dma;

/// <summary>
/// A DMA engine that copies memory by descriptor rings: an initiator of its own, with a private TLB. Its channels take
/// turns, one beat each. Single-threaded: its actor calls it; only <see cref="RequestExit"/> may come from elsewhere.
/// </summary>
/// <remarks>
/// <para>Registers are 8 bytes wide; naturally aligned 4- and 8-byte accesses, others are bus errors.</para>
/// <code>
/// offset            name           access  meaning
/// 0x00000           CAPABILITIES   RO      7:0 channels, 15:8 bytes of a beat
/// 0x00008           INTERRUPTS     RO      bit per channel that holds the interrupt wire
/// 0x01000 * (1 + c)                        channel c:
///   + 0x00          CONTROL        RW      0 ENABLE, 1 RUN, 2 interrupt on DONE, 3 interrupt on ERROR
///   + 0x08          STATUS                 0 BUSY (RO), 1 DONE (W1C), 2 ERROR (W1C, clears CAUSE), 3 BUS_ERROR (W1C),
///                                          4 STOPPED (RO), 11:8 CAUSE (RO, DmaErrorCause)
///   + 0x10          RING_BASE      RW      bus address, 32-byte aligned; writable while ENABLE = 0
///   + 0x18          RING_SIZE      RW      descriptors in the ring, WARL 2..65536; writable while ENABLE = 0
///   + 0x20          HEAD           RO      index of the descriptor that the engine takes next
///   + 0x28          TAIL           RW      doorbell: index after the last valid descriptor; HEAD = TAIL: empty.
///                                          Ignored while ENABLE = 0 and when not less than RING_SIZE
///   + 0x30          CURRENT_INDEX  RO      index of the descriptor in progress, or of the last one
///   + 0x38          CURRENT_BYTES  RO      bytes that it has written to its destination
///   + 0x40          READ_BEATS     RO      beats that read a source
///   + 0x48          WRITE_BEATS    RO      beats that wrote a destination
///   + 0x50          BYTES          RO      bytes written
///   + 0x58          DESCRIPTORS    RO      descriptors ended
///   + 0x60          ERROR_ADDRESS  RO      bus address of the last bus error
///   + 0x68          BUS_ERRORS     RO      bus errors
///   + 0x70          TRANSLATION    RW      behind an IOMMU, writable while ENABLE = 0: 0 ATS, 1 PRI (page requests), 2 PV: carries a
///                                          process id, 3 PRIV (with PV), 31:12 process id; else 0
///   + 0x78          DEVICE_ID      RO      23:0 device id (requester id) of the channel's transactions
/// 0x10000 + 0x1000 * c                     WID marker of channel c (worldguard.md section 2.3):
///   + 0x00          VENDOR, IMPID  RO      0
///   + 0x08          WID            RW      4:0 WID (WARL), 63 L (sticky until reset); trusted world only
/// </code>
/// <para>Everything else reads 0 and ignores writes.</para>
/// <code>
/// descriptor  width  field
/// 0x00        8      source address
/// 0x08        8      destination address
/// 0x10        4      length in bytes; 0 is done at once
/// 0x14        4      0 INTERRUPT (sets DONE at the end), 1 STOP (clears RUN at the end; else the next follows),
///                    5:4 WIDTH of pieces: 0 = 8, 1 = 4, 2 = 2, 3 = 1 bytes at most, for device registers
/// 0x18        4      written back: 0 DONE, 1 ERROR, 11:8 CAUSE
/// 0x1C        4      written back: bytes written to the destination
/// </code>
/// <para>
/// ENABLE = 0 empties the ring (HEAD = TAIL = 0) and drops the descriptor in progress without a status. RUN = 0 ends
/// after the descriptor in progress. A bus error ends the descriptor after the last byte that arrived, writes the status
/// back, sets ERROR, CAUSE and BUS_ERROR and clears RUN (STOPPED); HEAD is past the failed descriptor, except that a
/// descriptor which could not be read stays at HEAD. The channel goes on when ERROR is cleared and RUN set again.
/// A read that a checker refuses without a bus error gives zeros, such a write is dropped: the transfer succeeds
/// (worldguard.md section 5).
/// </para>
/// <para>
/// A beat moves up to the configured bytes (one access of plain memory; devices and blocked sinks see naturally aligned
/// pieces of at most 8 bytes) and never crosses a multiple of that size on either side, so no 64-byte line
/// and no 4 KiB page. Its reading and its writing half are one step: between two steps the engine polls the exit flag, so
/// no memory read under an old configuration is written after the acknowledgement (softtlb.md 5.5, M4 and M6).
/// </para>
/// </remarks>
public sealed partial class DmaEngine : IInitiator, IPageWalker, IDisposable
{
    /// <summary>Most channels of one engine.</summary>
    public const int MaximumChannels = 8;

    // Reads and writes have a context each: a copy between equally aligned buffers would otherwise evict its own entries
    // at every beat.
    private const int ContextsPerChannel = 2;

    private const uint FlagInterrupt = 1 << 0;
    private const uint FlagStop = 1 << 1;
    private const uint DescriptorDone = 1 << 0;
    private const uint DescriptorError = 1 << 1;

    private readonly DmaConfiguration _configuration;
    private readonly IInterruptLine _interrupt;
    private readonly SoftTlb _tlb;
    private readonly DmaChannel[] _channels;
    private int _turn;
    private int _selected = -1;
    private bool _level;
    private volatile bool _exitRequested;

    // A transaction is under way; the channel that stopped in the middle of a step, unless it was disabled meanwhile.
    private bool _waiting;
    private DmaChannel? _interrupted;
    private int _pendingSize;

    // What the engine waits for is the address of an access, and the value that the access stores.
    private bool _translating;
    private ulong _pendingValue;
    private readonly Queue<DmaPageRequest> _pageRequests = new();

    /// <summary>Creates the engine in its reset state, at cycle 0.</summary>
    /// <param name="initiatorId">Number of the initiator in the SoC.</param>
    /// <param name="name">Name from the topology.</param>
    /// <param name="space">The engine's view of the SoC.</param>
    /// <param name="configuration">Shape and costs.</param>
    /// <param name="interrupt">The interrupt wire of all channels.</param>
    /// <exception cref="ArgumentOutOfRangeException">Channels, beat size or frequency are not what <see cref="DmaConfiguration"/> allows.</exception>
    public DmaEngine(int initiatorId, string name, AddressSpace space, DmaConfiguration configuration, IInterruptLine interrupt)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(interrupt);
        ArgumentOutOfRangeException.ThrowIfZero(configuration.Frequency, nameof(configuration));
        if (configuration.Channels is < 1 or > MaximumChannels)
        {
            throw new ArgumentOutOfRangeException(nameof(configuration), configuration.Channels, "an engine has 1 to 8 channels");
        }

        if (configuration.BeatBytes is < 1 or > 64 || !BitOperations.IsPow2(configuration.BeatBytes))
        {
            throw new ArgumentOutOfRangeException(nameof(configuration), configuration.BeatBytes, "a beat has 1, 2, 4, 8, 16, 32 or 64 bytes");
        }

        InitiatorId = initiatorId;
        Name = name;
        Space = space;
        _configuration = configuration;
        _interrupt = interrupt;
        _channels = new DmaChannel[configuration.Channels];
        for (int number = 0; number < _channels.Length; number++)
        {
            _channels[number] = new DmaChannel(
                number,
                configuration.DeviceIds is { } ids ? ids[number] : RequesterOf(number),
                configuration.Translations?[number] ?? 0,
                configuration.WorldGuard is { } worlds ? new DmaWidMarker(worlds) : null);
            _channels[number].Reset();
        }

        _tlb = new SoftTlb(this, space, this, configuration.Tlb with { Contexts = _channels.Length * ContextsPerChannel });
    }

    /// <inheritdoc/>
    public int InitiatorId { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The engine's view of the SoC.</summary>
    public AddressSpace Space { get; }

    /// <inheritdoc/>
    public ulong Now => Clock?.Now ?? (ulong)((UInt128)(Cycles + _tlb.PendingCycles) * 1_000_000_000 / Frequency);

    /// <summary>Virtual time that does not follow the local clock (free mode); null (the default) in lockstep.</summary>
    public IVirtualClock? Clock { get; set; }

    /// <summary>The local virtual clock in cycles of <see cref="Frequency"/>.</summary>
    public ulong Cycles { get; private set; }

    /// <summary>Clock in Hz.</summary>
    public ulong Frequency => _configuration.Frequency;

    /// <summary>Counters.</summary>
    public DmaStatistics Statistics { get; } = new();

    /// <summary>Bus address of the descriptor that the channel of this turn works on; says where an access came from.</summary>
    public ulong Position
    {
        get
        {
            DmaChannel channel = _channels[_selected < 0 ? 0 : _selected / ContextsPerChannel];
            return channel.RingBase + (channel.CurrentIndex * DmaChannel.DescriptorSize);
        }
    }

    /// <summary>The private TLB, for its counters and events.</summary>
    public SoftTlb Tlb => _tlb;

    /// <summary>Counters of the private TLB.</summary>
    public TlbStatistics TlbStatistics => _tlb.Statistics;

    /// <summary>Whether <see cref="Run"/> would move something: a channel has work, or a transaction is under way.</summary>
    public bool HasWork => _waiting || Array.Exists(_channels, IsReady);

    /// <summary>Where the engine stopped; valid after <see cref="DmaExit.PendingTransaction"/>.</summary>
    public PendingAccess Pending => _tlb.Pending;

    /// <summary>After <see cref="DmaExit.PendingTranslation"/>: the bytes that the access stores, and how many; a load has the value 0.</summary>
    public (ulong Value, int Size) PendingStore => (_pendingValue, _pendingSize);

    /// <summary>Whether the address of an access is awaited.</summary>
    public bool AwaitsTranslation => _waiting && _translating;

    /// <summary>Whether a transaction with registers of another actor is under way: an access that was translated and is not done.</summary>
    public bool HasTransaction => _waiting && !_translating;

    /// <summary>Makes a running <see cref="Run"/>, or the next one, return between two beats. From any thread.</summary>
    public void RequestExit() => _exitRequested = true;

    /// <summary>Sets the clock forward, after idling or waiting; never back.</summary>
    /// <param name="cycle">Cycles of <see cref="Frequency"/>.</param>
    public void AdvanceTo(ulong cycle) => Cycles = Math.Max(Cycles, cycle);

    /// <summary>Runs until something needs the owner. The last beat may end past the limit.</summary>
    /// <param name="untilCycle">Limit, in cycles of <see cref="Frequency"/>.</param>
    public DmaExit Run(ulong untilCycle)
    {
        if (_waiting)
        {
            return _translating ? DmaExit.PendingTranslation : DmaExit.PendingTransaction;
        }

        while (true)
        {
            DmaChannel? channel = _interrupted;
            if (channel is null)
            {
                if (_exitRequested)
                {
                    _exitRequested = false;
                    return DmaExit.ExitRequested;
                }

                channel = NextReady();
                if (channel is null)
                {
                    return DmaExit.Idle;
                }

                if (Cycles >= untilCycle)
                {
                    return DmaExit.Budget;
                }
            }

            _interrupted = null;
            bool ended = Step(channel);
            Cycles += _tlb.TakeCycles();
            if (!ended)
            {
                _interrupted = channel;
                _waiting = true;
                if (_translating)
                {
                    Statistics.Translations++;
                    return DmaExit.PendingTranslation;
                }

                Statistics.Transactions++;
                return DmaExit.PendingTransaction;
            }

            _turn = channel.Number + 1;
        }
    }

    /// <summary>The answer to <see cref="Pending"/> is back; the next <see cref="Run"/> goes on with the beat.</summary>
    /// <param name="result">Ok, or what makes it a bus error.</param>
    /// <param name="value">What a load read.</param>
    /// <exception cref="InvalidOperationException">No transaction is under way.</exception>
    public void CompleteTransaction(AccessResult result, ulong value)
    {
        if (!HasTransaction)
        {
            throw new InvalidOperationException($"{Name}: an answer came, but no transaction is under way");
        }

        _waiting = false;
        if (_interrupted is not { } channel)
        {
            return;
        }

        if (result != AccessResult.Ok)
        {
            _interrupted = null;
            Fail(channel, channel.TransferAddress + (ulong)channel.Transferred);
            _turn = channel.Number + 1;
            return;
        }

        Store(channel, _pendingSize, value);
        if (channel.Phase == DmaPhase.ReadSource)
        {
            // Registers of other actors are read one piece per beat.
            channel.TransferLength = channel.Transferred;
        }
    }

    /// <summary>The access that one of the private TLB's stands for.</summary>
    /// <param name="context">Its context.</param>
    /// <param name="address">The address as the descriptor gave it.</param>
    /// <param name="kind">Load or store.</param>
    /// <param name="size">Bytes.</param>
    public DmaAccess AccessOf(int context, ulong address, AccessKind kind, int size) =>
        _channels[context / ContextsPerChannel].AccessOf(address, kind, size);

    /// <summary>The translator knows the answer; the next <see cref="Run"/> makes the access again.</summary>
    /// <exception cref="InvalidOperationException">No translation is under way.</exception>
    public void CompleteTranslation()
    {
        if (!_waiting || !_translating)
        {
            throw new InvalidOperationException($"{Name}: a translation came, but nobody waits for one");
        }

        _waiting = _translating = false;
    }

    /// <summary>The next page request to be sent, if there is one.</summary>
    public bool TryTakePageRequest(out DmaPageRequest request) => _pageRequests.TryDequeue(out request);

    /// <summary>A page request was answered.</summary>
    /// <param name="channel">The page request group: the number of the channel.</param>
    /// <param name="granted">Whether the page is there now; otherwise the access is a bus error.</param>
    public void AnswerPageRequest(int channel, bool granted)
    {
        if ((uint)channel >= (uint)_channels.Length || !_channels[channel].AwaitsPage)
        {
            return;
        }

        DmaChannel waiting = _channels[channel];
        waiting.AwaitsPage = false;
        waiting.PageGranted = granted;
        if (!granted)
        {
            if (waiting.Phase == DmaPhase.NextBeat)
            {
                waiting.Phase = DmaPhase.WriteDestination;
            }

            Fail(waiting, waiting.TransferAddress + (ulong)waiting.Transferred);
        }
    }

    /// <summary>
    /// Drops what the private TLB holds, because translations that it came from are gone; to be called between two calls of
    /// <see cref="Run"/>, before the invalidation is acknowledged.
    /// </summary>
    public void DropTranslations()
    {
        DropUnwritten();
        _tlb.Flush();
    }

    /// <summary>
    /// Takes a configuration change of a checker in, as coarsely as <see cref="TlbConfiguration.Invalidation"/> says (rule M3). Allowed between
    /// two calls of <see cref="Run"/>, also while a transaction is pending (rule M8); the invalidation may be acknowledged at once.
    /// </summary>
    /// <param name="owner">Agent number of the checker.</param>
    /// <param name="scope">What changed.</param>
    /// <returns>Kinds put back, or entries emptied.</returns>
    public int Invalidate(int owner, in InvalidationScope scope)
    {
        DropUnwritten();
        return _tlb.Invalidate(owner, scope);
    }

    /// <summary>Drops every cached translation: the bluntest legal answer to an invalidation.</summary>
    public void Flush()
    {
        DropUnwritten();
        _tlb.Flush();
    }

    /// <summary>Back to the state after power-on; the clock and the statistics go on. An answer still under way is awaited.</summary>
    public void Reset()
    {
        _interrupted = null;
        foreach (DmaChannel channel in _channels)
        {
            channel.Reset();
        }

        _turn = 0;
        _pageRequests.Clear();
        _configuration.Translator?.Clear();
        Flush();
        UpdateLine();
    }

    /// <summary>Frees the TLB.</summary>
    public void Dispose() => _tlb.Dispose();

    private uint RequesterOf(int channel) => _configuration.Attributes.RequesterId + ((uint)channel * _configuration.RequesterStride);

    /// <summary>
    /// Identity, or what an IOMMU says: the engine has no page tables of its own. The context gives the channel, whose marker gives the
    /// world.
    /// </summary>
    int IPageWalker.Walk(ulong virtualAddress, int size, AccessKind kind, int context, out PageWalk walk)
    {
        DmaChannel channel = _channels[context / ContextsPerChannel];
        TransactionAttributes attributes = _configuration.Attributes.WithRequester(RequesterOf(channel.Number));
        ulong address = virtualAddress;
        AccessKinds granted = AccessKinds.All;
        if (_configuration.Translator is { } translator)
        {
            DmaTranslation answer = translator.Translate(channel.AccessOf(virtualAddress, kind, size), out address, out granted);
            if (answer != DmaTranslation.Found)
            {
                walk = default;
                return (int)answer;
            }
        }

        if (channel.Marker is { } marker)
        {
            attributes = attributes.WithWorld(marker.Wid);
        }

        walk = new PageWalk
        {
            PhysicalAddress = address,
            Granted = granted,
            Log2Size = SoftTlb.PageShift,
            Homogeneous = true,
            Attributes = attributes,
        };
        return 0;
    }

    private static bool IsReady(DmaChannel channel) => !channel.AwaitsPage && (
        channel.Phase != DmaPhase.Idle ||
        ((channel.Control & (ControlEnable | ControlRun)) == (ControlEnable | ControlRun) && !channel.Error && channel.Head != channel.Tail));

    private static void Store(DmaChannel channel, int size, ulong value)
    {
        if (channel.Phase is DmaPhase.ReadDescriptor or DmaPhase.ReadSource)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
            bytes[..size].CopyTo(channel.Buffer.AsSpan(channel.Transferred));
        }

        channel.Transferred += size;
    }

    private static ulong BytesToWrite(DmaChannel channel, int size)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        channel.Buffer.AsSpan(channel.Transferred, size).CopyTo(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>
    /// Ends an interrupted writing half at the piece under way: what else the beat has read is read again later, because it
    /// must not be written after the acknowledgement (rule M6).
    /// </summary>
    private void DropUnwritten()
    {
        if (_interrupted is { Phase: DmaPhase.WriteDestination } channel)
        {
            channel.TransferLength = channel.Transferred + (HasTransaction ? _pendingSize : 0);
            if (!HasTransaction)
            {
                channel.DropHalf();
            }
        }
    }

    private DmaChannel? NextReady()
    {
        for (int i = 0; i < _channels.Length; i++)
        {
            DmaChannel channel = _channels[(_turn + i) % _channels.Length];
            if (IsReady(channel))
            {
                return channel;
            }
        }

        return null;
    }

    private void SelectContext(DmaChannel channel)
    {
        int context = (channel.Number * ContextsPerChannel) + (channel.Phase is DmaPhase.WriteDestination or DmaPhase.WriteDescriptor ? 1 : 0);
        if (_selected != context)
        {
            _selected = context;
            _tlb.UseContexts(context, context);
        }
    }

    /// <summary>One step: a descriptor read, one whole beat, or a status written back.</summary>
    /// <returns>False: stopped in the middle at registers of another actor.</returns>
    private bool Step(DmaChannel channel)
    {
        while (true)
        {
            switch (channel.Phase)
            {
                case DmaPhase.Idle:
                    channel.CurrentIndex = channel.Head;
                    channel.Progress = 0;
                    channel.DescriptorCause = DmaErrorCause.None;
                    channel.DescriptorStart = Now;
                    channel.DescriptorFirstBeat = channel.WriteBeats;
                    channel.Begin(DmaPhase.ReadDescriptor, channel.RingBase + (channel.Head * DmaChannel.DescriptorSize), DmaChannel.DescriptorSize);
                    break;
                case DmaPhase.ReadDescriptor:
                    if (Transfer(channel) is { } descriptorRead)
                    {
                        return descriptorRead;
                    }

                    Cycles += _configuration.DescriptorCost;
                    channel.Parse();
                    channel.Phase = channel.Length == 0 ? DmaPhase.NextStatus : DmaPhase.NextBeat;
                    return true;
                case DmaPhase.NextBeat:
                    channel.Begin(DmaPhase.ReadSource, channel.Source + channel.Progress, BeatLength(channel));
                    break;
                case DmaPhase.ReadSource:
                    if (Transfer(channel) is { } sourceRead)
                    {
                        return sourceRead;
                    }

                    Cycles += _configuration.BeatCost;
                    channel.ReadBeats++;
                    Statistics.ReadBeats++;
                    channel.Begin(DmaPhase.WriteDestination, channel.Destination + channel.Progress, channel.Transferred);
                    break;
                case DmaPhase.WriteDestination:
                    if (Transfer(channel) is { } destinationWritten)
                    {
                        return destinationWritten;
                    }

                    Cycles += _configuration.BeatCost;
                    channel.WriteBeats++;
                    Statistics.WriteBeats++;
                    Arrived(channel);
                    channel.Phase = channel.Progress == channel.Length ? DmaPhase.NextStatus : DmaPhase.NextBeat;
                    return true;
                case DmaPhase.NextStatus:
                    PrepareStatus(channel);
                    break;
                case DmaPhase.WriteDescriptor:
                    if (Transfer(channel) is { } statusWritten)
                    {
                        return statusWritten;
                    }

                    Cycles += _configuration.DescriptorCost;
                    EndDescriptor(channel);
                    return true;
            }
        }
    }

    /// <summary>Bytes up to the next multiple of the beat size on either side.</summary>
    private int BeatLength(DmaChannel channel)
    {
        ulong size = (ulong)_configuration.BeatBytes;
        ulong source = size - ((channel.Source + channel.Progress) & (size - 1));
        ulong destination = size - ((channel.Destination + channel.Progress) & (size - 1));
        return (int)Math.Min(Math.Min(source, destination), channel.Length - channel.Progress);
    }

    /// <summary>Moves the rest of the transfer in naturally aligned pieces.</summary>
    /// <returns>Null: whole. True: failed, and the step ends. False: stopped at registers of another actor.</returns>
    private bool? Transfer(DmaChannel channel)
    {
        SelectContext(channel);
        if (channel.Transferred == 0 && channel.TransferLength == 64 && channel.PieceLimit == 8 && TransferLine(channel))
        {
            return null;
        }

        ulong refused = _tlb.Statistics.Refused;
        bool? end = TransferPieces(channel);
        Statistics.RefusedBeats += _tlb.Statistics.Refused != refused ? 1UL : 0;
        return end;
    }

    private bool TransferLine(DmaChannel channel)
    {
        if (channel.Phase == DmaPhase.ReadSource
            ? _tlb.TryRead(channel.TransferAddress, out Vector512<byte> line)
            : _tlb.TryWrite(channel.TransferAddress, line = MemoryMarshal.Read<Vector512<byte>>(channel.Buffer)))
        {
            MemoryMarshal.Write(channel.Buffer, line);
            channel.Transferred = 64;
            return true;
        }

        return false;
    }

    private bool? TransferPieces(DmaChannel channel)
    {
        bool reads = channel.Phase is DmaPhase.ReadDescriptor or DmaPhase.ReadSource;
        while (channel.Transferred < channel.TransferLength)
        {
            ulong at = channel.TransferAddress + (ulong)channel.Transferred;
            int size = Math.Min(channel.PieceLimit, ResolvedAccess.PieceSize(at, channel.TransferLength - channel.Transferred));
            ulong value = reads ? 0 : BytesToWrite(channel, size);
            TlbOutcome outcome =
                reads ? (size == 8 && _tlb.TryRead(at, out value) ? TlbOutcome.Ok : _tlb.Read(at, size, out value))
                : size == 8 && _tlb.TryWrite(at, value) ? TlbOutcome.Ok
                : _tlb.Write(at, size, value);
            switch (outcome)
            {
                case TlbOutcome.Ok:
                case TlbOutcome.WalkFault when _tlb.Fault.Code == (int)DmaTranslation.Consumed:
                    Store(channel, size, value);
                    channel.PageGranted = false;
                    break;
                case TlbOutcome.WalkFault when _tlb.Fault.Code == (int)DmaTranslation.Ask:
                    _translating = true;
                    _pendingSize = size;
                    _pendingValue = value;
                    return false;
                case TlbOutcome.WalkFault when _tlb.Fault.Code == (int)DmaTranslation.NoPermission && MayAskForPage(channel):
                    AskForPage(channel, at);
                    return true;
                case TlbOutcome.Pending when channel.Phase == DmaPhase.ReadSource && channel.Transferred > 0:
                    // What was read so far is a beat of its own; the next one begins at the registers. So a beat that
                    // waits has read nothing that could grow old meanwhile.
                    channel.TransferLength = channel.Transferred;
                    break;
                case TlbOutcome.Pending:
                    _pendingSize = size;
                    return false;
                default:
                    Fail(channel, _tlb.Fault.VirtualAddress);
                    return true;
            }
        }

        return null;
    }

    private static bool MayAskForPage(DmaChannel channel) =>
        (channel.Translation & DmaChannel.TranslationPages) != 0 && !channel.PageGranted;

    private void AskForPage(DmaChannel channel, ulong address)
    {
        DmaAccess access = channel.AccessOf(address, AccessKind.Load, 1);
        bool write = channel.Phase is DmaPhase.WriteDestination or DmaPhase.WriteDescriptor;
        _pageRequests.Enqueue(new DmaPageRequest(
            channel.Number, channel.DeviceId, address, write, access.HasProcessId, access.ProcessId, access.Supervisor));
        channel.AwaitsPage = true;

        // What the reading half has read would grow old while the channel sleeps.
        channel.DropHalf();
    }

    private void Arrived(DmaChannel channel)
    {
        channel.Progress += (ulong)channel.Transferred;
        channel.Bytes += (ulong)channel.Transferred;
        Statistics.Bytes += (ulong)channel.Transferred;
    }

    private void Fail(DmaChannel channel, ulong address)
    {
        channel.ErrorAddress = address;
        channel.PageGranted = false;
        channel.BusErrors++;
        channel.BusError = true;
        Statistics.BusErrors++;
        switch (channel.Phase)
        {
            case DmaPhase.ReadSource:
                channel.DescriptorCause = DmaErrorCause.SourceRead;
                channel.Phase = DmaPhase.NextStatus;
                break;
            case DmaPhase.WriteDestination:
                // Pieces before the failing one have arrived.
                Arrived(channel);
                channel.DescriptorCause = DmaErrorCause.DestinationWrite;
                channel.Phase = DmaPhase.NextStatus;
                break;
            case DmaPhase.WriteDescriptor:
                if (channel.DescriptorCause == DmaErrorCause.None)
                {
                    channel.DescriptorCause = DmaErrorCause.DescriptorWrite;
                }

                EndDescriptor(channel);
                break;
            default:
                channel.DescriptorCause = DmaErrorCause.DescriptorRead;
                channel.Phase = DmaPhase.Idle;
                StopOnError(channel);
                break;
        }
    }

    private void PrepareStatus(DmaChannel channel)
    {
        uint status = channel.DescriptorCause == DmaErrorCause.None
            ? DescriptorDone
            : DescriptorError | ((uint)channel.DescriptorCause << StatusCauseShift);
        BinaryPrimitives.WriteUInt32LittleEndian(channel.Buffer, status);
        BinaryPrimitives.WriteUInt32LittleEndian(channel.Buffer.AsSpan(4), (uint)channel.Progress);
        channel.Begin(DmaPhase.WriteDescriptor, channel.RingBase + (channel.CurrentIndex * DmaChannel.DescriptorSize) + 0x18, 8);
    }

    private void EndDescriptor(DmaChannel channel)
    {
        channel.Phase = DmaPhase.Idle;
        channel.Descriptors++;
        Statistics.Descriptors++;
        _tlb.Events?.TryWrite(new ModelEvent
        {
            Type = ModelEventType.DmaDescriptor,
            Source = (ushort)InitiatorId,
            Correlation = Statistics.Descriptors,
            Start = channel.DescriptorStart,
            End = Now,
            Index = (ushort)channel.Number,
            Result = (byte)(channel.DescriptorCause == DmaErrorCause.None ? AccessResult.Ok : AccessResult.Error),
            A = channel.Source,
            B = channel.Destination,
            C = channel.Progress,
            D = channel.WriteBeats - channel.DescriptorFirstBeat,
        });
        channel.Head = channel.Head + 1 == channel.RingSize ? 0 : channel.Head + 1;
        if (channel.DescriptorCause != DmaErrorCause.None)
        {
            StopOnError(channel);
            return;
        }

        channel.Done |= (channel.Flags & FlagInterrupt) != 0;
        if ((channel.Flags & FlagStop) != 0)
        {
            Stop(channel);
        }

        UpdateLine();
    }

    private void StopOnError(DmaChannel channel)
    {
        channel.Error = true;
        channel.Cause = channel.DescriptorCause;
        Stop(channel);
        UpdateLine();
    }

    private static void Stop(DmaChannel channel)
    {
        channel.Control &= ~ControlRun;
        channel.Stopped = true;
    }
}
