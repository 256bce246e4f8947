using System.Buffers.Binary;
using System.IO.Compression;
using Soc.Memory;
using Soc.Topology.Boot;
using Soc.Topology.DeviceTree;
using Soc.Topology.Tests.DeviceTree;

namespace Soc.Topology.Tests.Boot;

public sealed class BootPlanTests : IDisposable
{
    private const ulong Ram = 0x8000_0000;
    private readonly string _folder = Directory.CreateTempSubdirectory("soc-boot").FullName;

    [Fact]
    public void Everything_lies_where_qemus_virt_machine_has_it()
    {
        BootPlan plan = Plan(new BootOverrides(Raw("bios", 100), Image("kernel", 0x20_0000, 0x300_0000), Raw("initrd", 5000)));
        Assert.Equal(
            [("bios", Ram), ("kernel", Ram + 0x20_0000), ("initrd", Ram + 0x400_0000), ("device", Ram + 0x7E0_0000), ("boot", 0x1000UL)],
            plan.Blocks.Select(block => (block.Name.Split(' ')[0], block.Address)));
        Assert.Equal(0x1000UL, plan.ResetVector);
        DeviceTreeNode chosen = plan.DeviceTree!.At("chosen")!;
        Assert.Equal([0u, 0x8400_0000u], chosen.Find("linux,initrd-start")!.Cells);
        Assert.Equal([0u, 0x8400_0000u + 5000], chosen.Find("linux,initrd-end")!.Cells);
    }

    [Fact]
    public void The_boot_rom_starts_the_firmware_and_describes_the_kernel_to_it()
    {
        byte[] rom = RomOf(Plan(new BootOverrides(Raw("bios", 100), Image("kernel", 0x20_0000, 0x1000))));
        Assert.Equal(
            [Ram, Ram + 0x7E0_0000, 0x4942_534FUL, 2UL, Ram + 0x20_0000, 1UL, 0UL, 0UL],
            Enumerable.Range(0, 8).Select(index => BinaryPrimitives.ReadUInt64LittleEndian(rom.AsSpan(24 + (8 * index)))));
    }

    [Fact]
    public void Without_firmware_the_kernel_is_what_the_rom_starts()
    {
        BootPlan plan = Plan(new BootOverrides("none", Raw("kernel", 100)));
        Assert.Equal(Ram, plan.Blocks[0].Address);
        Assert.Equal(Ram, BinaryPrimitives.ReadUInt64LittleEndian(RomOf(plan).AsSpan(24)));
    }

    [Fact]
    public void An_elf_kernel_lies_where_it_says()
    {
        string elf = Path.Combine(_folder, "kernel.elf");
        File.Copy(Path.Combine(Repository.Root, "tests/guests/bin/hello.elf"), elf);
        BootPlan plan = Plan(new BootOverrides("none", elf));
        var image = ElfImage.Load(elf);
        Assert.Equal(image.Entry, BinaryPrimitives.ReadUInt64LittleEndian(RomOf(plan).AsSpan(24)));
        Assert.Equal(image.Segments[0].PhysicalAddress, plan.Blocks[0].Address);
        Assert.Single(plan.Executables);
    }

    [Fact]
    public void Position_independent_firmware_lies_at_the_start_of_memory_and_such_a_kernel_behind_it()
    {
        string elf = Path.Combine(_folder, "movable.elf");
        File.WriteAllBytes(elf, TestElf.With(16, 3));
        BootPlan plan = Plan(new BootOverrides(elf, elf));
        Assert.Equal([Ram, Ram + 0x20_0000], plan.Executables.Select(image => image.Entry));
        Assert.Equal(Ram, BinaryPrimitives.ReadUInt64LittleEndian(RomOf(plan).AsSpan(24)));
    }

    [Fact]
    public void A_packed_image_is_unpacked()
    {
        string image = Image("kernel", 0x20_0000, 0x1000);
        string packed = Path.Combine(_folder, "kernel.gz");
        using (var stream = new GZipStream(File.Create(packed), CompressionLevel.Fastest))
        {
            stream.Write(File.ReadAllBytes(image));
        }

        Assert.Equal(File.ReadAllBytes(image), Plan(new BootOverrides(Raw("bios", 4), packed)).Blocks[1].Bytes.ToArray());
        File.WriteAllBytes(packed, [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xFF, 0xFF, 0xFF]);
        Assert.Contains("damaged", Assert.Throws<ImageException>(() => Plan(new BootOverrides("none", packed))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tree_of_the_users_own_is_taken_as_it_is()
    {
        string file = Path.Combine(_folder, "own.dtb");
        byte[] own = DeviceTreeBlob.Write(new DeviceTreeNode("").Texts("model", "own"));
        File.WriteAllBytes(file, own);
        BootPlan plan = Plan(new BootOverrides("none", Raw("kernel", 8), DeviceTree: file));
        Assert.Null(plan.DeviceTree);
        Assert.Equal(own, plan.Blocks[1].Bytes.ToArray());
        File.WriteAllText(file, "no tree at all, but long enough to be one");
        Assert.Contains("d00dfeed", Assert.Throws<ImageException>(() => Plan(new BootOverrides("none", Raw("kernel", 8), DeviceTree: file))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_one_line()
    {
        string large = Image("kernel", 0x20_0000, 0x900_0000);
        Assert.Equal(
            $"virt.yaml:28:3: boot: the kernel '{large}' needs 0x80200000-0x891fffff, and no memory has that; enlarge 'dram'",
            Assert.Throws<ImageException>(() => Plan(new BootOverrides(Raw("bios", 4), large))).Message);
        string wide = Image("kernel", 0, 0x1000);
        Assert.Contains("overlaps the bios", Assert.Throws<ImageException>(() => Plan(new BootOverrides(Raw("bios", 4), wide))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "boot.kernel: '/no/such' cannot be read (no such file)",
            Assert.Throws<ImageException>(() => Plan(new BootOverrides("none", "/no/such"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_model_has_it_all_in_memory_and_harts_start_in_the_rom()
    {
        SocTopology topology = VirtTopology.Load(new BootOverrides(Raw("bios", 100), Raw("kernel", 8)));
        using SystemModel model = SystemBuilder.Build(topology, new RecordingPorts().ToPorts());
        Assert.All(model.Harts, hart => Assert.Equal(0x1000UL, hart.ProgramCounter));
        byte[] bios = new byte[100];
        model.MemoryOf("dram").Read(0, bios);
        Assert.Equal(File.ReadAllBytes(topology.Boot!.Bios!), bios);
        Assert.Equal(3, model.VirtioDevices.Count);
        Assert.Equal(AgentKind.VirtioDevice, model.Agents[model.VirtioDevices[0].InitiatorId].Kind);
        Assert.IsType<RemoteRegion>(model.Bus.Find(0x1000_1000).Leaf);
        Assert.Equal(AccessResult.Ok, model.Bus.Read(NoInitiator.Instance, 0x2000_0000, 8, AccessKind.Load, TransactionAttributes.Specified, out _));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static BootPlan Plan(BootOverrides boot) => BootPlan.Make(VirtTopology.Load(boot));

    private static byte[] RomOf(BootPlan plan) => plan.Blocks[^1].Bytes.ToArray();

    private string Raw(string name, int length)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, [.. Enumerable.Range(0, length).Select(index => (byte)((index * 7) + 1))]);
        return path;
    }

    private string Image(string name, ulong offset, ulong size)
    {
        byte[] bytes = new byte[4096];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), offset);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), size);
        "RSC\u0005"u8.CopyTo(bytes.AsSpan(56));
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
