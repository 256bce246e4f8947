using System.Buffers.Binary;
using CsCheck;
using Soc.Memory;
using Soc.RiscV.Csr;
using static Soc.RiscV.Tests.Assembler;

namespace Soc.RiscV.Tests;

/// <summary>
/// Two stages of translation (privileged ISA, chapter "H"). The guest's tables are at guest physical addresses that the second stage moves by
/// Shift; guest code is at its guest physical and its guest virtual address alike.
/// </summary>
public class TwoStageTests
{
    private const PrivilegeMode S = PrivilegeMode.Supervisor;
    private const PrivilegeMode U = PrivilegeMode.User;

    // Second stage: root of four pages, then pages of the lower levels.
    private const ulong GuestRoot = Machine.Ram + 0x10_0000;
    private const ulong GuestMiddle = Machine.Ram + 0x10_4000;
    private const ulong GuestLeaf = Machine.Ram + 0x10_5000;

    // First stage, by guest physical addresses in the two megabytes at Window, whose pages lie at Backing.
    private const ulong Window = 0x4000_0000;
    private const ulong Backing = Machine.Ram + 0x20_0000;
    private const ulong Root = Window;
    private const ulong Middle = Window + 0x1000;
    private const ulong Leaf = Window + 0x2000;
    private const ulong Data = Window + 0x5000;
    private const ulong Virtual = 0x7_4000_0000;

    private const ulong V = 1;
    private const ulong R = 2;
    private const ulong W = 4;
    private const ulong X = 8;
    private const ulong User = 16;
    private const ulong A = 64;
    private const ulong D = 128;
    private const ulong All = V | R | W | X | User | A | D;
    private const ulong Rwad = V | R | W | A | D;

    [Fact]
    public void Both_stages_translate()
    {
        using Machine machine = Mapped();
        machine.Write(ToHost(Data) + 0x18, 0x1122_3344_5566_7788);
        machine.Hart[1] = Virtual + 0x18;
        Assert.Equal(-1, Load(machine));
        Assert.Equal(0x1122_3344_5566_7788UL, machine.Hart[2]);
        machine.Hart[2] = 99;
        Assert.Equal(-1, machine.CauseOf(Asm("sd", rs1: 1, rs2: 2), S, virtualized: true));
        Assert.Equal(99UL, machine.Read(ToHost(Data) + 0x18));
    }

    [Fact]
    public void Each_stage_can_be_switched_off()
    {
        using Machine machine = Mapped();
        machine.Write(ToHost(Data), 7);
        machine.Hart.WriteCsr("vsatp", 0);
        machine.Hart[1] = Data;
        Assert.Equal((-1, 7UL), (Load(machine), machine.Hart[2]));

        // The first stage alone: its tables are found at physical addresses.
        machine.Write(Machine.Ram + 0x30_0000 + (8 * 2), Entry(Machine.Ram, Rwad | X));
        machine.Write(Machine.Ram + 0x30_0000 + (8 * 0x1D), Entry(Machine.Ram, Rwad));
        machine.Hart.WriteCsr("hgatp", 0);
        machine.Hart.WriteCsr("vsatp", (8UL << 60) | ((Machine.Ram + 0x30_0000) >> 12));
        machine.Hart[1] = Virtual + (Backing - Machine.Ram) + 0x5000;
        Assert.Equal((-1, 7UL), (Load(machine), machine.Hart[2]));
    }

