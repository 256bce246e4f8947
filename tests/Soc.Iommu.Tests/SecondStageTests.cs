using Soc.Iommu.Tests.Support;

namespace Soc.Iommu.Tests;

/// <summary>C39 to C48: the second stage, alone and under a first stage.</summary>
public sealed class SecondStageTests
{
    private const ulong Rwx = IommuBench.Rwx;
    private const uint Device = 5;
    private const ulong Shift = 0x4000_0000;

    private readonly IommuBench _bench = new();
    private readonly ulong _second;

    public SecondStageTests() => _second = _bench.Pages(4);

    private ulong MapSecond(ulong guest, ulong target, ulong flags = Rwx, int level = 0, int mode = 8) =>
        _bench.Map(_second, mode, guest, target, flags, level, second: true);

    /// <summary>A page of the guest: its guest address; it lies <see cref="Shift"/> above that.</summary>
    private ulong GuestPage(ulong flags = Rwx)
    {
        ulong page = _bench.Pages();
        MapSecond(page - Shift, page, flags);
        return page - Shift;
    }

    private ulong MapFirst(ulong root, ulong iova, ulong guest, ulong flags = Rwx, int level = 0) =>
        _bench.Map(root, 8, iova, guest, flags, level, allocate: () => GuestPage(), reach: address => address + Shift);

    private void Attach(ulong controls = 0, int second = 8, int first = 0, ulong root = 0) =>
        _bench.Device(Device, new Dc { Tc = 1 | controls, Iohgatp = Dc.Atp(second, _second, 7), Fsc = Dc.Atp(first, root), Ta = 3 << 12 });

    [Theory]
    [InlineData(8, 41)]
    [InlineData(9, 50)]
    [InlineData(10, 59)]
    public void C39_guest_addresses_wider_than_the_mode(int mode, int bits)
    {
        Attach(second: mode);
        ulong wide = 1UL << bits | 0x123;
        Assert.Equal(IommuFaultCause.ReadGuestPageFault, _bench.Load(Device, wide).Cause);
        Assert.Equal(wide & ~3UL, _bench.Record(0, 3));
        Assert.Equal(IommuFaultCause.WriteGuestPageFault, _bench.Store(Device, wide).Cause);
        Assert.Equal(IommuFaultCause.InstructionGuestPageFault, _bench.Fetch(Device, wide).Cause);
    }

    [Fact]
    public void C40_the_root_has_four_quarters()
    {
        Attach();
        for (ulong quarter = 0; quarter < 4; quarter++)
        {
            MapSecond(quarter << 39, 0x10_0000 + (quarter << 12));
            Assert.Equal(0x10_0000 + (quarter << 12), _bench.Load(Device, quarter << 39).Address);
        }
    }

    [Fact]
    public void C41_second_stage_pages_need_U()
    {
        Attach();
        MapSecond(0x1000, 0x2000, Rwx & ~IommuBench.U);
        Assert.Equal(IommuFaultCause.ReadGuestPageFault, _bench.Load(Device, 0x1004).Cause);
        Assert.Equal(0x1004UL, _bench.Record(0, 3));
    }

    [Fact]
    public void C42_the_smaller_page_of_two_stages_counts()
    {
        for (int level = 0; level < 3; level++)
        {
            for (int under = 0; under < 3; under++)
            {
                ulong root = GuestPage();
                ulong guest = ((ulong)level + 1) << 33;
                uint device = (uint)(16 + (level * 3) + under);
                ulong second = _bench.Pages(4);
                ulong root2 = root + Shift;
                _bench.Map(second, 8, root, root2, Rwx, second: true);
                ulong iova = 3UL << 33;
                ulong Table()
                {
                    ulong page = _bench.Pages();
                    _bench.Map(second, 8, page - Shift, page, Rwx, second: true);
                    return page - Shift;
                }

                _bench.Map(root, 8, iova, guest, Rwx, level, allocate: Table, reach: address => address + Shift);
                _bench.Map(second, 8, guest, guest + (1UL << 40), Rwx, under, second: true);
                _bench.Device(device, new Dc { Iohgatp = Dc.Atp(8, second, (int)device), Fsc = Dc.Atp(8, root) });
                IommuResponse response = _bench.Load(device, iova | 0x765);
                Assert.Equal(guest + (1UL << 40) + 0x765, response.Address);
                Assert.Equal(1UL << (12 + (9 * Math.Min(level, under))), response.Size);
            }
        }
    }

    [Fact]
    public void C43_a_fault_on_a_first_stage_table_names_its_guest_address()
    {
        ulong root = GuestPage();
        ulong place = MapFirst(root, 0x1234_5000, 0x9000);
        Attach(first: 8, root: root);
        ulong entry = place - Shift;
        MapSecond(entry & ~0xFFFUL, place & ~0xFFFUL, Rwx & ~IommuBench.V);
        Assert.Equal(IommuFaultCause.WriteGuestPageFault, _bench.Store(Device, 0x1234_5000).Cause);
        Assert.Equal(entry | 1, _bench.Record(0, 3));
        Assert.Equal(IommuFaultCause.InstructionGuestPageFault, _bench.Fetch(Device, 0x1234_5000).Cause);
        Assert.Equal(IommuFaultCause.ReadGuestPageFault, _bench.Load(Device, 0x1234_5000).Cause);
    }

