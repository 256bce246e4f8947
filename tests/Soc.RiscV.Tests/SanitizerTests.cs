using Soc.Memory;
using Soc.Tlb;
using static Soc.RiscV.Tests.Assembler;

namespace Soc.RiscV.Tests;

/// <summary>The stale-translation sanitizer on harts alone: what it calls legal, what it lays at the guest's door, and what at the model's.</summary>
public sealed class SanitizerTests : IDisposable
{
    private const ulong Root = Machine.Ram + 0x100000;
    private const ulong Middle = Root + 0x1000;
    private const ulong Leaf = Root + 0x2000;
    private const ulong Data = Machine.Ram + 0x200000;
    private const ulong Other = Machine.Ram + 0x201000;
    private const ulong Flag = Machine.Ram + 0x300000;
    private const ulong Virtual = 0x4000_0000;
    private const ulong Page = 0xC7;

    private static readonly uint s_load = Asm("ld", rd: 10, rs1: 1);
    private static readonly uint s_store = Asm("sd", rs1: 1, rs2: 2);

    private readonly Machine _machine;
    private readonly Hart _other;
    private readonly Sanitizer _sanitizer = new(2);
    private ulong _next = Machine.Ram + 0x1000;

    public SanitizerTests()
    {
        _machine = new Machine().OpenProtection();
        _other = new Hart(new HartConfiguration { ResetVector = Machine.Ram, InitiatorId = 1, HartId = 1, Name = "hart1" }, _machine.Space);
        _other.WriteCsr("pmpaddr0", ulong.MaxValue);
        _other.WriteCsr("pmpcfg0", 0x1F);
        _machine.Write(Root + (8 * 2), Entry(Machine.Ram, 0xCF));
        _machine.Write(Root + 8, Entry(Middle, 1));
        _machine.Write(Middle, Entry(Leaf, 1));
        _machine.Write(Leaf, Entry(Data, Page));
        foreach (Hart hart in (Hart[])[_machine.Hart, _other])
        {
            hart.UseSanitizer(_sanitizer);
            hart.WriteCsr("satp", (8UL << 60) | (Root >> 12));
        }
    }

    public void Dispose()
    {
        _other.Dispose();
        _machine.Dispose();
    }

    [Fact]
    public void A_change_by_another_hart_is_legal_to_miss_until_its_fence_is_known()
    {
        Use(_other);
        Change(_machine.Hart, Entry(Other, Page));
        Fence(_machine.Hart);
        Use(_other);
        Assert.Equal((0, 1UL), (_sanitizer.Reports.Count, _sanitizer.Allowed));
    }

    [Fact]
    public void A_lock_that_was_passed_on_before_the_fence_makes_nothing_due()
    {
        // Unmap, unlock, fence later: batched shootdowns do so.
        Use(_other);
        Change(_machine.Hart, 0);
        Store(_machine.Hart, Flag, 1);
        Load(_other, Flag, PrivilegeMode.Machine);
        Fence(_machine.Hart);
        Use(_other);
        Assert.Empty(_sanitizer.Reports);
    }

    [Fact]
    public void A_store_seen_after_the_fence_makes_the_change_due()
    {
        Use(_other);
        Change(_machine.Hart, 0);
        Fence(_machine.Hart);
        Store(_machine.Hart, Flag, 1);
        Load(_other, Flag, PrivilegeMode.Machine);
        Use(_other);
        StaleUse use = Assert.Single(_sanitizer.Reports);
        Assert.Equal((StaleCause.MissingRemoteFence, 1, 0), (use.Cause, use.Initiator, use.Write.Initiator));
        Assert.Equal(Virtual, use.VirtualAddress);
    }

    [Fact]
    public void A_fence_of_the_other_hart_settles_it()
    {
        Use(_other);
        Change(_machine.Hart, Entry(Other, Page));
        Fence(_machine.Hart);
        Fence(_other);
        Store(_machine.Hart, Flag, 1);
        Load(_other, Flag, PrivilegeMode.Machine);
        Use(_other);
        Assert.Empty(_sanitizer.Reports);
        Assert.Equal(0UL, _sanitizer.Allowed);
    }

    [Fact]
    public void Repeated_uses_are_one_report_with_a_count()
    {
        Use(_machine.Hart);
        Change(_machine.Hart, Entry(Other, Page));
        ulong at = _next;
        for (int i = 0; i < 3; i++)
        {
            _next = at;
            Use(_machine.Hart);
        }

        Assert.Single(_sanitizer.Reports);
        Assert.Equal([3UL], _sanitizer.Counts);
    }

