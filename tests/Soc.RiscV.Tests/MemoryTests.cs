using Soc.Memory;
using static Soc.RiscV.Tests.Assembler;

namespace Soc.RiscV.Tests;

public class MemoryTests
{
    private const ulong Data = Machine.Ram + 0x10000;

    [Theory]
    [InlineData("lb", 0xFFFF_FFFF_FFFF_FF88UL)]
    [InlineData("lbu", 0x88UL)]
    [InlineData("lh", 0xFFFF_FFFF_FFFF_9988UL)]
    [InlineData("lhu", 0x9988UL)]
    [InlineData("lw", 0xFFFF_FFFF_BBAA_9988UL)]
    [InlineData("lwu", 0xBBAA_9988UL)]
    [InlineData("ld", 0xFFEE_DDCC_BBAA_9988UL)]
    public void Loads_extend_as_they_should(string mnemonic, ulong expected)
    {
        using Machine machine = new();
        foreach (ulong at in (ulong[])[Data, Data + 1, Data + 0xFFD])
        {
            machine.Write(at, 0xFFEE_DDCC_BBAA_9988);
            for (int pass = 0; pass < 2; pass++)
            {
                machine.Hart.ProgramCounter = Machine.Ram;
                machine.Hart[1] = at + 16;
                machine.Execute(Asm(mnemonic, rd: 2, rs1: 1, imm: -16));
                Assert.Equal(expected, machine.Hart[2]);
            }
        }
    }

    [Theory]
    [InlineData("sb", 0x1111_1111_1111_1188UL)]
    [InlineData("sh", 0x1111_1111_1111_7788UL)]
    [InlineData("sw", 0x1111_1111_5566_7788UL)]
    [InlineData("sd", 0x1122_3344_5566_7788UL)]
    public void Stores_write_their_bytes_only(string mnemonic, ulong expected)
    {
        using Machine machine = new();
        foreach (ulong at in (ulong[])[Data, Data + 3, Data + 0xFFF])
        {
            for (int pass = 0; pass < 2; pass++)
            {
                machine.Write(at, 0x1111_1111_1111_1111);
                machine.Hart.ProgramCounter = Machine.Ram;
                machine.Hart[1] = at;
                machine.Hart[2] = 0x1122_3344_5566_7788;
                machine.Execute(Asm(mnemonic, rs1: 1, rs2: 2));
                Assert.Equal(expected, machine.Read(at));
            }
        }
    }

    [Theory]
    [InlineData("amoswap.w", 0xFFFF_FFFF_8000_0005UL, 0x0000_0009UL)]
    [InlineData("amoadd.w", 0xFFFF_FFFF_8000_0005UL, 0x8000_000EUL)]
    [InlineData("amoxor.w", 0xFFFF_FFFF_8000_0005UL, 0x8000_000CUL)]
    [InlineData("amoand.w", 0xFFFF_FFFF_8000_0005UL, 0x0000_0001UL)]
    [InlineData("amoor.w", 0xFFFF_FFFF_8000_0005UL, 0x8000_000DUL)]
    [InlineData("amomin.w", 0xFFFF_FFFF_8000_0005UL, 0x8000_0005UL)]
    [InlineData("amomax.w", 0xFFFF_FFFF_8000_0005UL, 0x0000_0009UL)]
    [InlineData("amominu.w", 0xFFFF_FFFF_8000_0005UL, 0x0000_0009UL)]
    [InlineData("amomaxu.w", 0xFFFF_FFFF_8000_0005UL, 0x8000_0005UL)]
    public void Atomic_words_return_the_old_value_and_leave_the_neighbour(string mnemonic, ulong old, ulong stored)
    {
        using Machine machine = new();
        machine.Write(Data, 0x7777_7777_8000_0005);
        machine.Hart[1] = Data;
        machine.Hart[2] = 0xABCD_0000_0000_0009;
        machine.Execute(Asm(mnemonic, rd: 3, rs1: 1, rs2: 2));
        Assert.Equal(old, machine.Hart[3]);
        Assert.Equal(0x7777_7777_0000_0000UL | stored, machine.Read(Data));
    }

    [Fact]
    public void Atomic_doublewords_work_on_all_bits()
    {
        using Machine machine = new();
        machine.Write(Data, ulong.MaxValue);
        machine.Hart[1] = Data;
        machine.Hart[2] = 5;
        machine.Execute(Asm("amomin.d", rd: 3, rs1: 1, rs2: 2));
        machine.Execute(Asm("amominu.d", rd: 4, rs1: 1, rs2: 2));
        Assert.Equal((ulong.MaxValue, ulong.MaxValue, 5UL), (machine.Hart[3], machine.Hart[4], machine.Read(Data)));
    }

    [Fact]
    public void Store_conditional_succeeds_once_after_load_reserved()
    {
        using Machine machine = new();
        machine.Write(Data, 0xFFFF_FFF0);
        machine.Code(Machine.Ram, Asm("lr.w", rd: 3, rs1: 1), Asm("sc.w", rd: 4, rs1: 1, rs2: 2), Asm("sc.w", rd: 5, rs1: 1, rs2: 2));
        machine.Hart[1] = Data;
        machine.Hart[2] = 77;
        machine.Step(3);
        Assert.Equal((0xFFFF_FFFF_FFFF_FFF0UL, 0UL, 1UL, 77UL), (machine.Hart[3], machine.Hart[4], machine.Hart[5], machine.Read(Data)));
    }

