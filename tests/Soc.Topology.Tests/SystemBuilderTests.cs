using Soc.Checkers;
using Soc.Devices;
using Soc.Memory;

namespace Soc.Topology.Tests;

public class SystemBuilderTests
{
    private const ulong Dram = 0x8000_0000;

    private static readonly TransactionAttributes _trusted = TransactionAttributes.Specified.WithWorld(3);
    private static readonly TransactionAttributes _other = TransactionAttributes.Specified.WithWorld(0);

    [Fact]
    public void Agents_are_numbered_harts_first_then_dma_engines_then_checkers()
    {
        using SystemModel model = Build(TestTopology.Sound, out _);
        Assert.Equal(
            [(0, AgentKind.Hart, "hart0"), (1, AgentKind.Hart, "hart1"), (2, AgentKind.DmaEngine, "dma0"), (3, AgentKind.Checker, "wgc")],
            model.Agents.Select(agent => (agent.Id, agent.Kind, agent.Name)));
        Assert.Equal([0, 1], model.Harts.Select(hart => hart.InitiatorId));
        Assert.Equal(2, Assert.Single(model.DmaEngines).InitiatorId);
        Assert.Equal(3, Assert.Single(model.Checkers).AgentId);
        Assert.NotNull(model.InterruptLineOf(2));
        Assert.NotNull(model.InterruptLineOf(3));
        Assert.Null(model.InterruptLineOf(0));
    }

    [Fact]
    public void The_checkers_port_takes_the_place_of_what_it_protects()
    {
        using SystemModel model = Build(TestTopology.Sound, out RecordingPorts ports);
        Assert.IsType<Checkers.WorldGuard.WorldGuardPort>(model.Bus.Find(Dram).Leaf);
        Assert.Equal(AccessResult.Ok, model.Bus.Write(NoInitiator.Instance, Dram + 0x1000, 8, _trusted, 42));
        Assert.Equal(AccessResult.Ok, model.Bus.Read(NoInitiator.Instance, Dram + 0x1000, 8, AccessKind.Load, _trusted, out ulong value));
        Assert.Equal(42UL, value);
        Span<byte> bytes = stackalloc byte[1];
        model.MemoryOf("dram").Read(0x1000, bytes);
        Assert.Equal(42, bytes[0]);

        // worldguard.md section 3.4: bypass admits only the trusted world; section 4: a refused read gives zero without error.
        Assert.Equal(AccessResult.Ok, model.Bus.Read(NoInitiator.Instance, Dram + 0x1000, 8, AccessKind.Load, _other, out value));
        Assert.Equal(0UL, value);
        Assert.Equal(Dram + 0x1000, Assert.Single(ports.Violations).PhysicalAddress);
    }

    [Fact]
    public void Registers_of_checkers_and_dma_engines_belong_to_their_agents()
    {
        using SystemModel model = Build(TestTopology.Sound, out _);
        Assert.Equal(3, Assert.IsType<RemoteRegion>(model.Bus.Find(0x0600_0000).Leaf).Owner);
        Assert.Equal(2, Assert.IsType<RemoteRegion>(model.Bus.Find(0x1001_0000).Leaf).Owner);
        Assert.Equal(AccessResult.Pending, model.Bus.Read(NoInitiator.Instance, 0x0600_0008, 4, AccessKind.Load, _trusted, out _));
    }

    [Fact]
    public void Checkers_of_the_same_memory_are_passed_in_the_order_of_the_file()
    {
        string text = TestTopology.Sound + "\n  - {name: inner, kind: wgchecker, base: 0x0601_0000, protects: [dram, uart0]}\n";
        using SystemModel model = Build(text, out _);
        var outer = Assert.IsType<Checkers.WorldGuard.WorldGuardPort>(model.Bus.Find(Dram).Leaf);
        Assert.Equal("wgc", outer.Checker.Name);
        var inner = Assert.IsType<Checkers.WorldGuard.WorldGuardPort>(outer.Downstream.Find(Dram).Leaf);
        Assert.Equal("inner", inner.Checker.Name);
        Assert.IsType<RamRegion>(inner.Downstream.Find(Dram).Leaf);
        Assert.IsType<Checkers.WorldGuard.WorldGuardPort>(model.Bus.Find(0x1000_0000).Leaf);
        Assert.Equal(2, inner.Checker.Ports.Count);
    }

    [Fact]
    public void Only_a_strict_checker_has_its_snapshots_compared_at_every_use()
    {
        string text = TestTopology.With("interrupt: 15,", "interrupt: 15, guarantee: strict,")
            + "\n  - {name: inner, kind: wgchecker, base: 0x0601_0000, protects: [dram, uart0]}\n";
        using SystemModel model = Build(text, out _);
        var outer = Assert.IsType<Checkers.WorldGuard.WorldGuardPort>(model.Bus.Find(Dram).Leaf);
        Assert.True(outer.IsStrict);
        Assert.False(Assert.IsType<Checkers.WorldGuard.WorldGuardPort>(outer.Downstream.Find(Dram).Leaf).IsStrict);
    }