    [Theory]
    [InlineData(Page & ~0x40UL)] // A
    [InlineData(Page & ~0x80UL)] // D
    [InlineData(Page | 0x300)] // for software
    public void Accessed_dirty_and_software_bits_may_change_without_a_fence(ulong flags)
    {
        Use(_machine.Hart);
        Change(_machine.Hart, Entry(Data, flags));
        Use(_machine.Hart);
        Assert.Empty(_sanitizer.Reports);
    }

    [Fact]
    public void A_right_that_was_added_costs_a_spurious_fault_at_most()
    {
        Change(_machine.Hart, Entry(Data, 0xC3));
        Fence(_machine.Hart);
        Use(_machine.Hart);
        Change(_machine.Hart, Entry(Data, Page));
        Execute(_machine.Hart, s_store, PrivilegeMode.Supervisor, Virtual, 5);
        Assert.Empty(_sanitizer.Reports);
    }

    [Fact]
    public void A_global_translation_survives_a_fence_for_one_address_space()
    {
        Change(_machine.Hart, Entry(Data, Page | 0x20));
        Fence(_machine.Hart);
        Use(_machine.Hart);
        Change(_machine.Hart, Entry(Other, Page | 0x20));
        Execute(_machine.Hart, Asm("sfence.vma", rs2: 2), PrivilegeMode.Machine, 0, 0);
        Use(_machine.Hart);
        Assert.Equal(StaleCause.FenceTooNarrow, Assert.Single(_sanitizer.Reports).Cause);
    }

