using Soc.RiscV.Csr;
using static Soc.RiscV.Tests.Assembler;

namespace Soc.RiscV.Tests;

/// <summary>The hypervisor extension but for translation: registers, what is illegal and what is virtual, traps, interrupts, returns (privileged ISA, chapter "H").</summary>
public class HypervisorTests
{
    private const PrivilegeMode S = PrivilegeMode.Supervisor;
    private const PrivilegeMode U = PrivilegeMode.User;
    private const PrivilegeMode M = PrivilegeMode.Machine;
    private const ulong SupervisorHandler = Machine.Ram + 0x9000;
    private const ulong GuestHandler = Machine.Ram + 0xA000;

    [Theory]
    [InlineData("hstatus", 0x2_0070_03C0UL)]
    [InlineData("hedeleg", 0xC_B1FFUL)]
    [InlineData("hideleg", 0x444UL)]
    [InlineData("hie", 0x444UL)]
    [InlineData("hip", 0x4UL)]
    [InlineData("hvip", 0x444UL)]
    [InlineData("hcounteren", 7UL)]
    [InlineData("hgeie", 0UL)]
    [InlineData("henvcfg", 1UL)]
    [InlineData("hgatp", 0x03FF_FFFF_FFFF_FFFCUL)]
    [InlineData("htimedelta", ulong.MaxValue)]
    [InlineData("htval", ulong.MaxValue)]
    [InlineData("htinst", ulong.MaxValue)]
    [InlineData("mtval2", ulong.MaxValue)]
    [InlineData("mtinst", ulong.MaxValue)]
    [InlineData("vsstatus", 0x8000_0002_000C_6122UL)]
    [InlineData("vstvec", ~2UL)]
    [InlineData("vsepc", ~1UL)]
    [InlineData("mideleg", 0x666UL)]
    [InlineData("medeleg", 0xF0_B7FFUL)]
    [InlineData("mie", 0xEEEUL)]
    public void Registers_have_their_fields_and_no_others(string csr, ulong expected)
    {
        using Machine machine = WithHypervisor(Extensions.F);
        machine.Hart.WriteCsr(csr, ulong.MaxValue);
        Assert.Equal(expected, machine.Hart.ReadCsr(csr));
    }

    [Fact]
    public void Interrupts_of_guests_never_go_to_M_mode()
    {
        using Machine machine = WithHypervisor();
        Assert.Equal(0x444UL, machine.Hart.ReadCsr("mideleg"));
        machine.Hart.WriteCsr("mideleg", 0);
        Assert.Equal(0x444UL, machine.Hart.ReadCsr("mideleg"));
    }

    [Theory]
    [InlineData("hstatus")]
    [InlineData("hgatp")]
    [InlineData("vsstatus")]
    [InlineData("vsatp")]
    [InlineData("mtval2")]
    [InlineData("hgeip")]
    public void Registers_exist_only_with_the_extension(string csr)
    {
        uint word = Asm("csrrs", rd: 3, csr: Machine.Csr(csr));
        using Machine with = WithHypervisor();
        Assert.Equal(-1, with.CauseOf(word));
        using Machine without = new(configuration => configuration with { Extensions = Extensions.All & ~Extensions.H });
        Assert.Equal(2, without.CauseOf(word));
    }

    [Theory]
    [InlineData("hfence.vvma")]
    [InlineData("hfence.gvma")]
    [InlineData("hlv.d")]
    [InlineData("hsv.b")]
    public void Instructions_exist_only_with_the_extension(string mnemonic)
    {
        using Machine with = WithHypervisor();
        with.Hart[1] = Machine.Ram + 0x1000;
        Assert.Equal(-1, with.CauseOf(Asm(mnemonic, rd: 2, rs1: 1)));
        using Machine without = new(configuration => configuration with { Extensions = Extensions.All & ~Extensions.H });
        Assert.Equal(2, without.CauseOf(Asm(mnemonic, rd: 2, rs1: 1)));
    }

    [Theory]

    // Registers of HS-mode and, by their own names, of VS-mode: nobody has them while V = 1.
    [InlineData("hstatus", S, 22)]
    [InlineData("hgatp", S, 22)]
    [InlineData("vsstatus", S, 22)]
    [InlineData("vsatp", S, 22)]
    [InlineData("hstatus", U, 22)]
    [InlineData("hgeip", S, 22)]