    [Fact]
    public void A_study_port_and_scratch_registers_can_be_built()
    {
        string text = TestTopology.With(
            "  - {name: clint, ", "  - {name: study, kind: study-port, base: 0x1003_0000}\n  - {name: a, kind: scratch, base: 0x2000_0000}\n  - {name: b, kind: scratch, base: 0x2001_0000}\n  - {name: clint, ");
        using SystemModel model = Build(text, out RecordingPorts ports);
        IInitiator hart = model.Harts[1];
        Assert.Equal(AccessResult.Ok, model.Bus.Write(hart, 0x1003_0000, 8, _trusted, 'x'));
        Assert.Equal(AccessResult.Ok, model.Bus.Write(hart, 0x1003_0018, 8, _trusted, 0));
        Assert.Equal(AccessResult.Ok, model.Bus.Write(hart, 0x1003_0020, 8, _trusted, 3));
        Assert.Equal(["begin 0-ffffffffffffffff", "end x 3"], ports.Studies);
        Assert.Equal(AccessResult.Ok, model.Bus.Write(hart, 0x2000_0008, 8, _trusted, 5));
        Assert.Equal((AccessResult.Ok, 5UL), Read(model, 0x2000_0008, _trusted));
        Assert.Equal((AccessResult.Ok, 0UL), Read(model, 0x2001_0008, _trusted));
    }

    [Fact]
    public void Reset_slots_decide_instead_of_the_bypass()
    {
        string text = TestTopology.With(
            "protects: [dram]",
            "protects: [dram], reset-slots: [{slot: 2, match: napot, address: 0x8000_0000, size: 4KiB, permissions: {0: rw}}, {slot: 5, match: napot, address: 0x8000_2000, size: 4KiB, permissions: {3: r}, error: rw}]");
        using SystemModel model = Build(text, out _);
        model.MemoryOf("dram").Write(0, [7]);
        model.MemoryOf("dram").Write(0x2000, [9]);
        Assert.Equal((AccessResult.Ok, 7UL), Read(model, Dram, _other));
        Assert.Equal((AccessResult.Ok, 0UL), Read(model, Dram, _trusted));
        Assert.Equal((AccessResult.Ok, 9UL), Read(model, Dram + 0x2000, _trusted));
        Assert.Equal((AccessResult.Error, 0UL), Read(model, Dram + 0x2000, _other));
    }

    [Fact]
    public void Only_the_console_uart_writes_to_the_console()
    {
        string text = TestTopology.With("dma:", "  - {name: uart1, kind: ns16550, base: 0x1000_1000}\ndma:") + "\nconsole: uart1\n";
        using SystemModel model = Build(text, out RecordingPorts ports);
        model.Bus.Write(NoInitiator.Instance, 0x1000_0000, 1, _trusted, 'a');
        model.Bus.Write(NoInitiator.Instance, 0x1000_1000, 1, _trusted, 'b');
        Assert.Equal("b", string.Concat(ports.Console));
        Assert.NotNull(model.ConsoleUart);
    }

