using System.Globalization;
using System.Text;

namespace Soc.Topology.DeviceTree;

/// <summary>Makes a starting topology of a device tree, and says what it could not take over.</summary>
public sealed class DeviceTreeImport
{
    private readonly DeviceTreeNode _root;
    private readonly List<string> _leftOut = [];
    private readonly HashSet<string> _names = [];
    private readonly StringBuilder _devices = new();
    private readonly StringBuilder _virtio = new();
    private readonly StringBuilder _memories = new();
    private string? _console;

    private DeviceTreeImport(DeviceTreeNode root) => _root = root;

    /// <summary>The topology file's text.</summary>
    public string Yaml { get; private set; } = "";

    /// <summary>What was left out, one line each: path, and why.</summary>
    public IReadOnlyList<string> LeftOut => _leftOut;

    /// <summary>Reads a tree.</summary>
    /// <param name="root">The tree.</param>
    /// <param name="name">Name of the SoC.</param>
    public static DeviceTreeImport From(DeviceTreeNode root, string name)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(name);
        var import = new DeviceTreeImport(root);
        import.Yaml = import.Make(name);
        return import;
    }

    private string Make(string name)
    {
        string? stdout = _root.At("chosen")?.Find("stdout-path")?.Text?.Split(':')[0];
        _console = stdout is null || stdout.StartsWith('/') ? stdout : _root.At("aliases")?.Find(stdout)?.Text;
        string harts = Harts(out ulong timebase);
        foreach (DeviceTreeNode child in _root.Children)
        {
            Visit(child, $"/{child.Name}", 2, 2);
        }

        var yaml = new StringBuilder();
        yaml.Append(CultureInfo.InvariantCulture, $"# yaml-language-server: $schema=soc.schema.json\n#\n# Made of a device tree; what is not in it (initiators' TLBs, checkers, worlds) has its default.\n");
        foreach (string line in _leftOut)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"# left out: {line}\n");
        }

        yaml.Append(CultureInfo.InvariantCulture, $"\nsoc: {name}\nmode: free\n\nclock:\n  timebase: {timebase / 1000}kHz\n\nharts:\n{harts}");
        yaml.Append(CultureInfo.InvariantCulture, $"\nmemories:\n  - {{name: boot-rom, base: 0x1000, size: 0xF000, kind: rom}}\n{_memories}");
        yaml.Append(_devices.Length > 0 ? $"\ndevices:\n{_devices}" : "").Append(_virtio.Length > 0 ? $"\nvirtio:\n{_virtio}" : "");
        yaml.Append("\nboot:\n  kernel: Image # name what is to be booted\n");
        if (_root.At("chosen")?.Find("bootargs")?.Text is { } arguments)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"  append: \"{arguments.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"\n");
        }

        return yaml.ToString();
    }

    private string Harts(out ulong timebase)
    {
        DeviceTreeNode? cpus = _root.At("cpus");
        timebase = cpus?.Find("timebase-frequency")?.Cells is [.., var frequency] ? frequency : 10_000_000;
        List<(string Isa, int Count)> groups = [];
        foreach (DeviceTreeNode cpu in cpus?.Children.Where(child => child.Kind == "cpu") ?? [])
        {
            string isa = IsaOf(cpu);
            if (groups.Count > 0 && groups[^1].Isa == isa)
            {
                groups[^1] = (isa, groups[^1].Count + 1);
            }
            else
            {
                groups.Add((isa, 1));
            }
        }

        if (groups.Count == 0)
        {
            _leftOut.Add("/cpus: there is no cpu; one plain hart takes its place");
            groups.Add((IsaString.Base.Text, 1));
        }

        return string.Concat(groups.Select(group => $"  - {{count: {group.Count}, isa: {group.Isa}}}\n"));
    }

    /// <summary>The part of a hart's instruction set that this version's harts can have.</summary>
    private string IsaOf(DeviceTreeNode cpu)
    {
        IReadOnlyList<string> extensions = cpu.Find("riscv,isa-extensions")?.Texts ?? [];
        if (extensions.Count == 0)
        {
            string[] parts = (cpu.Find("riscv,isa")?.Text ?? IsaString.Base.Text).Split('_');
            extensions = [.. parts[0].Skip(4).Select(letter => letter.ToString()), .. parts.Skip(1)];
        }

        // The ratified names of what was once part of the base.
        string isa = "rv64imac_zicsr_zifencei_zicntr";
        foreach (string extension in extensions.Where(extension => extension.Length > 0))
        {
            if (IsaString.TryParse(isa, out IsaString? known, out _) && known!.Extensions.Contains(extension))
            {
                continue;
            }

            string longer = extension.Length == 1 ? isa.Insert(isa.IndexOf('_', StringComparison.Ordinal), extension) : $"{isa}_{extension}";
            if (IsaString.TryParse(longer, out IsaString? more, out _) && !more!.HasSmwg && !more.HasSswg)
            {
                isa = longer;
            }
            else if (!_leftOut.Contains(Missing(extension)))
            {
                _leftOut.Add(Missing(extension));
            }
        }

        return isa;

        static string Missing(string extension) => extension is "smwg" or "smwgd" or "sswg" ? $"/cpus: {extension}, which needs a 'worldguard:' section" : $"/cpus: harts of this version do not have {extension}";
    }

    private void Visit(DeviceTreeNode node, string path, int addressCells, int sizeCells)
    {
        if (node.Find("status")?.Text is "disabled")
        {
            _leftOut.Add($"{path}: is disabled");
            return;
        }

        (ulong Address, ulong Size)? block = Block(node, addressCells, sizeCells);
        if (Take(node, path, block))
        {
            return;
        }

        if (node.IsCompatible("simple-bus") || node.Find("ranges") is not null)
        {
            int address = (int)(node.Find("#address-cells")?.Cells is [var a] ? a : 2);
            int size = (int)(node.Find("#size-cells")?.Cells is [var s] ? s : 1);
            foreach (DeviceTreeNode child in node.Children)
            {
                Visit(child, $"{path}/{child.Name}", address, size);
            }
        }
        else if (node.Find("compatible")?.Text is { } compatible)
        {
            _leftOut.Add($"{path}: nothing here is compatible with {compatible}");
        }
    }

    /// <summary>Takes one node over; false when nothing here is like it.</summary>
    private bool Take(DeviceTreeNode node, string path, (ulong Address, ulong Size)? block)
    {
        if (node.Find("device_type")?.Text == "memory" && block is { } memory)
        {
            _memories.Append(CultureInfo.InvariantCulture, $"  - {{name: {NameOf("dram")}, base: 0x{memory.Address:x}, size: 0x{memory.Size:x}}}\n");
            return true;
        }

        if (node.Name is "chosen" or "cpus" or "aliases" || node.IsCompatible("syscon-poweroff") || node.IsCompatible("syscon-reboot"))
        {
            return true;
        }

        if (KindOf(node) is not { } kind || block is not { } at)
        {
            return false;
        }

        // Two banks of a flash are one node, and more than one block.
        string interrupt = node.Find("interrupts")?.Cells is { Count: > 0 } cells ? $", interrupt: {cells[0]}" : "";
        switch (kind)
        {
            case "virtio":
                _virtio.Append(CultureInfo.InvariantCulture, $"  - {{name: {NameOf("virtio")}, kind: rng, base: 0x{at.Address:x}{interrupt}}} # say what it is: block, network, console or rng\n");
                return true;
            case "plic":
                interrupt = $", sources: {(node.Find("riscv,ndev")?.Cells is [var sources] ? sources : 96)}";
                break;
            case "cfi-flash":
                interrupt = $", size: 0x{(ulong.IsPow2(at.Size) ? at.Size : 0x200_0000):x}";
                break;
            case "aclint-mtimer":
                // The tree names mtime first, which ends the block.
                at = (at.Address & ~0x7FFFUL, at.Size);
                break;
        }

        string name = NameOf(kind switch
        {
            "ns16550" => "uart",
            "test-finisher" => "finisher",
            "goldfish-rtc" => "rtc",
            _ => kind,
        });
        _devices.Append(CultureInfo.InvariantCulture, $"  - {{name: {name}, kind: {kind}, base: 0x{at.Address:x}{interrupt}}}{(path == _console ? " # the console" : "")}\n");
        return true;
    }

    private static string? KindOf(DeviceTreeNode node) =>
        node.IsCompatible("ns16550a") || node.IsCompatible("ns16550") ? "ns16550"
        : node.IsCompatible("sifive,clint0") || node.IsCompatible("riscv,clint0") ? "clint"
        : node.IsCompatible("riscv,aclint-mswi") ? "aclint-mswi"
        : node.IsCompatible("riscv,aclint-sswi") ? "aclint-sswi"
        : node.IsCompatible("riscv,aclint-mtimer") ? "aclint-mtimer"
        : node.IsCompatible("sifive,plic-1.0.0") || node.IsCompatible("riscv,plic0") ? "plic"
        : node.IsCompatible("sifive,test0") || node.IsCompatible("sifive,test1") ? "test-finisher"
        : node.IsCompatible("google,goldfish-rtc") ? "goldfish-rtc"
        : node.IsCompatible("cfi-flash") ? "cfi-flash"
        : node.IsCompatible("virtio,mmio") ? "virtio"
        : node.IsCompatible("syscon") ? "syscon"
        : null;

    private static (ulong Address, ulong Size)? Block(DeviceTreeNode node, int addressCells, int sizeCells)
    {
        IReadOnlyList<uint> cells = node.Find("reg")?.Cells ?? [];
        return cells.Count < addressCells + sizeCells || addressCells is < 1 or > 2 || sizeCells is < 1 or > 2
            ? null
            : (Number(cells, 0, addressCells), Number(cells, addressCells, sizeCells));
    }

    private static ulong Number(IReadOnlyList<uint> cells, int first, int count) =>
        count == 1 ? cells[first] : ((ulong)cells[first] << 32) | cells[first + 1];

    private string NameOf(string kind)
    {
        string name = kind;
        for (int number = 0; !_names.Add(name); number++)
        {
            name = $"{kind}{number}";
        }

        return name;
    }
}
