using System.Numerics;
using Soc.Checkers;
using Soc.Devices;
using Soc.Devices.Dma;
using Soc.Devices.Virtio;
using Soc.Memory;
using Soc.RiscV;
using Soc.Tlb;
using Soc.Topology.Boot;

namespace Soc.Topology;

/// <summary>Builds the plain model of a validated topology.</summary>
public sealed class SystemBuilder
{
    private readonly SocTopology _topology;
    private readonly SystemPorts _ports;
    private readonly MemoryTree _tree = new();
    private readonly ContainerRegion _system = new("system");
    private readonly Dictionary<string, GuestMemory> _memories = [];
    private readonly Dictionary<int, IInterruptLine> _lines = [];
    private readonly List<AgentInfo> _agents = [];
    private readonly Dictionary<int, IommuTranslator> _translators = [];

    // What goes into the system map: every claimed block by name, until checkers take the place of what they protect.
    private readonly List<BusBlock> _blocks = [];

    private readonly AiaBuilder _advanced;
    private AclintMtimer? _machineTimer;
    private readonly List<IAlarmDevice> _alarmDevices = [];
    private Plic? _plic;
    private Ns16550Uart? _console;

    private SystemBuilder(SocTopology topology, SystemPorts ports)
    {
        _topology = topology;
        _ports = ports;
        _advanced = new AiaBuilder(topology, ports.ExternalInterrupts);
    }

    /// <summary>Builds a SoC in reset state and loads its images.</summary>
    /// <param name="topology">The validated topology.</param>
    /// <param name="ports">Where the model calls out to.</param>
    /// <exception cref="ImageException">An image cannot be read any more.</exception>
    public static SystemModel Build(SocTopology topology, SystemPorts ports)
    {
        ArgumentNullException.ThrowIfNull(topology);
        ArgumentNullException.ThrowIfNull(ports);
        return new SystemBuilder(topology, ports).Build();
    }

    private SystemModel Build()
    {
        NumberAgents();
        foreach (MemoryDescription memory in _topology.Memories)
        {
            var block = new GuestMemory(memory.Size);
            _memories.Add(memory.Name, block);
            Add(memory.Name, memory.Base, memory.Size, new RamRegion(memory.Name, block) { ReadOnly = memory.Kind == MemoryKind.Rom });
        }

        BuildDevices();
        foreach (DmaDescription engine in _topology.DmaEngines)
        {
            AddRemote(engine.Name, engine.Base, DmaDescription.RegisterBlockSize, engine.Interrupt);
        }

        foreach (VirtioDescription device in _topology.VirtioDevices)
        {
            AddRemote(device.Name, device.Base, VirtioMmio.RegionSize, device.Interrupt);
        }

        foreach (IommuDescription iommu in _topology.Iommus)
        {
            AddRemote(iommu.Name, iommu.Base, IommuDescription.RegisterBlockSize, null);
        }

        foreach (CheckerDescription checker in _topology.Checkers)
        {
            AddRemote(checker.Name, checker.FirstAddress, checker.Block.Size, checker.Interrupt, CheckerBuilder.RegistersOf(checker, AgentOf(checker.Name)));
        }

        var guards = new CheckerBuilder(_topology, _tree, _ports.Violations, AgentOf);
        List<Checker> checkers = guards.Build(_blocks);
        foreach (BusBlock block in _blocks)
        {
            _system.Add(block.Base, block.Region);
        }

        AddressSpace bus = _tree.CreateSpace("bus", _system);
        _advanced.Bus = bus;
        LoadImages();
        BootPlan? boot = LoadBoot();
        List<Hart> harts = [.. _topology.Harts.Select(hart => BuildHart(hart, boot, guards.SpaceOf(hart.Name, bus)))];
        List<DmaEngine> engines = [.. _topology.DmaEngines.Select(engine => BuildDma(engine, guards.SpaceOf(engine.Name, bus)))];
        List<VirtioMmio> virtio = [.. _topology.VirtioDevices.Select(device => BuildVirtio(device, guards.SpaceOf(device.Name, bus)))];
        List<IommuUnit> iommus = [.. _topology.Iommus.Select(iommu => BuildIommu(iommu, guards.SpaceOf(iommu.Name, bus)))];
        return new SystemModel(
            _topology, _tree, bus, _memories, harts, engines, virtio, checkers, iommus, _translators, _agents, _machineTimer, _alarmDevices, _plic, _console, _lines)
        {
            Boot = boot,
        };
    }

