using Soc.Devices.Virtio;
using Soc.Topology;

namespace Soc.Cli.Output;

/// <summary>A SoC for people: the tree of initiators, checkers and targets, then the memory map.</summary>
internal static class TopologyPrinter
{
    private sealed record MapEntry(string Name, string Kind, ulong Base, ulong Size, int? Interrupt);

    public static void Print(SocTopology topology, ReportWriter report)
    {
        report.Tree(Tree(topology));
        List<MapEntry> map = Map(topology);
        bool wide = map.Exists(entry => entry.Base + (entry.Size - 1) > uint.MaxValue);
        report.Heading("memory map");
        report.Table(
            ["start", "end", "size", "name", "kind", "interrupt", "behind"],
            [
                .. map.OrderBy(entry => entry.Base).Select(entry => (IReadOnlyList<string>)
                [
                    Units.Address(entry.Base, wide),
                    Units.Address(entry.Base + (entry.Size - 1), wide),
                    Units.Size(entry.Size),
                    entry.Name,
                    entry.Kind,
                    entry.Interrupt is { } number ? $"{number}" : "",
                    string.Join(", ", GuardsOf(topology, entry.Name)),
                ]),
            ]);
    }

    private static TreeItem Tree(SocTopology topology)
    {
        string mode = topology.Mode == RunMode.Free ? "free" : $"lockstep{(topology.Parallel ? " parallel" : "")}, quantum {Units.Time(topology.Quantum)}";
        var root = new TreeItem($"{topology.Name}: {mode}, seed {topology.Seed}, guarantee {TopologyWords.Of(topology.Guarantee)}, strategy {TopologyWords.Of(topology.Strategy)}, link latency {topology.Timing.LinkLatency}");
        if (topology.WorldGuard is { } worlds)
        {
            string trusted = worlds.TrustedWid is { } wid ? $"trusted world {wid}" : "no trusted world";
            root.Add($"worldguard: {worlds.Worlds} worlds, {trusted}{(worlds.HwBypass ? ", bypass at reset" : "")}{(worlds.TzCompat ? ", TrustZone bit" : "")}");
        }

        TreeItem initiators = root.Add("initiators");
        AddHarts(topology, initiators);
        foreach (DmaDescription engine in topology.DmaEngines)
        {
            initiators.Add($"{engine.Name}: {engine.Channels} channels, {Units.Frequency(engine.Frequency)}, beats of {engine.BeatSize} bytes{(topology.WorldGuard is null ? "" : $", worlds {Units.Worlds(engine.Worlds)}")}{BehindOf(engine)}{Through(topology, engine.Name)}");
        }

        foreach (VirtioDescription device in topology.VirtioDevices)
        {
            initiators.Add($"{device.Name}: virtio {KindName(device)}, {Units.Frequency(device.Frequency)}{(topology.WorldGuard is null ? "" : $", world {device.Wid}")}");
        }

        TreeItem bus = root.Add("bus");
        foreach (MapEntry entry in Map(topology).OrderBy(entry => entry.Base))
        {
            TreeItem at = bus;
            foreach (string guard in GuardsOf(topology, entry.Name))
            {
                at = at.Children.Find(child => child.Text == $"through {guard}") ?? at.Add($"through {guard}");
            }

            at.Add($"{entry.Name} ({entry.Kind}, {Units.Size(entry.Size)})");
        }

        AddImages(topology, root);
        return root;
    }

    private static void AddHarts(SocTopology topology, TreeItem initiators)
    {
        for (int first = 0; first < topology.Harts.Count;)
        {
            HartDescription hart = topology.Harts[first];
            int last = first;
            while (last + 1 < topology.Harts.Count && topology.Harts[last + 1] == hart with { Id = last + 1 } && Through(topology, topology.Harts[last + 1].Name) == Through(topology, hart.Name))
            {
                last++;
            }

            string names = first == last ? hart.Name : $"{hart.Name}..{topology.Harts[last].Name}";
            string start = hart.ResetVector is { } vector ? $"starts at 0x{vector:x}" : topology.Boot?.Includes(hart.Id) == true ? "starts in the boot ROM" : "starts at the image's entry point";
            string worlds = topology.WorldGuard is null ? "" : $", M-mode in world {hart.Mwid}, lower modes in {Units.Worlds(hart.MwidList)}";
            initiators.Add($"{names}: {hart.Isa}, {Units.Frequency(hart.Frequency)}, {start}{worlds}, TLB {hart.Tlb.Entries}+{hart.Tlb.Victims}{Through(topology, hart.Name)}");
            first = last + 1;
        }
    }

