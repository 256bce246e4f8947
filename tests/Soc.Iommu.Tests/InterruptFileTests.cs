using Soc.Iommu.Tests.Support;
using Soc.Memory;

namespace Soc.Iommu.Tests;

/// <summary>C54 to C58: MSI page tables and memory-resident interrupt files.</summary>
public sealed class InterruptFileTests
{
    private const uint Device = 5;
    private const ulong Window = 0x2_8000;

    private readonly IommuBench _bench;
    private readonly ulong _second;
    private readonly ulong _table;

    public InterruptFileTests()
        : this(IommuBench.All)
    {
    }

    private InterruptFileTests(ulong capabilities)
    {
        _bench = new IommuBench(capabilities);
        _second = _bench.Pages(4);
        _table = _bench.Pages();
        Attach();
    }

    private void Attach(ulong controls = 0, ulong mask = 5) => _bench.Device(Device, new Dc
    {
        Tc = 1 | controls,
        Iohgatp = Dc.Atp(8, _second, 7),
        Msiptp = Dc.Atp(1, _table),
        Mask = mask,
        Pattern = Window,
    });

    private void Pte(int file, ulong word0, ulong word1 = 0)
    {
        _bench.Put(_table + (16 * (ulong)file), word0);
        _bench.Put(_table + (16 * (ulong)file) + 8, word1);
    }

    private static ulong Basic(ulong target) => (target >> 12 << 10) | 7;

    [Fact]
    public void C54_the_file_number_packs_the_masked_bits()
    {
        for (int file = 0; file < 4; file++)
        {
            Pte(file, Basic(0x10_0000 + ((ulong)file << 12)));
        }

        ulong[] pages = [0, 1, 4, 5];
        for (int file = 0; file < 4; file++)
        {
            IommuResponse response = _bench.Store(Device, ((Window | pages[file]) << 12) | 8);
            Assert.True(response.IsMsi);
            Assert.Equal(0x10_0008 + ((ulong)file << 12), response.Address);
            Assert.Equal(4096UL, response.Size);
        }
    }

    [Fact]
    public void C55_one_fixed_bit_off_is_ordinary_memory()
    {
        _bench.Map(_second, 8, (Window | 2) << 12, 0x7000, IommuBench.Rw, second: true);
        IommuResponse response = _bench.Store(Device, (Window | 2) << 12);
        Assert.False(response.IsMsi);
        Assert.Equal(0x7000UL, response.Address);
    }

    [Theory]
    [InlineData(0UL, IommuFaultCause.MsiPteNotValid)]
    [InlineData(6UL, IommuFaultCause.MsiPteNotValid)]
    [InlineData(7UL | 1UL << 63, IommuFaultCause.MsiPteMisconfigured)]
    [InlineData(1UL, IommuFaultCause.MsiPteMisconfigured)]
    [InlineData(5UL, IommuFaultCause.MsiPteMisconfigured)]
    [InlineData(7UL | 1UL << 3, IommuFaultCause.MsiPteMisconfigured)]
    [InlineData(7UL | 1UL << 9, IommuFaultCause.MsiPteMisconfigured)]
    [InlineData(7UL | 1UL << 54, IommuFaultCause.MsiPteMisconfigured)]
    [InlineData(7UL | 1UL << 62, IommuFaultCause.MsiPteMisconfigured)]
    [InlineData(3UL | 1UL << 3, IommuFaultCause.MsiPteMisconfigured)]
    [InlineData(3UL | 1UL << 54, IommuFaultCause.MsiPteMisconfigured)]
    public void C56_bad_entries(ulong word0, IommuFaultCause cause)
    {
        Pte(0, word0);
        Assert.Equal(cause, _bench.Store(Device, Window << 12).Cause);
        Assert.Equal(cause, _bench.LastCause);
    }

    [Fact]
    public void C56_refused_poisoned_and_executed_entries()
    {
        Pte(0, Basic(0x10_0000));
        Assert.Equal(IommuFaultCause.InstructionAccessFault, _bench.Fetch(Device, Window << 12).Cause);
        Assert.Equal(IommuStatus.Success, _bench.Load(Device, Window << 12).Status);
        Assert.Equal(IommuFaultCause.InstructionAccessFault, _bench.Fetch(Device, Window << 12).Cause);
        _bench.Command(0x81);
        _bench.Memory.PoisonedPages.Add(_table >> 12);
        Assert.Equal(IommuFaultCause.MsiPteCorruption, _bench.Store(Device, Window << 12).Cause);
        _bench.Memory.RefusedPages.Add(_table >> 12);
        Assert.Equal(IommuFaultCause.MsiPteAccessFault, _bench.Store(Device, Window << 12).Cause);
    }

