using Soc.Iommu.Tests.Support;
using Soc.Memory;

namespace Soc.Iommu.Tests;

/// <summary>C11 to C23, C49 to C53: modes, device and process directories.</summary>
public sealed class DirectoryTests
{
    [Fact]
    public void C11_off_refuses_everything_and_logs_it()
    {
        var bench = new IommuBench();
        bench.Device(1, new Dc { Tc = Dc.Valid | Dc.Dtf });
        bench.Set(16, 8, 0);
        Assert.Equal(IommuFaultCause.AllTransactionsDisallowed, bench.Load(1, 0x1234).Cause);
        Assert.Equal(0x1_08_0000_0100UL, bench.Record(0, 0));
        Assert.Equal(0x1234UL, bench.Record(0, 2));
    }

    [Fact]
    public void C12_bare_is_the_identity()
    {
        var bench = new IommuBench();
        bench.Set(16, 8, 1);
        Assert.Equal(0x1234UL, bench.Load(9, 0x1234).Address);
        Assert.Equal(0x1234UL, bench.Process(9, 7, 0x1234).Address);
    }

    [Fact]
    public void C13_bare_refuses_translated_and_translation_requests()
    {
        var bench = new IommuBench();
        bench.Set(16, 8, 1);
        Assert.Equal(IommuFaultCause.TransactionTypeDisallowed, bench.Translated(1, 0x1000).Cause);
        Assert.Equal(IommuStatus.UnsupportedRequest, bench.Ask(1, 0x1000).Status);
        Assert.Equal(2UL, bench.FaultTail);
    }

    [Theory]
    [InlineData(IommuBench.BaseFormat, 1, 1U << 15)]
    [InlineData(IommuBench.BaseFormat, 1, 1U << 7)]
    [InlineData(IommuBench.BaseFormat, 2, 1U << 16)]
    [InlineData(IommuBench.All, 1, 1U << 14)]
    [InlineData(IommuBench.All, 1, 1U << 6)]
    [InlineData(IommuBench.All, 2, 1U << 23)]
    [InlineData(IommuBench.All, 2, 1U << 15)]
    public void C14_a_device_id_wider_than_the_mode_is_disallowed(ulong capabilities, int levels, uint device)
    {
        var bench = new IommuBench(capabilities, levels: levels);
        Assert.Equal(IommuFaultCause.TransactionTypeDisallowed, bench.Load(device, 0).Cause);
    }

    [Theory]
    [InlineData(IommuBench.BaseFormat)]
    [InlineData(IommuBench.All)]
    public void C15_every_index_extreme_finds_its_context(ulong capabilities)
    {
        var bench = new IommuBench(capabilities);
        int lowest = bench.Extended ? 6 : 7;
        uint[] first = [0, (1U << lowest) - 1];
        uint[] second = [0, 511U << lowest];
        uint[] third = [0, 0xFFFFFFU >> (lowest + 9) << (lowest + 9)];
        uint[] devices = [.. from a in first from b in second from c in third select a | b | c];
        foreach (uint device in devices)
        {
            ulong root = bench.Pages();
            bench.Map(root, 8, 0x5000, 0x9_0000_0000 + ((ulong)device << 12), IommuBench.Rw);
            bench.Device(device, new Dc { Fsc = Dc.Atp(8, root), Ta = (ulong)(device % 1000) << 12 });
        }

        foreach (uint device in devices)
        {
            Assert.Equal(0x9_0000_0010 + ((ulong)device << 12), bench.Load(device, 0x5010).Address);
        }
    }

    [Theory]
    [InlineData("invalid", IommuFaultCause.DirectoryEntryNotValid)]
    [InlineData("reserved", IommuFaultCause.DirectoryEntryMisconfigured)]
    [InlineData("beyond", IommuFaultCause.DirectoryAccessFault)]
    [InlineData("refused", IommuFaultCause.DirectoryAccessFault)]
    [InlineData("poisoned", IommuFaultCause.DirectoryCorruption)]
    public void C16_a_bad_non_leaf_entry(string defect, IommuFaultCause cause)
    {
        var bench = new IommuBench((IommuBench.All & ~(63UL << 32)) | 40UL << 32);
        bench.Device(1, new Dc());
        ulong page = (bench.Memory[bench.Root] & ~1UL) << 2;
        switch (defect)
        {
            case "invalid":
                bench.Memory[bench.Root] &= ~1UL;
                break;
            case "reserved":
                bench.Memory[bench.Root] |= 2;
                break;
            case "beyond":
                bench.Memory[bench.Root] = (1UL << 40 >> 2) | 1;
                break;
            case "refused":
                bench.Memory.RefusedPages.Add(page >> 12);
                break;
            default:
                bench.Memory.PoisonedPages.Add(page >> 12);
                break;
        }

        Assert.Equal(cause, bench.Load(1, 0).Cause);
        Assert.Equal(cause, bench.LastCause);
    }

