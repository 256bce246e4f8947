using Soc.Iommu.Tests.Support;
using Soc.Memory;

namespace Soc.Iommu.Tests;

/// <summary>C70 to C79, C81, C82, C94: what must be gone after an invalidation, and what may stay.</summary>
public sealed class InvalidationTests
{
    private const ulong Rwx = IommuBench.Rwx;
    private const ulong Iova = 0x1234_5000;
    private const ulong OldPage = 0x10_0000;
    private const ulong NewPage = 0x20_0000;

    private static ulong Vma(uint? pscid, bool address, ushort? gscid) =>
        1 | (pscid is { } process ? 1UL << 32 | (ulong)process << 12 : 0) | (address ? 1UL << 10 : 0) |
        (gscid is { } guest ? 1UL << 33 | (ulong)guest << 44 : 0);

    private static ulong Address(ulong address) => address >> 12 << 10;

    private static ulong Entry(ulong target, ulong flags = Rwx) => (target >> 12 << 10) | flags;

    /// <summary>A cached translation of one first-stage page whose entry was then changed.</summary>
    private sealed class Changed
    {
        public Changed(bool guest, bool global)
        {
            Bench = new IommuBench();
            ulong second = Bench.Pages(4);
            Bench.Map(second, 8, 0, 0, Rwx, level: 2, second: true);
            for (ulong gigabyte = 1; gigabyte < 4; gigabyte++)
            {
                Bench.Map(second, 8, gigabyte << 30, gigabyte << 30, Rwx, level: 2, second: true);
            }

            ulong root = Bench.Pages();
            ulong flags = Rwx | (global ? IommuBench.G : 0);
            ulong place = Bench.Map(root, 8, Iova, OldPage, flags);
            Bench.Device(1, new Dc { Fsc = Dc.Atp(8, root), Ta = 7 << 12, Iohgatp = guest ? Dc.Atp(8, second, 3) : 0 });
            Assert.Equal(OldPage, Bench.Load(1, Iova).Address);
            Bench.Memory[place] = Entry(NewPage, flags);
            Assert.Equal(OldPage, Bench.Load(1, Iova).Address);
        }

        public IommuBench Bench { get; }

        public bool IsGone => Bench.Load(1, Iova).Address == NewPage;
    }