    [Theory]
    [InlineData("not valid", R | W | User | A | D)]
    [InlineData("no user page", Rwad)]
    [InlineData("write without read", V | W | User | A | D)]
    [InlineData("reserved bit 54", All | (1UL << 54))]
    [InlineData("pointer at the last level", V)]
    public void What_the_second_stage_refuses_is_a_guest_page_fault(string what, ulong flags)
    {
        using Machine machine = Mapped();
        machine.Write(GuestLeaf + (8 * 5), Entry(ToHost(Data), flags));
        machine.Hart[1] = Virtual + 0x18;
        Assert.True(21 == Load(machine), what);
        Assert.Equal(
            (Virtual + 0x18, (Data + 0x18) >> 2, Asm("ld", rd: 2)),
            (machine.Hart.ReadCsr("mtval"), machine.Hart.ReadCsr("mtval2"), machine.Hart.ReadCsr("mtinst")));
        Assert.Equal(MachineStatus.GuestVirtualAddress | MachineStatus.Mpv, machine.Hart.ReadCsr("mstatus") & (MachineStatus.GuestVirtualAddress | MachineStatus.Mpv));
        Assert.Equal(23, machine.CauseOf(Asm("sd", rs1: 1, rs2: 3), S, virtualized: true));
        Assert.Equal(Asm("sd", rs2: 3), machine.Hart.ReadCsr("mtinst"));
        machine.Hart[1] = Virtual + 8;
        Assert.Equal(23, machine.CauseOf(Asm("amoadd.d", rd: 4, rs1: 1, rs2: 3), S, virtualized: true));
        Assert.Equal(Asm("amoadd.d", rd: 4, rs2: 3), machine.Hart.ReadCsr("mtinst"));
        Assert.Equal(21, machine.CauseOf(Asm("lr.d", rd: 4, rs1: 1), S, virtualized: true));
        Assert.Equal(20, Jump(machine));
        Assert.Equal((Virtual + 8, (Data + 8) >> 2, 0UL), (machine.Hart.ReadCsr("mtval"), machine.Hart.ReadCsr("mtval2"), machine.Hart.ReadCsr("mtinst")));
    }

    [Fact]
    public void What_the_first_stage_refuses_is_a_page_fault_and_goes_where_page_faults_go()
    {
        using Machine machine = Mapped();
        machine.Write(ToHost(Leaf), 0);
        machine.Hart[1] = Virtual;
        Assert.Equal(13, Load(machine));
        Assert.Equal((Virtual, 0UL, 0UL), (machine.Hart.ReadCsr("mtval"), machine.Hart.ReadCsr("mtval2"), machine.Hart.ReadCsr("mtinst")));
        Assert.NotEqual(0UL, machine.Hart.ReadCsr("mstatus") & MachineStatus.GuestVirtualAddress);
    }

    [Theory]
    [InlineData("ld", 21)]
    [InlineData("sd", 23)]
    public void A_table_that_the_second_stage_hides_is_a_guest_page_fault_of_the_access(string mnemonic, int cause)
    {
        using Machine machine = Mapped();
        machine.Write(GuestLeaf + (8 * 2), 0);
        machine.Hart[1] = Virtual + 0x18;
        Assert.Equal(cause, machine.CauseOf(Asm(mnemonic, rd: 2, rs1: 1), S, virtualized: true));
        Assert.Equal((Virtual + 0x18, Leaf >> 2, 0x3000UL), (machine.Hart.ReadCsr("mtval"), machine.Hart.ReadCsr("mtval2"), machine.Hart.ReadCsr("mtinst")));
    }

    [Fact]
    public void A_table_that_the_second_stage_protects_cannot_take_A_and_D_bits()
    {
        using Machine machine = Mapped();
        machine.Write(ToHost(Leaf), Entry(Data, V | R | W));
        machine.Write(GuestLeaf + (8 * 2), Entry(ToHost(Leaf), V | R | User | A));
        machine.Hart[1] = Virtual;
        Assert.Equal(21, Load(machine));
        Assert.Equal((Leaf >> 2, 0x3020UL), (machine.Hart.ReadCsr("mtval2"), machine.Hart.ReadCsr("mtinst")));
        Assert.Equal(0UL, machine.Read(ToHost(Leaf)) & (A | D));
    }

    [Fact]
    public void Both_stages_set_A_and_D_bits()
    {
        using Machine machine = Mapped();
        machine.Write(ToHost(Leaf), Entry(Data, V | R | W));
        machine.Write(GuestLeaf + (8 * 5), Entry(ToHost(Data), V | R | W | User));
        machine.Hart[1] = Virtual;
        Assert.Equal(-1, Load(machine));
        Assert.Equal((A, A), (machine.Read(ToHost(Leaf)) & (A | D), machine.Read(GuestLeaf + (8 * 5)) & (A | D)));
        Assert.Equal(-1, machine.CauseOf(Asm("sd", rs1: 1), S, virtualized: true));
        Assert.Equal((A | D, A | D), (machine.Read(ToHost(Leaf)) & (A | D), machine.Read(GuestLeaf + (8 * 5)) & (A | D)));
    }