    // Registers of S-mode: VS-mode has its own, VU-mode would need VS-mode.
    [InlineData("sstatus", S, -1)]
    [InlineData("satp", S, -1)]
    [InlineData("scounteren", S, -1)]
    [InlineData("sstatus", U, 22)]
    [InlineData("scounteren", U, 22)]

    // Registers of M-mode are out of reach for any S-mode.
    [InlineData("mstatus", S, 2)]
    [InlineData("mstatus", U, 2)]
    [InlineData("mtval2", S, 2)]
    [InlineData("mideleg", U, 2)]
    public void Guests_reach_registers_of_their_own(string csr, PrivilegeMode mode, int cause)
    {
        using Machine machine = WithHypervisor();
        Assert.Equal(cause, machine.CauseOf(Asm("csrrs", rd: 3, csr: Machine.Csr(csr)), mode, virtualized: true));
        if (cause > 0)
        {
            Assert.Equal(Asm("csrrs", rd: 3, csr: Machine.Csr(csr)), machine.Hart.ReadCsr("mtval"));
            Assert.Equal(MachineStatus.Mpv, machine.Hart.ReadCsr("mstatus") & (MachineStatus.Mpv | MachineStatus.GuestVirtualAddress));
        }
    }

    [Fact]
    public void A_write_of_a_read_only_register_is_illegal_in_a_guest_too()
    {
        using Machine machine = WithHypervisor();
        Assert.Equal(2, machine.CauseOf(Asm("csrrw", rs1: 1, csr: Machine.Csr("hgeip")), S, virtualized: true));
    }

    [Theory]
    [InlineData("sstatus", "vsstatus", 0x40000UL)]
    [InlineData("stvec", "vstvec", 0x1000UL)]
    [InlineData("sscratch", "vsscratch", 0x1234UL)]
    [InlineData("sepc", "vsepc", 0x1234UL)]
    [InlineData("scause", "vscause", 5UL)]
    [InlineData("stval", "vstval", 0x77UL)]
    [InlineData("satp", "vsatp", 0x8000_0000_0008_0000UL)]
    public void VS_mode_reaches_its_own_register_by_the_name_of_S_modes(string csr, string virtualized, ulong value)
    {
        using Machine machine = WithHypervisor();
        ulong before = machine.Hart.ReadCsr(csr);
        machine.Hart[1] = value;
        Assert.Equal(-1, machine.CauseOf(Asm("csrrw", rs1: 1, csr: Machine.Csr(csr)), S, virtualized: true));
        Assert.Equal(value, machine.Hart.ReadCsr(virtualized) & ~MachineStatus.UserLength);
        Assert.Equal(before, machine.Hart.ReadCsr(csr));
    }

    [Theory]
    [InlineData("sret", S, HypervisorStatus.TrapReturn, 22)]
    [InlineData("sret", U, 0UL, 22)]
    [InlineData("wfi", S, HypervisorStatus.TrapWait, 22)]
    [InlineData("wfi", S, 0UL, -1)]
    [InlineData("wfi", U, 0UL, 22)]
    [InlineData("sfence.vma", S, HypervisorStatus.TrapTranslation, 22)]
    [InlineData("sfence.vma", S, 0UL, -1)]
    [InlineData("sfence.vma", U, 0UL, 22)]
    [InlineData("sinval.vma", S, HypervisorStatus.TrapTranslation, 22)]
    [InlineData("sfence.w.inval", U, 0UL, 22)]
    [InlineData("sfence.w.inval", S, HypervisorStatus.TrapTranslation, -1)]
    [InlineData("mret", S, 0UL, 2)]
    [InlineData("hfence.vvma", S, 0UL, 22)]
    [InlineData("hfence.gvma", U, 0UL, 22)]
    [InlineData("hinval.vvma", S, 0UL, 22)]
    [InlineData("hlv.w", S, HypervisorStatus.UserAccess, 22)]
    [InlineData("hsv.w", U, HypervisorStatus.UserAccess, 22)]
    [InlineData("hlvx.hu", S, 0UL, 22)]
    public void Instructions_of_a_hypervisor_are_virtual_in_guests(string mnemonic, PrivilegeMode mode, ulong hstatus, int cause)
    {
        using Machine machine = WithHypervisor(Extensions.Svinval);
        machine.Hart.WriteCsr("hstatus", hstatus);
        Assert.Equal(cause, machine.CauseOf(Asm(mnemonic), mode, virtualized: true));
    }

