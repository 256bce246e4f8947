using Soc.Memory.Tests.Support;

namespace Soc.Memory.Tests;

/// <summary>Cases MT1..MT16 of softtlb.md section 6.1.</summary>
public sealed class MemoryTreeTests : IDisposable
{
    private static readonly TransactionAttributes Plain = TransactionAttributes.Specified;

    private readonly MemoryTree _tree = new();
    private readonly List<GuestMemory> _memories = [];
    private readonly TestInitiator _initiator = new(0);

    public void Dispose()
    {
        foreach (GuestMemory memory in _memories)
        {
            memory.Dispose();
        }
    }

    [Fact]
    public void MT1_the_worked_example_renders_five_ranges_and_a_hole()
    {
        AddressSpace space = Example(pure: true, out MemoryRegion c, out _, out MemoryRegion d, out MemoryRegion e);
        Assert.Equal(
            [(c, 0UL, 0x1fffUL, 0UL), (d, 0x2000, 0x2fff, 0), (c, 0x3000, 0x3fff, 0x3000), (e, 0x4000, 0x4fff, 0), (c, 0x5000, 0x5fff, 0x5000)],
            Ranges(space));
        Assert.True(space.Find(0x6000).IsUnassigned);
        Assert.True(space.Find(ulong.MaxValue).IsUnassigned);
    }

    [Fact]
    public void MT2_a_region_with_callbacks_fills_its_own_holes()
    {
        AddressSpace space = Example(pure: false, out MemoryRegion c, out MemoryRegion b, out MemoryRegion d, out MemoryRegion e);
        Assert.Equal(
            [(c, 0UL, 0x1fffUL, 0UL), (d, 0x2000, 0x2fff, 0), (b, 0x3000, 0x3fff, 0x1000), (e, 0x4000, 0x4fff, 0), (b, 0x5000, 0x5fff, 0x3000)],
            Ranges(space));
    }

    [Fact]
    public void MT3_an_alias_of_an_alias_adds_both_offsets()
    {
        var device = new RecordingDevice();
        var parent = new ContainerRegion("parent", 0x10000);
        parent.Add(0x3000, new MmioRegion("device", 0x4000, device));
        var inner = new AliasRegion("inner", parent.Children[0], 0x100, 0x3000);
        var elsewhere = new ContainerRegion("elsewhere", 0x10000);
        elsewhere.Add(0x5000, inner);
        var root = new ContainerRegion("root");
        root.Add(0x8000_0000, new AliasRegion("outer", inner, 0x20, 0x1000));
        AddressSpace space = _tree.CreateSpace("space", root);
        space.Read(_initiator, 0x8000_0008, 4, AccessKind.Load, Plain, out _);
        Assert.Equal(0x128UL, Assert.Single(device.Log).Offset);
    }

    [Fact]
    public void MT4_an_alias_larger_than_its_target_ends_in_a_hole()
    {
        var root = new ContainerRegion("root");
        root.Add(0x1000, new AliasRegion("window", Ram(0x1000), 0, 0x4000));
        AddressSpace space = _tree.CreateSpace("space", root);
        Assert.Equal(AccessResult.Ok, space.Read(_initiator, 0x1ff8, 8, AccessKind.Load, Plain, out _));
        Assert.Equal(AccessResult.DecodeError, space.Read(_initiator, 0x2000, 8, AccessKind.Load, Plain, out _));
    }

    [Fact]
    public void MT5_two_aliases_of_one_memory_share_storage_and_dirty_bits()
    {
        RamRegion ram = Ram(0x2000);
        ram.Dirty = new DirtyMap(0x2000, DirtyClients.Code);
        ram.Dirty.Clean(0, 0x2000, DirtyClients.All);
        var root = new ContainerRegion("root");
        root.Add(0x1_0000, new AliasRegion("a", ram, 0, 0x2000));
        root.Add(0x2_0000, new AliasRegion("b", ram, 0, 0x2000));
        AddressSpace space = _tree.CreateSpace("space", root);
        space.Write(_initiator, 0x1_1004, 4, Plain, 0xCAFE);
        space.Read(_initiator, 0x2_1004, 4, AccessKind.Load, Plain, out ulong value);
        Assert.Equal(0xCAFEUL, value);
        Assert.Equal(DirtyClients.None, ram.Dirty.DirtyFor(0x0));
        Assert.Equal(DirtyClients.Code, ram.Dirty.DirtyFor(0x1000));
    }

