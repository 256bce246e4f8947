using Soc.Iommu.Tests.Support;
using Soc.Memory;

namespace Soc.Iommu.Tests;

/// <summary>C24 to C38, C47 and C48: the first stage alone.</summary>
public sealed class FirstStageTests
{
    private const ulong Rwx = IommuBench.Rwx;
    private const uint Device = 5;

    private readonly IommuBench _bench = new();
    private readonly ulong _root;

    public FirstStageTests() => _root = _bench.Pages();

    public static TheoryData<int, int> Leaves
    {
        get
        {
            var data = new TheoryData<int, int>();
            foreach (int mode in new[] { 8, 9, 10 })
            {
                for (int level = 0; level < mode - 5; level++)
                {
                    data.Add(mode, level);
                }
            }

            return data;
        }
    }

    private void Attach(int mode = 8, ulong controls = 0) =>
        _bench.Device(Device, new Dc { Tc = 1 | controls, Fsc = Dc.Atp(mode, _root), Ta = 7 << 12 });

    private ulong Map(ulong address, ulong target, ulong flags, int level = 0, int mode = 8) => _bench.Map(_root, mode, address, target, flags, level);

    [Theory]
    [MemberData(nameof(Leaves))]
    public void C24_pages_of_every_size(int mode, int level)
    {
        Attach(mode);
        ulong size = 1UL << (12 + (9 * level));
        ulong iova = (3UL << (mode == 8 ? 36 : 44) >> 0) & ~(size - 1);
        ulong target = (5UL << 48) & ~(size - 1);
        Map(iova, target, Rwx, level, mode);
        ulong offset = 0xABC_DEF1_2345_6789 & (size - 1);
        foreach (IommuResponse response in new[] { _bench.Load(Device, iova | offset), _bench.Store(Device, iova | offset), _bench.Fetch(Device, iova | offset) })
        {
            Assert.Equal(IommuStatus.Success, response.Status);
            Assert.Equal(target | offset, response.Address);
            Assert.Equal(size, response.Size);
        }
    }

    [Fact]
    public void C24_upper_half_addresses_are_canonical()
    {
        Attach();
        Map(0xFFFF_FFC0_0000_0000, 0x9000, Rwx);
        Assert.Equal(0x9123UL, _bench.Load(Device, 0xFFFF_FFC0_0000_0123).Address);
    }

    [Fact]
    public void C24_Sv32_pages_and_megapages()
    {
        var bench = new IommuBench(gxlWritable: true);
        ulong root = bench.Pages();
        ulong table = bench.Pages();
        bench.Memory[root] = ((table >> 12 << 10) | 1) | (((0x40_0000UL >> 12 << 10) | Rwx) << 32);
        bench.Memory[table + 8] = (0x3_FFFF_F000UL >> 12 << 10) | Rwx;
        bench.Device(1, new Dc { Tc = 1 | Dc.Sxl, Fsc = Dc.Atp(8, root) });
        Assert.Equal(0x3_FFFF_F123UL, bench.Load(1, 0x2123).Address);
        IommuResponse large = bench.Load(1, 0x40_0000 + 0x12345);
        Assert.Equal(0x40_0000UL + 0x12345, large.Address);
        Assert.Equal(0x40_0000UL, large.Size);
        Assert.Equal(IommuFaultCause.ReadPageFault, bench.Load(1, 0x1_0000_2123).Cause);
    }

    [Fact]
    public void C24_Sv32_sets_A_and_D_in_one_half_of_a_word()
    {
        var bench = new IommuBench(gxlWritable: true);
        ulong root = bench.Pages();
        bench.Memory[root] = (((0x40_0000UL >> 12 << 10) | 0x17) << 32) | 0x0BAD_0000;
        bench.Device(1, new Dc { Tc = 1 | Dc.Sxl | Dc.Sade, Fsc = Dc.Atp(8, root) });
        Assert.Equal(IommuStatus.Success, bench.Store(1, 0x40_0000).Status);
        Assert.Equal((((0x40_0000UL >> 12 << 10) | 0xD7) << 32) | 0x0BAD_0000, bench.Memory[root]);
    }