    [Theory]
    [InlineData(54)]
    [InlineData(59)]
    [InlineData(61)]
    [InlineData(63)]
    public void C56_reserved_bits_of_the_second_word_count_in_MRIF_mode_only(int bit)
    {
        Pte(0, 3, 1UL << bit);
        Assert.Equal(IommuFaultCause.MsiPteMisconfigured, _bench.Store(Device, Window << 12).Cause);
        Pte(0, Basic(0x10_0000), 1UL << bit);
        Assert.Equal(IommuStatus.Success, _bench.Store(Device, Window << 12).Status);
    }

    [Fact]
    public void C57_MRIF_entries_name_the_file_and_the_notice()
    {
        Pte(0, (0xFE_DCBA_9876_5400UL >> 9 << 7) | 3, 0x123 | (0x9876_5000UL >> 12 << 10) | 1UL << 60);
        IommuResponse response = _bench.Store(Device, Window << 12);
        Assert.Equal(new MrifTarget(0xFE_DCBA_9876_5400, 0x523, 0x9876_5000), response.Mrif);
        var without = new InterruptFileTests(IommuBench.All & ~(1UL << 23));
        without.Pte(0, 3);
        Assert.Equal(IommuFaultCause.MsiPteMisconfigured, without._bench.Store(Device, Window << 12).Cause);
    }

    [Fact]
    public void C57_a_store_to_an_MRIF_sets_the_pending_bit_and_sends_the_notice()
    {
        ulong file = _bench.Pages();
        ulong notice = _bench.Pages();
        Pte(0, (file >> 9 << 7) | 3, 77 | (notice >> 12 << 10));
        var request = new IommuRequest(Device, Window << 12, AccessKind.Store);
        MrifTarget target = _bench.Iommu.Translate(request).Mrif!.Value;
        _bench.Iommu.StoreMrif(request, target, 65, 4);
        Assert.Equal(2UL, _bench.Memory[file + 16]);
        Assert.Equal(0UL, _bench.Memory[notice]);
        _bench.Memory[file + 24] = 4;
        _bench.Iommu.StoreMrif(request, target, 66, 4);
        Assert.Equal(6UL, _bench.Memory[file + 16]);
        Assert.Equal(77UL, _bench.Memory[notice]);
    }

    [Fact]
    public void C57_what_is_no_MSI_is_discarded_and_refused_files_are_reported()
    {
        ulong file = _bench.Pages();
        var target = new MrifTarget(file, 1, 0x1000);
        var request = new IommuRequest(Device, Window << 12, AccessKind.Store);
        _bench.Iommu.StoreMrif(request, target, 2048, 4);
        _bench.Iommu.StoreMrif(request, target, 1, 2);
        _bench.Iommu.StoreMrif(request with { Iova = (Window << 12) + 8 }, target, 1, 4);
        Assert.Empty(_bench.Memory.Writes);
        _bench.Memory.PoisonedPages.Add(file >> 12);
        Assert.Equal(IommuStatus.UnsupportedRequest, _bench.Iommu.StoreMrif(request, target, 1, 4));
        Assert.Equal(IommuFaultCause.MrifCorruption, _bench.LastCause);
        _bench.Memory.RefusedPages.Add(file >> 12);
        _bench.Iommu.StoreMrif(request, target, 1, 4);
        Assert.Equal(IommuFaultCause.MrifAccessFault, _bench.LastCause);
        Assert.Equal(3UL, _bench.Record(1, 0) >> 34 & 0x3F);
    }

    [Fact]
    public void C58_reads_are_translated_like_writes()
    {
        Pte(0, Basic(0x10_0000));
        Assert.Equal(0x10_0004UL, _bench.Load(Device, (Window << 12) | 4).Address);
    }

    [Fact]
    public void A_superpage_around_the_window_does_not_hide_it()
    {
        _bench.Map(_second, 8, 0, 0x40_0000_0000, IommuBench.Rw, level: 2, second: true);
        Pte(0, Basic(0x10_0000));
        IommuResponse beside = _bench.Store(Device, (Window | 2) << 12);
        Assert.Equal(0x40_0000_0000 + ((Window | 2) << 12), beside.Address);
        Assert.Equal(0x2000UL, beside.Size);
        Assert.True(_bench.Store(Device, Window << 12).IsMsi);
        Assert.False(_bench.Store(Device, (Window | 2) << 12).IsMsi);
        Assert.Equal(0, _bench.Store(Device, (Window | 3) << 12).Reads);
    }
}