    [Fact]
    public void Without_hardware_updates_clear_bits_fault_in_the_stage_that_has_them()
    {
        using Machine machine = Mapped(Extensions.Svadu);
        machine.Hart.WriteCsr("menvcfg", 1UL << 61);
        machine.Write(ToHost(Leaf), Entry(Data, V | R | W));
        machine.Hart[1] = Virtual;
        Assert.Equal(13, Load(machine));
        machine.Hart.WriteCsr("henvcfg", 1UL << 61);
        Assert.Equal(-1, Load(machine));
        machine.Hart.WriteCsr("menvcfg", 0);
        machine.Write(GuestLeaf + (8 * 5), Entry(ToHost(Data), V | R | W | User));
        machine.Hart.Tlb.Flush();
        Assert.Equal(21, Load(machine));
    }

    [Fact]
    public void MXR_of_the_guest_counts_for_its_own_stage_and_that_of_HS_mode_for_both()
    {
        using Machine machine = Mapped();
        machine.Hart[1] = Virtual;
        machine.Write(ToHost(Leaf), Entry(Data, V | X | A));
        Assert.Equal(13, Load(machine));
        machine.Hart.WriteCsr("vsstatus", MachineStatus.Mxr);
        Assert.Equal(-1, Load(machine));
        machine.Write(GuestLeaf + (8 * 5), Entry(ToHost(Data), V | X | User | A));
        machine.Hart.Tlb.Flush();
        Assert.Equal(21, Load(machine));
        machine.Hart.WriteCsr("mstatus", MachineStatus.Mxr);
        Assert.Equal(-1, Load(machine));
        machine.Hart.WriteCsr("vsstatus", 0);
        Assert.Equal(-1, Load(machine));
        machine.Hart.WriteCsr("mstatus", 0);
        Assert.Equal(13, Load(machine));
    }

    [Fact]
    public void SUM_of_the_guest_counts_for_VS_mode()
    {
        using Machine machine = Mapped();
        machine.Hart[1] = Virtual;
        machine.Write(ToHost(Leaf), Entry(Data, Rwad | User));
        machine.Hart.WriteCsr("mstatus", MachineStatus.Sum);
        Assert.Equal(13, Load(machine));
        machine.Hart.WriteCsr("vsstatus", MachineStatus.Sum);
        Assert.Equal(-1, Load(machine));
        machine.Code(ToHost(Root) + 0xC00, Asm("ld", rd: 2, rs1: 1));
        machine.Hart.WriteCsr("vsstatus", 0);
        Assert.Equal(-1, machine.CauseOf(Asm("hlv.d", rd: 2, rs1: 1)));
        machine.Hart.WriteCsr("hstatus", HypervisorStatus.PreviousPrivilege);
        Assert.Equal(13, machine.CauseOf(Asm("hlv.d", rd: 2, rs1: 1)));
    }

    [Theory]
    [InlineData("hlv.b", 0xFFFF_FFFF_FFFF_FF88UL)]
    [InlineData("hlv.bu", 0x88UL)]
    [InlineData("hlv.h", 0xFFFF_FFFF_FFFF_F788UL)]
    [InlineData("hlv.hu", 0xF788UL)]
    [InlineData("hlv.w", 0xFFFF_FFFF_D5E6_F788UL)]
    [InlineData("hlv.wu", 0xD5E6_F788UL)]
    [InlineData("hlv.d", 0x9182_B3C4_D5E6_F788UL)]
    public void A_hypervisor_loads_as_its_guest_does(string mnemonic, ulong expected)
    {
        using Machine machine = Mapped();
        machine.Write(ToHost(Data), 0x9182_B3C4_D5E6_F788);
        machine.Hart.WriteCsr("hstatus", HypervisorStatus.PreviousPrivilege);
        machine.Hart[1] = Virtual;
        Assert.Equal(-1, machine.CauseOf(Asm(mnemonic, rd: 2, rs1: 1), S));
        Assert.Equal(expected, machine.Hart[2]);
        Assert.Equal((S, false), (machine.Hart.Mode, machine.Hart.IsVirtualized));

        // The hart's own accesses are as before.
        machine.Hart[1] = ToHost(Data);
        Assert.Equal((-1, 0x9182_B3C4_D5E6_F788), (machine.CauseOf(Asm("ld", rd: 2, rs1: 1), S), machine.Hart[2]));
    }