    [Fact]
    public void C25_a_64_KiB_page_takes_the_low_page_bits_from_the_address()
    {
        Attach();
        for (ulong page = 0; page < 16; page++)
        {
            Map(0x70_0000 + (page << 12), 0x9_0000 | 0x8000, Rwx | IommuBench.N);
        }

        for (ulong page = 0; page < 16; page++)
        {
            IommuResponse response = _bench.Load(Device, 0x70_0042 + (page << 12));
            Assert.Equal(0x9_0042 + (page << 12), response.Address);
            Assert.Equal(0x1_0000UL, response.Size);
        }
    }

    [Fact]
    public void C26_reserved_uses_of_N()
    {
        Attach();
        for (ulong low = 0; low < 16; low++)
        {
            _bench.Command(1);
            Map(low << 12, low << 12, Rwx | IommuBench.N);
            Assert.Equal(low == 8 ? IommuFaultCause.None : IommuFaultCause.ReadPageFault, _bench.Load(Device, low << 12).Cause);
        }

        Map(0x4000_0000, 0x8000_0000, Rwx | IommuBench.N, level: 1);
        Assert.Equal(IommuFaultCause.ReadPageFault, _bench.Load(Device, 0x4000_0000).Cause);
        Map(0x8000_0000, 0x8000_0000, IommuBench.V | IommuBench.N, level: 1);
        Assert.Equal(IommuFaultCause.ReadPageFault, _bench.Load(Device, 0x8000_0000).Cause);
    }

    [Theory]
    [MemberData(nameof(Leaves))]
    public void C27_misaligned_superpages(int mode, int level)
    {
        if (level == 0)
        {
            return;
        }

        Attach(mode);
        for (int bit = 12; bit < 12 + (9 * level); bit++)
        {
            Map(0, 1UL << bit, Rwx, level, mode);
            Assert.Equal(IommuFaultCause.WritePageFault, _bench.Store(Device, 0).Cause);
        }
    }

    [Theory]
    [InlineData(8, 39)]
    [InlineData(9, 48)]
    [InlineData(10, 57)]
    public void C28_addresses_that_are_not_sign_extended(int mode, int bits)
    {
        Attach(mode);
        for (int bit = bits - 1; bit < 64; bit++)
        {
            Assert.Equal(IommuFaultCause.ReadPageFault, _bench.Load(Device, 1UL << bit).Cause);
        }

        ulong wrong = 1UL << bits;
        Assert.Equal(IommuFaultCause.InstructionPageFault, _bench.Fetch(Device, wrong).Cause);
        Assert.Equal(IommuFaultCause.WritePageFault, _bench.Store(Device, wrong).Cause);
        Assert.Equal(wrong, _bench.Record((int)_bench.FaultTail - 1, 2));
    }

    [Fact]
    public void C29_reserved_encodings()
    {
        Attach();
        ulong[] bad = [IommuBench.V | IommuBench.W | IommuBench.U | IommuBench.A | IommuBench.D, Rwx & ~1UL, .. Enumerable.Range(54, 7).Select(bit => Rwx | 1UL << bit), Rwx | 3UL << 61];
        foreach (ulong flags in bad)
        {
            Map(0x1000, 0x2000, flags);
            Assert.Equal(IommuFaultCause.ReadPageFault, _bench.Load(Device, 0x1000).Cause);
        }

        foreach (ulong flag in new[] { IommuBench.A, IommuBench.D, IommuBench.U, 1UL << 61, 2UL << 61 })
        {
            Map(0x4000_0000, _bench.Pages(), IommuBench.V | flag, level: 1);
            Assert.Equal(IommuFaultCause.ReadPageFault, _bench.Load(Device, 0x4000_0000).Cause);
        }

        var plain = new IommuBench(IommuBench.All & ~(1UL << 15));
        ulong root = plain.Pages();
        plain.Map(root, 8, 0x1000, 0x2000, Rwx | 1UL << 61);
        plain.Device(1, new Dc { Fsc = Dc.Atp(8, root) });
        Assert.Equal(IommuFaultCause.ReadPageFault, plain.Load(1, 0x1000).Cause);
    }