    [Fact]
    public void C17_an_invalid_context_is_not_looked_at()
    {
        var bench = new IommuBench();
        bench.Device(1, new Dc { Tc = ulong.MaxValue - 1, Iohgatp = ulong.MaxValue, Ta = ulong.MaxValue, Fsc = ulong.MaxValue, Last = ulong.MaxValue });
        Assert.Equal(IommuFaultCause.DirectoryEntryNotValid, bench.Load(1, 0).Cause);
    }

    [Fact]
    public void C18_each_check_of_a_context_alone()
    {
        const ulong NoAts = IommuBench.All & ~(1UL << 25);
        (ulong Capabilities, Dc Context)[] bad =
        [
            .. Enumerable.Range(12, 12).Concat(Enumerable.Range(32, 32)).Select(bit => (IommuBench.All, new Dc { Tc = 1 | 1UL << bit })),
            .. Enumerable.Range(0, 12).Concat(Enumerable.Range(32, 32)).Select(bit => (IommuBench.All, new Dc { Ta = 1UL << bit })),
            .. Enumerable.Range(44, 16).Select(bit => (IommuBench.All, new Dc { Fsc = 1UL << bit })),
            .. Enumerable.Range(44, 16).Select(bit => (IommuBench.All, new Dc { Msiptp = 1UL << bit })),
            .. Enumerable.Range(52, 12).Select(bit => (IommuBench.All, new Dc { Mask = 1UL << bit })),
            .. Enumerable.Range(52, 12).Select(bit => (IommuBench.All, new Dc { Pattern = 1UL << bit })),
            .. Enumerable.Range(0, 64).Select(bit => (IommuBench.All, new Dc { Last = 1UL << bit })),
            (NoAts, new Dc { Tc = 1 | Dc.EnAts }),
            (NoAts, new Dc { Tc = 1 | Dc.EnPri }),
            (NoAts, new Dc { Tc = 1 | Dc.Prpr }),
            (IommuBench.All, new Dc { Tc = 1 | Dc.T2Gpa, Iohgatp = Dc.Atp(8, 0x4000) }),
            (IommuBench.All, new Dc { Tc = 1 | Dc.EnPri }),
            (IommuBench.All, new Dc { Tc = 1 | Dc.EnAts | Dc.Prpr }),
            (IommuBench.All & ~(1UL << 26), new Dc { Tc = 1 | Dc.EnAts | Dc.T2Gpa, Iohgatp = Dc.Atp(8, 0x4000) }),
            (IommuBench.All, new Dc { Tc = 1 | Dc.EnAts | Dc.T2Gpa }),
            .. Enumerable.Range(4, 12).Select(mode => (IommuBench.All, new Dc { Tc = 1 | Dc.Pdtv, Fsc = Dc.Atp(mode, 0) })),
            .. Enumerable.Range(1, 3).Select(mode => (IommuBench.All & ~(1UL << (37 + mode)), new Dc { Tc = 1 | Dc.Pdtv, Fsc = Dc.Atp(mode, 0) })),
            .. Enumerable.Range(1, 15).Where(mode => mode is < 8 or > 10).Select(mode => (IommuBench.All, new Dc { Fsc = Dc.Atp(mode, 0) })),
            .. Enumerable.Range(8, 3).Select(mode => (IommuBench.All & ~(1UL << (1 + mode)), new Dc { Fsc = Dc.Atp(mode, 0) })),
            (IommuBench.All, new Dc { Tc = 1 | Dc.Dpe }),
            .. Enumerable.Range(1, 15).Where(mode => mode is < 8 or > 10).Select(mode => (IommuBench.All, new Dc { Iohgatp = Dc.Atp(mode, 0) })),
            .. Enumerable.Range(8, 3).Select(mode => (IommuBench.All & ~(1UL << (9 + mode)), new Dc { Iohgatp = Dc.Atp(mode, 0) })),
            (IommuBench.All, new Dc { Iohgatp = Dc.Atp(8, 0x1000) }),
            (IommuBench.All, new Dc { Iohgatp = Dc.Atp(8, 0x2000) }),
            .. Enumerable.Range(2, 14).Select(mode => (IommuBench.All, new Dc { Iohgatp = Dc.Atp(8, 0), Msiptp = Dc.Atp(mode, 0) })),
            (IommuBench.All, new Dc { Msiptp = Dc.Atp(1, 0) }),
            (IommuBench.All & ~(1UL << 24), new Dc { Tc = 1 | Dc.Sade }),
            (IommuBench.All & ~(1UL << 24), new Dc { Tc = 1 | Dc.Gade }),
            (IommuBench.All & ~(1UL << 27), new Dc { Tc = 1 | Dc.Sbe }),
            (IommuBench.All, new Dc { Tc = 1 | Dc.Sxl }),
        ];
        foreach ((ulong capabilities, Dc context) in bad)
        {
            var bench = new IommuBench(capabilities);
            bench.Device(1, context);
            Assert.True(bench.Load(1, 0).Cause == IommuFaultCause.DirectoryEntryMisconfigured, context.ToString());
        }

        var guest32 = new IommuBench(fctl: 4, gxlWritable: true);
        guest32.Device(1, new Dc());
        guest32.Device(2, new Dc { Tc = 1 | Dc.Sxl });
        Assert.Equal(IommuFaultCause.DirectoryEntryMisconfigured, guest32.Load(1, 0).Cause);
        Assert.Equal(IommuStatus.Success, guest32.Load(2, 0).Status);
    }

