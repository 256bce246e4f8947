using System.Numerics;
using Soc.Checkers;
using Soc.Checkers.WorldGuard;
using Soc.Devices;
using Soc.Devices.Dma;
using Soc.Memory;
using Soc.RiscV;
using Soc.Tlb;

namespace Soc.Topology;

/// <summary>
/// Puts a SoC together: address map, devices, harts, DMA engines, and in front of whatever a checker protects that
/// checker's port. Nothing runs yet.
/// </summary>
public sealed class SystemBuilder
{
    private readonly SocTopology _topology;
    private readonly SystemPorts _ports;
    private readonly MemoryTree _tree = new();
    private readonly ContainerRegion _root = new("bus");
    private readonly List<AgentInfo> _agents = [];
    private readonly List<GuestMemory> _memories = [];
    private readonly List<RamRegion> _rams = [];
    private readonly Dictionary<RamRegion, ulong> _bases = [];
    private readonly List<Checker> _checkers = [];
    private readonly Dictionary<string, Ns16550Uart> _uarts = [];
    private readonly Dictionary<int, IInterruptLine> _interrupts = [];
    private readonly int _firstEngine;
    private readonly int _firstChecker;
    private Plic? _plic;
    private AclintMtimer? _timer;

    private SystemBuilder(SocTopology topology, SystemPorts ports)
    {
        _topology = topology;
        _ports = ports;
        _firstEngine = topology.Harts.Count;
        _firstChecker = _firstEngine + topology.DmaEngines.Count;
    }

    /// <summary>Builds the plain model of a topology and loads its images.</summary>
    /// <param name="topology">The validated topology.</param>
    /// <param name="ports">Where devices and sinks reach whatever drives the model.</param>
    /// <exception cref="ImageException">An image does not fit into the memories.</exception>
    public static SystemModel Build(SocTopology topology, SystemPorts ports)
    {
        ArgumentNullException.ThrowIfNull(topology);
        ArgumentNullException.ThrowIfNull(ports);
        return new SystemBuilder(topology, ports).Build();
    }

    private SystemModel Build()
    {
        foreach (CheckerDescription checker in _topology.Checkers)
        {
            BuildChecker(checker);
        }

        BuildInterruptController();
        foreach (MemoryDescription memory in _topology.Memories)
        {
            Place(memory.Name, memory.Base, BuildMemory(memory));
        }

        foreach (DeviceDescription device in _topology.Devices)
        {
            BuildDevice(device);
        }

        for (int i = 0; i < _topology.DmaEngines.Count; i++)
        {
            DmaDescription engine = _topology.DmaEngines[i];
            Place(engine.Name, engine.Base, new RemoteRegion($"{engine.Name}.registers", DmaEngine.RegionSize, _firstEngine + i));
        }

        foreach ((CheckerDescription description, Checker checker) in _topology.Checkers.Zip(_checkers))
        {
            _root.Add(description.Base, new RemoteRegion($"{description.Name}.registers", CheckerDescription.RegisterBlockSize, checker.AgentId));
            if (description.Interrupt is { } source)
            {
                _interrupts.Add(checker.AgentId, LineOf(source));
            }
        }

        // Every port is in place: what initiators see can be rendered.
        AddressSpace bus = _tree.CreateSpace("bus", _root);
        _tree.Commit();
        ulong entry = LoadImages();
        List<Hart> harts = [.. _topology.Harts.Select((hart, index) => BuildHart(hart, index, bus, entry))];
        List<DmaEngine> engines = [.. _topology.DmaEngines.Select((engine, index) => BuildEngine(engine, _firstEngine + index, bus))];
        foreach (Checker checker in _checkers)
        {
            checker.Violations = _ports.Violations;
        }

        _agents.AddRange(harts.Select(hart => new AgentInfo(hart.InitiatorId, AgentKind.Hart, hart.Name)));
        _agents.AddRange(engines.Select(engine => new AgentInfo(engine.InitiatorId, AgentKind.DmaEngine, engine.Name)));
        _agents.AddRange(_checkers.Select(checker => new AgentInfo(checker.AgentId, AgentKind.Checker, checker.Name)));
        return new SystemModel(_topology, _tree, bus, _agents, harts, engines, _checkers, _timer, _uarts, _interrupts, _memories);
    }