    [Theory]
    [InlineData("hsv.b", 0x00FFUL)]
    [InlineData("hsv.h", 0xFFFFUL)]
    [InlineData("hsv.w", 0xFFFF_FFFFUL)]
    [InlineData("hsv.d", ulong.MaxValue)]
    public void A_hypervisor_stores_as_its_guest_does(string mnemonic, ulong expected)
    {
        using Machine machine = Mapped();
        machine.Hart.WriteCsr("hstatus", HypervisorStatus.PreviousPrivilege);
        machine.Hart[1] = Virtual;
        machine.Hart[2] = ulong.MaxValue;
        Assert.Equal(-1, machine.CauseOf(Asm(mnemonic, rs1: 1, rs2: 2), S));
        Assert.Equal(expected, machine.Read(ToHost(Data)));
    }

    [Fact]
    public void U_mode_reaches_a_guest_with_HU_only()
    {
        using Machine machine = Mapped();
        machine.Hart[1] = Virtual;
        machine.Hart.WriteCsr("hstatus", HypervisorStatus.PreviousPrivilege);
        Assert.Equal(2, machine.CauseOf(Asm("hlv.d", rd: 2, rs1: 1), U));
        machine.Hart.WriteCsr("hstatus", HypervisorStatus.PreviousPrivilege | HypervisorStatus.UserAccess);
        Assert.Equal(-1, machine.CauseOf(Asm("hlv.d", rd: 2, rs1: 1), U));
    }

    [Fact]
    public void HLVX_reads_what_can_be_executed_in_both_stages_and_faults_as_a_load()
    {
        using Machine machine = Mapped();
        machine.Write(ToHost(Data), 0x1234_5678);
        machine.Hart[1] = Virtual;
        machine.Hart.WriteCsr("hstatus", HypervisorStatus.PreviousPrivilege);
        machine.Write(ToHost(Leaf), Entry(Data, V | X | A));
        machine.Write(GuestLeaf + (8 * 5), Entry(ToHost(Data), V | X | User | A));
        Assert.Equal((-1, 0x1234_5678UL), (machine.CauseOf(Asm("hlvx.wu", rd: 2, rs1: 1)), machine.Hart[2]));
        Assert.Equal((-1, 0x5678UL), (machine.CauseOf(Asm("hlvx.hu", rd: 2, rs1: 1)), machine.Hart[2]));
        Assert.Equal(13, machine.CauseOf(Asm("hlv.wu", rd: 2, rs1: 1)));
        machine.Write(GuestLeaf + (8 * 5), Entry(ToHost(Data), V | R | User | A));
        machine.Hart.Tlb.Flush();
        Assert.Equal(21, machine.CauseOf(Asm("hlvx.wu", rd: 2, rs1: 1)));
        Assert.Equal((Data >> 2, Asm("hlvx.wu", rd: 2)), (machine.Hart.ReadCsr("mtval2"), machine.Hart.ReadCsr("mtinst")));
        Assert.Equal(MachineStatus.GuestVirtualAddress, machine.Hart.ReadCsr("mstatus") & (MachineStatus.GuestVirtualAddress | MachineStatus.Mpv));
        machine.Write(ToHost(Leaf), Entry(Data, V | R | A));
        machine.Hart.Tlb.Flush();
        Assert.Equal(13, machine.CauseOf(Asm("hlvx.wu", rd: 2, rs1: 1)));
    }

    [Theory]
    [InlineData(0x1FUL, -1)]
    [InlineData(0x19UL, 5)]
    [InlineData(0x1CUL, 5)]
    public void HLVX_needs_memory_that_may_be_read_and_executed(ulong rights, int cause)
    {
        using Machine machine = Mapped();
        machine.Hart[1] = Virtual;
        machine.Hart.WriteCsr("hstatus", HypervisorStatus.PreviousPrivilege);
        machine.Hart.WriteCsr("pmpaddr1", ulong.MaxValue);
        machine.Hart.WriteCsr("pmpaddr0", (ToHost(Data) >> 2) | 0x1FF);
        machine.Hart.WriteCsr("pmpcfg0", 0x1F00 | rights);
        Assert.Equal(cause, machine.CauseOf(Asm("hlvx.wu", rd: 2, rs1: 1)));
    }