    [Fact]
    public void C18_quality_of_service_ids_wider_than_implemented_are_refused()
    {
        var bench = new IommuBench(IommuBench.All | 1UL << 41, change: configuration => configuration with { QosIdMask = 0x000F_00FF });
        bench.Device(1, new Dc { Ta = 0xFFUL << 40 | 0xFUL << 52 });
        bench.Device(2, new Dc { Ta = 0x100UL << 40 });
        bench.Device(3, new Dc { Ta = 0x10UL << 52 });
        Assert.Equal(IommuStatus.Success, bench.Load(1, 0).Status);
        Assert.Equal(IommuFaultCause.DirectoryEntryMisconfigured, bench.Load(2, 0).Cause);
        Assert.Equal(IommuFaultCause.DirectoryEntryMisconfigured, bench.Load(3, 0).Cause);
        bench.Set(624, 4, uint.MaxValue);
        Assert.Equal(0x000F_00FFUL, bench.Get(624, 4));
    }

    [Fact]
    public void C19_custom_bits_are_accepted()
    {
        var bench = new IommuBench();
        bench.Device(1, new Dc { Tc = 0xFF00_0001 });
        Assert.Equal(IommuStatus.Success, bench.Load(1, 0x77).Status);
    }

    [Fact]
    public void C20_the_base_format_knows_no_interrupt_files()
    {
        var bench = new IommuBench(IommuBench.BaseFormat);
        ulong root = bench.Pages(4);
        bench.Map(root, 8, 0x3000, 0x7000, IommuBench.Rw, second: true);
        ulong place = bench.Device(0, new Dc { Iohgatp = Dc.Atp(8, root) });
        bench.Put(place + 32, Dc.Atp(1, 0x8000));
        bench.Put(place + 40, ulong.MaxValue);
        bench.Put(place + 48, ulong.MaxValue);
        IommuResponse response = bench.Store(0, 0x3000);
        Assert.Equal(0x7000UL, response.Address);
        Assert.False(response.IsMsi);
    }