    private void NumberAgents()
    {
        foreach (HartDescription hart in _topology.Harts)
        {
            _agents.Add(new AgentInfo(_agents.Count, AgentKind.Hart, hart.Name));
        }

        foreach (DmaDescription engine in _topology.DmaEngines)
        {
            _agents.Add(new AgentInfo(_agents.Count, AgentKind.DmaEngine, engine.Name));
        }

        foreach (VirtioDescription device in _topology.VirtioDevices)
        {
            _agents.Add(new AgentInfo(_agents.Count, AgentKind.VirtioDevice, device.Name));
        }

        foreach (CheckerDescription checker in _topology.Checkers)
        {
            _agents.Add(new AgentInfo(_agents.Count, AgentKind.Checker, checker.Name));
        }

        foreach (IommuDescription iommu in _topology.Iommus)
        {
            _agents.Add(new AgentInfo(_agents.Count, AgentKind.Iommu, iommu.Name));
        }
    }

    private int AgentOf(string name) => _agents.Find(agent => agent.Name == name && agent.Kind != AgentKind.Hart).Id;

    private void Add(string name, ulong start, ulong size, MemoryRegion region) => _blocks.Add(new BusBlock(name, start, size, region));

    private void AddRemote(string name, ulong start, ulong size, int? interrupt, MemoryRegion? registers = null)
    {
        int agent = AgentOf(name);
        Add(name, start, size, registers ?? new RemoteRegion(name, size, agent));
        if (interrupt is { } source)
        {
            _lines.Add(agent, LineOf(source));
        }
    }

    private void BuildDevices()
    {
        // The PLIC first: the others are wired to it.
        foreach (DeviceDescription device in _topology.Devices.OrderBy(device => device.Kind == DeviceKind.Plic ? 0 : 1))
        {
            Add(
                device.Name, device.Base, device.Size,
                device.Kind == DeviceKind.CfiFlash ? BuildFlash(device) : new MmioRegion(device.Name, device.Size, BuildDevice(device)));
        }
    }

    private IInterruptLine LineOf(DeviceDescription device) => device.Interrupt is { } source ? LineOf(source) : NoWire.Instance;

    private IInterruptLine LineOf(int source) => _plic?.LineOf(source) ?? _advanced.LineOf(source)!;

    /// <summary>
    /// Flash that is read only is memory, in array mode for ever: nothing can switch a region of a running SoC out of its ROM mode. Writable flash is
    /// therefore a device for every access.
    /// </summary>
    private MemoryRegion BuildFlash(DeviceDescription device)
    {
        var array = new GuestMemory(device.Size);
        _memories.Add(device.Name, array);
        byte[] content = device.Image is { } file ? ReadFile(file) : [];
        if ((ulong)content.Length > device.Size)
        {
            throw new ImageException($"{device.Image}: has {content.Length} bytes, and '{device.Name}' has {device.Size}; enlarge the flash, or name another file");
        }

        array.Write(0, content);
        if (!device.IsWritable)
        {
            return new RomDeviceRegion(device.Name, array, new CfiFlash(array, readOnly: true));
        }

        // What the file does not fill is erased: programming only clears bits.
        byte[] erased = new byte[(int)device.Size - content.Length];
        Array.Fill(erased, byte.MaxValue);
        array.Write((ulong)content.Length, erased);
        return new MmioRegion(device.Name, device.Size, new CfiFlash(array));
    }

