using Soc.Checkers;
using Soc.Devices;
using Soc.Devices.Dma;
using Soc.Memory;
using Soc.RiscV;

namespace Soc.Topology;

/// <summary>
/// A SoC put together from its topology: plain objects that nobody runs yet. Actors take them over; tests can drive them by
/// hand.
/// </summary>
public sealed class SystemModel : IDisposable
{
    private readonly IReadOnlyDictionary<int, IInterruptLine> _interrupts;
    private readonly IReadOnlyList<GuestMemory> _memories;

    internal SystemModel(
        SocTopology topology, MemoryTree tree, AddressSpace bus, IReadOnlyList<AgentInfo> agents, IReadOnlyList<Hart> harts,
        IReadOnlyList<DmaEngine> engines, IReadOnlyList<Checker> checkers, AclintMtimer? timer, IReadOnlyDictionary<string, Ns16550Uart> uarts,
        IReadOnlyDictionary<int, IInterruptLine> interrupts, IReadOnlyList<GuestMemory> memories)
    {
        Topology = topology;
        Tree = tree;
        Bus = bus;
        Agents = agents;
        Harts = harts;
        DmaEngines = engines;
        Checkers = checkers;
        MachineTimer = timer;
        Uarts = uarts;
        _interrupts = interrupts;
        _memories = memories;
    }

    /// <summary>What it was built from.</summary>
    public SocTopology Topology { get; }

    /// <summary>All address spaces.</summary>
    public MemoryTree Tree { get; }

    /// <summary>What every initiator sees.</summary>
    public AddressSpace Bus { get; }

    /// <summary>Owned model objects by their numbers.</summary>
    public IReadOnlyList<AgentInfo> Agents { get; }

    /// <summary>Harts in order of their ids; agent numbers from 0.</summary>
    public IReadOnlyList<Hart> Harts { get; }

    /// <summary>DMA engines; agent numbers after those of the harts.</summary>
    public IReadOnlyList<DmaEngine> DmaEngines { get; }

    /// <summary>Checkers; agent numbers after those of the initiators.</summary>
    public IReadOnlyList<Checker> Checkers { get; }

    /// <summary>The machine timer, if there is one.</summary>
    public AclintMtimer? MachineTimer { get; }

    /// <summary>UARTs by name.</summary>
    public IReadOnlyDictionary<string, Ns16550Uart> Uarts { get; }

    /// <summary>The interrupt wire of a checker; null when it has none.</summary>
    public IInterruptLine? InterruptLineOf(int agent) => _interrupts.GetValueOrDefault(agent);

    /// <summary>Frees host memory; nobody may run any more.</summary>
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

        foreach (GuestMemory memory in _memories)
        {
            memory.Dispose();
        }
    }
}
