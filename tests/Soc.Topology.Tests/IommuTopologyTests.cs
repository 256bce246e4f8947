using Soc.Checkers;
using Soc.Iommu;
using Soc.Memory;

namespace Soc.Topology.Tests;

/// <summary>IOMMUs in a topology: capabilities, connections, mistakes, and an IOMMU as an initiator of the tree.</summary>
public class IommuTopologyTests
{
    private const string Iommus = "iommus:\n  - {name: iommu0, kind: riscv-iommu, base: 0x0301_0000, interrupts: [16, 17]}\n";

    [Fact]
    public void The_full_profile_is_the_default_and_every_capability_can_be_set()
    {
        Assert.Equal(IommuCapabilities.Full, ConfigurationOf("").Capabilities);
        Assert.Equal(IommuCapabilities.LinuxMinimum, ConfigurationOf("profile: linux").Capabilities);
        IommuCapabilities small = ConfigurationOf(
            "first-stage: [sv39], second-stage: [], process-directories: [pd8], msi: off, ats: false, t2gpa: false, interrupt-kind: wired, physical-bits: 40, " +
            "svpbmt: false, hardware-ad: false, debug: false, non-leaf-invalidation: false, range-invalidation: false, counters: 0").Capabilities;
        Assert.Equal(0x10UL | 1UL << 9 | 1UL << 28 | 40UL << 32 | 1UL << 38, small.Bits);
        Assert.True(ConfigurationOf("svrsw60t59b: true").Capabilities.Svrsw60t59b);
        Assert.True(ConfigurationOf("atomic-mrif: true, msi: mrif").Capabilities is { AtomicMrif: true, MsiMrif: true });
        Assert.True(ConfigurationOf("both-endian: true, qos-id: true").Capabilities is { BothEndian: true, QosId: true });
    }

    [Fact]
    public void Shapes_and_reset_values_are_taken()
    {
        IommuConfiguration configuration = ConfigurationOf(
            "reset-wired: false, reset-mode: bare, directory-levels: 2, vector-bits: 1, counters: 4, counter-bits: 40, queue-bits: 8, " +
            "outstanding-invalidations: 2, entries: 64, directory-entries: 16");
        Assert.Equal(
            (0U, true, 2, 1, 4, 40, 8, 2, 6, 4),
            (configuration.FeatureControlReset, configuration.ResetsToBare, configuration.DirectoryLevels, configuration.VectorBits, configuration.Counters,
                configuration.CounterBits, configuration.QueueSizeLimit, configuration.OutstandingInvalidations, configuration.TranslationCacheBits,
                configuration.DirectoryCacheBits));
    }

    [Fact]
    public void An_engine_names_its_IOMMU_and_its_device_ids()
    {
        SocTopology topology = TestTopology.Load(With("iommu: {name: iommu0, device-id: 5, process-id: [none, 3, none, none], ats: true, page-requests: true}"));
        DmaIommuDescription connection = topology.DmaEngines[0].Iommu!;
        Assert.Equal([5U, 6U, 7U, 8U], connection.DeviceIds);
        Assert.Equal([null, 3U, null, null], connection.ProcessIds);
        Assert.True(connection is { Ats: true, PageRequests: true, Entries: 64 });
        Assert.Equal([16, 17], topology.Iommus[0].Interrupts);
        Assert.Equal((byte)3, topology.Iommus[0].Wid);
    }

    [Theory]
    [InlineData("iommu: {name: iommu1, device-id: 5}", "there is no IOMMU 'iommu1'; use one of: iommu0")]
    [InlineData("iommu: {name: iommu0}", "device-id: is missing")]
    [InlineData("iommu: {name: iommu0, device-id: 0x100_0000}", "'0x100_0000' is no device id")]
    [InlineData("iommu: {name: iommu0, device-id: [5, 6]}", "2 device ids are listed for 4 channels")]
    [InlineData("iommu: {name: iommu0, device-id: [5, 6, 6, 7]}", "device id 6 of 'iommu0' belongs to a channel of 'dma0' already")]
    [InlineData("iommu: {name: iommu0, device-id: 5, process-id: 0x10_0000}", "'0x10_0000' is no process id")]
    [InlineData("iommu: {name: iommu0, device-id: 5, page-requests: true}", "page requests are made by devices that use ATS")]
    [InlineData("iommu: {name: iommu0, device-id: 5, cache: 4}", "is not a known key")]
    public void A_wrong_connection_is_told_with_a_remedy(string connection, string expected) => AssertMistake(With(connection), expected);

