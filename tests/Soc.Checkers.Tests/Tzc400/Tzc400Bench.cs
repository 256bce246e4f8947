using Soc.Checkers.Tzc400;
using Soc.Memory;

namespace Soc.Checkers.Tests.Tzc400;

/// <summary>
/// A TZC-400 with four filters, each in front of the whole address space, driven with transactions (arm-filters.md section
/// 3.10). There is memory at 0x8000_0000; elsewhere a device answers with <see cref="Data"/>.
/// </summary>
internal sealed class Tzc400Bench : IDisposable
{
    public const ulong Dram = 0x8000_0000;
    public const ulong Data = 0x1122_3344_5566_7788;
    public const ulong BuildConfig = 0x000;
    public const ulong Reaction = 0x004;
    public const ulong GateKeeper = 0x008;
    public const ulong Speculation = 0x00C;
    public const ulong IntStatus = 0x010;
    public const ulong IntClear = 0x014;
    public const ulong SecureRead = 1UL << 30;
    public const ulong SecureWrite = 1UL << 31;
    public const ulong SecureBoth = SecureRead | SecureWrite;

    private readonly GuestMemory _memory = new(0x4_0000);

    public Tzc400Bench(bool open = true, Tzc400Options? options = null, ulong size = 0)
    {
        Checker = new Tzc400Checker(options ?? new Tzc400Options("tzc", 7));
        Recorder = new DirectRecorder(Checker);
        Checker.Violations = Recorder;
        Device = new EchoDevice();
        var tree = new MemoryTree();
        var down = new ContainerRegion("downstream");
        down.Add(0, new MmioRegion("device", 0, Device));
        down.Add(Dram, new RamRegion("dram", _memory), 1, mayOverlap: true);
        Downstream = tree.CreateSpace("downstream", down);
        Ports = [.. Enumerable.Range(0, Checker.Filters).Select(filter => Checker.Protect(tree, $"port{filter}", 0, size, Downstream, filter))];
        Spaces = [.. Ports.Select(port => SpaceOf(tree, port))];
        tree.Commit();
        Span<byte> data = BitConverter.GetBytes(Data);
        for (ulong offset = 0; offset < _memory.Size; offset += 8)
        {
            _memory.Write(offset, data);
        }

        if (open)
        {
            Set(GateKeeper, 0xF);
        }
    }

    public Tzc400Checker Checker { get; }

    public DirectRecorder Recorder { get; }

    public EchoDevice Device { get; }

    public AddressSpace Downstream { get; }

    public Tzc400Port[] Ports { get; }

    public AddressSpace[] Spaces { get; }

    public static TransactionAttributes Secure(int accessId = 0) =>
        TransactionAttributes.Specified.WithSecure(true).WithWorld((byte)accessId);

    public static TransactionAttributes NonSecure(int accessId) => TransactionAttributes.Specified.WithWorld((byte)accessId);

    public static TransactionAttributes Of(int index) => index == 0 ? Secure() : NonSecure(index - 1);

    public static ulong Region(int region, ulong register) => 0x100 + (0x20 * (ulong)region) + register;

    public static ulong Fail(int filter, ulong register) => 0x020 + (0x10 * (ulong)filter) + register;

    public RegisterOutcome Access(AccessKind kind, ulong offset, int size, ulong value = 0) =>
        Checker.Access(new BusAccess(offset, size, kind, Secure(), offset, NoInitiator.Instance), value);

    public ulong Get(ulong offset) => Access(AccessKind.Load, offset, 4).Value;

    public InvalidationScope? Set(ulong offset, ulong value) => Access(AccessKind.Store, offset, 4, value).Scope;

    /// <summary>Programs a region with six stores, attributes last.</summary>
    public void Program(int region, ulong first, ulong last, ulong attributes, ulong idAccess = 0)
    {
        Set(Region(region, 0x0), first & uint.MaxValue);
        Set(Region(region, 0x4), first >> 32);
        Set(Region(region, 0x8), last & uint.MaxValue);
        Set(Region(region, 0xC), last >> 32);
        Set(Region(region, 0x14), idAccess);
        Set(Region(region, 0x10), attributes);
    }

    /// <summary>R1 = [0x8000_0000..0x8FFF_FFFF] on filter 0.</summary>
    public void R1(ulong secure, ulong idAccess = 0) => Program(1, Dram, 0x8FFF_FFFF, 1 | secure, idAccess);

    public void Background(ulong secure, ulong idAccess = 0)
    {
        Set(Region(0, 0x10), secure);
        Set(Region(0, 0x14), idAccess);
    }

    public (AccessResult Result, ulong Value) Load(TransactionAttributes attributes, ulong address, int filter = 0, AccessKind kind = AccessKind.Load, int size = 1)
    {
        AccessResult result = Spaces[filter].Read(NoInitiator.Instance, address, size, kind, attributes, out ulong value);
        return (result, value);
    }

    public AccessResult Store(TransactionAttributes attributes, ulong address, ulong value, int filter = 0, int size = 1) =>
        Spaces[filter].Write(NoInitiator.Instance, address, size, attributes, value);

    public bool Reads(TransactionAttributes attributes, ulong address, int filter = 0, AccessKind kind = AccessKind.Load)
    {
        int before = Recorder.Reports.Count;
        Load(attributes, address, filter, kind);
        return Recorder.Reports.Count == before;
    }

    public bool Writes(TransactionAttributes attributes, ulong address, int filter = 0)
    {
        int before = Recorder.Reports.Count;
        Store(attributes, address, 0x88, filter);
        return Recorder.Reports.Count == before;
    }

    public ulong Memory(ulong address)
    {
        Downstream.Read(NoInitiator.Instance, address, 8, AccessKind.Load, TransactionAttributes.Unspecified, out ulong value);
        return value;
    }

    public void Dispose() => _memory.Dispose();

    private static AddressSpace SpaceOf(MemoryTree tree, Tzc400Port port)
    {
        var root = new ContainerRegion(port.Name);
        root.Add(0, port);
        return tree.CreateSpace(port.Name, root);
    }

    internal sealed class EchoDevice : IBusDevice
    {
        public int Accesses { get; private set; }

        public AccessResult Read(in BusAccess access, out ulong value)
        {
            Accesses++;
            value = Data & (ulong.MaxValue >> (64 - (8 * access.Size)));
            return AccessResult.Ok;
        }

        public AccessResult Write(in BusAccess access, ulong value)
        {
            Accesses++;
            return AccessResult.Ok;
        }
    }
}