    [Fact]
    public void C30_bits_60_and_59_belong_to_software_with_Svrsw60t59b()
    {
        var bench = new IommuBench(IommuBench.All | 1UL << 14);
        ulong root = bench.Pages();
        bench.Map(root, 8, 0x1000, 0x2000, Rwx | 3UL << 59);
        bench.Device(1, new Dc { Fsc = Dc.Atp(8, root) });
        Assert.Equal(0x2000UL, bench.Load(1, 0x1000).Address);
    }

    [Fact]
    public void C31_a_pointer_at_level_0()
    {
        Attach();
        Map(0x1000, 0x2000, IommuBench.V);
        Assert.Equal(IommuFaultCause.ReadPageFault, _bench.Load(Device, 0x1000).Cause);
    }

    [Fact]
    public void C32_user_requests_need_U()
    {
        Attach();
        Map(0x1000, 0x2000, Rwx & ~IommuBench.U);
        Assert.Equal(IommuFaultCause.ReadPageFault, _bench.Load(Device, 0x1000).Cause);
    }

    [Fact]
    public void C33_privilege_in_all_48_combinations()
    {
        uint process = 0;
        ulong directory = _bench.Pages();
        _bench.Device(Device, new Dc { Tc = 1 | Dc.Pdtv, Fsc = Dc.Atp(1, directory) });
        foreach (bool ens in new[] { false, true })
        {
            foreach (bool sum in new[] { false, true })
            {
                ulong root = _bench.Pages();
                _bench.Map(root, 8, 0x1000, 0x5000, Rwx);
                _bench.Map(root, 8, 0x2000, 0x6000, Rwx & ~IommuBench.U);
                _bench.Put(directory + (16 * (ulong)process), 1 | (ens ? 2UL : 0) | (sum ? 4UL : 0) | (ulong)(process + 1) << 12);
                _bench.Put(directory + (16 * (ulong)process) + 8, Dc.Atp(8, root));

                // Twice: the second round is answered from the translation cache.
                for (int round = 0; round < 2; round++)
                {
                    foreach (AccessKind kind in new[] { AccessKind.Load, AccessKind.Store, AccessKind.Fetch })
                    {
                        foreach (bool user in new[] { true, false })
                        {
                            ulong iova = user ? 0x1000UL : 0x2000;
                            Assert.Equal(user, _bench.Process(Device, process, iova, kind).Cause == IommuFaultCause.None);
                            IommuFaultCause cause = _bench.Process(Device, process, iova, kind, supervisor: true).Cause;
                            bool allowed = !user || (sum && kind != AccessKind.Fetch);
                            Assert.Equal(!ens ? IommuFaultCause.TransactionTypeDisallowed : allowed ? IommuFaultCause.None : PageFault(kind), cause);
                        }
                    }
                }

                process++;
            }
        }
    }

    [Fact]
    public void C34_execute_only_pages()
    {
        Attach();
        Map(0x1000, 0x2000, IommuBench.V | IommuBench.X | IommuBench.U | IommuBench.A);
        Assert.Equal(0x2000UL, _bench.Fetch(Device, 0x1000).Address);
        Assert.Equal(IommuFaultCause.ReadPageFault, _bench.Load(Device, 0x1000).Cause);
        Assert.Equal(IommuFaultCause.WritePageFault, _bench.Store(Device, 0x1000).Cause);
    }