    [Fact]
    public void A_virtio_device_stands_behind_an_IOMMU_as_an_engine_of_one_channel_and_offers_ACCESS_PLATFORM()
    {
        using SystemModel model = SystemBuilder.Build(
            TestTopology.Load(WithDisk("iommu: {name: iommu0, device-id: 9, entries: 8}")), new RecordingPorts().ToPorts());
        DmaIommuDescription connection = model.Topology.VirtioDevices[0].Iommu!;
        Assert.Equal((9U, 8, false), (Assert.Single(connection.DeviceIds), connection.Entries, connection.Ats));
        IommuTranslator translator = model.TranslatorOf(model.VirtioDevices[0].InitiatorId)!;
        Assert.Equal((model.Iommus[0].InitiatorId, 8), (translator.Iommu, translator.Tlb.Capacity));
        Assert.Equal(9U, model.VirtioDevices[0].AccessOf(0x1000, AccessKind.Load, 8).DeviceId);
        model.VirtioDevices[0].Access(Register(model, 0x14, AccessKind.Store), 1);
        Assert.Equal(3UL, model.VirtioDevices[0].Access(Register(model, 0x10, AccessKind.Load), 0).Value);
    }

    [Theory]
    [InlineData("iommu: {name: iommu1, device-id: 9}", "there is no IOMMU 'iommu1'; use one of: iommu0")]
    [InlineData("iommu: {name: iommu0}", "device-id: is missing; give the device id, from 0 to 0xff_ffff")]
    [InlineData("iommu: {name: iommu0, device-id: [9, 10]}", "2 device ids are listed for one device")]
    [InlineData("iommu: {name: iommu0, device-id: 6}", "device id 6 of 'iommu0' belongs to a channel of 'dma0' already")]
    [InlineData("iommu: {name: iommu0, device-id: 9, entries: 3}", "3 is out of range")]
    [InlineData("iommu: {name: iommu0, device-id: 9, ats: true}", "is not a known key")]
    public void A_wrong_connection_of_a_virtio_device_is_told_with_a_remedy(string connection, string expected) => AssertMistake(WithDisk(connection), expected);

    [Theory]
    [InlineData("kind: smmu", "'smmu' is unknown; use one of: riscv-iommu")]
    [InlineData("kind: riscv-iommu, interrupts: [10]", "source 10 is used by 'uart0'")]
    [InlineData("kind: riscv-iommu, interrupts: [40]", "'plic' has 32 sources")]
    [InlineData("kind: riscv-iommu, interrupts: [0]", "'0' is no source")]
    [InlineData("kind: riscv-iommu, first-stage: [sv57]", "Sv57 needs Sv48")]
    [InlineData("kind: riscv-iommu, first-stage: [sv64]", "'sv64' is unknown")]
    [InlineData("kind: riscv-iommu, ats: false", "answers with guest physical addresses are part of ATS")]
    [InlineData("kind: riscv-iommu, entries: 100", "100 is not a power of two")]
    [InlineData("kind: riscv-iommu, wid: 4", "4 is out of range")]
    [InlineData("kind: riscv-iommu, profile: tiny", "'tiny' is unknown; use one of: full, linux")]
    public void A_wrong_IOMMU_is_told_with_a_remedy(string fields, string expected) =>
        AssertMistake(TestTopology.Sound + $"\niommus:\n  - {{name: iommu0, base: 0x0301_0000, {fields}}}\n", expected);

    [Fact]
    public void An_engine_with_ATS_behind_an_IOMMU_without_it_is_a_mistake() => AssertMistake(
        With("iommu: {name: iommu0, device-id: 5, ats: true}").Replace("interrupts: [16, 17]", "ats: false, t2gpa: false", StringComparison.Ordinal),
        "'iommu0' has no ATS");

    [Theory]
    [InlineData(3, 0)]
    [InlineData(0, 258)] // This checker refuses silently: zeros are read, an entry that is not valid.
    public void The_IOMMUs_own_reads_are_accesses_of_its_world_and_a_checker_can_refuse_them(int wid, int cause)
    {
        var ports = new RecordingPorts();
        using SystemModel model = SystemBuilder.Build(
            TestTopology.Load(TestTopology.Sound + "\n" + Iommus.Replace("interrupts: [16, 17]", $"wid: {wid}, rrid: 0x77", StringComparison.Ordinal)), ports.ToPorts());
        IommuUnit unit = model.Iommus[0];
        Assert.Equal(((byte)wid, 0x77U), (unit.Attributes.WorldId, unit.Attributes.RequesterId));
        GuestMemory memory = model.MemoryOf("dram");
        memory.Write(0x1000 + (5 * 64), [1]);
        unit.Model.WriteRegister(16, 8, (0x8000_1000UL >> 12 << 10) | 2);

        IommuResponse response = unit.Model.Translate(new IommuRequest(5, 0x1234, AccessKind.Load));

        Assert.Equal((IommuFaultCause)cause, response.Cause);
        Assert.Equal(cause == 0 ? 0x1234UL : 0, response.Address);
        Assert.Equal(cause != 0, ports.Violations.Exists(violation => violation.InitiatorId == unit.InitiatorId));
    }

    private static IommuConfiguration ConfigurationOf(string fields) => TestTopology.Load(
        TestTopology.Sound + $"\niommus:\n  - {{name: iommu0, kind: riscv-iommu, base: 0x0301_0000{(fields.Length > 0 ? ", " : "")}{fields}}}\n").Iommus[0].Configuration;