    [Fact]
    public void MPRV_with_MPV_accesses_as_a_guest()
    {
        using Machine machine = Mapped();
        machine.Write(ToHost(Data), 42);
        machine.Hart[1] = Virtual;
        machine.Hart.WriteCsr("mstatus", MachineStatus.Mprv | MachineStatus.Mpv | (1UL << MachineStatus.MppShift));
        Assert.Equal((-1, 42UL), (machine.CauseOf(Asm("ld", rd: 2, rs1: 1)), machine.Hart[2]));
        machine.Write(GuestLeaf + (8 * 5), 0);
        machine.Hart.Tlb.Flush();
        machine.Hart.WriteCsr("mstatus", MachineStatus.Mprv | MachineStatus.Mpv | (1UL << MachineStatus.MppShift));
        Assert.Equal(21, machine.CauseOf(Asm("ld", rd: 2, rs1: 1)));
        Assert.Equal(MachineStatus.GuestVirtualAddress, machine.Hart.ReadCsr("mstatus") & (MachineStatus.GuestVirtualAddress | MachineStatus.Mpv));
    }

    [Fact]
    public void The_root_of_the_second_stage_has_four_pages()
    {
        using Machine machine = Mapped();
        machine.Hart.WriteCsr("vsatp", 0);
        machine.Write(ToHost(Data), 5);
        ulong gigapage = 0x1FFUL << 32;
        machine.Write(GuestRoot + (8 * (gigapage >> 30)), Entry(Machine.Ram, All));
        machine.Hart[1] = gigapage + (ToHost(Data) - Machine.Ram);
        Assert.Equal((-1, 5UL), (Load(machine), machine.Hart[2]));
        machine.Hart[1] |= 1UL << 41;
        Assert.Equal(21, Load(machine));
        Assert.Equal(machine.Hart[1] >> 2, machine.Hart.ReadCsr("mtval2"));
    }

    [Fact]
    public void An_unsupported_mode_of_hgatp_keeps_the_mode_and_of_vsatp_everything()
    {
        using Machine machine = Mapped();
        ulong vsatp = machine.Hart.ReadCsr("vsatp");
        machine.Hart.WriteCsr("hgatp", (9UL << 60) | (1UL << 44) | 4);
        Assert.Equal((8UL << 60) | (1UL << 44) | 4, machine.Hart.ReadCsr("hgatp"));
        machine.Hart.WriteCsr("vsatp", (9UL << 60) | 4);
        Assert.Equal(vsatp, machine.Hart.ReadCsr("vsatp"));
    }

    [Fact]
    public void A_compressed_access_shows_as_what_it_stands_for_with_bit_1_clear()
    {
        using Machine machine = Mapped();
        machine.Write(GuestLeaf + (8 * 5), 0);
        machine.Hart[8] = Virtual;
        Assert.Equal(21, machine.CauseOf(Asm("c.ld", rd: 2, rs1: 0, imm: 16), S, virtualized: true));
        Assert.Equal(Asm("ld", rd: 10) & ~2U, machine.Hart.ReadCsr("mtinst"));
        Assert.Equal(23, machine.CauseOf(Asm("c.sw", rs1: 0, rs2: 3, imm: 4), S, virtualized: true));
        Assert.Equal(Asm("sw", rs2: 11) & ~2U, machine.Hart.ReadCsr("mtinst"));
    }

    [Theory]
    [InlineData("cbo.zero")]
    [InlineData("cbo.flush")]
    public void What_is_no_load_or_store_shows_no_instruction(string mnemonic)
    {
        using Machine machine = Mapped(Extensions.Zicbom | Extensions.Zicboz);
        machine.Hart.WriteCsr("menvcfg", 0xF0);
        machine.Hart.WriteCsr("henvcfg", 0xF0);
        machine.Write(GuestLeaf + (8 * 5), 0);
        machine.Hart[1] = Virtual;
        Assert.Equal(21, Load(machine));
        Assert.NotEqual(0UL, machine.Hart.ReadCsr("mtinst"));
        Assert.Equal(23, machine.CauseOf(Asm(mnemonic, rs1: 1), S, virtualized: true));
        Assert.Equal((Data >> 2, 0UL), (machine.Hart.ReadCsr("mtval2"), machine.Hart.ReadCsr("mtinst")));
    }

