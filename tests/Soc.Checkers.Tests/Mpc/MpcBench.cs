using Soc.Checkers.Mpc;
using Soc.Memory;

namespace Soc.Checkers.Tests.Mpc;

/// <summary>One MPC in front of one memory, seen at two addresses, driven with transactions (arm-filters.md section 2.10).</summary>
internal sealed class MpcBench : IDisposable
{
    public const ulong Base = 0x2800_0000;
    public const ulong Alias = 0x3800_0000;
    public const ulong Data = 0x1122_3344_5566_7788;
    public const ulong Ctrl = 0x00;
    public const ulong BlkMax = 0x10;
    public const ulong BlkCfg = 0x14;
    public const ulong BlkIdx = 0x18;
    public const ulong BlkLut = 0x1C;
    public const ulong IntStat = 0x20;
    public const ulong IntClear = 0x24;
    public const ulong IntEn = 0x28;
    public const ulong IntInfo1 = 0x2C;
    public const ulong IntInfo2 = 0x30;
    public const ulong IntSet = 0x34;

    private readonly GuestMemory _memory;

    public MpcBench(MpcOptions? options = null, IBusDevice? rom = null)
    {
        Checker = new MpcChecker(options ?? new MpcOptions("mpc", 7, 4 << 20));
        Recorder = new DirectRecorder(Checker);
        Checker.Violations = Recorder;
        _memory = new GuestMemory((Checker.Size + 0xFFF) & ~0xFFFUL);
        var tree = new MemoryTree();
        var down = new ContainerRegion("downstream");
        MemoryRegion memory = rom is null ? new RamRegion("ram", _memory) : new RomDeviceRegion("rom", _memory, rom);
        down.Add(Base, memory);
        down.Add(Alias, new AliasRegion("alias", memory, 0, Checker.Size));
        Downstream = tree.CreateSpace("downstream", down);
        Port = Checker.Protect(tree, "port", Base, Downstream);
        AliasPort = Checker.Protect(tree, "port.alias", Alias, Downstream);
        var root = new ContainerRegion("system");
        root.Add(Base, Port);
        root.Add(Alias, AliasPort);
        Space = tree.CreateSpace("system", root);
        tree.Commit();
        Span<byte> data = BitConverter.GetBytes(Data);
        for (ulong offset = 0; offset < Math.Min(Checker.Size, 0x4_0000); offset += 8)
        {
            _memory.Write(offset, data);
        }
    }

    public MpcChecker Checker { get; }

    public MpcPort Port { get; }

    public MpcPort AliasPort { get; }

    public DirectRecorder Recorder { get; }

    public AddressSpace Space { get; }

    public AddressSpace Downstream { get; }

    public static TransactionAttributes Secure(uint requester = 0) => TransactionAttributes.Specified.WithSecure(true).WithRequester(requester);

    public static TransactionAttributes NonSecure(uint requester = 0) => TransactionAttributes.Specified.WithRequester(requester);

    public RegisterOutcome Access(AccessKind kind, ulong offset, int size, ulong value, TransactionAttributes attributes) =>
        Checker.Access(new BusAccess(offset, size, kind, attributes, offset, NoInitiator.Instance), value);

    public ulong Get(ulong offset, int size = 4) => Access(AccessKind.Load, offset, size, 0, Secure()).Value;

    public InvalidationScope? Set(ulong offset, ulong value, int size = 4) => Access(AccessKind.Store, offset, size, value, Secure()).Scope;

    public InvalidationScope? SetWord(int word, uint value)
    {
        Set(BlkIdx, (ulong)word);
        InvalidationScope? scope = Set(BlkLut, value);
        Set(BlkIdx, 0);
        return scope;
    }

    public uint Word(int word)
    {
        Set(BlkIdx, (ulong)word);
        return (uint)Get(BlkLut);
    }

    public (AccessResult Result, ulong Value) Load(TransactionAttributes attributes, ulong offset, int size = 4, AccessKind kind = AccessKind.Load)
    {
        AccessResult result = Space.Read(NoInitiator.Instance, Base + offset, size, kind, attributes, out ulong value);
        return (result, value);
    }

    public bool Passes(TransactionAttributes attributes, ulong offset, int size = 1)
    {
        int before = Recorder.Reports.Count;
        Load(attributes, offset, size);
        return Recorder.Reports.Count == before;
    }

    public AccessResult Store(TransactionAttributes attributes, ulong offset, ulong value, int size = 4) =>
        Space.Write(NoInitiator.Instance, Base + offset, size, attributes, value);

    public ulong Memory(ulong offset, int size = 8)
    {
        Downstream.Read(NoInitiator.Instance, Base + offset, size, AccessKind.Load, TransactionAttributes.Unspecified, out ulong value);
        return value;
    }

    public void Dispose() => _memory.Dispose();
}
