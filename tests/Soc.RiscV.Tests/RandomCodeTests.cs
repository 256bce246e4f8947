using Soc.RiscV.Commits;
using Soc.RiscV.Decoding;
using static Soc.RiscV.Tests.Assembler;

namespace Soc.RiscV.Tests;

/// <summary>Code that nobody wrote: a hart executes or traps, and two harts that execute the same do the same.</summary>
public class RandomCodeTests
{
    private const int Words = 512;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Slices_single_steps_and_an_observed_run_agree(int seed)
    {
        Random random = new(seed);
        ulong retired = 0;
        int compared = 0;
        for (int round = 0; round < 8; round++)
        {
            uint[] program = [.. Enumerable.Range(0, Words).Select(_ => Word(random))];
            ulong[] registers = [.. Enumerable.Range(0, 64).Select(_ => Value(random))];
            PrivilegeMode mode = (PrivilegeMode)(random.Next(3) is 2 ? 3 : random.Next(2));
            ulong satp = random.Next(2) == 0 ? 0 : ((ulong)random.Next(8, 11) << 60) | ((Machine.Ram + 0x40_0000) >> 12);
            using Machine sliced = Prepare(program, registers, mode, satp);
            using Machine stepped = Prepare(program, registers, mode, satp);
            using Machine observed = Prepare(program, registers, mode, satp);
            observed.Hart.UseCommitObserver(new CommitLog(TextWriter.Null));
            for (int slice = 0; slice < 10; slice++)
            {
                ulong until = sliced.Hart.Cycles + 300;
                sliced.Hart.Run(until);
                observed.Hart.Run(until);
            }

            while (stepped.Hart.Cycles < sliced.Hart.Cycles && stepped.Hart.Step() == HartExit.Budget)
            {
                Assert.Null(stepped.Hart.StopReason);
            }

            Same(sliced, observed);
            if (stepped.Hart.Cycles == sliced.Hart.Cycles)
            {
                Same(sliced, stepped);
                compared++;
            }

            retired += sliced.Hart.InstructionsRetired;
        }

        Assert.InRange(retired, 10_000UL, 24_000UL);
        Assert.InRange(compared, 4, 8);
    }

    private static void Same(Machine a, Machine b)
    {
        Assert.Equal((a.Hart.ProgramCounter, a.Hart.InstructionsRetired, a.Hart.Mode), (b.Hart.ProgramCounter, b.Hart.InstructionsRetired, b.Hart.Mode));
        for (int register = 0; register < 32; register++)
        {
            Assert.Equal((a.Hart[register], a.Hart.ReadFloatRegister(register)), (b.Hart[register], b.Hart.ReadFloatRegister(register)));
        }

        foreach (string csr in (string[])["mstatus", "mcause", "mepc", "mtval", "scause", "fcsr", "satp", "menvcfg", "mip"])
        {
            Assert.Equal(a.Hart.ReadCsr(csr), b.Hart.ReadCsr(csr));
        }
    }

    /// <summary>Half declared instructions with random operands, half noise; nothing that ends the program for good.</summary>
    private static uint Word(Random random)
    {
        InstructionDescription row = InstructionTable.All[random.Next(InstructionTable.All.Count)];
        if (row.Mnemonic == "wfi" || row.Kind is InstructionKind.Jump || random.Next(8) == 0)
        {
            return (uint)random.Next() | 3;
        }

        uint word = Encode(row, name => name.EndsWith("imm", StringComparison.Ordinal) ? random.Next(-256, 256) & ~7 : random.Next(32));
        return row.Length == 4 ? word : (word & 0xFFFF) | 0x0001_0000;
    }

    private static ulong Value(Random random) => random.Next(3) switch
    {
        0 => Machine.Ram + 0x10_0000 + ((ulong)random.Next(0x10_0000) & ~7UL),
        1 => (ulong)random.NextInt64(),
        _ => (ulong)random.Next(-4, 5),
    };

    private static Machine Prepare(uint[] program, ulong[] registers, PrivilegeMode mode, ulong satp)
    {
        Machine machine = new(configuration => configuration with { Extensions = Extensions.All, YieldOnSpin = false });
        machine.OpenProtection();
        machine.Code(Machine.Ram, program);

        // Whatever traps is skipped; interrupts stay off.
        machine.Code(
            Machine.Handler,
            Asm("csrrw", rd: 31, rs1: 31, csr: Machine.Csr("mscratch")),
            Asm("csrrs", rd: 31, csr: Machine.Csr("mepc")),
            Asm("addi", rd: 31, rs1: 31, imm: 4),
            Asm("csrrw", rs1: 31, csr: Machine.Csr("mepc")),
            Asm("csrrw", rd: 31, rs1: 31, csr: Machine.Csr("mscratch")),
            Asm("mret"));
        for (ulong entry = 0; entry < 512; entry++)
        {
            // One level of gigapages onto themselves, at whatever level it is read: pointers become leaves of their size.
            machine.Write(Machine.Ram + 0x40_0000 + (8 * entry), (entry << 28) | 0xCF);
        }

        machine.Hart.WriteCsr("satp", satp);
        machine.Hart.WriteCsr("mstatus", 3UL << 13);
        machine.Hart.WriteCsr("menvcfg", ulong.MaxValue & ~(1UL << 63));
        for (int register = 1; register < 32; register++)
        {
            machine.Hart[register] = registers[register];
            machine.Hart.WriteFloatRegister(register, registers[register + 32]);
        }

        machine.Hart.SetMode(mode);
        return machine;
    }
}
