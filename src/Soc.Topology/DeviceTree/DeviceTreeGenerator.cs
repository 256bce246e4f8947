using System.Buffers.Binary;
using System.Globalization;
using Soc.Devices;
using Soc.Devices.Virtio;
using Soc.Topology.Boot;

namespace Soc.Topology.DeviceTree;

/// <summary>
/// Describes a topology to firmware and kernels, after the bindings of Linux (Documentation/devicetree/bindings) and the Devicetree Specification 0.4.
/// </summary>
public sealed partial class DeviceTreeGenerator
{
    private const uint UartClock = 3_686_400;
    private const int SeedBytes = 64;

    private readonly SocTopology _topology;
    private readonly DeviceTreeNode _root = new("");
    private readonly DeviceTreeNode _soc = new("soc");
    private readonly List<HartDescription> _harts;
    private readonly Dictionary<int, uint> _localControllers = [];
    private uint _lastHandle;
    private uint? _interruptController;
    private bool _isLevelNamed;

    private DeviceTreeGenerator(SocTopology topology)
    {
        _topology = topology;
        _harts = [.. topology.Harts.Where(hart => topology.Boot?.Includes(hart.Id) ?? true)];
        foreach (HartDescription hart in _harts)
        {
            _localControllers.Add(hart.Id, NewHandle());
        }

        NumberAdvanced();
    }



    /// <summary>Makes the tree.</summary>
    /// <param name="topology">The topology.</param>
    /// <param name="initrd">Addresses of the initial RAM disk, the end exclusive; null = none.</param>
    public static DeviceTreeNode Generate(SocTopology topology, (ulong Start, ulong End)? initrd = null)
    {
        ArgumentNullException.ThrowIfNull(topology);
        return new DeviceTreeGenerator(topology).Make(initrd);
    }

    private DeviceTreeNode Make((ulong Start, ulong End)? initrd)
    {
        _root.Cells("#address-cells", 2).Cells("#size-cells", 2).Texts("compatible", "riscv-virtio").Texts("model", $"Soc {_topology.Name}");
        DeviceTreeNode chosen = _root.Add("chosen");
        AddHarts();
        foreach (MemoryDescription memory in BootPlan.MemoriesOf(_topology))
        {
            _root.Add(Unit("memory", memory.Base)).Texts("device_type", "memory").Wide("reg", memory.Base, memory.Size);
        }

        _root.Add(_soc).Cells("#address-cells", 2).Cells("#size-cells", 2).Texts("compatible", "simple-bus").Flag("ranges");

        // Interrupt controllers first: the others refer to them.
        foreach (DeviceDescription device in _topology.Devices.OrderBy(device => IsController(device.Kind) ? 0 : 1))
        {
            AddDevice(device);
        }

        AddIommus();
        foreach (VirtioDescription device in _topology.VirtioDevices)
        {
            DeviceTreeNode node = Interrupting(
                _soc.Add(Unit("virtio_mmio", device.Base)).Texts("compatible", "virtio,mmio").Wide("reg", device.Base, VirtioMmio.RegionSize), device.Interrupt);
            Translated(node, device.Iommu);
        }

        foreach (DmaDescription engine in _topology.DmaEngines)
        {
            DeviceTreeNode node = Interrupting(
                _soc.Add(Unit("dma", engine.Base)).Texts("compatible", "soc,dma").Wide("reg", engine.Base, DmaDescription.RegisterBlockSize), engine.Interrupt);
            Translated(node, engine.Iommu);
        }

        foreach (CheckerDescription checker in _topology.Checkers)
        {
            Interrupting(
                _soc.Add(Unit(checker.Kind.Word, checker.FirstAddress))
                    .Texts("compatible", checker.Kind.Word == "wgchecker" ? "sifive,wgchecker2" : $"soc,{checker.Kind.Word}")
                    .Wide("reg", checker.FirstAddress, checker.Block.Size),
                checker.Interrupt);
        }

        Choose(chosen, initrd);
        return _root;
    }

    private static string Unit(string kind, ulong address) => string.Create(CultureInfo.InvariantCulture, $"{kind}@{address:x}");

    private static DeviceTreeNode Provider(DeviceTreeNode node, uint cells, uint handle) =>
        node.Cells("#interrupt-cells", cells).Cells("#address-cells", 0).Flag("interrupt-controller").Cells("phandle", handle);

    private uint NewHandle() => ++_lastHandle;

    private DeviceTreeNode Interrupting(DeviceTreeNode node, int? source)
    {
        if (source is { } number && _interruptController is { } controller)
        {
            node.Cells("interrupt-parent", controller).Cells("interrupts", _isLevelNamed ? [(uint)number, LevelHigh] : [(uint)number]);
        }

        return node;
    }

    /// <summary>One pair of (hart's controller, number) for each hart and each of its inputs.</summary>
    private uint[] LocalInterrupts(params HartInterruptLine[] lines) =>
        [.. _harts.SelectMany(hart => lines.SelectMany(line => new[] { _localControllers[hart.Id], (uint)line }))];