    [Fact]
    public void MT6_stores_below_a_read_only_container_are_discarded_without_an_error_or_a_dirty_bit()
    {
        RamRegion ram = Ram(0x1000);
        ram.Dirty = new DirtyMap(0x1000, DirtyClients.Migration);
        ram.Dirty.Clean(0, 0x1000, DirtyClients.All);
        var box = new ContainerRegion("box", 0x1000) { ReadOnly = true };
        box.Add(0, ram);
        var root = new ContainerRegion("root");
        root.Add(0, box);
        AddressSpace space = _tree.CreateSpace("space", root);
        Assert.Equal(AccessResult.Ok, space.Write(_initiator, 0, 8, Plain, 5));
        space.Read(_initiator, 0, 8, AccessKind.Load, Plain, out ulong value);
        Assert.Equal(0UL, value);
        Assert.True(ram.Dirty.IsClean(0));
    }

    [Fact]
    public void MT7_a_rom_device_is_read_directly_and_written_through_its_callback()
    {
        var device = new RecordingDevice();
        var flash = new RomDeviceRegion("flash", Memory(0x1000), device);
        flash.Memory.Write(0, [1, 2, 3, 4]);
        AddressSpace space = _tree.CreateSpace("space", flash);
        space.Read(_initiator, 0, 4, AccessKind.Load, Plain, out ulong value);
        Assert.Equal(0x04030201UL, value);
        Assert.Empty(device.Log);
        space.Write(_initiator, 4, 4, Plain, 7);
        Assert.Equal(7UL, Assert.Single(device.Log).Value);
    }

    [Fact]
    public void MT7_leaving_rom_mode_is_a_change_of_the_view_and_visible_at_the_commit()
    {
        var device = new RecordingDevice();
        var flash = new RomDeviceRegion("flash", Memory(0x1000), device);
        AddressSpace space = _tree.CreateSpace("space", flash);
        flash.RomMode = false;
        space.Read(_initiator, 0, 4, AccessKind.Load, Plain, out ulong before);
        Assert.Equal(0UL, before);
        _tree.Commit();
        Assert.Equal(1, space.Generation);
        space.Read(_initiator, 0, 1, AccessKind.Load, Plain, out ulong after);
        Assert.Equal(RecordingDevice.ByteAt(0), after);
    }

    [Fact]
    public void MT8_a_disabled_region_lets_the_memory_below_show_through()
    {
        RamRegion ram = Ram(0x1000);
        var device = new RecordingDevice();
        var cover = new MmioRegion("cover", 0x1000, device) { Enabled = false };
        var root = new ContainerRegion("root");
        root.Add(0, ram);
        root.Add(0, cover, priority: 1);
        AddressSpace space = _tree.CreateSpace("space", root);
        Assert.Same(ram, space.Find(0x10).Leaf);
        cover.Enabled = true;
        _tree.Commit();
        Assert.Same(cover, space.Find(0x10).Leaf);
    }

    [Fact]
    public void MT9_a_background_of_negative_priority_answers_in_the_holes()
    {
        var background = new MmioRegion("background", 0, new RecordingDevice());
        var root = new ContainerRegion("root");
        root.Add(0, background, priority: -1);
        root.Add(0x1000, Ram(0x1000));
        AddressSpace space = _tree.CreateSpace("space", root);
        Assert.Same(background, space.Find(0xfff).Leaf);
        Assert.Equal(0x2000UL, space.Find(0x2000).OffsetOf(0x2000));
        Assert.IsType<RamRegion>(space.Find(0x1000).Leaf);
    }