    [Fact]
    public void An_access_across_a_page_tells_how_far_from_its_address_it_faults()
    {
        using Machine machine = Mapped();
        machine.Write(ToHost(Leaf) + 8, Entry(Data + 0x1000, Rwad));
        machine.Write(GuestLeaf + (8 * 6), 0);
        machine.Hart[1] = Virtual + 0xFFD;
        Assert.Equal(21, Load(machine));
        Assert.Equal(
            (Virtual + 0x1000, (Data + 0x1000) >> 2, Asm("ld", rd: 2) | (3UL << 15)),
            (machine.Hart.ReadCsr("mtval"), machine.Hart.ReadCsr("mtval2"), machine.Hart.ReadCsr("mtinst")));
    }

    [Theory]
    [InlineData("sfence.vma", S, true)]
    [InlineData("hfence.vvma", S, false)]
    [InlineData("hfence.gvma", S, false)]
    public void Changed_tables_are_seen_after_a_fence_and_HS_modes_own_fence_leaves_guests_alone(string fence, PrivilegeMode mode, bool virtualized)
    {
        using Machine machine = Mapped();
        machine.Write(ToHost(Data), 1);
        machine.Write(ToHost(Data) + 0x1000, 2);
        machine.Hart[1] = Virtual;
        Assert.Equal((-1, 1UL), (Load(machine), machine.Hart[2]));
        machine.Write(ToHost(Leaf), Entry(Data + 0x1000, Rwad));
        Assert.Equal(-1, machine.CauseOf(Asm("sfence.vma"), S));
        Assert.Equal((-1, 1UL), (Load(machine), machine.Hart[2]));
        Assert.Equal(-1, machine.CauseOf(Asm(fence), mode, virtualized));
        Assert.Equal((-1, 2UL), (Load(machine), machine.Hart[2]));
    }

    [Fact]
    public void Tables_outside_of_memory_are_access_faults()
    {
        using Machine machine = Mapped();
        machine.Hart.WriteCsr("vsatp", 0);
        machine.Write(GuestMiddle, Entry(0x1000, V));
        machine.Hart[1] = Data;
        Assert.Equal(5, Load(machine));
        Assert.NotEqual(0UL, machine.Hart.ReadCsr("mstatus") & MachineStatus.GuestVirtualAddress);
    }

    [Fact]
    public void Walks_agree_with_a_plain_reading_of_the_manual()
    {
        // Flags of the two leaves, of the guest's own table, the access, and the modes.
        Gen.Select(Gen.Int[0, 255], Gen.Int[0, 255], Gen.Int[0, 255], Gen.Int[0, 7], Gen.Int[0, 15]).Sample(
            (first, second, table, access, modes) =>
            {
                using Machine machine = Mapped();
                bool user = (modes & 1) != 0;
                machine.Write(ToHost(Leaf), Entry(Data, (ulong)first));
                machine.Write(GuestLeaf + (8 * 5), Entry(ToHost(Data), (ulong)second));
                machine.Write(GuestLeaf + (8 * 2), Entry(ToHost(Leaf), (ulong)table));
                machine.Hart.WriteCsr("vsstatus", ((modes & 2) != 0 ? MachineStatus.Sum : 0) | ((modes & 4) != 0 ? MachineStatus.Mxr : 0));
                machine.Hart.WriteCsr("mstatus", (modes & 8) != 0 ? MachineStatus.Mxr : 0);
                machine.Hart.WriteCsr("hstatus", user ? 0 : HypervisorStatus.PreviousPrivilege);
                machine.Hart[1] = Virtual;
                string mnemonic = access switch { 0 or 1 => "hlv.d", 2 or 3 => "hsv.d", 4 or 5 => "hlvx.wu", _ => "fetch" };
                int expected = Oracle((ulong)first, (ulong)second, (ulong)table, mnemonic, user, (modes & 2) != 0, (modes & 4) != 0, (modes & 8) != 0);
                int cause = mnemonic == "fetch" ? Jump(machine, user ? U : S, 0) : machine.CauseOf(Asm(mnemonic, rd: 2, rs1: 1));
                Assert.Equal(expected, cause);
                if (access % 2 != 0)
                {
                    // The same once more, with what the TLB has kept.
                    Assert.Equal(expected, mnemonic == "fetch" ? Jump(machine, user ? U : S, 0) : machine.CauseOf(Asm(mnemonic, rd: 2, rs1: 1)));
                }
            },
            iter: 3000,
            threads: 1);
    }