    private void AddDevice(DeviceDescription device)
    {
        switch (device.Kind)
        {
            case DeviceKind.Ns16550:
                Interrupting(
                    _soc.Add(Unit("serial", device.Base)).Texts("compatible", "ns16550a").Wide("reg", device.Base, 0x100).Cells("clock-frequency", UartClock),
                    device.Interrupt);
                break;
            case DeviceKind.Clint:
                Block("clint", device, "sifive,clint0", "riscv,clint0")
                    .Cells("interrupts-extended", LocalInterrupts(HartInterruptLine.MachineSoftware, HartInterruptLine.MachineTimer));
                break;
            case DeviceKind.AclintMswi:
                SoftwareInterrupts("mswi", device, HartInterruptLine.MachineSoftware);
                break;
            case DeviceKind.AclintSswi:
                SoftwareInterrupts("sswi", device, HartInterruptLine.SupervisorSoftware);
                break;
            case DeviceKind.AclintMtimer:
                // mtime first, then the comparators (binding riscv,aclint-mtimer); the block has them the other way round.
                ulong time = device.Base + device.Size - 8;
                _soc.Add(Unit("mtimer", time)).Texts("compatible", "riscv,aclint-mtimer").Wide("reg", time, 8, device.Base, device.Size - 8)
                    .Cells("interrupts-extended", LocalInterrupts(HartInterruptLine.MachineTimer));
                break;
            case DeviceKind.Plic:
                _interruptController = NewHandle();
                Provider(Block("plic", device, "sifive,plic-1.0.0", "riscv,plic0"), 1, _interruptController.Value)
                    .Cells("interrupts-extended", PlicContexts())
                    .Cells("riscv,ndev", (uint)device.Sources);
                break;
            case DeviceKind.TestFinisher:
                AddPowerController(Block("test", device, "sifive,test1", "sifive,test0", "syscon"));
                break;
            case DeviceKind.Syscon:
                AddPowerController(Block("syscon", device, "soc,syscon", "syscon"));
                break;
            case DeviceKind.GoldfishRtc:
                Interrupting(Block("rtc", device, "google,goldfish-rtc"), device.Interrupt);
                break;
            case DeviceKind.CfiFlash:
                _root.Add(Unit("flash", device.Base)).Texts("compatible", "cfi-flash").Wide("reg", device.Base, device.Size).Cells("bank-width", 4);
                break;
            case DeviceKind.StudyPort:
                Block("study", device, "soc,study-port");
                break;
            case DeviceKind.Scratch:
                Block("scratch", device, "soc,scratch");
                break;
            case DeviceKind.AplicMachine or DeviceKind.AplicSupervisor:
                AddAplic(device);
                break;
            case DeviceKind.ImsicMachine or DeviceKind.ImsicSupervisor:
                AddImsic(device);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(device), device.Kind, "unknown device kind");
        }
    }

    private DeviceTreeNode Block(string kind, DeviceDescription device, params string[] compatible) =>
        _soc.Add(Unit(kind, device.Base)).Texts("compatible", compatible).Wide("reg", device.Base, device.Size);

    private void SoftwareInterrupts(string kind, DeviceDescription device, HartInterruptLine line) =>
        Block(kind, device, $"riscv,aclint-{kind}")
            .Cells("interrupts-extended", LocalInterrupts(line))
            .Flag("interrupt-controller")
            .Cells("#interrupt-cells", 0)
            .Cells("#address-cells", 0);

    /// <summary>Contexts of harts that this tree does not show are there, but lead nowhere (Devicetree binding sifive,plic-1.0.0: -1).</summary>
    private uint[] PlicContexts() =>
    [
        .. _topology.Harts.SelectMany(hart => new[] { HartInterruptLine.MachineExternal, HartInterruptLine.SupervisorExternal }
            .SelectMany(line => _localControllers.TryGetValue(hart.Id, out uint handle)
                ? new[] { handle, (uint)line }
                : [_localControllers[_harts[0].Id], uint.MaxValue])),
    ];

    private void AddPowerController(DeviceTreeNode controller)
    {
        uint handle = NewHandle();
        controller.Cells("phandle", handle);
        foreach ((string name, uint value) in new[] { ("poweroff", Syscon.DefaultPoweroff), ("reboot", Syscon.DefaultReboot) })
        {
            _root.Add(name).Texts("compatible", $"syscon-{name}").Cells("regmap", handle).Cells("offset", 0).Cells("value", value);
        }
    }

    private void Choose(DeviceTreeNode chosen, (ulong Start, ulong End)? initrd)
    {
        if (_topology.Boot is { Append.Length: > 0 } boot)
        {
            chosen.Texts("bootargs", boot.Append);
        }

        if (_topology.Devices.FirstOrDefault(device => device.Name == _topology.Console) is { } console)
        {
            chosen.Texts("stdout-path", $"/soc/{Unit("serial", console.Base)}");
        }

        if (initrd is { } disk)
        {
            chosen.Wide("linux,initrd-start", disk.Start).Wide("linux,initrd-end", disk.End);
        }

        chosen.Set(new DeviceTreeProperty("rng-seed", Seed(_topology.Seed)));
    }

    /// <summary>The same seed gives the same tree: a kernel's own randomness is part of a run that can be repeated.</summary>
    private static byte[] Seed(ulong seed)
    {
        byte[] bytes = new byte[SeedBytes];
        ulong state = seed ^ 0x536F_6320_7365_6564;
        for (int at = 0; at < SeedBytes; at += 8)
        {
            ulong word = state += 0x9E37_79B9_7F4A_7C15;
            word = (word ^ (word >> 30)) * 0xBF58_476D_1CE4_E5B9;
            word = (word ^ (word >> 27)) * 0x94D0_49BB_1331_11EB;
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), word ^ (word >> 31));
        }

        return bytes;
    }
}
