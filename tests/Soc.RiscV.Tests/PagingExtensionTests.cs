using static Soc.RiscV.Tests.Assembler;

namespace Soc.RiscV.Tests;

/// <summary>Sv48, Sv57, Svnapot, Svpbmt, Svadu, Svinval. Each level of the tables is one page behind the other; entry 0 leads on.</summary>
public class PagingExtensionTests
{
    private const ulong Root = Machine.Ram + 0x100000;
    private const ulong Data = Machine.Ram + 0x200000;
    private const ulong Virtual = 0x3000;
    private const ulong V = 1;
    private const ulong R = 2;
    private const ulong W = 4;
    private const ulong X = 8;
    private const ulong A = 64;
    private const ulong D = 128;
    private const ulong Rwad = V | R | W | A | D;
    private const ulong Contiguous = 1UL << 63;
    private const ulong SupervisorStatus = (1UL << 17) | (1UL << 11);

    [Theory]
    [InlineData(8, 3)]
    [InlineData(9, 4)]
    [InlineData(10, 5)]
    public void Every_mode_walks_its_levels(int mode, int levels)
    {
        using Machine machine = Mapped(mode, levels, Entry(Data, Rwad));
        machine.Write(Data + 0x10, 77);
        Assert.Equal((-1, 77UL), Load(machine, Virtual + 0x10));
    }

    [Theory]
    [InlineData(9, 4, 47)]
    [InlineData(10, 5, 56)]
    public void Addresses_are_sign_extended_from_the_highest_translated_bit(int mode, int levels, int bit)
    {
        using Machine machine = Mapped(mode, levels, Entry(Data, Rwad));
        Assert.Equal(13, Load(machine, Virtual + (1UL << bit)).Cause);
        Assert.Equal(13, Load(machine, Virtual + (1UL << (bit + 1))).Cause);
        machine.Write(Root + (511 * 8), Entry(Root + 0x1000, V));
        machine.Write(Data, 5);
        ulong high = ulong.MaxValue << (bit - 8);
        Assert.Equal((-1, 5UL), Load(machine, high | Virtual));
    }

    [Theory]
    [InlineData(Extensions.None, 9, false)]
    [InlineData(Extensions.Sv48, 9, true)]
    [InlineData(Extensions.Sv48, 10, false)]
    [InlineData(Extensions.Sv48 | Extensions.Sv57, 10, true)]
    [InlineData(Extensions.All, 11, false)]
    public void Satp_takes_only_modes_that_the_hart_has(Extensions extensions, int mode, bool taken)
    {
        using Machine machine = new(configuration => configuration with { Extensions = extensions });
        ulong value = ((ulong)mode << 60) | (0xFFFFUL << 44) | 0x1234;
        machine.Hart.WriteCsr("satp", value);
        Assert.Equal(taken ? value : 0, machine.Hart.ReadCsr("satp"));
    }

    [Fact]
    public void A_contiguous_entry_maps_64_KiB_and_takes_low_bits_from_the_address()
    {
        using Machine machine = Mapped(8, 3, Entry(Data | 0x8000, Rwad) | Contiguous);
        machine.Write(Data + 0x3010, 99);
        Assert.Equal((-1, 99UL), Load(machine, Virtual + 0x10));
    }

    [Theory]
    [InlineData("without the extension", Extensions.All & ~Extensions.Svnapot, 0x8000UL)]
    [InlineData("another size", Extensions.All, 0x4000UL)]
    public void Other_contiguous_entries_are_page_faults(string what, Extensions extensions, ulong size)
    {
        using Machine machine = Mapped(8, 3, Entry(Data | size, Rwad) | Contiguous, extensions);
        Assert.True(Load(machine, Virtual).Cause == 13, what);
    }

    [Theory]
    [InlineData(Extensions.All, true, 1, -1)]
    [InlineData(Extensions.All, true, 2, -1)]
    [InlineData(Extensions.All, true, 3, 13)]
    [InlineData(Extensions.All, false, 1, 13)]
    [InlineData(Extensions.All & ~Extensions.Svpbmt, true, 1, 13)]
    public void Memory_types_need_the_extension_and_its_switch(Extensions extensions, bool enabled, int type, int cause)
    {
        using Machine machine = Mapped(8, 3, Entry(Data, Rwad) | ((ulong)type << 61), extensions);
        machine.Hart.WriteCsr("menvcfg", enabled ? 1UL << 62 : 0);
        Assert.Equal(cause, Load(machine, Virtual).Cause);
    }

