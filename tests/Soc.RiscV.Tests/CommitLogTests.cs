using Soc.RiscV.Commits;
using static Soc.RiscV.Tests.Assembler;

namespace Soc.RiscV.Tests;

/// <summary>The lines of the commit log, as Spike writes them with --log-commits.</summary>
public class CommitLogTests
{
    private const ulong Data = Machine.Ram + 0x1000;

    [Fact]
    public void Lines_have_mode_address_instruction_registers_and_memory()
    {
        using Machine machine = New();
        machine.Write(Data, 0x8877_6655_4433_2211);
        string[] lines = Log(
            machine,
            Asm("auipc", rd: 5, imm: 0),
            Asm("addi", rd: 10, rs1: 0, imm: -1),
            Asm("ld", rd: 6, rs1: 1, imm: 0),
            Asm("sw", rs1: 1, rs2: 10, imm: 8),
            Asm("sb", rs1: 1, rs2: 10, imm: 16),
            Asm("addi", rd: 0, rs1: 0, imm: 1),
            Asm("c.addi", rd: 10, imm: 3),
            Asm("beq", imm: 8));
        Assert.Equal(
            [
                "core   0: 3 0x0000000080000000 (0x00000297) x5  0x0000000080000000",
                "core   0: 3 0x0000000080000004 (0xfff00513) x10 0xffffffffffffffff",
                "core   0: 3 0x0000000080000008 (0x0000b303) x6  0x8877665544332211 mem 0x0000000080001000",
                "core   0: 3 0x000000008000000c (0x00a0a423) mem 0x0000000080001008 0xffffffff",
                "core   0: 3 0x0000000080000010 (0x00a08823) mem 0x0000000080001010 0xff",
                "core   0: 3 0x0000000080000014 (0x00100013)",
                "core   0: 3 0x0000000080000018 (0x050d) x10 0x0000000000000002",
                "core   0: 3 0x000000008000001a (0x00000463)",
            ],
            lines);
    }

    [Fact]
    public void Control_registers_are_named_and_sorted_behind()
    {
        using Machine machine = New();
        string[] lines = Log(
            machine,
            Asm("csrrw", rd: 5, rs1: 1, csr: Machine.Csr("mscratch")),
            Asm("csrrs", rd: 6, csr: Machine.Csr("mscratch")),
            Asm("csrrsi", rs1: 2, csr: Machine.Csr("sstatus")),
            Asm("csrrwi", rs1: 1, csr: Machine.Csr("fcsr")));
        Assert.Equal(
            [
                "core   0: 3 0x0000000080000000 (0x340092f3) x5  0x0000000000000000 c832_mscratch 0x0000000080001000",
                "core   0: 3 0x0000000080000004 (0x34002373) x6  0x0000000080001000",
                "core   0: 3 0x0000000080000008 (0x10016073) c768_mstatus 0x0000000a00002002",
                "core   0: 3 0x000000008000000c (0x0030d073) c1_fflags 0x0000000000000001 c2_frm 0x0000000000000000 c768_mstatus 0x8000000a00006002",
            ],
            lines);
    }

    [Fact]
    public void Floating_point_shows_what_is_raised_and_what_becomes_dirty()
    {
        using Machine machine = New();
        machine.Hart.WriteFloatRegister(1, 0x3FF0_0000_0000_0000);
        machine.Hart.WriteFloatRegister(2, 1);
        string[] lines = Log(
            machine,
            Asm("fadd.d", rd: 3, rs1: 1, rs2: 2),
            Asm("fadd.d", rd: 3, rs1: 1, rs2: 2),
            Asm("fsd", rs1: 1, rs2: 3),
            Asm("flw", rd: 12, rs1: 1));
        Assert.Equal(
            [
                "core   0: 3 0x0000000080000000 (0x022081d3) c1_fflags 0x0000000000000001 f3  0x3ff0000000000000 c768_mstatus 0x8000000a00006000",
                "core   0: 3 0x0000000080000004 (0x022081d3) c1_fflags 0x0000000000000001 f3  0x3ff0000000000000",
                "core   0: 3 0x0000000080000008 (0x0030b027) mem 0x0000000080001000 0x3ff0000000000000",
                "core   0: 3 0x000000008000000c (0x0000a607) f12 0xffffffff00000000 mem 0x0000000080001000",
            ],
            lines);
    }

    [Fact]
    public void Atomics_read_and_write()
    {
        using Machine machine = New();
        machine.Write(Data, 40);
        machine.Hart[2] = 2;
        string[] lines = Log(
            machine,
            Asm("amoadd.w", rd: 3, rs1: 1, rs2: 2),
            Asm("lr.d", rd: 4, rs1: 1),
            Asm("sc.d", rd: 5, rs1: 1, rs2: 2),
            Asm("sc.d", rd: 6, rs1: 1, rs2: 2));
        Assert.EndsWith("x3  0x0000000000000028 mem 0x0000000080001000 mem 0x0000000080001000 0x0000002a", lines[0]);
        Assert.EndsWith("x4  0x000000000000002a mem 0x0000000080001000", lines[1]);
        Assert.EndsWith("x5  0x0000000000000000 mem 0x0000000080001000 0x0000000000000002", lines[2]);
        Assert.EndsWith("x6  0x0000000000000001", lines[3]);
    }

