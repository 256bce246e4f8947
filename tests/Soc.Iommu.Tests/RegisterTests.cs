using Soc.Iommu.Tests.Support;

namespace Soc.Iommu.Tests;

/// <summary>riscv-iommu.md section 19, C01 to C10 and C93: the register page.</summary>
public sealed class RegisterTests
{
    private static RiscvIommu Fresh(ulong capabilities = IommuBench.All, int queueLimit = 13) => new(
        new IommuConfiguration { Capabilities = new IommuCapabilities(capabilities), QueueSizeLimit = queueLimit }, new TestMemory(), new TestPort());

    [Fact]
    public void C01_after_reset_constants_and_zeros()
    {
        RiscvIommu iommu = Fresh();
        Assert.Equal(IommuBench.All, iommu.ReadRegister(0, 8));
        for (ulong offset = 8; offset < 4096; offset += 4)
        {
            Assert.Equal(0UL, iommu.ReadRegister(offset, 4));
        }

        Assert.Equal(iommu.RegisterTable.Count, iommu.RegisterTable.Select(row => row.Offset).Distinct().Count());
    }

    [Fact]
    public void C02_read_only_registers_ignore_writes()
    {
        RiscvIommu iommu = Fresh();
        foreach ((ulong offset, int size) in new (ulong, int)[] { (0, 8), (32, 4), (52, 4), (68, 4), (88, 4), (616, 8) })
        {
            ulong before = iommu.ReadRegister(offset, size);
            iommu.WriteRegister(offset, size, ulong.MaxValue);
            Assert.Equal(before, iommu.ReadRegister(offset, size));
        }
    }

    [Fact]
    public void C03_a_half_write_keeps_the_other_half()
    {
        RiscvIommu iommu = Fresh();
        iommu.WriteRegister(24, 8, 0x12345403);
        iommu.WriteRegister(28, 4, 0x1);
        Assert.Equal(0x1_1234_5403UL, iommu.ReadRegister(24, 8));
        Assert.Equal(1UL, iommu.ReadRegister(28, 4));
    }

    [Theory]
    [InlineData(24UL, 1)]
    [InlineData(24UL, 2)]
    [InlineData(26UL, 4)]
    [InlineData(28UL, 8)]
    [InlineData(32UL, 8)]
    [InlineData(4092UL, 8)]
    [InlineData(8192UL, 4)]
    public void C04_illegal_accesses_read_zero_and_do_nothing(ulong offset, int size)
    {
        RiscvIommu iommu = Fresh();
        iommu.WriteRegister(24, 8, 0xFFFF_FC03);
        iommu.WriteRegister(offset, size, ulong.MaxValue);
        Assert.Equal(0UL, iommu.ReadRegister(offset, size));
        Assert.Equal(0xFFFF_FC03UL, iommu.ReadRegister(24, 8));
        Assert.Equal(0UL, iommu.ReadRegister(36, 4));
    }

    [Fact]
    public void C05_a_reserved_mode_does_not_stick()
    {
        RiscvIommu iommu = Fresh();
        iommu.WriteRegister(16, 8, 0x400 | 1);
        iommu.WriteRegister(16, 8, 0x800 | 5);
        Assert.Equal(1UL, iommu.ReadRegister(16, 8) & 0xF);
    }

    [Fact]
    public void C06_modes_change_through_off()
    {
        RiscvIommu iommu = Fresh();
        iommu.WriteRegister(16, 8, 0x400 | 4);
        iommu.WriteRegister(16, 8, 0x400 | 2);
        Assert.Equal(4UL, iommu.ReadRegister(16, 8) & 0xF);
        iommu.WriteRegister(16, 8, 0);
        iommu.WriteRegister(16, 8, 0x400 | 2);
        Assert.Equal(0x402UL, iommu.ReadRegister(16, 8));
    }

    [Fact]
    public void C07_the_size_field_saturates_at_the_maximum()
    {
        RiscvIommu iommu = Fresh();
        iommu.WriteRegister(24, 8, 0x1F);
        Assert.Equal(12UL, iommu.ReadRegister(24, 8));
    }