    [Theory]
    [InlineData("hfence.vvma", U, 0UL, 2)]
    [InlineData("hfence.gvma", U, 0UL, 2)]
    [InlineData("hfence.vvma", S, MachineStatus.Tvm, -1)]
    [InlineData("hfence.gvma", S, MachineStatus.Tvm, 2)]
    [InlineData("hfence.gvma", S, 0UL, -1)]
    public void HFENCE_belongs_to_HS_mode(string mnemonic, PrivilegeMode mode, ulong mstatus, int cause)
    {
        using Machine machine = WithHypervisor();
        machine.Hart.WriteCsr("mstatus", mstatus);
        Assert.Equal(cause, machine.CauseOf(Asm(mnemonic), mode));
    }

    [Fact]
    public void TVM_keeps_hgatp_from_HS_mode_and_TW_comes_before_VTW()
    {
        using Machine machine = WithHypervisor();
        machine.Hart.WriteCsr("mstatus", MachineStatus.Tvm | MachineStatus.Tw);
        Assert.Equal(2, machine.CauseOf(Asm("csrrs", rd: 3, csr: Machine.Csr("hgatp")), S));
        Assert.Equal(-1, machine.CauseOf(Asm("csrrs", rd: 3, csr: Machine.Csr("satp")), S, virtualized: true));
        machine.Hart.WriteCsr("hstatus", HypervisorStatus.TrapWait);
        Assert.Equal(2, machine.CauseOf(Asm("wfi"), S, virtualized: true));
    }

    [Theory]
    [InlineData(0UL, 7UL, 7UL, S, 2)]
    [InlineData(7UL, 0UL, 7UL, S, 22)]
    [InlineData(7UL, 7UL, 0UL, S, -1)]
    [InlineData(7UL, 7UL, 0UL, U, 22)]
    [InlineData(7UL, 7UL, 7UL, U, -1)]
    [InlineData(0UL, 0UL, 0UL, U, 2)]
    public void Counters_are_granted_level_by_level(ulong mcounteren, ulong hcounteren, ulong scounteren, PrivilegeMode mode, int cause)
    {
        using Machine machine = WithHypervisor();
        machine.Hart.WriteCsr("mcounteren", mcounteren);
        machine.Hart.WriteCsr("hcounteren", hcounteren);
        machine.Hart.WriteCsr("scounteren", scounteren);
        Assert.Equal(cause, machine.CauseOf(Asm("csrrs", rd: 3, csr: Machine.Csr("time")), mode, virtualized: true));
    }

    [Theory]
    [InlineData(0x40UL, 0UL, 0UL, S, 22)]
    [InlineData(0UL, 0x40UL, 0x40UL, S, 2)]
    [InlineData(0x40UL, 0x40UL, 0UL, S, -1)]
    [InlineData(0x40UL, 0x40UL, 0UL, U, 22)]
    [InlineData(0x40UL, 0x40UL, 0x40UL, U, -1)]
    public void Cache_block_operations_are_granted_level_by_level(ulong menvcfg, ulong henvcfg, ulong senvcfg, PrivilegeMode mode, int cause)
    {
        using Machine machine = WithHypervisor(Extensions.Zicbom);
        machine.Hart[1] = Machine.Ram + 0x1000;
        machine.Hart.WriteCsr("menvcfg", menvcfg);
        machine.Hart.WriteCsr("henvcfg", henvcfg);
        machine.Hart.WriteCsr("senvcfg", senvcfg);
        Assert.Equal(cause, machine.CauseOf(Asm("cbo.flush", rs1: 1), mode, virtualized: true));
    }

    [Fact]
    public void What_menvcfg_does_not_grant_is_zero_in_henvcfg()
    {
        using Machine machine = WithHypervisor(Extensions.Sstc | Extensions.Svpbmt | Extensions.Svadu);
        machine.Hart.WriteCsr("menvcfg", 0);
        machine.Hart.WriteCsr("henvcfg", ulong.MaxValue);
        Assert.Equal(1UL, machine.Hart.ReadCsr("henvcfg"));
        machine.Hart.WriteCsr("menvcfg", 7UL << 61);
        Assert.Equal((7UL << 61) | 1, machine.Hart.ReadCsr("henvcfg"));
    }