    [Fact]
    public void C35_A_and_D_without_hardware_updates()
    {
        Attach();
        ulong place = Map(0x1000, 0x2000, Rwx & ~(IommuBench.A | IommuBench.D));
        ulong before = _bench.Memory[place];
        Assert.Equal(IommuFaultCause.ReadPageFault, _bench.Load(Device, 0x1000).Cause);
        Map(0x1000, 0x2000, Rwx & ~IommuBench.D);
        Assert.Equal(IommuFaultCause.WritePageFault, _bench.Store(Device, 0x1000).Cause);
        Assert.Equal(before | IommuBench.A, _bench.Memory[place]);
    }

    [Fact]
    public void C36_A_and_D_with_hardware_updates()
    {
        Attach(controls: Dc.Sade);
        ulong place = Map(0x1000, 0x2000, Rwx & ~(IommuBench.A | IommuBench.D));
        ulong before = _bench.Memory[place];
        Assert.Equal(IommuStatus.Success, _bench.Load(Device, 0x1000).Status);
        Assert.Equal(before | IommuBench.A, _bench.Memory[place]);
        Assert.Equal(IommuStatus.Success, _bench.Store(Device, 0x1000).Status);
        Assert.Equal(before | IommuBench.A | IommuBench.D, _bench.Memory[place]);
    }

    [Fact]
    public void C37_no_update_when_the_access_is_not_permitted()
    {
        Attach(controls: Dc.Sade);
        ulong place = Map(0x1000, 0x2000, IommuBench.V | IommuBench.R | IommuBench.U);
        ulong before = _bench.Memory[place];
        Assert.Equal(IommuFaultCause.WritePageFault, _bench.Store(Device, 0x1000).Cause);
        Assert.Equal(before, _bench.Memory[place]);
    }

    [Fact]
    public void C38_a_read_leaves_D_alone()
    {
        Attach(controls: Dc.Sade);
        ulong place = Map(0x1000, 0x2000, Rwx & ~IommuBench.D);
        ulong before = _bench.Memory[place];
        IommuResponse response = _bench.Load(Device, 0x1000);
        Assert.Equal(AccessKinds.Load | AccessKinds.Fetch, response.Permissions);
        Assert.Equal(before, _bench.Memory[place]);
    }

    [Fact]
    public void R20_an_entry_that_changes_under_the_update_is_walked_again()
    {
        Attach(controls: Dc.Sade);
        ulong place = Map(0x1000, 0x2000, Rwx & ~IommuBench.A);
        int reads = 0;
        _bench.Memory.BeforeRead = address =>
        {
            if (address == place && ++reads == 2)
            {
                _bench.Memory[place] = (0x3000UL >> 12 << 10) | (Rwx & ~IommuBench.A);
            }
        };
        Assert.Equal(0x3000UL, _bench.Load(Device, 0x1000).Address);
        Assert.Equal((0x3000UL >> 12 << 10) | Rwx, _bench.Memory[place]);
    }

    [Fact]
    public void C48_table_pages_that_are_refused_or_poisoned()
    {
        Attach();
        Map(0x1000, 0x2000, Rwx);
        _bench.Memory.PoisonedPages.Add(_root >> 12);
        Assert.Equal(IommuFaultCause.PageTableCorruption, _bench.Load(Device, 0x1000).Cause);
        _bench.Memory.RefusedPages.Add(_root >> 12);
        Assert.Equal(IommuFaultCause.ReadAccessFault, _bench.Load(Device, 0x1000).Cause);
        Assert.Equal(IommuFaultCause.WriteAccessFault, _bench.Store(Device, 0x1000).Cause);
        Assert.Equal(IommuFaultCause.InstructionAccessFault, _bench.Fetch(Device, 0x1000).Cause);
    }

    private static IommuFaultCause PageFault(AccessKind kind) => kind switch
    {
        AccessKind.Fetch => IommuFaultCause.InstructionPageFault,
        AccessKind.Store => IommuFaultCause.WritePageFault,
        _ => IommuFaultCause.ReadPageFault,
    };
}