    [Fact]
    public void MT10_an_overlap_of_equal_priority_is_an_error_unless_allowed()
    {
        var root = new ContainerRegion("root");
        root.Add(0, Ram(0x2000));
        MemoryTreeException error = Assert.Throws<MemoryTreeException>(() => root.Add(0x1000, new MmioRegion("uart", 0x1000, new RecordingDevice())));
        Assert.Contains("uart", error.Message, StringComparison.Ordinal);
        var later = new MmioRegion("later", 0x1000, new RecordingDevice());
        root.Add(0x1000, later, mayOverlap: true);
        Assert.Same(later, _tree.CreateSpace("space", root).Find(0x1800).Leaf);
    }

    [Fact]
    public void MT11_the_last_byte_of_a_region_of_two_to_the_64_is_reachable()
    {
        var device = new RecordingDevice();
        AddressSpace space = _tree.CreateSpace("space", new MmioRegion("all", 0, device));
        Assert.Equal(AccessResult.Ok, space.Read(_initiator, ulong.MaxValue, 1, AccessKind.Load, Plain, out _));
        Assert.Equal(ulong.MaxValue, Assert.Single(device.Log).Offset);
    }

    [Fact]
    public void MT12_an_access_across_the_end_of_memory_is_split_and_never_reads_past_it()
    {
        var device = new RecordingDevice();
        RamRegion ram = Ram(0x1000);
        ram.Memory.Write(0xffc, [1, 2, 3, 4]);
        var root = new ContainerRegion("root");
        root.Add(0, ram);
        root.Add(0x1000, new MmioRegion("uart", 0x1000, device));
        AddressSpace space = _tree.CreateSpace("space", root);
        Assert.Equal(AccessResult.Ok, space.Read(_initiator, 0xffc, 8, AccessKind.Load, Plain, out ulong value));
        Assert.Equal(0x04030201UL, value & 0xFFFF_FFFF);
        RecordedAccess call = Assert.Single(device.Log);
        Assert.Equal((0UL, 4, 0x1000UL), (call.Offset, call.Size, call.PhysicalAddress));
    }

    [Fact]
    public void MT13_a_transaction_of_three_changes_renders_and_notifies_once_per_space()
    {
        var a = new MmioRegion("a", 0x1000, new RecordingDevice());
        var b = new MmioRegion("b", 0x1000, new RecordingDevice());
        var root = new ContainerRegion("root");
        root.Add(0, a, priority: 1);
        root.Add(0, b, priority: 2);
        AddressSpace one = _tree.CreateSpace("one", root);
        AddressSpace two = _tree.CreateSpace("two", root);
        var listener = new Listener();
        one.AddListener(listener);
        two.AddListener(listener);
        root.SetPriority(a, 3);
        root.SetPriority(b, 4);
        root.SetPriority(a, 5);
        _tree.Commit();
        Assert.Equal(2, _tree.Renders);
        Assert.Equal([one, two], listener.Changed);
        Assert.Same(a, one.Find(0).Leaf);
        one.RemoveListener(listener);
        root.SetPriority(b, 6);
        _tree.Commit();
        Assert.Equal([one, two, two], listener.Changed);
    }

    [Fact]
    public void MT14_adjacent_aliases_of_contiguous_memory_merge()
    {
        RamRegion ram = Ram(0x2000);
        var root = new ContainerRegion("root");
        root.Add(0x1000, new AliasRegion("low", ram, 0, 0x1000));
        root.Add(0x2000, new AliasRegion("high", ram, 0x1000, 0x1000));
        Assert.Equal([(ram, 0x1000UL, 0x2fffUL, 0UL)], Ranges(_tree.CreateSpace("space", root)));
    }