    [Fact]
    public void C70_every_VMA_form_drops_exactly_what_it_must()
    {
        foreach (bool guest in new[] { false, true })
        {
            foreach (bool global in new[] { false, true })
            {
                foreach (ushort? gscid in new ushort?[] { null, 3, 4 })
                {
                    foreach (uint? pscid in new uint?[] { null, 7, 8 })
                    {
                        foreach (ulong? address in new ulong?[] { null, Iova, Iova + 0x1000 })
                        {
                            var changed = new Changed(guest, global);
                            changed.Bench.Command(Vma(pscid, address.HasValue, gscid), Address(address ?? 0));
                            bool space = guest ? gscid == 3 : gscid is null;
                            bool process = pscid is null || (pscid == 7 && !global);
                            bool gone = space && process && address is null or Iova && space && process;
                            Assert.True(changed.IsGone == gone, $"guest {guest} global {global} gscid {gscid} pscid {pscid} address {address:x}");
                        }
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(0x81UL, 0UL, true)]
    [InlineData(0x3002_0000_0081UL, 0UL, true)]
    [InlineData(0x4002_0000_0081UL, 0UL, false)]
    [InlineData(0x3002_0000_0481UL, 0x1_2345_6000UL, true)]
    [InlineData(0x3002_0000_0481UL, 0x1_2345_7000UL, false)]
    [InlineData(0x4002_0000_0481UL, 0x1_2345_6000UL, false)]
    [InlineData(0x1UL, 0UL, false)]
    [InlineData(0x3002_0000_0001UL, 0UL, true)]
    public void C71_GVMA_drops_combined_entries_by_guest_address(ulong command, ulong address, bool gone)
    {
        var bench = new IommuBench();
        ulong second = bench.Pages(4);
        const ulong Guest = 0x1_2345_6000;
        ulong place = bench.Map(second, 8, Guest, OldPage, Rwx, second: true);
        for (ulong gigabyte = 0; gigabyte < 4; gigabyte++)
        {
            bench.Map(second, 8, gigabyte << 30, gigabyte << 30, Rwx, level: 2, second: true);
        }

        ulong root = bench.Pages();
        bench.Map(root, 8, Iova, Guest, Rwx);
        bench.Device(1, new Dc { Fsc = Dc.Atp(8, root), Ta = 7 << 12, Iohgatp = Dc.Atp(8, second, 3) });
        Assert.Equal(OldPage, bench.Load(1, Iova).Address);
        bench.Memory[place] = Entry(NewPage);
        bench.Command(command, Address(address));
        Assert.Equal(gone ? NewPage : OldPage, bench.Load(1, Iova).Address);
    }

    [Fact]
    public void C71_GVMA_drops_interrupt_files()
    {
        var bench = new IommuBench();
        ulong table = bench.Pages();
        bench.Put(table, Entry(OldPage, 7));
        bench.Device(1, new Dc { Iohgatp = Dc.Atp(8, bench.Pages(4), 3), Msiptp = Dc.Atp(1, table), Pattern = 0x28000 });
        Assert.Equal(OldPage, bench.Store(1, 0x2800_0000).Address);
        bench.Put(table, Entry(NewPage, 7));
        bench.Command(0x3002_0000_0481, Address(0x2800_1000));
        Assert.Equal(OldPage, bench.Store(1, 0x2800_0000).Address);
        bench.Command(0x3002_0000_0481, Address(0x2800_0000));
        Assert.Equal(NewPage, bench.Store(1, 0x2800_0000).Address);
    }

    [Fact]
    public void C72_any_address_of_a_superpage_drops_it()
    {
        var bench = new IommuBench();
        ulong root = bench.Pages();
        ulong place = bench.Map(root, 8, 0x4000_0000, 0x20_0000, Rwx, level: 1);
        bench.Device(1, new Dc { Fsc = Dc.Atp(8, root), Ta = 7 << 12 });
        Assert.Equal(0x20_1000UL, bench.Load(1, 0x4000_1000).Address);
        bench.Memory[place] = Entry(0x40_0000);
        bench.Command(Vma(7, true, null), Address(0x4020_0000));
        Assert.Equal(0x20_1000UL, bench.Load(1, 0x4000_1000).Address);
        bench.Command(Vma(7, true, null), Address(0x401F_F000));
        Assert.Equal(0x40_1000UL, bench.Load(1, 0x4000_1000).Address);
    }

    [Fact]
    public void C72_a_piece_of_a_superpage_goes_with_the_superpage()
    {
        // A 2 MiB first-stage page over 4 KiB second-stage pages: one entry of 4 KiB holds a copy of the large leaf.
        var bench = new IommuBench();
        ulong second = bench.Pages(4);
        for (ulong gigabyte = 1; gigabyte < 4; gigabyte++)
        {
            bench.Map(second, 8, gigabyte << 30, gigabyte << 30, Rwx, level: 2, second: true);
        }

        bench.Map(second, 8, 0x20_0000, OldPage, Rwx, second: true);
        bench.Map(second, 8, 0x60_0000, NewPage, Rwx, second: true);
        ulong root = bench.Pages();
        ulong place = bench.Map(root, 8, 0x4000_0000, 0x20_0000, Rwx, level: 1);
        bench.Device(1, new Dc { Fsc = Dc.Atp(8, root), Ta = 7 << 12, Iohgatp = Dc.Atp(8, second, 3) });
        Assert.Equal(OldPage, bench.Load(1, 0x4000_0000).Address);
        bench.Memory[place] = Entry(0x60_0000);
        bench.Command(Vma(7, true, 3), Address(0x4010_0000));
        Assert.Equal(NewPage, bench.Load(1, 0x4000_0000).Address);
    }

    [Theory]
    [InlineData(0x1_0000_0001UL, 0UL)]
    [InlineData(0x5_0000_0401UL, 0x1234_5000UL)]
    public void C73_non_leaf_changes_are_seen_after_AV_0_or_NL_1(ulong command, ulong address)
    {
        var bench = new IommuBench();
        ulong root = bench.Pages();
        ulong other = bench.Pages();
        bench.Map(root, 8, Iova, OldPage, Rwx);
        ulong moved = bench.Map(other, 8, Iova, NewPage, Rwx);
        bench.Device(1, new Dc { Fsc = Dc.Atp(8, root), Ta = 7 << 12 });
        Assert.Equal(OldPage, bench.Load(1, Iova).Address);
        ulong middle = (bench.Memory[root] >> 10) << 12;
        bench.Memory[middle + (8 * (Iova >> 21 & 511))] = Entry(moved & ~0xFFFUL, IommuBench.V);
        bench.Command(command | 7 << 12, Address(address));
        Assert.Equal(NewPage, bench.Load(1, Iova).Address);
    }

    [Theory]
    [InlineData(0x1234_5000UL, 13, true)]
    [InlineData(0x1234_6000UL, 13, false)]
    [InlineData(0x1220_0000UL, 21, true)]
    [InlineData(0x1200_0000UL, 21, false)]
    [InlineData(0x1200_0000UL, 22, true)]
    public void C74_ranges_with_S(ulong first, int bits, bool gone)
    {
        var changed = new Changed(guest: false, global: false);
        ulong page = ((first >> 12) & ~((1UL << (bits - 12)) - 1)) | ((1UL << (bits - 13)) - 1);
        changed.Bench.Command(Vma(7, true, null), (page << 10) | 1 << 9);
        Assert.Equal(gone, changed.IsGone);
    }

    [Theory]
    [InlineData((1UL << 52) - 1)]
    [InlineData((1UL << 51) - 1)]
    public void C74_the_whole_space_with_S(ulong page)
    {
        var changed = new Changed(guest: false, global: false);
        changed.Bench.Command(Vma(7, true, null), (page << 10) | 1 << 9);
        Assert.True(changed.IsGone);
    }

    [Fact]
    public void C75_a_device_context_and_all_its_processes_are_read_again()
    {
        var bench = new IommuBench();
        ulong directory = bench.Pages();
        ulong one = bench.Pages();
        ulong two = bench.Pages();
        bench.Map(one, 8, Iova, OldPage, Rwx);
        bench.Map(two, 8, Iova, NewPage, Rwx);
        bench.Put(directory + 16, 1 | 7 << 12);
        bench.Put(directory + 24, Dc.Atp(8, one));
        bench.Device(1, new Dc { Tc = 1 | Dc.Pdtv, Fsc = Dc.Atp(1, directory) });
        bench.Device(2, new Dc { Tc = 1 | Dc.Pdtv, Fsc = Dc.Atp(1, directory) });
        Assert.Equal(OldPage, bench.Process(1, 1, Iova).Address);
        Assert.Equal(OldPage, bench.Process(2, 1, Iova).Address);
        bench.Put(directory + 16, 1 | 8 << 12);
        bench.Put(directory + 24, Dc.Atp(8, two));
        bench.Command(3 | 1UL << 33 | 1UL << 40);
        Assert.Equal(NewPage, bench.Process(1, 1, Iova).Address);
        Assert.Equal(OldPage, bench.Process(2, 1, Iova).Address);
        bench.Command(3);
        Assert.Equal(NewPage, bench.Process(2, 1, Iova).Address);
    }

    [Fact]
    public void C76_only_the_named_process_is_read_again()
    {
        var bench = new IommuBench();
        ulong directory = bench.Pages();
        bench.Device(1, new Dc { Tc = 1 | Dc.Pdtv, Fsc = Dc.Atp(1, directory) });
        bench.Put(directory + 16, 1);
        bench.Put(directory + 32, 1);
        Assert.Equal(Iova, bench.Process(1, 1, Iova).Address);
        Assert.Equal(Iova, bench.Process(1, 2, Iova).Address);
        bench.Put(directory + 16, 0);
        bench.Put(directory + 32, 0);
        bench.Command(0x83 | 1UL << 33 | 1UL << 40 | 1 << 12);
        Assert.Equal(IommuFaultCause.ProcessEntryNotValid, bench.Process(1, 1, Iova).Cause);
        Assert.Equal(Iova, bench.Process(1, 2, Iova).Address);
    }

    [Fact]
    public void C77_making_something_valid_needs_no_command()
    {
        var bench = new IommuBench();
        ulong directory = bench.Pages();
        ulong root = bench.Pages();
        ulong context = bench.PlaceOf(1);
        Assert.Equal(IommuFaultCause.DirectoryEntryNotValid, bench.Process(1, 1, Iova).Cause);
        bench.Device(1, new Dc { Tc = 1 | Dc.Pdtv, Fsc = Dc.Atp(1, directory) });
        Assert.Equal(IommuFaultCause.ProcessEntryNotValid, bench.Process(1, 1, Iova).Cause);
        bench.Put(directory + 24, Dc.Atp(8, root));
        bench.Put(directory + 16, 1);
        Assert.Equal(IommuFaultCause.ReadPageFault, bench.Process(1, 1, Iova).Cause);
        bench.Map(root, 8, Iova, OldPage, Rwx);
        Assert.Equal(OldPage, bench.Process(1, 1, Iova).Address);
        Assert.NotEqual(0UL, context);
    }

    [Fact]
    public void C78_no_stale_use_after_the_fence_with_four_streaming_devices()
    {
        var bench = new IommuBench(change: configuration => configuration with { TranslationCacheBits = 4, DirectoryCacheBits = 1 });
        ulong root = bench.Pages();
        const int Pages = 24;
        var places = new ulong[Pages];
        var current = new ulong[Pages];
        for (int page = 0; page < Pages; page++)
        {
            current[page] = 0x100_0000 + ((ulong)page << 12);
            places[page] = bench.Map(root, 8, Iova + ((ulong)page << 12), current[page], Rwx);
        }

        for (uint device = 0; device < 4; device++)
        {
            bench.Device(device, new Dc { Fsc = Dc.Atp(8, root), Ta = 7 << 12 });
        }

        uint seed = 1;
        for (int step = 0; step < 4000; step++)
        {
            seed = (seed * 1_664_525) + 1_013_904_223;
            int page = (int)(seed >> 16) % Pages;
            ulong iova = Iova + ((ulong)page << 12);
            if (step % 10 == 9)
            {
                current[page] += 0x100_0000;
                bench.Memory[places[page]] = Entry(current[page]);
                bench.Command(Vma(7, true, null), Address(iova));
                bench.Command(0x3002);
            }

            Assert.Equal(current[page], bench.Load(seed >> 8 & 3, iova).Address);
        }

        Assert.True(bench.Iommu.Statistics.Hits > 1000);
    }

    [Fact]
    public void C79_a_walk_that_an_invalidation_overtakes_is_not_cached()
    {
        var bench = new IommuBench();
        ulong root = bench.Pages();
        ulong place = bench.Map(root, 8, Iova, OldPage, Rwx);
        bench.Device(1, new Dc { Fsc = Dc.Atp(8, root), Ta = 7 << 12 });
        bench.Memory.BeforeRead = address =>
        {
            if (address == place)
            {
                bench.Memory.BeforeRead = null;
                bench.Command(Vma(7, true, null), Address(Iova));
            }
        };
        IommuResponse first = bench.Load(1, Iova);
        Assert.Equal(OldPage, first.Address);
        Assert.True(first.Epoch < bench.Iommu.Epoch);
        Assert.Equal(1UL, bench.Iommu.Statistics.FillsDropped);
        bench.Memory[place] = Entry(NewPage);
        Assert.Equal(NewPage, bench.Load(1, Iova).Address);
    }

    [Fact]
    public void C81_a_cleared_D_is_set_again_after_an_invalidation()
    {
        var bench = new IommuBench();
        ulong root = bench.Pages();
        ulong place = bench.Map(root, 8, Iova, OldPage, Rwx);
        bench.Device(1, new Dc { Tc = 1 | Dc.Sade, Fsc = Dc.Atp(8, root), Ta = 7 << 12 });
        bench.Store(1, Iova);
        bench.Memory[place] &= ~IommuBench.D;
        bench.Store(1, Iova);
        Assert.Equal(0UL, bench.Memory[place] & IommuBench.D);
        bench.Command(Vma(7, true, null), Address(Iova));
        bench.Store(1, Iova);
        Assert.Equal(IommuBench.D, bench.Memory[place] & IommuBench.D);
    }

    [Fact]
    public void C82_one_command_serves_two_devices_of_one_address_space()
    {
        var changed = new Changed(guest: false, global: false);
        ulong context = changed.Bench.PlaceOf(1);
        changed.Bench.Device(2, new Dc { Fsc = changed.Bench.Memory[context + 24], Ta = 7 << 12 });
        Assert.Equal(OldPage, changed.Bench.Load(2, Iova).Address);
        changed.Bench.Command(Vma(7, true, null), Address(Iova));
        Assert.Equal(NewPage, changed.Bench.Load(1, Iova).Address);
        Assert.Equal(NewPage, changed.Bench.Load(2, Iova).Address);
    }

    [Fact]
    public void C94_off_is_busy_until_every_holder_has_drained()
    {
        var bench = new IommuBench();
        bench.Port.DefersInvalidations = true;
        bench.Set(16, 8, 0);
        Assert.Equal(0x10UL, bench.Get(16, 8) & 0x1F);
        bench.Set(16, 8, 1);
        Assert.Equal(0x10UL, bench.Get(16, 8) & 0x1F);
        Assert.Equal(IommuFaultCause.AllTransactionsDisallowed, bench.Load(1, 0).Cause);
        (IommuInvalidation invalidation, ulong epoch) = bench.Port.Invalidations.Single();
        Assert.Equal(IommuInvalidationKind.Everything, invalidation.Kind);
        bench.Iommu.Acknowledge(epoch);
        Assert.Equal(0UL, bench.Get(16, 8) & 0x1F);
    }

    [Fact]
    public void Holders_are_told_the_operands_and_can_match_their_copies()
    {
        var changed = new Changed(guest: true, global: false);
        IommuResponse held = changed.Bench.Load(1, Iova);
        changed.Bench.Command(Vma(7, true, 3), Address(Iova));
        changed.Bench.Command(Vma(8, true, 3), Address(Iova));
        changed.Bench.Command(0x3002_0000_0481, Address(OldPage));
        changed.Bench.Command(0x83 | 1UL << 33 | 1UL << 40);
        changed.Bench.Command(3 | 1UL << 33 | 1UL << 40);
        changed.Bench.Command(3 | 1UL << 33 | 2UL << 40);
        IEnumerable<bool> covered = changed.Bench.Port.Invalidations.Select(told => told.Invalidation.Covers(held.Tag, Iova));
        Assert.Equal([true, false, true, false, true, false], covered);
    }

    [Fact]
    public void A_hit_checks_permission_privilege_and_D_again()
    {
        var bench = new IommuBench();
        ulong root = bench.Pages();
        ulong place = bench.Map(root, 8, Iova, OldPage, IommuBench.V | IommuBench.R | IommuBench.U | IommuBench.A);
        bench.Device(1, new Dc { Fsc = Dc.Atp(8, root) });
        bench.Load(1, Iova);
        Assert.Equal(IommuFaultCause.WritePageFault, bench.Store(1, Iova).Cause);
        Assert.Equal(IommuFaultCause.InstructionPageFault, bench.Fetch(1, Iova).Cause);
        bench.Memory[place] = Entry(OldPage);
        Assert.Equal(OldPage, bench.Store(1, Iova).Address);
        Assert.Equal(AccessKinds.All, bench.Load(1, Iova).Permissions);
    }
}