    [Fact]
    public void Images_are_loaded_and_give_the_first_pc()
    {
        string folder = Directory.CreateTempSubdirectory("soc-topology-").FullName;
        try
        {
            File.WriteAllBytes(Path.Combine(folder, "first.bin"), [.. Enumerable.Repeat((byte)0xAA, 256)]);
            File.WriteAllBytes(Path.Combine(folder, "guest.elf"), TestElf.Build());
            File.WriteAllBytes(Path.Combine(folder, "rom.bin"), [1, 2, 3]);
            string text = TestTopology.With(", reset-vector: 0x8000_0000", "").Replace(
                "memories:", "memories:\n  - {name: rom, base: 0x4000_0000, size: 4KiB, kind: rom, image: rom.bin}", StringComparison.Ordinal)
                + "\nimages:\n  - {file: first.bin, address: 0x8000_0000}\n  - file: guest.elf\n";
            TopologyLoadResult result = TopologyFile.Parse(Path.Combine(folder, "soc.yaml"), text);
            Assert.Empty(result.Mistakes);
            var ports = new RecordingPorts();
            using SystemModel model = SystemBuilder.Build(result.Topology!, ports.ToPorts());
            byte[] bytes = new byte[72];
            model.MemoryOf("dram").Read(0, bytes);
            Assert.Equal(1, bytes[0]);
            Assert.Equal(16, bytes[15]);
            Assert.All(bytes[16..64], value => Assert.Equal(0, value));
            Assert.Equal(0xAA, bytes[64]);
            Assert.Equal(Dram, model.Harts[0].ProgramCounter);
            Assert.Equal("main+0x2", model.Symbolize(Dram + 10));
            model.Bus.Write(NoInitiator.Instance, 0x4000_0000, 1, _trusted, 9);
            Assert.Equal((AccessResult.Ok, 0x030201UL), Read(model, 0x4000_0000, _trusted));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void An_image_outside_of_every_memory_is_a_mistake()
    {
        string folder = Directory.CreateTempSubdirectory("soc-topology-").FullName;
        try
        {
            File.WriteAllBytes(Path.Combine(folder, "guest.elf"), TestElf.Build());
            string text = TestTopology.With("base: 0x8000_0000, size: 16MiB", "base: 0x9000_0000, size: 16MiB").Replace("reset-vector: 0x8000_0000", "reset-vector: 0x9000_0000", StringComparison.Ordinal)
                + "\nimages:\n  - file: guest.elf\n";
            TopologyMistake mistake = Assert.Single(TopologyFile.Parse(Path.Combine(folder, "soc.yaml"), text).Mistakes);
            Assert.Equal("a segment of 'guest.elf' needs 0x80000000-0x8000003f, and no memory has that", mistake.Problem);
            Assert.Equal("memories are: dram 0x90000000-0x90ffffff", mistake.Remedy);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("", 0x8000_0000UL)]
    [InlineData(", address: 0x8010_0000", 0x8010_0000UL)]
    public void A_position_independent_image_goes_to_its_address_or_to_the_start_of_RAM(string address, ulong expected)
    {
        string folder = Directory.CreateTempSubdirectory("soc-topology-").FullName;
        try
        {
            File.WriteAllBytes(Path.Combine(folder, "guest.elf"), TestElf.With(16, 3));
            string text = TestTopology.With(", reset-vector: 0x8000_0000", "") + $"\nimages:\n  - {{file: guest.elf{address}}}\n";
            TopologyLoadResult result = TopologyFile.Parse(Path.Combine(folder, "soc.yaml"), text);
            Assert.Empty(result.Mistakes);
            using SystemModel model = SystemBuilder.Build(result.Topology!, new RecordingPorts().ToPorts());
            Assert.Equal(expected, model.Harts[0].ProgramCounter);
            byte[] bytes = new byte[16];
            model.MemoryOf("dram").Read(expected - Dram, bytes);
            Assert.Equal(16, bytes[15]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("quad-worlds.yaml", 4, 6)]
    [InlineData("octa-worlds.yaml", 8, 10)]
    [InlineData("single-hart.yaml", 1, 1)]
    [InlineData("many-harts.yaml", 64, 66)]
    public void Every_runnable_topology_builds(string file, int harts, int agents)
    {
        TopologyLoadResult result = TopologyFile.Load(Path.Combine(Repository.Topologies, file));
        Assert.Empty(result.Mistakes);
        using SystemModel model = SystemBuilder.Build(result.Topology!, new RecordingPorts().ToPorts());
        Assert.Equal((harts, agents), (model.Harts.Count, model.Agents.Count));
        Assert.All(model.Harts, hart => Assert.Equal(result.Topology!.Images[0].Elf!.Entry, hart.ProgramCounter));
        Assert.NotNull(model.MachineTimer);
        Assert.NotNull(model.ConsoleUart);
    }

    private static (AccessResult Result, ulong Value) Read(SystemModel model, ulong address, TransactionAttributes attributes)
    {
        AccessResult result = model.Bus.Read(NoInitiator.Instance, address, 4, AccessKind.Load, attributes, out ulong value);
        return (result, value);
    }

    private static SystemModel Build(string text, out RecordingPorts ports)
    {
        ports = new RecordingPorts();
        return SystemBuilder.Build(TestTopology.Load(text), ports.ToPorts());
    }

    [Fact]
    public void A_writable_flash_takes_commands_and_a_read_only_one_does_not()
    {
        const ulong Writable = 0x2000_0000;
        const ulong ReadOnly = 0x2400_0000;
        using SystemModel model = SystemBuilder.Build(
            TestTopology.Load(TestTopology.With(
                "devices:",
                "devices:\n  - {name: flash0, kind: cfi-flash, base: 0x2000_0000, size: 1MiB, writable: true}\n  - {name: flash1, kind: cfi-flash, base: 0x2400_0000, size: 1MiB}")),
            new RecordingPorts().ToPorts());
        ulong Word(ulong address)
        {
            Assert.Equal(AccessResult.Ok, model.Bus.Read(NoInitiator.Instance, address, 4, AccessKind.Load, TransactionAttributes.Specified, out ulong value));
            return value;
        }

        foreach (ulong flash in (ulong[])[Writable, ReadOnly])
        {
            foreach (ulong value in (ulong[])[0x40_0040, 0x1234_5678, 0xFF_00FF])
            {
                Assert.Equal(AccessResult.Ok, model.Bus.Write(NoInitiator.Instance, flash + 0x100, 4, TransactionAttributes.Specified, value));
            }
        }

        Assert.Equal((0x1234_5678UL, 0xFFFF_FFFFUL), (Word(Writable + 0x100), Word(Writable + 0x104)));
        Assert.Equal((0UL, 0UL), (Word(ReadOnly + 0x100), Word(ReadOnly + 0x104)));
    }
}
