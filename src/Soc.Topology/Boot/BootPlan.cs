using System.Buffers.Binary;
using System.IO.Compression;
using Soc.Topology.DeviceTree;

namespace Soc.Topology.Boot;

/// <summary>
/// Where everything that is booted lies, like QEMU's virt machine: firmware at the start of RAM, the kernel at 2 MiB behind it (a Linux Image
/// where its header wants to be), the initial RAM disk in the upper half of RAM (at most 128 MiB up), the device tree at the end of the RAM below
/// 3 GiB, the boot ROM at the start of the first empty ROM.
/// </summary>
public sealed class BootPlan
{
    private const ulong Megabyte = 1 << 20;
    private const ulong KernelOffset = 2 * Megabyte;
    private const ulong LargePage = 2 * Megabyte;
    private const ulong HighestInitrdOffset = 128 * Megabyte;
    private const ulong HighestTree = 3UL << 30;

    // Firmware edits the tree in place and makes it longer.
    private const ulong TreeSlack = 64 << 10;
    private const int ImageHeaderSize = 64;
    private const uint ImageMagic = 0x0543_5352;

    private readonly SocTopology _topology;
    private readonly BootDescription _boot;
    private readonly MemoryDescription _ram;
    private readonly List<BootBlock> _blocks = [];

    private BootPlan(SocTopology topology, BootDescription boot)
    {
        _topology = topology;
        _boot = boot;
        _ram = MemoriesOf(topology).FirstOrDefault()
            ?? throw new ImageException($"{topology.File}:{boot.Mark.Line}:{boot.Mark.Column}: boot: there is no RAM to boot from; add a memory of 'kind: ram'");
    }

    /// <summary>What lies where.</summary>
    public IReadOnlyList<BootBlock> Blocks => _blocks;

    /// <summary>First pc of booting harts: the boot ROM.</summary>
    public ulong ResetVector { get; private set; }

    /// <summary>The device tree, if it was generated.</summary>
    public DeviceTreeNode? DeviceTree { get; private set; }

    /// <summary>Executables among what is booted, for symbols.</summary>
    public List<ElfImage> Executables { get; } = [];

    /// <summary>RAM that the device tree shows.</summary>
    public static IEnumerable<MemoryDescription> MemoriesOf(SocTopology topology)
    {
        ArgumentNullException.ThrowIfNull(topology);
        IEnumerable<MemoryDescription> ram = topology.Memories.Where(memory => memory.Kind == MemoryKind.Ram);
        return topology.Boot?.Memories is { } names ? names.Select(name => ram.First(memory => memory.Name == name)) : ram;
    }

    /// <summary>Reads the files and makes the plan.</summary>
    /// <param name="topology">A topology with something to boot.</param>
    /// <exception cref="ImageException">A file cannot be read, or does not fit.</exception>
    public static BootPlan Make(SocTopology topology)
    {
        ArgumentNullException.ThrowIfNull(topology);
        var plan = new BootPlan(topology, topology.Boot ?? throw new ArgumentException("nothing is to be booted", nameof(topology)));
        plan.Lay();
        return plan;
    }

    private void Lay()
    {
        ulong? firmware = _boot.Bios is { } bios ? LayProgram("bios", bios, _ram.Base, out _) : null;
        ulong kernelEnd = firmware is null ? _ram.Base : _blocks.Max(block => block.End);
        ulong? kernel = null;
        if (_boot.Kernel is { } file)
        {
            kernel = LayProgram("kernel", file, firmware is null ? _ram.Base : _ram.Base + KernelOffset, out kernelEnd);
        }

        BootBlock? initrd = _boot.Initrd is { } disk ? LayInitrd(disk, kernelEnd) : null;
        byte[] tree = TreeOf(initrd);
        ulong limit = Math.Min(_ram.Base + _ram.Size, Math.Max(HighestTree, _ram.Base + LargePage));
        ulong size = (ulong)tree.Length + TreeSlack;
        ulong treeAt = size > limit - _ram.Base ? _ram.Base : (limit - size) & ~(LargePage - 1);
        Add("device tree", treeAt, tree, size);

        MemoryDescription rom = _topology.Memories.First(memory => memory is { Kind: MemoryKind.Rom, Image: null });
        ResetVector = rom.Base;
        int bootHart = _boot.Harts is { Count: > 0 } harts ? harts.Min() : 0;
        Add("boot ROM", rom.Base, BootRom.Make(firmware ?? kernel!.Value, treeAt, firmware is null ? 0 : kernel ?? 0, bootHart), 0);
    }