    [Fact]
    public void Memory_types_on_a_pointer_are_page_faults()
    {
        using Machine machine = Mapped(8, 3, Entry(Data, Rwad));
        machine.Hart.WriteCsr("menvcfg", 1UL << 62);
        machine.Write(Root, Entry(Root + 0x1000, V) | (1UL << 61));
        Assert.Equal(13, Load(machine, Virtual).Cause);
    }

    [Theory]
    [InlineData(Extensions.Svade, false, true)]
    [InlineData(Extensions.Svadu, false, true)]
    [InlineData(Extensions.Svadu, true, false)]
    [InlineData(Extensions.Svadu | Extensions.Svade, true, false)]
    public void Accessed_and_dirty_bits_are_set_or_fault(Extensions extensions, bool enabled, bool faults)
    {
        using Machine machine = Mapped(8, 3, Entry(Data, V | R | W), extensions);
        machine.Hart.WriteCsr("menvcfg", enabled ? 1UL << 61 : 0);
        Assert.Equal(faults ? 13 : -1, Load(machine, Virtual).Cause);
        Assert.Equal(faults ? 0 : A, machine.Read(Root + 0x2000 + (3 * 8)) & (A | D));
        machine.Hart[1] = Virtual;
        Assert.Equal(faults ? 15 : -1, Access(machine, Asm("sd", rs1: 1)));
        Assert.Equal(faults ? 0 : A | D, machine.Read(Root + 0x2000 + (3 * 8)) & (A | D));
    }

    [Theory]
    [InlineData(Extensions.Svadu, 1UL << 61)]
    [InlineData(Extensions.Svadu | Extensions.Svade, 0UL)]
    public void After_reset_ADUE_depends_on_Svade(Extensions extensions, ulong expected)
    {
        using Machine machine = new(configuration => configuration with { Extensions = extensions });
        Assert.Equal(expected, machine.Hart.ReadCsr("menvcfg"));
    }

    [Fact]
    public void Sinval_vma_drops_a_translation()
    {
        using Machine machine = Mapped(8, 3, Entry(Data, Rwad));
        machine.Write(Data + 0x1000, 1);
        Assert.Equal((-1, 0UL), Load(machine, Virtual));
        machine.Write(Root + 0x2000 + (3 * 8), Entry(Data + 0x1000, Rwad));
        machine.Hart[1] = Virtual;
        Assert.Equal(-1, Access(machine, Asm("sfence.w.inval")));
        Assert.Equal(-1, Access(machine, Asm("sinval.vma", rs1: 1)));
        Assert.Equal(-1, Access(machine, Asm("sfence.inval.ir")));
        Assert.Equal((-1, 1UL), Load(machine, Virtual));
    }

    [Theory]
    [InlineData("sinval.vma", true, 2)]
    [InlineData("sinval.vma", false, -1)]
    [InlineData("sfence.w.inval", true, -1)]
    [InlineData("sfence.inval.ir", true, -1)]
    public void Invalidations_are_for_S_mode_and_TVM_traps_the_one_that_invalidates(string mnemonic, bool trapped, int cause)
    {
        using Machine machine = new(configuration => configuration with { Extensions = Extensions.Svinval });
        machine.OpenProtection();
        machine.Hart.WriteCsr("mstatus", trapped ? 1UL << 20 : 0);
        Assert.Equal(cause, machine.CauseOf(Asm(mnemonic), PrivilegeMode.Supervisor));
        Assert.Equal(2, machine.CauseOf(Asm(mnemonic), PrivilegeMode.User));
        using Machine without = new();
        Assert.Equal(2, without.CauseOf(Asm(mnemonic)));
    }

    private static ulong Entry(ulong physical, ulong flags) => (physical >> 12 << 10) | flags;

    private static (int Cause, ulong Value) Load(Machine machine, ulong address)
    {
        machine.Hart[1] = address;
        return (Access(machine, Asm("ld", rd: 2, rs1: 1)), machine.Hart[2]);
    }

    /// <summary>Executes in M-mode with loads and stores as S-mode's.</summary>
    private static int Access(Machine machine, uint word)
    {
        machine.Hart.WriteCsr("mstatus", SupervisorStatus);
        return machine.CauseOf(word);
    }

    private static Machine Mapped(int mode, int levels, ulong leaf, Extensions extensions = Extensions.All)
    {
        Machine machine = new(configuration => configuration with { Extensions = extensions });
        machine.OpenProtection();
        for (int level = 0; level < levels - 1; level++)
        {
            machine.Write(Root + ((ulong)level * 0x1000), Entry(Root + ((ulong)level * 0x1000) + 0x1000, V));
        }

        machine.Write(Root + ((ulong)(levels - 1) * 0x1000) + (3 * 8), leaf);
        machine.Hart.WriteCsr("satp", ((ulong)mode << 60) | (Root >> 12));
        return machine;
    }
}
