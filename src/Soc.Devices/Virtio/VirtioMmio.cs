using Soc.Devices.Dma;
using Soc.Memory;
using Soc.Tlb;

namespace Soc.Devices.Virtio;

/// <summary>
/// A virtio device on the MMIO transport, version 2 (virtio 1.2 section 4.2): an initiator of its own with a private TLB. Single-threaded: its
/// actor calls it; only <see cref="RequestExit"/> may come from elsewhere.
/// </summary>
/// <remarks>
/// <code>
/// offset  name                 access  meaning
/// 0x000   MagicValue           R       "virt"
/// 0x004   Version              R       2
/// 0x008   DeviceID             R       kind of device
/// 0x00c   VendorID             R       "QEMU", which drivers for that machine insist on
/// 0x010   DeviceFeatures       R       32 feature bits, which ones by DeviceFeaturesSel (0x014, W)
/// 0x020   DriverFeatures       W       32 feature bits, which ones by DriverFeaturesSel (0x024, W)
/// 0x030   QueueSel             W       queue that the next five registers speak of
/// 0x034   QueueNumMax          R       its largest size, 0 = there is no such queue
/// 0x038   QueueNum             W       its size
/// 0x044   QueueReady           RW      1 = the device may use it
/// 0x050   QueueNotify          W       number of a queue that has new chains
/// 0x060   InterruptStatus      R       0 used buffer, 1 configuration change
/// 0x064   InterruptACK         W       clears bits of InterruptStatus
/// 0x070   Status               RW      0 resets; 0 ACKNOWLEDGE, 1 DRIVER, 2 DRIVER_OK, 3 FEATURES_OK, 6 NEEDS_RESET, 7 FAILED
/// 0x080   QueueDesc            W       low and high half (0x084)
/// 0x090   QueueDriver          W       low and high half (0x094)
/// 0x0a0   QueueDevice          W       low and high half (0x0a4)
/// 0x0b0   SHMLen, SHMBase      R       all ones: no shared memory
/// 0x0fc   ConfigGeneration     R       counts changes of the configuration space
/// 0x100   Config               RW      1, 2, 4 or 8 bytes
/// </code>
/// <para>Registers below 0x100 have 4 bytes; accesses of another width are bus errors.</para>
/// <para>
/// One request is one step: between two the device polls the exit flag, so nothing read under an old configuration of a checker is written after
/// the acknowledgement (softtlb.md 5.5, M4 and M6). Addresses at registers of other actors are refused like those at nothing: the device sets
/// DEVICE_NEEDS_RESET and is silent until it is reset.
/// </para>
/// </remarks>
public sealed partial class VirtioMmio : IInitiator, IPageWalker, IDisposable
{
    private readonly VirtioConfiguration _configuration;
    private readonly VirtioFunction _function;
    private readonly IInterruptLine _interrupt;
    private readonly SoftTlb _tlb;
    private readonly VirtioMemory _memory;
    private readonly VirtioQueue[] _queues;
    private int _turn;
    private bool _level;
    private volatile bool _exitRequested;

    /// <summary>Creates the device in its reset state, at cycle 0.</summary>
    /// <param name="initiatorId">Number of the initiator in the SoC.</param>
    /// <param name="name">Name from the topology.</param>
    /// <param name="space">The device's view of the SoC.</param>
    /// <param name="configuration">Shape and costs.</param>
    /// <param name="function">What the device does.</param>
    /// <param name="interrupt">The interrupt wire.</param>
    public VirtioMmio(
        int initiatorId, string name, AddressSpace space, VirtioConfiguration configuration, VirtioFunction function, IInterruptLine interrupt)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(interrupt);
        ArgumentOutOfRangeException.ThrowIfZero(configuration.Frequency, nameof(configuration));
        if (configuration.QueueSize is < 1 or > 32768 || !int.IsPow2(configuration.QueueSize))
        {
            throw new ArgumentOutOfRangeException(nameof(configuration), configuration.QueueSize, "a queue has 1, 2, 4 ... 32768 descriptors");
        }