    [Fact]
    public void MT15_a_memory_only_transaction_to_a_device_is_an_access_error_without_a_call()
    {
        var device = new RecordingDevice();
        AddressSpace space = _tree.CreateSpace("space", new MmioRegion("uart", 0x1000, device));
        Assert.Equal(AccessResult.AccessError, space.Read(_initiator, 0, 4, AccessKind.Load, Plain.WithMemoryOnly(true), out _));
        Assert.Equal(AccessResult.AccessError, space.Write(_initiator, 0, 4, Plain.WithMemoryOnly(true), 1));
        Assert.Empty(device.Log);
    }

    [Fact]
    public void MT16_the_results_of_the_parts_are_or_ed()
    {
        var root = new ContainerRegion("root");
        root.Add(0, new MmioRegion("bad", 0x1000, new RecordingDevice(AccessResult.Error)));
        AddressSpace space = _tree.CreateSpace("space", root);
        Assert.Equal(AccessResult.Error | AccessResult.DecodeError, space.Read(_initiator, 0xffc, 8, AccessKind.Load, Plain, out _));
    }

    [Fact]
    public void A_region_is_in_one_place_and_an_alias_cycle_is_named()
    {
        var a = new ContainerRegion("a", 0x1000);
        var b = new ContainerRegion("b", 0x1000);
        a.Add(0, b);
        Assert.Throws<MemoryTreeException>(() => b.Add(0, a));
        Assert.Throws<MemoryTreeException>(() => new ContainerRegion("c").Add(0, b));
        b.Add(0, new AliasRegion("loop", a, 0, 0x1000));
        Assert.Contains("cycle", Assert.Throws<MemoryTreeException>(() => _tree.CreateSpace("space", a)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_is_sparse_page_aligned_and_readable_across_chunks()
    {
        GuestMemory memory = Memory(1UL << 36);
        Assert.Equal(0UL, memory.Allocated);
        ulong boundary = (1UL << 30) + GuestMemory.ChunkSize - 2;
        memory.Write(boundary, [1, 2, 3, 4]);
        Span<byte> back = stackalloc byte[4];
        memory.Read(boundary, back);
        Assert.Equal([1, 2, 3, 4], back.ToArray());
        Assert.Equal(2UL * GuestMemory.ChunkSize, memory.Allocated);
        Assert.Throws<MemoryTreeException>(() => new GuestMemory(0x1001));
    }

    [Fact]
    public void A_memory_of_a_refused_size_is_collected_in_peace()
    {
        Refuse();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(0UL, Memory(0x1000).Allocated);

        static void Refuse() => Assert.Throws<MemoryTreeException>(() => new GuestMemory(7));
    }

    private static List<(MemoryRegion Leaf, ulong First, ulong Last, ulong Offset)> Ranges(AddressSpace space) =>
        [.. space.View.Sections.Where(section => !section.IsUnassigned).Select(section => (section.Leaf, section.Start, section.Last, section.OffsetInLeaf))];

    private AddressSpace Example(bool pure, out MemoryRegion c, out MemoryRegion b, out MemoryRegion d, out MemoryRegion e)
    {
        var a = new ContainerRegion("a", 0x8000);
        c = new MmioRegion("c", 0x6000, new RecordingDevice());
        b = pure ? new ContainerRegion("b", 0x4000) : new MmioRegion("b", 0x4000, new RecordingDevice());
        d = new MmioRegion("d", 0x1000, new RecordingDevice());
        e = new MmioRegion("e", 0x1000, new RecordingDevice());
        a.Add(0, c, priority: 1);
        a.Add(0x2000, b, priority: 2);
        b.Add(0, d);
        b.Add(0x2000, e);
        return _tree.CreateSpace("example", a);
    }

    private GuestMemory Memory(ulong size)
    {
        var memory = new GuestMemory(size);
        _memories.Add(memory);
        return memory;
    }

    private RamRegion Ram(ulong size) => new($"ram{_memories.Count}", Memory(size));

    private sealed class Listener : IFlatViewListener
    {
        public List<AddressSpace> Changed { get; } = [];

        public void OnFlatViewChanged(AddressSpace space) => Changed.Add(space);
    }
}