    /// <summary>Lays firmware or a kernel down, whatever its form.</summary>
    /// <returns>Its first instruction.</returns>
    private ulong LayProgram(string field, string path, ulong defaultAddress, out ulong end)
    {
        byte[] bytes = Unpacked(field, path);
        if (ElfImage.IsElf(bytes))
        {
            ElfImage elf = ElfImage.Parse(path, bytes, defaultAddress);
            foreach (ElfSegment segment in elf.Segments)
            {
                Add($"{field} '{path}'", segment.PhysicalAddress, elf.ContentOf(segment), segment.MemorySize);
            }

            Executables.Add(elf);
            end = elf.Segments.Max(segment => segment.PhysicalAddress + segment.MemorySize);
            return elf.Entry;
        }

        ulong address = defaultAddress;
        ulong size = (ulong)bytes.Length;
        if (bytes.Length >= ImageHeaderSize && BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(56)) == ImageMagic)
        {
            // Header of Documentation/arch/riscv/boot-image-header.rst: offset from the start of RAM, and size with bss.
            address = _ram.Base + BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8));
            size = Math.Max(size, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(16)));
        }

        Add($"{field} '{path}'", address, bytes, size);
        end = address + size;
        return address;
    }

    private BootBlock LayInitrd(string path, ulong kernelEnd)
    {
        byte[] bytes = ReadFile("initrd", path);
        ulong wanted = _ram.Base + Math.Min(_ram.Size / 2, HighestInitrdOffset);
        ulong address = (Math.Max(kernelEnd, wanted) + LargePage - 1) & ~(LargePage - 1);
        return Add($"initrd '{path}'", address, bytes, 0);
    }

    private byte[] TreeOf(BootBlock? initrd)
    {
        if (_boot.DeviceTree is { } path)
        {
            byte[] given = ReadFile("dtb", path);
            try
            {
                DeviceTreeBlob.Read(given);
            }
            catch (DeviceTreeException exception)
            {
                throw new ImageException($"{path}: {exception.Message}", exception);
            }

            return given;
        }

        DeviceTree = DeviceTreeGenerator.Generate(_topology, initrd is { } block ? (block.Address, block.Address + (ulong)block.Bytes.Length) : null);
        return DeviceTreeBlob.Write(DeviceTree, (uint)(_boot.Harts is { Count: > 0 } harts ? harts.Min() : 0));
    }

    private BootBlock Add(string name, ulong address, ReadOnlyMemory<byte> bytes, ulong reserved)
    {
        var block = new BootBlock(name, address, bytes, reserved);
        ulong size = block.End - address;
        if (!_topology.Memories.Any(memory => address >= memory.Base && size <= memory.Size && address - memory.Base <= memory.Size - size))
        {
            throw new ImageException($"{_topology.File}:{_boot.Mark.Line}:{_boot.Mark.Column}: boot: the {name} needs 0x{address:x}-0x{block.End - 1:x}, and no memory has that; enlarge '{_ram.Name}'");
        }

        if (_blocks.Find(other => address < other.End && other.Address < block.End) is { Name: not null } taken)
        {
            throw new ImageException(
                $"{_topology.File}:{_boot.Mark.Line}:{_boot.Mark.Column}: boot: the {name} at 0x{address:x} overlaps the {taken.Name} at 0x{taken.Address:x}; enlarge '{_ram.Name}', or name smaller files");
        }

        _blocks.Add(block);
        return block;
    }

    private byte[] Unpacked(string field, string path)
    {
        byte[] bytes = ReadFile(field, path);
        if (bytes is not [0x1F, 0x8B, ..])
        {
            return bytes;
        }

        try
        {
            using var packed = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            using var unpacked = new MemoryStream();
            packed.CopyTo(unpacked);
            return unpacked.ToArray();
        }
        catch (InvalidDataException exception)
        {
            throw new ImageException($"{path}: is packed with gzip, and damaged ({exception.Message.ReplaceLineEndings(" ")}); fetch it again", exception);
        }
    }

    private byte[] ReadFile(string field, string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            string problem = File.Exists(path) ? exception.Message.ReplaceLineEndings(" ") : "no such file";
            throw new ImageException(
                $"{_topology.File}:{_boot.Mark.Line}:{_boot.Mark.Column}: boot.{field}: '{path}' cannot be read ({problem}); correct the path, or fetch a guest with tests/guests/linux/fetch.sh", exception);
        }
    }
}