        InitiatorId = initiatorId;
        Name = name;
        _configuration = configuration;
        _function = function;
        Space = space;
        _interrupt = interrupt;
        _tlb = new SoftTlb(this, space, this, configuration.Tlb with { Contexts = 2 });
        _memory = new VirtioMemory(_tlb);
        _queues = new VirtioQueue[function.QueueCount];
        for (int queue = 0; queue < _queues.Length; queue++)
        {
            _queues[queue] = new VirtioQueue(_memory, configuration.QueueSize);
        }
    }

    /// <inheritdoc/>
    public int InitiatorId { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ulong Now => Clock?.Now ?? (ulong)((UInt128)(Cycles + _tlb.PendingCycles) * 1_000_000_000 / Frequency);

    /// <summary>Virtual time that does not follow the local clock (free mode); null (the default) in lockstep.</summary>
    public IVirtualClock? Clock { get; set; }

    /// <summary>The local virtual clock in cycles of <see cref="Frequency"/>.</summary>
    public ulong Cycles { get; private set; }

    /// <summary>Clock in Hz.</summary>
    public ulong Frequency => _configuration.Frequency;

    /// <summary>What the device does.</summary>
    public VirtioFunction Function => _function;

    /// <summary>The device's view of the SoC.</summary>
    public AddressSpace Space { get; }

    /// <summary>The private TLB, for its counters and events.</summary>
    public SoftTlb Tlb => _tlb;

    /// <summary>Requests handled.</summary>
    public ulong Requests { get; private set; }

    /// <summary>Bytes read from and written to guest memory, rings included.</summary>
    public ulong BytesMoved { get; private set; }

    /// <summary>Requests that ended in DEVICE_NEEDS_RESET.</summary>
    public ulong Faults { get; private set; }

    /// <summary>Whether <see cref="Run"/> would handle something.</summary>
    public bool HasWork => Next() >= 0;

    /// <summary>Makes a running <see cref="Run"/>, or the next one, return between two requests. From any thread.</summary>
    public void RequestExit() => _exitRequested = true;

    /// <summary>Sets the clock forward, after idling; never back.</summary>
    /// <param name="cycle">Cycles of <see cref="Frequency"/>.</param>
    public void AdvanceTo(ulong cycle) => Cycles = Math.Max(Cycles, cycle);

    /// <summary>Runs until something needs the owner. The last request may end past the limit.</summary>
    /// <param name="untilCycle">Limit, in cycles of <see cref="Frequency"/>.</param>
    public VirtioExit Run(ulong untilCycle)
    {
        if (AwaitsTranslation)
        {
            return VirtioExit.PendingTranslation;
        }

        while (true)
        {
            if (_exitRequested)
            {
                _exitRequested = false;
                return VirtioExit.ExitRequested;
            }

            int queue = Next();
            if (queue < 0)
            {
                return VirtioExit.Idle;
            }

            if (Cycles >= untilCycle)
            {
                return VirtioExit.Budget;
            }

            Step(queue);
            if (AwaitsTranslation)
            {
                return VirtioExit.PendingTranslation;
            }

            _turn = queue + 1;
        }
    }

    /// <summary>
    /// Takes a configuration change of a checker in (rule M3). Allowed between two calls of <see cref="Run"/>; may be acknowledged at once.
    /// </summary>
    /// <param name="owner">Agent number of the checker.</param>
    /// <param name="scope">What changed.</param>
    /// <returns>Kinds put back, or entries emptied.</returns>
    public int Invalidate(int owner, in InvalidationScope scope) => _tlb.Invalidate(owner, scope);

    /// <summary>Back to the state after power-on; the clock and the counters go on.</summary>
    public void Reset()
    {
        ResetDevice();
        _configuration.Translator?.Clear();
        _deviceFeaturesSelect = _driverFeaturesSelect = _queueSelect = 0;
        _tlb.Flush();
    }

    /// <summary>Frees the TLB.</summary>
    public void Dispose() => _tlb.Dispose();

    /// <summary>Identity, or what an IOMMU says: the device has no page tables of its own.</summary>
    int IPageWalker.Walk(ulong virtualAddress, int size, AccessKind kind, int context, out PageWalk walk)
    {
        ulong address = virtualAddress;
        AccessKinds granted = AccessKinds.All;
        if (_configuration.Translator is { } translator)
        {
            DmaTranslation answer = translator.Translate(AccessOf(virtualAddress, kind, size), out address, out granted);
            if (answer != DmaTranslation.Found)
            {
                walk = default;
                return (int)answer;
            }
        }

        walk = new PageWalk
        {
            PhysicalAddress = address,
            Granted = granted,
            Log2Size = SoftTlb.PageShift,
            Homogeneous = true,
            Attributes = _configuration.Attributes,
        };
        return 0;
    }

    /// <summary>A queue that has work, in turn; -1 when none has.</summary>
    private int Next()
    {
        if ((_status & (StatusDriverOk | StatusNeedsReset)) != StatusDriverOk)
        {
            return -1;
        }

        if (_taken is not null)
        {
            return _takenFrom;
        }

        for (int i = 0; i < _queues.Length; i++)
        {
            int queue = (_turn + i) % _queues.Length;
            if (_queues[queue] is { Ready: true, Kicked: true } && _function.WantsChain(queue))
            {
                return queue;
            }
        }

        return -1;
    }

    private void Step(int number)
    {
        VirtioQueue queue = _queues[number];
        try
        {
            if (!TryTake(number, out VirtioChain? chain))
            {
                AwaitsTranslation = true;
                Translations++;
            }
            else if (chain is not null)
            {
                _taken = null;
                Cycles += _configuration.RequestCost;
                uint written = _function.Handle(number, chain, this);
                Requests++;
                if (queue.Give(chain, written))
                {
                    Raise(InterruptUsedBuffer);
                }
            }
            else
            {
                queue.Kicked = false;
            }
        }
        catch (VirtioFaultException)
        {
            Faults++;
            _taken = null;
            _status |= StatusNeedsReset;
            Raise(InterruptConfiguration);
        }

        ulong moved = _memory.TakeMoved();
        BytesMoved += moved;
        Cycles += _tlb.TakeCycles() + (moved / 64 * _configuration.LineCost);
    }
}