    [Fact]
    public void What_traps_has_no_line_and_a_return_shows_mstatus()
    {
        using Machine machine = New();
        machine.OpenProtection();
        machine.Code(Machine.Handler, Asm("mret"));
        machine.Hart.WriteCsr("mstatus", 0);
        string[] lines = Log(machine, 2, Asm("ecall"));
        Assert.Equal(["core   0: 3 0x0000000080008000 (0x30200073) c768_mstatus 0x0000000a00000080"], lines);
    }

    [Fact]
    public void Registers_of_a_hypervisor_show_as_Spike_shows_them()
    {
        using Machine machine = new(configuration => configuration with { Extensions = Extensions.H });
        machine.OpenProtection();
        machine.Hart[1] = 0x444;
        machine.Hart.WriteCsr("mstatus", 0);
        machine.Hart.WriteCsr("sepc", Machine.Ram + 32);
        machine.Hart.WriteCsr("hstatus", 0x180);
        machine.Hart.SetMode(PrivilegeMode.Supervisor);
        int Csr(string name) => Machine.Csr(name);
        string[] lines = Log(
            machine,
            Asm("csrrw", rs1: 1, csr: Csr("hie")),
            Asm("csrrw", rs1: 0, csr: Csr("sie")),
            Asm("csrrw", rs1: 0, csr: Csr("hip")),
            Asm("csrrw", rs1: 1, csr: Csr("hvip")),
            Asm("csrrw", rs1: 0, csr: Csr("vsie")),
            Asm("csrrw", rs1: 0, csr: Csr("hideleg")),
            Asm("csrrw", rs1: 0, csr: Csr("hvip")),
            Asm("sret"));
        Assert.Equal(
            [
                "core   0: 1 0x0000000080000000 (0x60409073) c772_mie 0x0000000000000444",
                "core   0: 1 0x0000000080000004 (0x10401073) c260_sie 0x0000000000000000 c772_mie 0x0000000000000444",
                "core   0: 1 0x0000000080000008 (0x64401073) c836_mip 0x0000000000000000",
                "core   0: 1 0x000000008000000c (0x64509073) c836_mip 0x0000000000000444 c1605_hvip 0x0000000000000444",
                "core   0: 1 0x0000000080000010 (0x20401073) c772_mie 0x0000000000000444",
                "core   0: 1 0x0000000080000014 (0x60301073) c1539_hideleg 0x0000000000000000",
                "core   0: 1 0x0000000080000018 (0x64501073) c836_mip 0x0000000000000000 c1605_hvip 0x0000000000000000",
                "core   0: 1 0x000000008000001c (0x10200073) c768_mstatus 0x0000000a00000020 c1536_hstatus 0x0000000200000100",
            ],
            lines);
    }

    [Fact]
    public void A_return_of_a_guest_shows_its_own_status()
    {
        using Machine machine = new(configuration => configuration with { Extensions = Extensions.H });
        machine.OpenProtection();
        machine.Hart.WriteCsr("vsepc", Machine.Ram);
        machine.Hart.SetMode(PrivilegeMode.Supervisor, virtualized: true);
        Assert.Equal(["core   0: 1 0x0000000080000000 (0x10200073) c512_vsstatus 0x0000000200000020"], Log(machine, Asm("sret")));
    }

    [Fact]
    public void An_observed_run_is_the_same_run()
    {
        uint[] program =
        [
            Asm("addi", rd: 3, rs1: 3, imm: 5), Asm("sd", rs1: 1, rs2: 3), Asm("ld", rd: 4, rs1: 1), Asm("fcvt.d.l", rd: 1, rs1: 4),
            Asm("fmul.d", rd: 2, rs1: 1, rs2: 1), Asm("fsd", rs1: 1, rs2: 2, imm: 8), Asm("jal", imm: -24),
        ];
        using Machine plain = New();
        using Machine observed = New();
        StringWriter text = new();
        observed.Hart.UseCommitObserver(new CommitLog(text));
        foreach (Machine machine in (Machine[])[plain, observed])
        {
            machine.Code(Machine.Ram, program);
            machine.Hart.Run(machine.Hart.Cycles + 700);
        }

        Assert.Equal(plain.Hart.InstructionsRetired, observed.Hart.InstructionsRetired);
        Assert.Equal((plain.Hart.ProgramCounter, plain.Hart.Cycles, plain.Hart[3]), (observed.Hart.ProgramCounter, observed.Hart.Cycles, observed.Hart[3]));
        Assert.Equal((plain.Read(Data + 8), plain.Hart.ReadCsr("fcsr")), (observed.Read(Data + 8), observed.Hart.ReadCsr("fcsr")));
        Assert.Equal(observed.Hart.InstructionsRetired, (ulong)text.ToString().Count(letter => letter == '\n'));
    }

    private static Machine New()
    {
        Machine machine = new(configuration => configuration with { Extensions = Extensions.F | Extensions.D });
        machine.Hart.WriteCsr("mstatus", 1UL << 13);
        machine.Hart[1] = Data;
        return machine;
    }

    private static string[] Log(Machine machine, params uint[] words) => Log(machine, words.Length, words);

    private static string[] Log(Machine machine, int steps, params uint[] words)
    {
        StringWriter text = new();
        machine.Hart.UseCommitObserver(new CommitLog(text));
        machine.Code(Machine.Ram, words);
        machine.Step(steps);
        return text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