    [Fact]
    public void State_enables_of_the_hypervisor_hide_registers_from_guests()
    {
        using Machine machine = WithHypervisor(Extensions.Smstateen);
        uint senvcfg = Asm("csrrs", rd: 3, csr: Machine.Csr("senvcfg"));
        Assert.Equal(2, machine.CauseOf(senvcfg, S, virtualized: true));
        machine.Hart.WriteCsr("mstateen0", ulong.MaxValue);
        Assert.Equal(22, machine.CauseOf(senvcfg, S, virtualized: true));
        machine.Hart.WriteCsr("hstateen0", ulong.MaxValue);
        Assert.Equal(3UL << 62, machine.Hart.ReadCsr("hstateen0"));
        Assert.Equal(-1, machine.CauseOf(senvcfg, S, virtualized: true));
        machine.Hart.WriteCsr("mstateen0", 0);
        Assert.Equal(0UL, machine.Hart.ReadCsr("hstateen0"));
        Assert.Equal(2, machine.CauseOf(Asm("csrrs", rd: 3, csr: Machine.Csr("hstateen0")), S));
    }

    [Theory]
    [InlineData(U, false, 8)]
    [InlineData(S, false, 9)]
    [InlineData(U, true, 8)]
    [InlineData(S, true, 10)]
    [InlineData(M, false, 11)]
    public void Calls_tell_the_mode_that_they_come_from(PrivilegeMode mode, bool virtualized, int cause)
    {
        using Machine machine = WithHypervisor();
        Assert.Equal(cause, machine.CauseOf(Asm("ecall"), mode, virtualized));
    }

    [Theory]
    [InlineData(0UL, 0UL, U, true, Machine.Handler)]
    [InlineData(4UL, 0UL, U, true, SupervisorHandler)]
    [InlineData(4UL, 0UL, S, true, SupervisorHandler)]
    [InlineData(4UL, 4UL, U, true, GuestHandler)]
    [InlineData(4UL, 4UL, S, true, GuestHandler)]
    [InlineData(0UL, 4UL, S, true, Machine.Handler)]
    [InlineData(4UL, 4UL, S, false, SupervisorHandler)]
    [InlineData(4UL, 4UL, U, false, SupervisorHandler)]
    public void Exceptions_go_down_as_far_as_they_are_delegated(ulong medeleg, ulong hedeleg, PrivilegeMode mode, bool virtualized, ulong handler)
    {
        using Machine machine = WithHypervisor();
        Hart hart = machine.Hart;
        hart.WriteCsr("medeleg", medeleg);
        hart.WriteCsr("hedeleg", hedeleg);
        hart.WriteCsr("hstatus", HypervisorStatus.PreviousVirtual | HypervisorStatus.PreviousPrivilege | HypervisorStatus.GuestVirtualAddress);
        machine.CauseOf(0, mode, virtualized);
        Assert.Equal(handler, hart.ProgramCounter);
        bool toGuest = handler == GuestHandler;
        Assert.Equal((handler == Machine.Handler ? M : S, toGuest), (hart.Mode, hart.IsVirtualized));
        (string cause, string pc, string status) = toGuest ? ("vscause", "vsepc", "vsstatus")
            : handler == SupervisorHandler ? ("scause", "sepc", "sstatus") : ("mcause", "mepc", "mstatus");
        Assert.Equal((2UL, Machine.Ram), (hart.ReadCsr(cause), hart.ReadCsr(pc)));
        ulong previous = handler == Machine.Handler ? (hart.ReadCsr(status) & MachineStatus.Mpp) >> MachineStatus.MppShift : (hart.ReadCsr(status) & MachineStatus.Spp) >> 8;
        Assert.Equal((ulong)mode, previous);
        ulong hstatus = hart.ReadCsr("hstatus") & 0x1C0;
        switch (handler)
        {
            case Machine.Handler:
                Assert.Equal(virtualized, (hart.ReadCsr("mstatus") & MachineStatus.Mpv) != 0);
                Assert.Equal(0x1C0UL, hstatus);
                break;
            case SupervisorHandler:
                // SPVP is the mode of the guest, and stays what it was when there was none.
                Assert.Equal((virtualized ? 0x80UL : 0) | (!virtualized || mode == S ? 0x100UL : 0), hstatus);
                break;
            default:
                Assert.Equal(0x1C0UL, hstatus);
                break;
        }
    }