    [Fact]
    public void A_checker_that_changes_without_telling_anybody_is_a_model_bug()
    {
        FakeChecker? checker = null;
        using Machine machine = new(
            build: m =>
            {
                checker = new FakeChecker(m.Tree, new RamRegion("ram", m.Memory), 16 << 20);
                m.Root.Add(Machine.Ram, checker);
            });
        checker!.Grant(0, 0);
        checker.Grant(0x10000, 0);
        machine.Hart.UseSanitizer(new Sanitizer(2));
        machine.Code(Machine.Ram, s_load, s_load);
        machine.Hart[1] = Machine.Ram + 0x10000;
        machine.Step();
        checker.Grant(0x10000);
        SanitizerException exception = Assert.Throws<SanitizerException>(() => machine.Step());
        Assert.Contains("no change is under way", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decoded_code_that_differs_from_memory_after_the_fence_is_a_model_bug()
    {
        Execute(_machine.Hart, Asm("addi", rd: 3, rs1: 0, imm: 1), PrivilegeMode.Machine, 0, 0);
        ulong at = _next - 8;
        Execute(_machine.Hart, Asm("fence.i"), PrivilegeMode.Machine, 0, 0);
        _machine.Hart.ProgramCounter = at;
        _machine.Hart.Step();

        // Behind everybody's back: no store that a missing FENCE.I could explain.
        _machine.Code(at, Asm("addi", rd: 3, rs1: 0, imm: 2));
        _machine.Hart.ProgramCounter = at;
        Assert.Contains("stale code", Assert.Throws<SanitizerException>(() => _machine.Hart.Step()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_beside_the_fetched_bytes_leaves_them_as_they_are()
    {
        // A kernel patches the no-operation at the start of the function behind the one that patches.
        ulong at = Machine.Ram + 0x8000;
        _machine.Code(at, Asm("addi", rd: 3, rs1: 0, imm: 1), Asm("addi", rd: 4, rs1: 0, imm: 1));
        Step(_machine.Hart, at, 2);
        Patch(_machine.Hart, at + 4, Asm("addi", rd: 4, rs1: 0, imm: 2));
        Step(_machine.Hart, at, 1);
        Assert.Empty(_sanitizer.Reports);
        Step(_machine.Hart, at + 4, 1);
        Assert.Equal((StaleCause.MissingCodeFence, at + 4), (Assert.Single(_sanitizer.Reports).Cause, _sanitizer.Reports[0].VirtualAddress));
    }

    [Fact]
    public void Two_stores_to_one_word_are_both_found()
    {
        ulong at = Machine.Ram + 0x8000;
        _machine.Code(at, Asm("addi", rd: 3, rs1: 0, imm: 1), Asm("addi", rd: 4, rs1: 0, imm: 1));
        Step(_machine.Hart, at, 2);
        Patch(_machine.Hart, at, Asm("addi", rd: 3, rs1: 0, imm: 2));
        Patch(_machine.Hart, at + 4, Asm("addi", rd: 4, rs1: 0, imm: 2));
        Step(_machine.Hart, at, 2);
        Assert.Equal([at, at + 4], _sanitizer.Reports.Select(report => report.VirtualAddress));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Code_of_another_hart_is_stale_only_where_this_hart_has_fetched_before(bool fetched)
    {
        // A kernel patches its code before it starts further harts: they hold nothing of it.
        ulong at = Machine.Ram + 0x8000;
        _machine.Code(at, Asm("addi", rd: 3, rs1: 0, imm: 1));
        if (fetched)
        {
            Step(_other, at, 1);
        }

        Patch(_machine.Hart, at, Asm("addi", rd: 3, rs1: 0, imm: 2));
        Execute(_machine.Hart, Asm("fence.i"), PrivilegeMode.Machine, 0, 0);
        Store(_machine.Hart, Flag, 1);
        Load(_other, Flag, PrivilegeMode.Machine);
        Step(_other, at, 1);
        Assert.Equal(fetched ? [StaleCause.MissingCodeFence] : [], _sanitizer.Reports.Select(report => report.Cause));
        Assert.Equal(fetched ? 0UL : 1UL, _sanitizer.Allowed);
    }

    [Fact]
    public void Page_tables_are_remembered_when_more_is_written_than_is_followed()
    {
        var shadow = new Sanitizer(1, followedPages: 2);
        const nint host = 0x10_0000;
        shadow.OnTableRead(host);
        shadow.OnStored(host + 8, 0, 1, 1);
        ulong epoch = shadow.Epoch;
        for (int page = 1; page < 5; page++)
        {
            shadow.OnStored(host + (page * 4096), 0, 2, 2);
        }

        Assert.Equal((epoch, true), (shadow.Epoch, shadow.IsPartial));
        Assert.Equal((1UL, 0UL, 2UL), (shadow.WriterOf(host + 8).ProgramCounter, shadow.WriterOf(host + 4096).ProgramCounter, shadow.WriterOf(host + (4 * 4096)).ProgramCounter));
    }

    [Fact]
    public void Sanitized_execution_costs_the_same_cycles()
    {
        using Machine plain = new Machine().OpenProtection();
        using Machine sanitized = new Machine().OpenProtection();
        sanitized.Hart.UseSanitizer(new Sanitizer(1));
        foreach (Machine machine in (Machine[])[plain, sanitized])
        {
            machine.Code(Machine.Ram, Asm("ld", rd: 2, rs1: 1), Asm("sd", rs1: 1, rs2: 2), Asm("amoadd.d", rd: 3, rs1: 1, rs2: 2), Asm("addi", rd: 4, rs1: 4, imm: 1));
            machine.Hart[1] = Data;
            machine.Step(4);
        }

        Assert.Equal(plain.Hart.Cycles, sanitized.Hart.Cycles);
        Assert.Equal((plain.Hart.Tlb.Statistics.Walks, plain.Hart.Tlb.Statistics.Misses), (sanitized.Hart.Tlb.Statistics.Walks, sanitized.Hart.Tlb.Statistics.Misses));
    }

    private static ulong Entry(ulong physical, ulong flags) => (physical >> 12 << 10) | flags;

    private void Use(Hart hart) => Load(hart, Virtual, PrivilegeMode.Supervisor);

    private void Load(Hart hart, ulong address, PrivilegeMode mode) => Execute(hart, s_load, mode, address, 0);

    private void Store(Hart hart, ulong address, ulong value) => Execute(hart, s_store, PrivilegeMode.Machine, address, value);

    private void Change(Hart hart, ulong entry) => Store(hart, Leaf, entry);

    private void Fence(Hart hart) => Execute(hart, Asm("sfence.vma"), PrivilegeMode.Machine, 0, 0);

    private void Patch(Hart hart, ulong address, uint word) => Execute(hart, Asm("sw", rs1: 1, rs2: 2), PrivilegeMode.Machine, address, word);

    private static void Step(Hart hart, ulong at, int count)
    {
        hart.SetMode(PrivilegeMode.Machine);
        hart.ProgramCounter = at;
        for (int i = 0; i < count; i++)
        {
            hart.Step();
        }
    }

    /// <summary>Executes one instruction at a place of its own, so that no code is ever written twice.</summary>
    private void Execute(Hart hart, uint word, PrivilegeMode mode, ulong x1, ulong x2)
    {
        if (_machine.Read(_next) == 0)
        {
            _machine.Code(_next, word);
        }

        hart.ProgramCounter = _next;
        hart.SetMode(mode);
        hart[1] = x1;
        hart[2] = x2;
        hart.Step();
        _next += 8;
    }
}