    private IBusDevice BuildDevice(DeviceDescription device)
    {
        int harts = _topology.Harts.Count;
        switch (device.Kind)
        {
            case DeviceKind.Ns16550:
                bool isConsole = device.Name == _topology.Console;
                var uart = new Ns16550Uart(
                    isConsole ? _ports.Console : NoWire.Instance,
                    LineOf(device));
                _console = isConsole ? uart : _console;
                return uart;
            case DeviceKind.Clint:
                _machineTimer = new AclintMtimer(harts, _topology.Timebase, _ports.Timers);
                return new Clint(new AclintMswi(harts, _ports.SoftwareInterrupts), _machineTimer);
            case DeviceKind.AclintMswi:
                return new AclintMswi(harts, _ports.SoftwareInterrupts);
            case DeviceKind.AclintMtimer:
                return _machineTimer = new AclintMtimer(harts, _topology.Timebase, _ports.Timers);
            case DeviceKind.AclintSswi:
                return new AclintSswi(harts, _ports.SoftwareInterrupts);
            case DeviceKind.Plic:
                return _plic = new Plic(
                    device.Sources,
                    [
                        .. Enumerable.Range(0, harts).SelectMany(hart => new[]
                        {
                            new PlicContext(hart, HartInterruptLine.MachineExternal),
                            new PlicContext(hart, HartInterruptLine.SupervisorExternal),
                        }),
                    ],
                    _ports.ExternalInterrupts,
                    edgeTriggered: device.EdgeSources);
            case DeviceKind.TestFinisher:
                return new TestFinisher(_ports.Finisher);
            case DeviceKind.StudyPort:
                return new StudyPort(_topology.Harts.Count + _topology.DmaEngines.Count + _topology.VirtioDevices.Count, _ports.Studies);
            case DeviceKind.Scratch:
                return new ScratchDevice();
            case DeviceKind.GoldfishRtc:
                var rtc = new GoldfishRtc(
                    _topology.Boot?.ClockStart ?? BootDescription.DefaultClockStart, LineOf(device), _ports.Alarms, _alarmDevices.Count);
                _alarmDevices.Add(rtc);
                return rtc;
            case DeviceKind.AplicMachine or DeviceKind.AplicSupervisor or DeviceKind.ImsicMachine or DeviceKind.ImsicSupervisor:
                return _advanced.DeviceOf(device.Kind);
            case DeviceKind.Syscon:
                return new Syscon(_ports.Finisher);
            default:
                throw new ArgumentOutOfRangeException(nameof(device), device.Kind, "unknown device kind");
        }
    }

    private Hart BuildHart(HartDescription hart, BootPlan? boot, AddressSpace bus)
    {
        ulong? entry = boot is not null && _topology.Boot!.Includes(hart.Id) ? boot.ResetVector : _topology.Images.FirstOrDefault(image => image.Elf is not null)?.Elf!.Entry;
        return new Hart(
            new HartConfiguration
            {
                HartId = (ulong)hart.Id,
                InitiatorId = hart.Id,
                Name = hart.Name,
                ResetVector = hart.ResetVector ?? entry ?? throw new ImageException($"{_topology.File}: {hart.Name} does not know where to start; add 'reset-vector', or an ELF image"),
                Frequency = hart.Frequency,
                TimebaseFrequency = _topology.Timebase,
                Extensions = hart.Isa.Optional,
                WorldGuard = WorldsOf(hart),
                Attributes = AttributesOf(hart),
                Tlb = TlbOf(hart.Tlb),
            },
            bus)
        {
            Clock = _ports.Clock,
            MachineFile = _advanced.FileOf(DeviceKind.ImsicMachine, hart.Id),
            SupervisorFile = _advanced.FileOf(DeviceKind.ImsicSupervisor, hart.Id),
        };
    }