    [Theory]
    [InlineData(AccessKind.Load, IommuTransactionType.TranslatedRead)]
    [InlineData(AccessKind.Store, IommuTransactionType.TranslatedWrite)]
    public void C21_translated_requests_need_EN_ATS(AccessKind kind, IommuTransactionType type)
    {
        var bench = new IommuBench();
        bench.Device(1, new Dc());
        Assert.Equal(IommuFaultCause.TransactionTypeDisallowed, bench.Translated(1, 0x1000, kind).Cause);
        Assert.Equal((ulong)type, bench.Record(0, 0) >> 34 & 0x3F);
    }

    [Fact]
    public void C22_process_ids_that_the_context_cannot_take()
    {
        var bench = new IommuBench();
        bench.Device(1, new Dc());
        bench.Device(2, new Dc { Tc = 1 | Dc.Pdtv, Fsc = Dc.Atp(1, bench.Pages()) });
        bench.Device(3, new Dc { Tc = 1 | Dc.Pdtv, Fsc = Dc.Atp(2, bench.Pages()) });
        Assert.Equal(IommuFaultCause.TransactionTypeDisallowed, bench.Process(1, 0, 0).Cause);
        Assert.Equal(IommuFaultCause.TransactionTypeDisallowed, bench.Process(2, 256, 0).Cause);
        Assert.Equal(IommuFaultCause.ProcessEntryNotValid, bench.Process(2, 255, 0).Cause);
        Assert.Equal(IommuFaultCause.TransactionTypeDisallowed, bench.Process(3, 1 << 17, 0).Cause);
        Assert.Equal(IommuFaultCause.ProcessEntryNotValid, bench.Process(3, (1 << 17) - 1, 0).Cause);
    }

    [Fact]
    public void C23_both_stages_bare_is_the_identity()
    {
        var bench = new IommuBench();
        bench.Device(1, new Dc());
        Assert.Equal(0xFFFF_FFFF_1234_5678UL, bench.Store(1, 0xFFFF_FFFF_1234_5678).Address);
    }

    [Theory]
    [InlineData(1, 0xFFU, false)]
    [InlineData(1, 0U, true)]
    [InlineData(2, 0x1FFFFU, false)]
    [InlineData(2, 0x100U, true)]
    [InlineData(3, 0xFFFFFU, false)]
    [InlineData(3, 0x20000U, true)]
    public void C49_process_directories_of_all_depths(int mode, uint process, bool guest)
    {
        var bench = new IommuBench();
        ulong second = bench.Pages(4);
        const ulong GuestOffset = 0x4000_0000;
        ulong GuestPage()
        {
            ulong page = bench.Pages();
            if (!guest)
            {
                return page;
            }

            bench.Map(second, 8, page - GuestOffset, page, IommuBench.Rwx, second: true);
            return page - GuestOffset;
        }

        ulong Reach(ulong address) => guest ? address + GuestOffset : address;
        ulong root = GuestPage();
        ulong table = root;
        for (int level = mode - 1; level > 0; level--)
        {
            ulong entry = Reach(table) + (8 * (ulong)(level == 2 ? process >> 17 : process >> 8 & 0x1FF));
            table = GuestPage();
            bench.Put(entry, (table >> 2) | 1, bigEndian: false);
        }

        ulong pages = GuestPage();
        ulong context = Reach(table) + (16 * (ulong)(process & 0xFF));
        bench.Put(context, 1 | 42 << 12, bigEndian: false);
        bench.Put(context + 8, Dc.Atp(8, pages), bigEndian: false);
        ulong target = GuestPage();
        bench.Map(pages, 8, 0x123000, target, IommuBench.Rw, allocate: GuestPage, reach: Reach);
        bench.Device(1, new Dc { Tc = 1 | Dc.Pdtv, Fsc = Dc.Atp(mode, root), Iohgatp = guest ? Dc.Atp(8, second, 3) : 0 });
        IommuResponse response = bench.Process(1, process, 0x123010);
        Assert.Equal(Reach(target) + 0x10, response.Address);
        Assert.Equal(42U, response.Tag.Pscid);
    }