    [Fact]
    public void C08_a_base_of_a_queue_that_is_on_is_frozen()
    {
        RiscvIommu iommu = Fresh();
        iommu.WriteRegister(40, 8, 0x40004);
        iommu.WriteRegister(48, 4, 3);
        iommu.WriteRegister(76, 4, 1);
        iommu.WriteRegister(40, 8, 0x80004);
        Assert.Equal(0x40004UL, iommu.ReadRegister(40, 8));
        Assert.Equal(3UL, iommu.ReadRegister(48, 4));
    }

    [Fact]
    public void C09_enabling_clears_the_index_and_the_errors()
    {
        var bench = new IommuBench();
        bench.Command(0);
        Assert.Equal(0x1_0403UL, bench.CommandControl);
        bench.Set(72, 4, 0x402);
        Assert.Equal(2UL, bench.CommandControl);
        bench.Set(36, 4, 0);
        bench.Set(72, 4, 3);
        Assert.Equal(0x1_0003UL, bench.CommandControl);
        Assert.Equal(0UL, bench.CommandHead);
    }

    [Fact]
    public void C10_an_index_keeps_its_low_bits()
    {
        RiscvIommu iommu = Fresh();
        iommu.WriteRegister(24, 8, 0x40004);
        iommu.WriteRegister(36, 4, 32 + 3);
        Assert.Equal(3UL, iommu.ReadRegister(36, 4));
    }

    [Fact]
    public void Fctl_is_frozen_while_anything_runs()
    {
        RiscvIommu iommu = Fresh();
        iommu.WriteRegister(8, 4, 3);
        Assert.Equal(3UL, iommu.ReadRegister(8, 4));
        iommu.WriteRegister(16, 8, 1);
        iommu.WriteRegister(8, 4, 0);
        Assert.Equal(3UL, iommu.ReadRegister(8, 4));
    }

    [Fact]
    public void Reset_brings_everything_back()
    {
        var bench = new IommuBench();
        bench.Load(5, 0x1000);
        bench.Command(0);
        bench.Iommu.Reset();
        for (ulong offset = 8; offset < 4096; offset += 4)
        {
            Assert.Equal(0UL, bench.Get(offset, 4));
        }
    }

    [Fact]
    public void C93_the_probe_sequence_of_Linux_reads_back_as_it_expects()
    {
        RiscvIommu iommu = Fresh(IommuCapabilities.LinuxMinimum.Bits);
        Assert.Equal(0x10, iommu.ReadRegister(0, 8) is var capabilities ? (int)(capabilities & 0xFF) : 0);
        Assert.Equal(2UL, iommu.ReadRegister(8, 4));
        Assert.Equal(0UL, iommu.ReadRegister(16, 8) & 0x1F);
        iommu.WriteRegister(760, 8, 0x3210);
        Assert.Equal(0x0210UL, iommu.ReadRegister(760, 8));
        iommu.WriteRegister(16, 8, 0);
        Assert.Equal(0UL, iommu.ReadRegister(16, 8));
        iommu.WriteRegister(24, 8, 0x1F);
        Assert.Equal(12UL, iommu.ReadRegister(24, 8));
        iommu.WriteRegister(24, 8, 0x2008_000C);
        Assert.Equal(0x2008_000CUL, iommu.ReadRegister(24, 8));
        iommu.WriteRegister(40, 8, 0x2010_000B);
        Assert.Equal(0x2010_000BUL, iommu.ReadRegister(40, 8));
        iommu.WriteRegister(36, 4, 0);
        iommu.WriteRegister(72, 4, 0x103);
        Assert.Equal(0x1_0003UL, iommu.ReadRegister(72, 4));
        iommu.WriteRegister(84, 4, 1);
        iommu.WriteRegister(76, 4, 0x103);
        Assert.Equal(0x1_0003UL, iommu.ReadRegister(76, 4));
        iommu.WriteRegister(84, 4, 2);
        iommu.WriteRegister(16, 8, 0x2020_0004);
        Assert.Equal(0x2020_0004UL, iommu.ReadRegister(16, 8));
        Assert.Equal(0UL, iommu.ReadRegister(84, 4));
    }
}