    private static void AddImages(SocTopology topology, TreeItem root)
    {
        if (topology.Images.Count == 0)
        {
            return;
        }

        TreeItem images = root.Add("images");
        foreach (ImageDescription image in topology.Images)
        {
            string what = image.Elf is { } elf ? $"ELF, entry 0x{elf.Entry:x}, {elf.Segments.Count} segments" : $"raw, {image.Length} bytes at 0x{image.Address:x}";
            images.Add($"{Path.GetFileName(image.Path)} ({what})");
        }
    }

    private static List<MapEntry> Map(SocTopology topology) =>
    [
        .. topology.Memories.Select(memory => new MapEntry(memory.Name, memory.Kind.ToString().ToLowerInvariant(), memory.Base, memory.Size, null)),
        .. topology.Devices.Select(device => new MapEntry(device.Name, KindName(device.Kind), device.Base, device.Size, device.Interrupt)),
        .. topology.DmaEngines.Select(engine => new MapEntry(engine.Name, "dma registers", engine.Base, DmaDescription.RegisterBlockSize, engine.Interrupt)),
        .. topology.Iommus.Select(iommu => new MapEntry(
            iommu.Name, "riscv-iommu registers", iommu.Base, IommuDescription.RegisterBlockSize, iommu.Interrupts.Count > 0 ? iommu.Interrupts[0] : null)),
        .. topology.VirtioDevices.Select(device => new MapEntry(device.Name, $"virtio {KindName(device)}", device.Base, VirtioMmio.RegionSize, device.Interrupt)),
        .. topology.Checkers.Select(checker => new MapEntry(checker.Name, $"{checker.Kind.Word} registers", checker.FirstAddress, checker.Block.Size, checker.Interrupt)),
    ];

    private static string BehindOf(DmaDescription engine) => engine.Iommu is { } iommu
        ? $", behind {iommu.Iommu} as device{(iommu.DeviceIds.Count == 1 ? "" : "s")} {string.Join(", ", iommu.DeviceIds)}{(iommu.Ats ? ", ATS" : "")}{(iommu.PageRequests ? ", page requests" : "")}"
        : "";

    private static IEnumerable<string> GuardsOf(SocTopology topology, string name) =>
        topology.Checkers.Where(checker => checker.Protects.Contains(name)).Select(checker => checker.Name);

    /// <summary>The checkers that stand at an initiator, in the order in which its accesses pass them.</summary>
    private static string Through(SocTopology topology, string initiator)
    {
        string[] guards = [.. topology.Checkers.Where(checker => checker.Initiators.Contains(initiator)).Select(checker => checker.Name)];
        return guards.Length == 0 ? "" : $", through {string.Join(", ", guards)}";
    }

    private static string KindName(VirtioDescription device) => $"{(device.IsReadOnly ? "read-only " : "")}{device.Kind.ToString().ToLowerInvariant()}";

    private static string KindName(DeviceKind kind) => kind switch
    {
        DeviceKind.AclintMswi => "aclint-mswi",
        DeviceKind.AclintMtimer => "aclint-mtimer",
        DeviceKind.AclintSswi => "aclint-sswi",
        DeviceKind.TestFinisher => "test-finisher",
        DeviceKind.StudyPort => "study-port",
        DeviceKind.GoldfishRtc => "goldfish-rtc",
        DeviceKind.CfiFlash => "cfi-flash",
        DeviceKind.AplicMachine => "aplic-machine",
        DeviceKind.AplicSupervisor => "aplic-supervisor",
        DeviceKind.ImsicMachine => "imsic-machine",
        DeviceKind.ImsicSupervisor => "imsic-supervisor",
        _ => kind.ToString().ToLowerInvariant(),
    };
}