    // One leaf after the other, hardware updates on.
    private static int Oracle(ulong first, ulong second, ulong table, string access, bool user, bool sum, bool mxr, bool machineMxr)
    {
        bool store = access == "hsv.d";
        bool fetch = access == "fetch";
        int pageFault = fetch ? 12 : store ? 15 : 13;
        int guestFault = fetch ? 20 : store ? 23 : 21;
        if (!IsLeaf(table) || (table & User) == 0 || (table & R) == 0)
        {
            return guestFault;
        }

        bool mayRead = (first & R) != 0 || ((mxr || machineMxr) && (first & X) != 0);
        bool right = access == "hlvx.wu" || fetch ? (first & X) != 0 : store ? (first & W) != 0 : mayRead;
        bool mode = user ? (first & User) != 0 : (first & User) == 0 || (sum && !fetch);
        if (!IsLeaf(first) || !right || !mode)
        {
            return pageFault;
        }

        ulong needed = store ? A | D : A;
        if ((first & needed) != needed && (table & W) == 0)
        {
            return guestFault;
        }

        mayRead = (second & R) != 0 || (machineMxr && (second & X) != 0);
        right = access == "hlvx.wu" || fetch ? (second & X) != 0 : store ? (second & W) != 0 : mayRead;
        return IsLeaf(second) && right && (second & User) != 0 ? -1 : guestFault;
    }

    private static bool IsLeaf(ulong entry) => (entry & V) != 0 && (entry & (R | X)) != 0 && (entry & (R | W)) != W;

    private static ulong Entry(ulong physical, ulong flags) => (physical >> 12 << 10) | flags;

    private static ulong ToHost(ulong guestPhysical) => guestPhysical - Window + Backing;

    private static int Load(Machine machine) => machine.CauseOf(Asm("ld", rd: 2, rs1: 1), S, virtualized: true);

    private static int Jump(Machine machine, PrivilegeMode mode = S, ulong offset = 8)
    {
        machine.Hart.SetMode(mode, virtualized: true);
        machine.Hart.ProgramCounter = Virtual + offset;
        machine.Code(ToHost(Data) + offset, Asm("addi"));
        machine.Fence();
        machine.Step();
        return machine.Hart.ProgramCounter == Machine.Handler ? (int)machine.Hart.ReadCsr("mcause") : -1;
    }

    private static Machine Mapped(Extensions extensions = Extensions.None)
    {
        Machine machine = new(configuration => configuration with { Extensions = extensions | Extensions.H });
        machine.OpenProtection();

        // Second stage: code where it is, the window page by page.
        machine.Write(GuestRoot + (8 * (Machine.Ram >> 30)), Entry(Machine.Ram, All));
        machine.Write(GuestRoot + (8 * (Window >> 30)), Entry(GuestMiddle, V));
        machine.Write(GuestMiddle, Entry(GuestLeaf, V));
        for (ulong page = 0; page < 8; page++)
        {
            machine.Write(GuestLeaf + (8 * page), Entry(Backing + (page << 12), All));
        }

        // First stage.
        machine.Write(ToHost(Root) + (8 * (Machine.Ram >> 30)), Entry(Machine.Ram, Rwad | X));
        machine.Write(ToHost(Root) + (8 * ((Virtual >> 30) & 0x1FF)), Entry(Middle, V));
        machine.Write(ToHost(Middle) + (8 * ((Virtual >> 21) & 0x1FF)), Entry(Leaf, V));
        machine.Write(ToHost(Leaf), Entry(Data, Rwad | X));
        machine.Hart.WriteCsr("hgatp", (8UL << 60) | (GuestRoot >> 12));
        machine.Hart.WriteCsr("vsatp", (8UL << 60) | (Root >> 12));
        return machine;
    }
}