    [Theory]
    [InlineData(0x444UL, S, true, GuestHandler, 1UL)]
    [InlineData(0x444UL, U, true, GuestHandler, 1UL)]
    [InlineData(0UL, S, true, SupervisorHandler, 2UL)]
    [InlineData(0UL, U, false, SupervisorHandler, 2UL)]
    public void Injected_interrupts_go_to_VS_mode_or_HS_mode(ulong hideleg, PrivilegeMode mode, bool virtualized, ulong handler, ulong cause)
    {
        using Machine machine = WithHypervisor();
        Hart hart = machine.Hart;
        hart.WriteCsr("hideleg", hideleg);
        hart.WriteCsr("hie", 0x444);
        hart.WriteCsr("vsstatus", MachineStatus.Sie);
        hart.WriteCsr("hvip", 4);
        Assert.Equal(hideleg == 0 ? 0UL : 2UL, hart.ReadCsr("vsip"));
        machine.CauseOf(Asm("addi"), mode, virtualized);
        Assert.Equal(handler, hart.ProgramCounter);
        Assert.Equal((1UL << 63) | cause, hart.ReadCsr(handler == GuestHandler ? "vscause" : "scause"));
    }

    [Theory]
    [InlineData(S, true, 0UL)]
    [InlineData(S, false, MachineStatus.Sie)]
    [InlineData(M, false, MachineStatus.Sie)]
    public void Delegated_interrupts_of_guests_wait_for_a_guest_that_takes_interrupts(PrivilegeMode mode, bool virtualized, ulong vsstatus)
    {
        using Machine machine = WithHypervisor();
        Hart hart = machine.Hart;
        hart.WriteCsr("hideleg", 0x444);
        hart.WriteCsr("hie", 0x444);
        hart.WriteCsr("mstatus", MachineStatus.Sie);
        hart.WriteCsr("vsstatus", vsstatus);
        hart.WriteCsr("hvip", 0x444);
        machine.CauseOf(Asm("addi"), mode, virtualized);
        Assert.Equal(Machine.Ram + 4, hart.ProgramCounter);
    }

    [Fact]
    public void A_guest_clears_its_software_interrupt_and_no_other()
    {
        using Machine machine = WithHypervisor();
        Hart hart = machine.Hart;
        hart.WriteCsr("hideleg", 0x444);
        hart.WriteCsr("hvip", 0x444);
        Assert.Equal(-1, machine.CauseOf(Asm("csrrw", rs1: 0, csr: Machine.Csr("sip")), S, virtualized: true));
        Assert.Equal(0x440UL, hart.ReadCsr("hvip"));
        Assert.Equal(0x220UL, hart.ReadCsr("vsip"));
        hart[1] = 0x222;
        Assert.Equal(-1, machine.CauseOf(Asm("csrrw", rs1: 1, csr: Machine.Csr("sie")), S, virtualized: true));
        Assert.Equal((0x444UL, 0UL), (hart.ReadCsr("hie"), hart.ReadCsr("sie")));
    }

    [Fact]
    public void MRET_and_SRET_enter_guests_and_SRET_of_a_guest_stays_in_it()
    {
        using Machine machine = WithHypervisor();
        Hart hart = machine.Hart;
        hart.WriteCsr("mstatus", MachineStatus.Mpv | (1UL << MachineStatus.MppShift));
        hart.WriteCsr("mepc", Machine.Ram + 0x40);
        machine.CauseOf(Asm("mret"));
        Assert.Equal((S, true, Machine.Ram + 0x40, 0UL), (hart.Mode, hart.IsVirtualized, hart.ProgramCounter, hart.ReadCsr("mstatus") & MachineStatus.Mpv));

        hart.WriteCsr("vsstatus", MachineStatus.Spie);
        hart.WriteCsr("vsepc", Machine.Ram + 0x80);
        machine.CauseOf(Asm("sret"), S, virtualized: true);
        Assert.Equal((U, true, Machine.Ram + 0x80), (hart.Mode, hart.IsVirtualized, hart.ProgramCounter));
        Assert.Equal(MachineStatus.Sie | MachineStatus.Spie, hart.ReadCsr("vsstatus") & (MachineStatus.Sie | MachineStatus.Spie));

        hart.WriteCsr("hstatus", HypervisorStatus.PreviousVirtual);
        hart.WriteCsr("sstatus", MachineStatus.Spp);
        hart.WriteCsr("sepc", Machine.Ram + 0xC0);
        machine.CauseOf(Asm("sret"), S);
        Assert.Equal((S, true, Machine.Ram + 0xC0, 0UL), (hart.Mode, hart.IsVirtualized, hart.ProgramCounter, hart.ReadCsr("hstatus") & HypervisorStatus.PreviousVirtual));
    }