    [Fact]
    public void C44_an_update_needs_write_permission_in_the_second_stage()
    {
        ulong root = GuestPage();
        MapSecond(0x9000, 0x1_9000);
        ulong place = MapFirst(root, 0x1234_5000, 0x9000, Rwx & ~IommuBench.D);
        Attach(controls: Dc.Sade, first: 8, root: root);
        ulong entry = place - Shift;
        MapSecond(entry & ~0xFFFUL, place & ~0xFFFUL, Rwx & ~(IommuBench.W | IommuBench.D));
        Assert.Equal(IommuFaultCause.WriteGuestPageFault, _bench.Store(Device, 0x1234_5000).Cause);
        Assert.Equal(entry | 3, _bench.Record(0, 3));
        Assert.Equal(IommuStatus.Success, _bench.Load(Device, 0x1234_5000).Status);
    }

    [Fact]
    public void C45_an_update_dirties_the_table_page_in_the_second_stage()
    {
        ulong root = GuestPage();
        MapSecond(0x9000, 0x1_9000);
        ulong place = MapFirst(root, 0x1234_5000, 0x9000, Rwx & ~(IommuBench.A | IommuBench.D));
        ulong second = MapSecond((place - Shift) & ~0xFFFUL, place & ~0xFFFUL, Rwx & ~IommuBench.D);
        Attach(controls: Dc.Sade, first: 8, root: root);
        Assert.Equal(IommuFaultCause.WriteGuestPageFault, _bench.Store(Device, 0x1234_5000).Cause);
        _bench.Command(0x3);
        Attach(controls: Dc.Sade | Dc.Gade, first: 8, root: root);
        Assert.Equal(0x1_9000UL, _bench.Store(Device, 0x1234_5000).Address);
        Assert.Equal(IommuBench.A | IommuBench.D, _bench.Memory[place] & 0xC0);
        Assert.Equal(IommuBench.D, _bench.Memory[second] & IommuBench.D);
    }

    [Fact]
    public void C46_the_first_fault_on_the_way_wins()
    {
        ulong root = GuestPage();
        MapFirst(root, 0x1000, 0x9000, Rwx & ~IommuBench.U);
        MapFirst(root, 0x2000, 0x9000);
        Attach(first: 8, root: root);
        Assert.Equal(IommuFaultCause.ReadPageFault, _bench.Load(Device, 0x1000).Cause);
        Assert.Equal(IommuFaultCause.ReadGuestPageFault, _bench.Load(Device, 0x2008).Cause);
        Assert.Equal(0x9008UL, _bench.Record(1, 3));
    }

    [Theory]
    [InlineData(0UL, 0UL, 0)]
    [InlineData(0UL, 2UL, 2)]
    [InlineData(1UL, 2UL, 1)]
    [InlineData(2UL, 0UL, 2)]
    public void C47_memory_types_of_two_stages(ulong first, ulong second, int resolved)
    {
        ulong root = GuestPage();
        MapSecond(0x9000, 0x1_9000, Rwx | second << 61);
        MapFirst(root, 0x1000, 0x9000, Rwx | first << 61);
        Attach(first: 8, root: root);
        Assert.Equal(resolved, _bench.Load(Device, 0x1000).MemoryType);
        Assert.Equal(resolved, _bench.Load(Device, 0x1000).MemoryType);
    }

    [Fact]
    public void C48_second_stage_tables_that_are_refused_or_poisoned()
    {
        Attach();
        MapSecond(0x1000, 0x2000);
        _bench.Memory.PoisonedPages.Add(_second >> 12);
        Assert.Equal(IommuFaultCause.PageTableCorruption, _bench.Load(Device, 0x1000).Cause);
        _bench.Memory.RefusedPages.Add(_second >> 12);
        Assert.Equal(IommuFaultCause.WriteAccessFault, _bench.Store(Device, 0x1000).Cause);
    }

    [Fact]
    public void Second_stage_updates_set_exactly_A_and_D()
    {
        ulong place = MapSecond(0x1000, 0x2000, Rwx & ~(IommuBench.A | IommuBench.D));
        Attach(controls: Dc.Gade);
        _bench.Load(Device, 0x1000);
        Assert.Equal(IommuBench.A, _bench.Memory[place] & 0xC0);
        _bench.Store(Device, 0x1000);
        Assert.Equal(IommuBench.A | IommuBench.D, _bench.Memory[place] & 0xC0);
    }

    [Fact]
    public void Thirty_two_bit_guests_have_34_bit_guest_addresses()
    {
        var bench = new IommuBench(fctl: 4, gxlWritable: true);
        ulong root = bench.Pages(4);
        bench.Memory[root + (4096 * 2)] = (0x80_0000UL >> 12 << 10) | Rwx;
        bench.Device(1, new Dc { Tc = 1 | Dc.Sxl, Iohgatp = Dc.Atp(8, root) });
        IommuResponse response = bench.Load(1, 0x2_0000_0010);
        Assert.Equal(0x80_0010UL, response.Address);
        Assert.Equal(0x40_0000UL, response.Size);
        Assert.Equal(IommuFaultCause.ReadGuestPageFault, bench.Load(1, 0x4_0000_0000).Cause);
    }

    [Fact]
    public void A_cold_walk_of_two_stages_reads_what_section_5_3_says()
    {
        ulong root = GuestPage();
        MapSecond(0x9000, 0x1_9000);
        MapFirst(root, 0x1000, 0x9000);
        Attach(first: 8, root: root);
        Assert.Equal(3 + 15, _bench.Load(Device, 0x1000).Reads);
        Assert.Equal(0, _bench.Load(Device, 0x1000).Reads);
    }
}