    /// <summary>What the transactions of U-mode, S-mode and M-mode carry, beside the world of a machine that has worlds.</summary>
    private static IReadOnlyList<TransactionAttributes> AttributesOf(HartDescription hart)
    {
        InitiatorIdentity identity = hart.Identity;
        TransactionAttributes common = CommonOf(identity, hart.Id);
        return
        [
            WithSecurity(common, identity.UserSecurity).WithUser(true),
            WithSecurity(common, identity.SupervisorSecurity),
            WithSecurity(common, identity.Security),
        ];
    }

    private static TransactionAttributes CommonOf(InitiatorIdentity identity, int agent) =>
        TransactionAttributes.Specified.WithRequester(identity.Requester ?? (uint)agent).WithWorld(identity.AccessId ?? 0);

    /// <summary>A security space, and for filters that know one bit: Root is on the side of Secure, Realm on that of Non-secure.</summary>
    private static TransactionAttributes WithSecurity(TransactionAttributes attributes, SecuritySpace? security) => security is not { } space
        ? attributes
        : attributes.WithSpace(space).WithSecure(space is SecuritySpace.Secure or SecuritySpace.Root);

    private RiscV.WorldGuardConfiguration WorldsOf(HartDescription hart) => _topology.WorldGuard is not { } worlds
        ? new RiscV.WorldGuardConfiguration()
        : new RiscV.WorldGuardConfiguration
        {
            Worlds = worlds.Worlds,
            TrustedWid = worlds.TrustedWid,
            HardwareBypass = worlds.HwBypass,
            MachineWid = hart.Mwid,
            MachineWidList = hart.MwidList,
            HasSmwg = hart.Isa.HasSmwg,
            HasSswg = hart.Isa.HasSswg,
        };

    private DmaEngine BuildDma(DmaDescription engine, AddressSpace bus)
    {
        int agent = AgentOf(engine.Name);
        if (engine.Iommu is { } behind)
        {
            _translators.Add(agent, new IommuTranslator(AgentOf(behind.Iommu), behind.Entries));
        }

        return new DmaEngine(
            agent,
            engine.Name,
            bus,
            new DmaConfiguration
            {
                Channels = engine.Channels,
                BeatBytes = engine.BeatSize,
                Frequency = engine.Frequency,
                Attributes = WithSecurity(CommonOf(engine.Identity, agent), engine.Identity.Security).WithUser(engine.Identity.IsUnprivileged),
                RequesterStride = engine.Identity.RequesterStride,
                DeviceIds = engine.Iommu?.DeviceIds,
                Translations = engine.Iommu is { } connection ? TranslationsOf(connection, engine.Channels) : null,
                Translator = _translators.GetValueOrDefault(agent),
                HasAts = engine.Iommu?.Ats ?? false,
                HasPageRequests = engine.Iommu?.PageRequests ?? false,
                WorldGuard = _topology.WorldGuard is { } worlds ? new DmaWorldGuard(worlds.Worlds, worlds.TrustedWid, worlds.HwBypass, engine.Worlds) : null,
                Tlb = TlbOf(engine.Tlb),
            },
            _lines.GetValueOrDefault(agent) ?? NoWire.Instance)
        {
            Clock = _ports.Clock,
        };
    }

    private VirtioMmio BuildVirtio(VirtioDescription device, AddressSpace space)
    {
        int agent = AgentOf(device.Name);
        TransactionAttributes attributes = WithSecurity(CommonOf(device.Identity, agent), device.Identity.Security).WithUser(device.Identity.IsUnprivileged);
        if (device.Iommu is { } behind)
        {
            _translators.Add(agent, new IommuTranslator(AgentOf(behind.Iommu), behind.Entries));
        }

        return new VirtioBuilder(_topology, _ports).Build(
            device, agent, space, attributes, TlbOf(device.Tlb), _lines.GetValueOrDefault(agent) ?? NoWire.Instance, _translators.GetValueOrDefault(agent));
    }