    /// <summary>Puts a region on the bus, behind the ports of all checkers that protect it.</summary>
    private void Place(string name, ulong at, MemoryRegion region)
    {
        // The first checker of the topology is passed first, so ports are wrapped from the inside out.
        for (int i = _checkers.Count - 1; i >= 0; i--)
        {
            CheckerDescription description = _topology.Checkers[i];
            if (description.Protects.Contains(name))
            {
                var inside = new ContainerRegion($"{description.Name}.{name}.downstream");
                inside.Add(at, region);
                AddressSpace downstream = _tree.CreateSpace(inside.Name, inside);
                region = ((WorldGuardChecker)_checkers[i]).Protect(_tree, $"{description.Name}.{name}", at, region.SizeMinusOne + 1, downstream);
            }
        }

        _root.Add(at, region);
    }

    private void BuildChecker(CheckerDescription description)
    {
        WorldGuardDescription worlds = _topology.WorldGuard!;
        var options = new WorldGuardCheckerOptions(
            description.Name, _firstChecker + _checkers.Count, description.Slots,
            new Checkers.WorldGuard.WorldGuardConfiguration(worlds.Worlds, worlds.TrustedWid, worlds.HwBypass, worlds.TzCompat))
        {
            Range = description.RangeSize == 0 ? null : (description.RangeStart, description.RangeSize),
            HwBypass = description.HwBypass,
            DefaultSlots = DefaultSlots(description),
        };
        _checkers.Add(new WorldGuardChecker(options));
    }

    private static WorldGuardSlot[] DefaultSlots(CheckerDescription description)
    {
        int last = description.ResetSlots.Count == 0 ? 0 : description.ResetSlots.Max(slot => slot.Index);
        var slots = new WorldGuardSlot[last];
        foreach (CheckerSlotDescription slot in description.ResetSlots)
        {
            slots[slot.Index - 1] = new WorldGuardSlot(slot.AddressRegister, slot.Permissions, slot.ConfigurationRegister);
        }

        return slots;
    }

    private RamRegion BuildMemory(MemoryDescription description)
    {
        var memory = new GuestMemory(description.Size);
        _memories.Add(memory);
        var region = new RamRegion(description.Name, memory) { ReadOnly = description.Kind == MemoryKind.Rom };
        _rams.Add(region);
        _bases.Add(region, description.Base);
        return region;
    }

    private void BuildInterruptController()
    {
        if (_topology.Devices.FirstOrDefault(device => device.Kind == DeviceKind.Plic) is { } description)
        {
            List<PlicContext> contexts = [];
            for (int hart = 0; hart < _topology.Harts.Count; hart++)
            {
                contexts.Add(new PlicContext(hart, HartInterruptLine.MachineExternal));
                contexts.Add(new PlicContext(hart, HartInterruptLine.SupervisorExternal));
            }

            _plic = new Plic(description.Sources, contexts, _ports.ExternalInterrupts);
        }
    }

    private void BuildDevice(DeviceDescription description)
    {
        int harts = _topology.Harts.Count;
        IBusDevice device = description.Kind switch
        {
            DeviceKind.Ns16550 => BuildUart(description),
            DeviceKind.Clint => new Clint(new AclintMswi(harts, _ports.SoftwareInterrupts), BuildTimer()),
            DeviceKind.AclintMswi => new AclintMswi(harts, _ports.SoftwareInterrupts),
            DeviceKind.AclintMtimer => BuildTimer(),
            DeviceKind.AclintSswi => new AclintSswi(harts, _ports.SoftwareInterrupts),
            DeviceKind.Plic => _plic!,
            _ => new TestFinisher(_ports.Finisher),
        };
        Place(description.Name, description.Base, new MmioRegion(description.Name, description.Size, device));
    }

    private Ns16550Uart BuildUart(DeviceDescription description)
    {
        ICharacterSink output = description.Name == _topology.Console ? _ports.Console : NoCharacters.Instance;
        var uart = new Ns16550Uart(output, description.Interrupt is { } source ? LineOf(source) : NoInterrupt.Instance);
        _uarts.Add(description.Name, uart);
        return uart;
    }

    private AclintMtimer BuildTimer() => _timer = new AclintMtimer(_topology.Harts.Count, _topology.Timebase, _ports.Timers);