    [Fact]
    public void MRET_to_M_mode_never_enters_a_guest()
    {
        using Machine machine = WithHypervisor();
        machine.Hart.WriteCsr("mstatus", MachineStatus.Mpv | (3UL << MachineStatus.MppShift));
        machine.CauseOf(Asm("mret"));
        Assert.Equal((M, false), (machine.Hart.Mode, machine.Hart.IsVirtualized));
    }

    [Theory]
    [InlineData(0UL, 3UL, 2)]
    [InlineData(3UL, 0UL, 2)]
    [InlineData(1UL, 1UL, -1)]
    public void Floating_point_needs_both_units_on_and_makes_both_dirty(ulong host, ulong guest, int cause)
    {
        using Machine machine = WithHypervisor(Extensions.F | Extensions.D);
        Hart hart = machine.Hart;
        hart.WriteCsr("mstatus", host << MachineStatus.FsShift);
        hart.WriteCsr("vsstatus", guest << MachineStatus.FsShift);
        Assert.Equal(cause, machine.CauseOf(Asm("fadd.d", rd: 1, rs1: 1, rs2: 2), S, virtualized: true));
        if (cause < 0)
        {
            Assert.Equal((MachineStatus.Fs, MachineStatus.Fs), (hart.ReadCsr("mstatus") & MachineStatus.Fs, hart.ReadCsr("vsstatus") & MachineStatus.Fs));
        }
    }

    [Fact]
    public void Time_of_a_guest_is_shifted_by_htimedelta()
    {
        using Machine machine = WithHypervisor();
        Hart hart = machine.Hart;
        hart.WriteCsr("mcounteren", 7);
        hart.WriteCsr("hcounteren", 7);
        hart.WriteCsr("htimedelta", 1UL << 40);
        Assert.Equal(-1, machine.CauseOf(Asm("csrrs", rd: 3, csr: Machine.Csr("time")), S, virtualized: true));
        Assert.Equal(1UL << 40, hart[3] & ~0xFFFUL);
        Assert.Equal(-1, machine.CauseOf(Asm("csrrs", rd: 3, csr: Machine.Csr("time")), S));
        Assert.Equal(0UL, hart[3] & ~0xFFFUL);
    }

    [Theory]
    [InlineData(0UL, 50UL, 50UL)]
    [InlineData(100UL, 150UL, 50UL)]
    [InlineData(unchecked(0UL - 20UL), 30UL, 50UL)]
    public void The_timer_of_a_guest_compares_with_its_own_time(ulong delta, ulong compare, ulong tick)
    {
        using Machine machine = WithHypervisor(Extensions.Sstc, timebase: 1_000_000_000);
        Hart hart = machine.Hart;
        hart.AdvanceTo(20);
        hart.WriteCsr("menvcfg", 1UL << 63);
        hart.WriteCsr("henvcfg", 1UL << 63);
        hart.WriteCsr("htimedelta", delta);
        hart.WriteCsr("vstimecmp", compare);
        Assert.Equal(tick, hart.SupervisorTimerAt);
        hart.AdvanceTo(tick - 1);
        Assert.Equal(0UL, hart.ReadCsr("hip"));
        hart.AdvanceTo(tick);
        Assert.Equal(0x40UL, hart.ReadCsr("hip"));
        hart.WriteCsr("vstimecmp", ulong.MaxValue);
        Assert.Equal((0UL, ulong.MaxValue), (hart.ReadCsr("hip"), hart.SupervisorTimerAt));
    }

    [Fact]
    public void A_guest_that_waits_wakes_at_its_timer()
    {
        using Machine machine = WithHypervisor(Extensions.Sstc, timebase: 1_000_000_000);
        Hart hart = machine.Hart;
        hart.WriteCsr("menvcfg", 1UL << 63);
        hart.WriteCsr("henvcfg", 1UL << 63);
        hart.WriteCsr("hideleg", 0x444);
        hart.WriteCsr("hie", 0x40);
        hart.WriteCsr("vsstatus", MachineStatus.Sie);
        hart.WriteCsr("vstimecmp", 500);
        machine.CauseOf(Asm("wfi"), S, virtualized: true);
        hart.Run(1000);
        Assert.Equal((1UL << 63) | 5, hart.ReadCsr("vscause"));
        Assert.Equal(Machine.Ram + 4, hart.ReadCsr("vsepc"));
    }