    [Theory]
    [InlineData(0UL, 1UL, IommuFaultCause.ProcessEntryNotValid)]
    [InlineData(3UL, 1UL, IommuFaultCause.ProcessEntryMisconfigured)]
    [InlineData(1UL, 0UL, IommuFaultCause.ProcessEntryNotValid)]
    [InlineData(1UL, 9UL, IommuFaultCause.ProcessEntryMisconfigured)]
    [InlineData(1UL, 1UL << 40, IommuFaultCause.ProcessEntryNotValid)]
    [InlineData(1UL, 1UL | 1UL << 40, IommuFaultCause.ProcessEntryMisconfigured)]
    [InlineData(1UL | 1UL << 54, 1UL, IommuFaultCause.ProcessEntryMisconfigured)]
    public void C50_bad_entries_of_process_directories(ulong flags, ulong ta, IommuFaultCause cause)
    {
        var bench = new IommuBench();
        ulong root = bench.Pages();
        ulong leaf = bench.Pages();
        bench.Put(root, (leaf >> 2) | flags);
        bench.Put(leaf, ta);
        bench.Device(1, new Dc { Tc = 1 | Dc.Pdtv, Fsc = Dc.Atp(2, root) });
        Assert.Equal(cause, bench.Process(1, 0, 0).Cause);
    }

    [Fact]
    public void C50_bad_mode_refused_and_poisoned_process_contexts()
    {
        var bench = new IommuBench();
        ulong root = bench.Pages();
        bench.Put(root, 1);
        bench.Put(root + 8, Dc.Atp(11, 0));
        bench.Device(1, new Dc { Tc = 1 | Dc.Pdtv, Fsc = Dc.Atp(1, root) });
        Assert.Equal(IommuFaultCause.ProcessEntryMisconfigured, bench.Process(1, 0, 0).Cause);
        bench.Put(root + 8, 1UL << 50);
        Assert.Equal(IommuFaultCause.ProcessEntryMisconfigured, bench.Process(1, 0, 0).Cause);
        bench.Memory.PoisonedPages.Add(root >> 12);
        Assert.Equal(IommuFaultCause.ProcessDirectoryCorruption, bench.Process(1, 0, 0).Cause);
        bench.Memory.RefusedPages.Add(root >> 12);
        Assert.Equal(IommuFaultCause.ProcessEntryAccessFault, bench.Process(1, 0, 0).Cause);
    }

    [Fact]
    public void C51_a_process_directory_that_the_guest_does_not_map()
    {
        var bench = new IommuBench();
        bench.Device(1, new Dc { Tc = 1 | Dc.Pdtv, Fsc = Dc.Atp(1, 0x5000), Iohgatp = Dc.Atp(8, bench.Pages(4)) });
        IommuResponse response = bench.Process(1, 3, 0, AccessKind.Store);
        Assert.Equal(IommuFaultCause.WriteGuestPageFault, response.Cause);
        Assert.Equal(0x5031UL, response.Iotval2);
        Assert.Equal(0x5031UL, bench.Record(0, 3));
    }

    [Fact]
    public void C52_the_default_process_is_process_0_with_user_privilege()
    {
        var bench = new IommuBench();
        ulong root = bench.Pages();
        ulong pages = bench.Pages();
        bench.Put(root, 3 | 9 << 12);
        bench.Put(root + 8, Dc.Atp(8, pages));
        bench.Map(pages, 8, 0x1000, 0x6000, IommuBench.Rw);
        bench.Map(pages, 8, 0x2000, 0x7000, IommuBench.Rw & ~IommuBench.U);
        bench.Device(1, new Dc { Tc = 1 | Dc.Pdtv | Dc.Dpe, Fsc = Dc.Atp(1, root) });
        Assert.Equal(0x6000UL, bench.Load(1, 0x1000).Address);
        Assert.Equal(IommuFaultCause.ReadPageFault, bench.Load(1, 0x2000).Cause);
        Assert.Equal(0UL, bench.Record(0, 0) >> 32 & 1);
    }

    [Fact]
    public void C53_without_a_process_the_first_stage_is_bare()
    {
        var bench = new IommuBench();
        bench.Device(1, new Dc { Tc = 1 | Dc.Pdtv, Fsc = Dc.Atp(1, bench.Pages()) });
        bench.Device(2, new Dc { Tc = 1 | Dc.Pdtv });
        Assert.Equal(0x4321UL, bench.Load(1, 0x4321).Address);
        Assert.Equal(0x4321UL, bench.Process(2, 0xFFFFF, 0x4321, supervisor: true).Address);
    }
}