    [Fact]
    public void Store_conditional_fails_when_the_value_changed_in_between()
    {
        using Machine machine = new();
        machine.Code(Machine.Ram, Asm("lr.d", rd: 3, rs1: 1), Asm("sc.d", rd: 4, rs1: 1, rs2: 2));
        machine.Hart[1] = Data;
        machine.Hart[2] = 77;
        machine.Step();
        machine.Write(Data, 1);
        machine.Step();
        Assert.Equal((1UL, 1UL), (machine.Hart[4], machine.Read(Data)));
    }

    [Fact]
    public void A_trap_gives_the_reservation_up()
    {
        using Machine machine = new();
        machine.Code(Machine.Ram, Asm("lr.d", rd: 3, rs1: 1), Asm("ecall"));
        machine.Code(Machine.Handler, Asm("sc.d", rd: 4, rs1: 1, rs2: 2));
        machine.Hart[1] = Data;
        machine.Step(3);
        Assert.Equal(1UL, machine.Hart[4]);
    }

    [Theory]
    [InlineData("lr.w", 4, 2)]
    [InlineData("lr.d", 4, 4)]
    [InlineData("sc.w", 6, 1)]
    [InlineData("sc.d", 6, 4)]
    [InlineData("amoadd.w", 6, 2)]
    [InlineData("amoadd.d", 6, 4)]
    public void Misaligned_atomics_trap(string mnemonic, int cause, int offset)
    {
        using Machine machine = new();
        machine.Hart[1] = Data + (ulong)offset;
        Assert.Equal(cause, machine.CauseOf(Asm(mnemonic, rd: 3, rs1: 1, rs2: mnemonic.StartsWith("lr", StringComparison.Ordinal) ? 0 : 2)));
        Assert.Equal(Data + (ulong)offset, machine.Hart.ReadCsr("mtval"));
    }

    [Theory]
    [InlineData("ld", 5)]
    [InlineData("sd", 7)]
    [InlineData("amoor.d", 7)]
    [InlineData("lr.d", 5)]
    public void An_address_without_anything_is_an_access_fault(string mnemonic, int cause)
    {
        using Machine machine = new();
        machine.Hart[1] = 0x1234_5678;
        Assert.Equal(cause, machine.CauseOf(Asm(mnemonic, rd: 3, rs1: 1)));
        Assert.Equal(0x1234_5678UL, machine.Hart.ReadCsr("mtval"));
        Assert.Equal(Machine.Ram, machine.Hart.ReadCsr("mepc"));
    }

    [Fact]
    public void A_store_whose_second_page_is_missing_writes_nothing_and_names_that_page()
    {
        using Machine machine = new();
        ulong end = Machine.Ram + (16UL << 20);
        machine.Write(end - 8, 0x5555_5555_5555_5555);
        machine.Hart[1] = end - 4;
        machine.Hart[2] = 0;
        Assert.Equal(7, machine.CauseOf(Asm("sd", rs1: 1, rs2: 2)));
        Assert.Equal(end, machine.Hart.ReadCsr("mtval"));
        Assert.Equal(0x5555_5555_5555_5555UL, machine.Read(end - 8));
    }

    [Fact]
    public void Accesses_are_counted_on_both_paths()
    {
        using Machine machine = new();
        machine.Code(Machine.Ram, Asm("ld", rd: 2, rs1: 1), Asm("ld", rd: 2, rs1: 1), Asm("sd", rs2: 2, rs1: 1), Asm("amoadd.d", rd: 2, rs1: 1, rs2: 2));
        machine.Hart[1] = Data;
        machine.Step(4);
        Assert.Equal(4UL, machine.Hart.MemoryAccesses);
    }

    [Fact]
    public void Attributes_tell_world_requester_and_privilege()
    {
        RecordingDevice device = new();
        using Machine machine = new(
            configuration => configuration with { InitiatorId = 7, WorldGuard = new WorldGuardConfiguration { Worlds = 4, MachineWid = 2, HasSmwg = true } },
            m =>
            {
                m.Root.Add(Machine.Ram, new RamRegion("ram", m.Memory));
                m.Root.Add(0x1000, new MmioRegion("device", 0x1000, device));
            });
        machine.OpenProtection();
        machine.Hart[1] = 0x1008;
        machine.Execute(Asm("lw", rd: 2, rs1: 1));
        machine.Hart.SetMode(PrivilegeMode.User);
        machine.Execute(Asm("sw", rs2: 2, rs1: 1));
        Assert.Equal(
            [(AccessKind.Load, 8UL, (byte)2, 7u, false), (AccessKind.Store, 8UL, (byte)0, 7u, true)],
            device.Log.Select(access => (access.Kind, access.Offset, access.Attributes.WorldId, access.Attributes.RequesterId, access.Attributes.IsUser)));
    }
}