    [Theory]
    [InlineData(0UL, 7UL, 2)]
    [InlineData(1UL << 63, 5UL, 2)]
    [InlineData(1UL << 63, 7UL, 22)]
    public void The_timer_register_is_granted_level_by_level(ulong menvcfg, ulong mcounteren, int cause)
    {
        using Machine machine = WithHypervisor(Extensions.Sstc);
        machine.Hart.WriteCsr("menvcfg", menvcfg);
        machine.Hart.WriteCsr("mcounteren", mcounteren);
        uint word = Asm("csrrs", rd: 3, csr: Machine.Csr("stimecmp"));
        Assert.Equal(cause, machine.CauseOf(word, S, virtualized: true));
        machine.Hart.WriteCsr("hcounteren", 7);
        Assert.Equal(cause, machine.CauseOf(word, S, virtualized: true));
        machine.Hart.WriteCsr("henvcfg", 1UL << 63);
        Assert.Equal(cause == 22 ? -1 : 2, machine.CauseOf(word, S, virtualized: true));
    }

    [Fact]
    public void Hvictl_injects_an_interrupt_and_keeps_sip_and_sie_from_the_guest()
    {
        using Machine machine = WithHypervisor(Extensions.Ssaia);
        Hart hart = machine.Hart;
        hart.WriteCsr("hvictl", HypervisorStatus.TrapInterrupts | (35UL << 16) | 0x120);
        Assert.Equal((35UL << 16) | 0x20, hart.ReadCsr("vstopi"));
        Assert.Equal(22, machine.CauseOf(Asm("csrrs", rd: 3, csr: Machine.Csr("sip")), S, virtualized: true));
        Assert.Equal(22, machine.CauseOf(Asm("csrrs", rd: 3, csr: Machine.Csr("sie")), S, virtualized: true));
        hart.WriteCsr("vsstatus", MachineStatus.Sie);
        machine.CauseOf(Asm("addi"), S, virtualized: true);
        Assert.Equal((GuestHandler, (1UL << 63) | 35), (hart.ProgramCounter, hart.ReadCsr("vscause")));
        hart.WriteCsr("hvictl", 0);
        Assert.Equal(0UL, hart.ReadCsr("vstopi"));
    }

    [Fact]
    public void Vstopi_orders_what_is_pending_for_a_guest()
    {
        using Machine machine = WithHypervisor(Extensions.Ssaia);
        Hart hart = machine.Hart;
        hart.WriteCsr("hideleg", 0x444);
        hart.WriteCsr("hie", 0x444);
        hart.WriteCsr("hvip", 0x44);
        Assert.Equal((1UL << 16) | 1, hart.ReadCsr("vstopi"));
        hart.WriteCsr("hvip", 0x444);
        Assert.Equal((9UL << 16) | 1, hart.ReadCsr("vstopi"));

        // With a priority in hvictl; IPRIOM shows it.
        hart.WriteCsr("hvictl", (9UL << 16) | 0x105);
        Assert.Equal((9UL << 16) | 5, hart.ReadCsr("vstopi"));
        Assert.Equal(-1, machine.CauseOf(Asm("csrrs", rd: 3, csr: Machine.Csr("stopi")), S, virtualized: true));
        Assert.Equal((9UL << 16) | 5, hart[3]);
        Assert.Equal(22, machine.CauseOf(Asm("csrrs", rd: 3, csr: Machine.Csr("sireg")), S, virtualized: true));
    }

    [Fact]
    public void A_hart_without_the_extension_has_no_virtual_mode()
    {
        using Machine machine = new();
        Assert.Throws<ArgumentException>(() => machine.Hart.SetMode(S, virtualized: true));
        using Machine with = WithHypervisor();
        Assert.Throws<ArgumentException>(() => with.Hart.SetMode(M, virtualized: true));
    }

    private static Machine WithHypervisor(Extensions extensions = Extensions.None, ulong timebase = 10_000_000)
    {
        Machine machine = new(configuration => configuration with { Extensions = extensions | Extensions.H, TimebaseFrequency = timebase });
        machine.OpenProtection();
        machine.Hart.WriteCsr("stvec", SupervisorHandler);
        machine.Hart.WriteCsr("vstvec", GuestHandler);
        return machine;
    }
}