    private IInterruptLine LineOf(int source) => _plic?.LineOf(source) ?? NoInterrupt.Instance;

    private Hart BuildHart(HartDescription description, int index, AddressSpace bus, ulong entry)
    {
        WorldGuardDescription? worlds = _topology.WorldGuard;
        var configuration = new HartConfiguration
        {
            HartId = (ulong)description.Id,
            InitiatorId = index,
            Name = description.Name,
            ResetVector = description.ResetVector ?? entry,
            Frequency = description.Frequency,
            TimebaseFrequency = _topology.Timebase,
            Tlb = TlbOf(description.Tlb),
            WorldGuard = worlds is null ? new() : new()
            {
                Worlds = worlds.Worlds,
                TrustedWid = worlds.TrustedWid,
                HardwareBypass = worlds.HwBypass,
                MachineWid = description.Mwid,
                MachineWidList = description.MwidList,
                HasSmwg = description.Isa.HasSmwg,
                HasSswg = description.Isa.HasSswg,
            },
        };
        return new Hart(configuration, bus) { Clock = _ports.Clock };
    }

    private DmaEngine BuildEngine(DmaDescription description, int agent, AddressSpace bus)
    {
        WorldGuardDescription? worlds = _topology.WorldGuard;
        var configuration = new DmaConfiguration
        {
            Channels = description.Channels,
            BeatBytes = description.BeatSize,
            Frequency = description.Frequency,
            RequesterId = (uint)agent,
            WorldGuard = worlds is null ? null : new DmaWorldGuard(worlds.Worlds, worlds.TrustedWid, worlds.HwBypass, description.Worlds),
            Tlb = TlbOf(description.Tlb),
        };
        return new DmaEngine(
            agent, description.Name, bus, configuration, description.Interrupt is { } source ? LineOf(source) : NoInterrupt.Instance);
    }

    private TlbConfiguration TlbOf(TlbDescription description) => new()
    {
        Log2Entries = BitOperations.Log2((uint)description.Entries),
        VictimEntries = description.Victims,
        WalkReadCost = (uint)_topology.Timing.WalkStep,
        TranslateCost = (uint)_topology.Timing.Translate,
        DeviceCost = (uint)_topology.Timing.DeviceAccess,
    };

    /// <summary>Loads all images; the first executable's entry is where harts start.</summary>
    private ulong LoadImages()
    {
        ulong? entry = null;
        foreach (MemoryDescription memory in _topology.Memories)
        {
            if (memory.Image is { } path)
            {
                Load(path, memory.Base, File.ReadAllBytes(path));
            }
        }

        foreach (ImageDescription image in _topology.Images)
        {
            if (image.Elf is not { } elf)
            {
                Load(image.Path, image.Address!.Value, File.ReadAllBytes(image.Path));
                entry ??= image.Address;
                continue;
            }

            foreach (ElfSegment segment in elf.Segments)
            {
                Load(image.Path, segment.PhysicalAddress, elf.ContentOf(segment).Span);
            }

            entry ??= elf.Entry;
        }

        return entry ?? _topology.Memories[0].Base;
    }

    /// <summary>Copies bytes into the memories past every checker (softtlb.md section 8: image loading bypasses them).</summary>
    private void Load(string path, ulong address, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            RamRegion? memory = _rams.Find(ram => address >= _bases[ram] && address - _bases[ram] <= ram.SizeMinusOne);
            if (memory is null)
            {
                throw new ImageException(
                    $"{path}: address 0x{address:x}: no memory of the topology is there; link the image to one of its memories, or declare one");
            }

            ulong offset = address - _bases[memory];
            int part = (int)Math.Min((ulong)bytes.Length - 1, memory.SizeMinusOne - offset) + 1;
            memory.Memory.Write(offset, bytes[..part]);
            bytes = bytes[part..];
            address += (ulong)part;
        }
    }

    private sealed class NoCharacters : ICharacterSink
    {
        public static NoCharacters Instance { get; } = new();

        public void Write(byte value, IInitiator by)
        {
            // A UART that is not the console: nobody listens.
        }
    }

    private sealed class NoInterrupt : IInterruptLine
    {
        public static NoInterrupt Instance { get; } = new();

        public void Set(bool level, IInitiator by)
        {
            // Not connected.
        }
    }
}