    /// <summary>Reset values of the channels' TRANSLATION registers (see <see cref="DmaEngine"/>).</summary>
    private static ulong[] TranslationsOf(DmaIommuDescription connection, int channels) =>
    [
        .. Enumerable.Range(0, channels).Select(channel =>
            (connection.Ats ? 1UL : 0) | (connection.PageRequests ? 2UL : 0) |
            (connection.ProcessIds.ElementAtOrDefault(channel) is { } process ? 4UL | ((ulong)process << 12) : 0)),
    ];

    private IommuUnit BuildIommu(IommuDescription iommu, AddressSpace space)
    {
        int agent = AgentOf(iommu.Name);
        TransactionAttributes attributes = WithSecurity(CommonOf(iommu.Identity, agent), iommu.Identity.Security).WithUser(iommu.Identity.IsUnprivileged);
        return new IommuUnit(
            agent, iommu, space, iommu.Wid is { } wid ? attributes.WithWorld(wid) : attributes,
            [.. iommu.Interrupts.Select(source => LineOf(source))]);
    }

    private TlbConfiguration TlbOf(TlbDescription tlb) => new()
    {
        Log2Entries = BitOperations.Log2((uint)tlb.Entries),
        VictimEntries = tlb.Victims,
        Resizing = tlb.Maximum is { } maximum
            ? new TlbResizing(BitOperations.Log2((uint)tlb.Entries), BitOperations.Log2((uint)maximum), UnderPressure: true)
            : null,
        Strategy = _topology.Strategy,
        SecondAddend = _topology.SecondAddend,
        Invalidation = _topology.Invalidation,
        WalkReadCost = (uint)_topology.Timing.WalkStep,
        TranslateCost = (uint)_topology.Timing.Translate,
        DeviceCost = (uint)_topology.Timing.DeviceAccess,
    };

    private void LoadImages()
    {
        foreach (MemoryDescription memory in _topology.Memories)
        {
            if (memory.Image is { } file)
            {
                _memories[memory.Name].Write(0, ReadFile(file));
            }
        }

        for (int index = 0; index < _topology.Images.Count; index++)
        {
            ImageDescription image = _topology.Images[index];
            if (image.Elf is not { } elf)
            {
                WriteTo(image.Address!.Value, ReadFile(image.Path));
                continue;
            }

            foreach (ElfSegment segment in elf.Segments)
            {
                WriteTo(segment.PhysicalAddress, elf.ContentOf(segment).Span);

                // Fresh memory is zero; only what an earlier image may have left there has to be cleared.
                if (index > 0)
                {
                    Clear(segment.PhysicalAddress + segment.FileSize, segment.MemorySize - segment.FileSize);
                }
            }
        }
    }

    private BootPlan? LoadBoot()
    {
        if (_topology.Boot is null)
        {
            return null;
        }

        var plan = BootPlan.Make(_topology);
        foreach (BootBlock block in plan.Blocks)
        {
            WriteTo(block.Address, block.Bytes.Span);
        }

        return plan;
    }

    private void Clear(ulong address, ulong length)
    {
        ReadOnlySpan<byte> zeros = stackalloc byte[4096];
        while (length > 0)
        {
            int part = (int)Math.Min(length, (ulong)zeros.Length);
            WriteTo(address, zeros[..part]);
            address += (ulong)part;
            length -= (ulong)part;
        }
    }

    private void WriteTo(ulong address, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        // The validation has seen to it that one memory holds all of it.
        MemoryDescription memory = _topology.Memories.First(memory => address >= memory.Base && address - memory.Base < memory.Size);
        _memories[memory.Name].Write(address - memory.Base, bytes);
    }

    private static byte[] ReadFile(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ImageException($"{path}: cannot be read ({exception.Message.ReplaceLineEndings(" ")}); check the file and its permissions", exception);
        }
    }
}