    private static string With(string connection) =>
        TestTopology.With("interrupt: 20, worlds: [0, 1]", $"interrupt: 20, worlds: [0, 1], {connection}") + "\n" + Iommus;

    private static string WithDisk(string connection) =>
        With("iommu: {name: iommu0, device-id: 5}") + $"\nvirtio:\n  - {{name: disk0, kind: block, base: 0x1000_1000, {connection}}}\n";

    private static BusAccess Register(SystemModel model, ulong offset, AccessKind kind) =>
        new(offset, 4, kind, TransactionAttributes.Specified, 0x1000_1000 + offset, model.Harts[0]);

    private static void AssertMistake(string text, string expected)
    {
        IReadOnlyList<TopologyMistake> mistakes = TopologyFile.Parse("test.yaml", text).Mistakes;
        Assert.Contains(mistakes, mistake => mistake.ToString().Contains(expected, StringComparison.Ordinal));
    }

    /// <summary>
    /// riscv-iommu issues 95, 430 and 538: what becomes of the queue when an IOPMP refuses the store of a fence's completion? cqmf stops it at the
    /// fence, later commands wait, and once the IOPMP is open and cqmf cleared it goes on from there.
    /// </summary>
    [Fact]
    public void Riscv_iommu_95_a_completion_that_an_IOPMP_refuses_stops_the_queue_at_its_fence()
    {
        const ulong Box = 0x9000_0000;
        const ulong Queue = 0x8000_0000;
        const ulong Fence = 2 | 1UL << 10; // AV
        const int CommandQueueBase = 24;
        const int CommandQueueHead = 32;
        const int CommandQueueTail = 36;
        const int CommandQueueControl = 72;
        using SystemModel model = SystemBuilder.Build(
            TestTopology.Load(
                TestTopology.Sound.Replace("devices:", "  - {name: box, base: 0x9000_0000, size: 64KiB}\ndevices:", StringComparison.Ordinal) +
                "\n  - {name: iopmp, kind: iopmp, base: 0x0601_0000, interrupt: 21, protects: [box]}\n" + Iommus),
            new RecordingPorts().ToPorts());
        IommuUnit unit = model.Iommus[0];
        Checker iopmp = model.Checkers.Single(checker => checker.Name == "iopmp");
        ulong Word(ulong address)
        {
            Assert.Equal(AccessResult.Ok, model.Bus.Read(NoInitiator.Instance, address, 4, AccessKind.Load, TransactionAttributes.DebugAccess, out ulong value));
            return value;
        }

        void Put(ulong address, ulong value) =>
            Assert.Equal(AccessResult.Ok, model.Bus.Write(NoInitiator.Instance, address, 8, TransactionAttributes.DebugAccess, value));
        void Program(ulong offset, ulong value) => iopmp.Access(
            new BusAccess(offset, 4, AccessKind.Store, TransactionAttributes.Specified, 0x0601_0000 + offset, NoInitiator.Instance), value);
        for (ulong number = 0; number < 3; number++)
        {
            Put(Queue + (16 * number), Fence | (0x100 + number) << 32);
            Put(Queue + (16 * number) + 8, (Box + (8 * number)) >> 2);
        }

        unit.Model.WriteRegister(CommandQueueBase, 8, (Queue >> 2) | 3);
        unit.Model.WriteRegister(CommandQueueControl, 4, 1);
        unit.Model.WriteRegister(CommandQueueTail, 4, 1);
        Assert.Equal((1UL, 0x100UL), (unit.Model.ReadRegister(CommandQueueHead, 4), Word(Box)));

        // HWCFG0.enable, with no entry that grants anything: from now on the box is shut.
        Program(8, 1);
        unit.Model.WriteRegister(CommandQueueTail, 4, 3);
        Assert.Equal((1UL, 0x1_0101UL), (unit.Model.ReadRegister(CommandQueueHead, 4), unit.Model.ReadRegister(CommandQueueControl, 4)));
        Assert.Equal((0UL, 0UL), (Word(Box + 8), Word(Box + 16)));

        // Cleared while the box is still shut, it stops again at the same fence.
        unit.Model.WriteRegister(CommandQueueControl, 4, 0x101);
        Assert.Equal((1UL, 0x1_0101UL), (unit.Model.ReadRegister(CommandQueueHead, 4), unit.Model.ReadRegister(CommandQueueControl, 4)));

        // SRCMD_EN of the IOMMU's RRID: domain 0; its one entry: the box, readable and writable, NAPOT.
        Program(0x1000 + (32 * (ulong)unit.Attributes.RequesterId), 2);
        Program(0x800, 1);
        Program(0x2000, (Box >> 2) | ((0x1_0000 >> 3) - 1));
        Program(0x2008, 0x1B);
        unit.Model.WriteRegister(CommandQueueControl, 4, 0x101);
        Assert.Equal((3UL, 0x1_0001UL), (unit.Model.ReadRegister(CommandQueueHead, 4), unit.Model.ReadRegister(CommandQueueControl, 4)));
        Assert.Equal((0x101UL, 0x102UL), (Word(Box + 8), Word(Box + 16)));
    }
}
