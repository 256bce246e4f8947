using Soc.Checkers;
using Soc.Devices;
using Soc.Devices.Dma;
using Soc.Devices.Virtio;
using Soc.Memory;
using Soc.RiscV;

namespace Soc.Topology;

/// <summary>
/// One SoC as plain objects, in reset state with its images loaded. Knows nothing of actors; whoever drives it owns each object.
/// </summary>
public sealed class SystemModel : IDisposable
{
    private readonly IReadOnlyDictionary<string, GuestMemory> _memories;
    private readonly IReadOnlyDictionary<int, IInterruptLine> _lines;
    private readonly IReadOnlyDictionary<int, IommuTranslator> _translators;

    internal SystemModel(
        SocTopology topology, MemoryTree tree, AddressSpace bus, IReadOnlyDictionary<string, GuestMemory> memories,
        IReadOnlyList<Hart> harts, IReadOnlyList<DmaEngine> engines, IReadOnlyList<VirtioMmio> virtio, IReadOnlyList<Checker> checkers,
        IReadOnlyList<IommuUnit> iommus, IReadOnlyDictionary<int, IommuTranslator> translators, IReadOnlyList<AgentInfo> agents,
        AclintMtimer? machineTimer, IReadOnlyList<IAlarmDevice> alarmDevices, Plic? plic, Ns16550Uart? console, IReadOnlyDictionary<int, IInterruptLine> lines)
    {
        Topology = topology;
        Tree = tree;
        Bus = bus;
        Harts = harts;
        DmaEngines = engines;
        VirtioDevices = virtio;
        Checkers = checkers;
        Iommus = iommus;
        _translators = translators;
        Agents = agents;
        MachineTimer = machineTimer;
        AlarmDevices = alarmDevices;
        Plic = plic;
        ConsoleUart = console;
        _memories = memories;
        _lines = lines;
    }

    /// <summary>What the SoC was built from.</summary>
    public SocTopology Topology { get; }

    /// <summary>All address spaces.</summary>
    public MemoryTree Tree { get; }

    /// <summary>What every initiator sees, if need be through checkers that stand at it.</summary>
    public AddressSpace Bus { get; }

    /// <summary>Harts; the index is the hart id and the agent number.</summary>
    public IReadOnlyList<Hart> Harts { get; }

    /// <summary>DMA engines in the order of the topology.</summary>
    public IReadOnlyList<DmaEngine> DmaEngines { get; }

    /// <summary>Virtio devices in the order of the topology.</summary>
    public IReadOnlyList<VirtioMmio> VirtioDevices { get; }

    /// <summary>What was laid down for booting; null when nothing was.</summary>
    public Boot.BootPlan? Boot { get; internal init; }

    /// <summary>Checkers in the order of the topology.</summary>
    public IReadOnlyList<Checker> Checkers { get; }

    /// <summary>IOMMUs in the order of the topology.</summary>
    public IReadOnlyList<IommuUnit> Iommus { get; }

    /// <summary>All agents; the index is the agent number.</summary>
    public IReadOnlyList<AgentInfo> Agents { get; }

    /// <summary>Devices that act by themselves at a certain time; the index is the number by which they ask for it.</summary>
    public IReadOnlyList<IAlarmDevice> AlarmDevices { get; }

    /// <summary>The machine timer, of the CLINT or on its own; null when the SoC has none.</summary>
    public AclintMtimer? MachineTimer { get; }

    /// <summary>The PLIC; null when the SoC has none.</summary>
    public Plic? Plic { get; }

    /// <summary>The UART that is the user's console; null when there is none.</summary>
    public Ns16550Uart? ConsoleUart { get; }

    /// <summary>The host memory behind a memory of the topology.</summary>
    /// <exception cref="KeyNotFoundException">There is no memory of that name.</exception>
    public GuestMemory MemoryOf(string name) => _memories[name];

    /// <summary>The interrupt wire of a DMA engine or checker; null when it has none.</summary>
    /// <param name="agentId">The agent's number.</param>
    public IInterruptLine? InterruptLineOf(int agentId) => _lines.GetValueOrDefault(agentId);

    /// <summary>What translates a DMA engine's addresses; null when nothing does.</summary>
    /// <param name="agentId">The engine's agent number.</param>
    public IommuTranslator? TranslatorOf(int agentId) => _translators.GetValueOrDefault(agentId);

    /// <summary>"name+0xoffset" of an address in one of the ELF images or lists of symbols; null when none knows it.</summary>
    public string? Symbolize(ulong address) =>
        Topology.Symbols.Select(table => table.Symbolize(address))
            .Concat(Topology.Images.Select(image => image.Elf?.Symbolize(address)))
            .Concat(Boot?.Executables.Select(executable => executable.Symbolize(address)) ?? [])
            .FirstOrDefault(name => name is not null);

    /// <summary>Frees guest memory and TLBs; nothing may run any more.</summary>
    public void Dispose()
    {
        foreach (Hart hart in Harts)
        {
            hart.Dispose();
        }

        foreach (DmaEngine engine in DmaEngines)
        {
            engine.Dispose();
        }

        foreach (VirtioMmio device in VirtioDevices)
        {
            device.Dispose();
        }

        foreach (GuestMemory memory in _memories.Values)
        {
            memory.Dispose();
        }
    }
}
