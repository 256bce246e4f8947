using Soc.Iommu.Caches;
using Soc.Iommu.Registers;

namespace Soc.Iommu;

/// <summary>
/// A RISC-V IOMMU (architecture specification 20260222; sections cited in the code are those of riscv-iommu.md): registers, device
/// and process directories, both stages, MSI page tables, the three queues, ATS and PRI, interrupts, counters and the debug
/// interface.
/// </summary>
/// <remarks>
/// Plain and single-threaded: its owner calls it, it calls <see cref="IIommuBus"/> for its own accesses and
/// <see cref="IIommuPort"/> for everything else. Every method runs to completion; what must wait (IOFENCE.C for acknowledgements,
/// ordering or ATS completions) is taken up again by the method that brings the answer.
/// </remarks>
public sealed partial class RiscvIommu
{
    private readonly IommuConfiguration _configuration;
    private readonly IommuCapabilities _capabilities;
    private readonly IIommuBus _bus;
    private readonly IIommuPort _port;
    private readonly IommuRegisterMap _map = new();
    private readonly TranslationCache _translations;
    private readonly DirectMappedCache<DeviceContext> _devices;
    private readonly DirectMappedCache<ProcessContext> _processes;
    private readonly DirectMappedCache<MsiEntry> _interrupts;
    private readonly HashSet<ulong> _unacknowledged = [];
    private ulong _requestsCount;
    private ulong _hitsCount;
    private ulong _missesCount;
    private ulong _faultsCount;
    private ulong _readsCount;
    private ulong _commandsCount;
    private ulong _entriesDroppedCount;
    private ulong _fillsDroppedCount;
    private ulong _modeChange;

    /// <summary>Builds an IOMMU in its reset state.</summary>
    /// <param name="configuration">What is fixed.</param>
    /// <param name="bus">Memory as the IOMMU reaches it.</param>
    /// <param name="port">The world around it.</param>
    public RiscvIommu(IommuConfiguration configuration, IIommuBus bus, IIommuPort port)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(bus);
        ArgumentNullException.ThrowIfNull(port);
        ArgumentOutOfRangeException.ThrowIfLessThan(configuration.TranslationCacheBits, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(configuration.Counters, 31);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(configuration.OutstandingInvalidations, 32);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(configuration.VectorBits, 4);
        _configuration = configuration;
        _capabilities = configuration.Capabilities;
        _bus = bus;
        _port = port;
        _tags = new AtsMessage?[configuration.OutstandingInvalidations];
        _translations = new TranslationCache(configuration.TranslationCacheBits);
        _devices = new DirectMappedCache<DeviceContext>(configuration.DirectoryCacheBits);
        _processes = new DirectMappedCache<ProcessContext>(configuration.DirectoryCacheBits);
        _interrupts = new DirectMappedCache<MsiEntry>(configuration.DirectoryCacheBits);
        DefineRegisters();
    }

    /// <summary>Name for people.</summary>
    public string Name => _configuration.Name;

    /// <summary>What is fixed.</summary>
    public IommuConfiguration Configuration => _configuration;

    /// <summary>What was done so far.</summary>
    public IommuStatistics Statistics => new(
        _requestsCount, _hitsCount, _missesCount, _faultsCount, _readsCount, _commandsCount, _entriesDroppedCount, _fillsDroppedCount);

    /// <summary>Number of invalidations executed so far.</summary>
    public ulong Epoch { get; private set; }

    /// <summary>Whether an invalidation has not been acknowledged by all holders yet.</summary>
    public bool HasUnacknowledgedInvalidations => _unacknowledged.Count != 0;

    /// <summary>The registers in offset order, as documentation and for debuggers.</summary>
    public IReadOnlyList<IommuRegisterRow> RegisterTable =>
    [
        .. _map.Registers
            .OrderBy(register => register.Offset)
            .Select(register => new IommuRegisterRow(register.Offset, register.Name, register.Size, register.Writable, register.Shown)),
    ];

    /// <summary>Reads a register; 0 where there is none or the access is not one that the page allows.</summary>
    /// <param name="offset">Bytes from the base of the page.</param>
    /// <param name="size">Bytes: 4 or 8.</param>
    public ulong ReadRegister(ulong offset, int size) => _map.Read(offset, size);

    /// <summary>Writes a register, with everything that follows from it.</summary>
    public void WriteRegister(ulong offset, int size, ulong value) => _map.Write(offset, size, value);

    /// <summary>All registers as after reset, all caches empty, nothing outstanding.</summary>
    public void Reset()
    {
        foreach (IommuRegister register in _map.Registers)
        {
            register.Reset();
        }

        _translations.Drop(new IommuInvalidation(IommuInvalidationKind.Everything));
        _devices.Drop(_ => true);
        _processes.Drop(_ => true);
        _interrupts.Drop(_ => true);
        _unacknowledged.Clear();
        _modeChange = 0;
        _fence = null;
        _heldInvalidation = null;
        _invalidationTimedOut = false;
        Array.Clear(_tags);
        _pendingMessages = 0;
        UpdateCounting();
        UpdateWires();
    }

    /// <summary>All holders have dropped what <see cref="IIommuPort.Invalidate"/> named, and will start nothing more with it.</summary>
    /// <param name="epoch">The invalidation's number.</param>
    public void Acknowledge(ulong epoch)
    {
        if (_unacknowledged.Remove(epoch))
        {
            RunCommandQueue();
        }
    }

    /// <summary>Takes over the mode of another IOMMU of the same configuration, with empty caches: what an uncached walk of it starts from.</summary>
    internal void Mirror(RiscvIommu other)
    {
        _ddtp.Value = other._ddtp.Value;
        _fctl.Value = other._fctl.Value;
        _translations.Drop(new IommuInvalidation(IommuInvalidationKind.Everything));
        _devices.Drop(_ => true);
        _processes.Drop(_ => true);
        _interrupts.Drop(_ => true);
    }

    /// <summary>Numbers an invalidation and hands it to all holders.</summary>
    private void Broadcast(in IommuInvalidation invalidation)
    {
        Epoch++;
        ulong epoch = Epoch;

        // Entered first: the holders may acknowledge from inside the call.
        _unacknowledged.Add(epoch);
        if (_port.Invalidate(invalidation, epoch))
        {
            _unacknowledged.Remove(epoch);
        }
    }

    /// <summary>Whether an access is possible at all: addresses at or above 2^PAS are refused (section 2.1).</summary>
    private bool IsPhysical(ulong address, int size)
    {
        int bits = _capabilities.PhysicalAddressBits;
        return bits == 0 || (address >> bits == 0 && (address + (ulong)(size - 1)) >> bits == 0);
    }
}
