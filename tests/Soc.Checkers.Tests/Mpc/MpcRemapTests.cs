using Soc.Checkers.Mpc;
using Soc.Memory;
using Soc.Memory.Tests.Support;
using Soc.Tlb;

namespace Soc.Checkers.Tests.Mpc;

/// <summary>Two MPCs whose data ports swap places at run time, as on the AN524 board (case M39); and the gating handshake.</summary>
public sealed class MpcRemapTests : IDisposable
{
    private const ulong Low = 0x0;
    private const ulong High = 0x1000_0000;
    private const ulong Size = 0x8000;

    private readonly MpcChecker _first = new(new MpcOptions("first", 1, Size));
    private readonly MpcChecker _second = new(new MpcOptions("second", 2, Size) { Gating = true });
    private readonly GuestMemory _ram = new(Size);
    private readonly GuestMemory _rom = new(Size);
    private readonly MemoryTree _tree = new();
    private readonly ContainerRegion _root = new("system");
    private readonly AddressSpace _space;
    private readonly AliasRegion _lowWindow;
    private readonly AliasRegion _highWindow;
    private readonly SoftTlb _tlb;

    public MpcRemapTests()
    {
        _ram.Write(0x1000, [1, 1, 1, 1, 1, 1, 1, 1]);
        _rom.Write(0x1000, [2, 2, 2, 2, 2, 2, 2, 2]);
        _lowWindow = new AliasRegion("low", Port(_first, _ram), 0, Size);
        _highWindow = new AliasRegion("high", Port(_second, _rom), 0, Size);
        _root.Add(Low, _lowWindow);
        _root.Add(High, _highWindow);
        _space = _tree.CreateSpace("system", _root);
        _tree.Commit();
        _tlb = new SoftTlb(new TestInitiator(0), _space, new IdentityWalker(_ => MpcBench.NonSecure()), new TlbConfiguration { Contexts = 1 });
    }

    public void Dispose()
    {
        _tlb.Dispose();
        _ram.Dispose();
        _rom.Dispose();
    }

    [Fact]
    public void M39_swapped_ports_take_their_tables_along_and_leave_nothing_cached()
    {
        Write(_first, 0x01C, 2);
        Assert.Equal([0x0101_0101_0101_0101UL, 0UL], [Load(Low), Load(High)]);
        _root.Remove(_lowWindow);
        _root.Remove(_highWindow);
        _root.Add(High, _lowWindow);
        _root.Add(Low, _highWindow);
        _tree.Commit();
        Assert.True(_tlb.PollViewChange());
        Assert.Equal([0UL, 0x0101_0101_0101_0101UL], [Load(Low), Load(High)]);
        Assert.Equal([2UL, 0UL], [Read(_first, 0x01C), Read(_second, 0x01C)]);
        Write(_second, 0x01C, 2);
        _tlb.Rearm(2, InvalidationScope.Everything);
        Assert.Equal(0x0202_0202_0202_0202UL, Load(Low));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_gate_is_acknowledged_when_nobody_holds_an_answer_any_more(bool reports)
    {
        _second.ReportsAcknowledgements = reports;
        RegisterOutcome gating = Write(_second, 0x000, 0x40);
        Assert.Equal((reports, reports), (gating.CompletesAtOnce, gating.Change != 0));
        Assert.Equal(reports ? 0x40UL : 0xC0, Read(_second, 0x000));
        _second.ChangeAcknowledged(gating.Change);
        Assert.Equal(0xC0UL, Read(_second, 0x000));
        RegisterOutcome opening = Write(_second, 0x000, 0);
        _second.ChangeAcknowledged(gating.Change);
        Assert.Equal(reports ? 0x80UL : 0, Read(_second, 0x000));
        _second.ChangeAcknowledged(opening.Change);
        Assert.Equal(0UL, Read(_second, 0x000));
    }

    private MpcPort Port(MpcChecker checker, GuestMemory memory)
    {
        checker.Violations = new DirectRecorder(checker);
        var down = new ContainerRegion($"{checker.Name}.down");
        down.Add(0, new RamRegion($"{checker.Name}.memory", memory));
        return checker.Protect(_tree, $"{checker.Name}.port", 0, _tree.CreateSpace(down.Name, down));
    }

    private static RegisterOutcome Write(MpcChecker checker, ulong offset, ulong value) =>
        checker.Access(new BusAccess(offset, 4, AccessKind.Store, MpcBench.Secure(), offset, NoInitiator.Instance), value);

    private static ulong Read(MpcChecker checker, ulong offset) =>
        checker.Access(new BusAccess(offset, 4, AccessKind.Load, MpcBench.Secure(), offset, NoInitiator.Instance), 0).Value;

    private ulong Load(ulong window)
    {
        if (!_tlb.TryRead(window + 0x1000, out ulong value))
        {
            Assert.Equal(TlbOutcome.Ok, _tlb.Read(window + 0x1000, 8, out value));
        }

        return value;
    }
}
