using Soc.Checkers.Gpc;
using Soc.Memory;

namespace Soc.Checkers.Tests.Gpc;

/// <summary>
/// Two instances in front of one memory, set up as in arm-filters.md section 4.12: 4 GiB protected, level-0 entries of 1 GiB, granules
/// of 4 KiB, tables at 0x0404_0000 and 0x0406_0000.
/// </summary>
internal sealed class GpcBench : IDisposable
{
    public const int Agent = 9;
    public const ulong Address = 0x8123_4567;
    public const ulong LevelZero = 0x0404_0000;
    public const ulong LevelOne = 0x0406_0000;
    public const ulong Control = 0x0001_3500;
    public const ulong Data = 0x1122_3344_5566_7788;
    public const ulong Idr0 = 0x00;
    public const ulong Cr0 = 0x20;
    public const ulong Cr0Ack = 0x24;
    public const ulong TableBase = 0x28;
    public const ulong TableControl = 0x30;
    public const ulong GpfFar = 0x38;
    public const ulong ConfigurationFar = 0x40;
    public const ulong Tlbi = 0x50;
    public const ulong TlbiControl = 0x58;

    /// <summary>Stands for "passed" where a GPCSC is expected.</summary>
    public const int Pass = -1;

    public static readonly SecuritySpace[] Spaces = [SecuritySpace.Secure, SecuritySpace.NonSecure, SecuritySpace.Root, SecuritySpace.Realm];

    private readonly GuestMemory _memory = new(0x40_0000);
    private readonly GuestMemory _tableMemory = new(0x10_0000);

    public GpcBench(GpcOptions? options = null, bool enable = true, bool realTables = false, Wrap? wrap = null)
    {
        Checker = new GpcChecker(options ?? new GpcOptions("gpc", Agent, 2));
        Recorder = new DirectRecorder(Checker);
        Checker.Violations = Recorder;
        Tree = new MemoryTree();
        Device = new EchoDevice();
        var down = new ContainerRegion("downstream");
        down.Add(0, new MmioRegion("device", 0, Device));
        AddMemory(down, 0x8100_0000, _memory, wrap);
        if (realTables)
        {
            AddMemory(down, LevelZero, _tableMemory, wrap);
        }

        Downstream = Tree.CreateSpace("downstream", down);
        AddressSpace? tables = null;
        if (!realTables)
        {
            var root = new ContainerRegion("tables");
            root.Add(0, new MmioRegion("tables.memory", 0, Tables));
            tables = Tree.CreateSpace("tables", root);
        }

        Ports = [.. Enumerable.Range(0, Checker.Instances).Select(instance => Checker.Protect(Tree, $"gpc{instance}", instance, Downstream, tables))];
        Views = [.. Ports.Select(port =>
        {
            var root = new ContainerRegion(port.Name);
            root.Add(0, port);
            return Tree.CreateSpace(port.Name, root);
        })];
        Tree.Commit();
        Span<byte> data = BitConverter.GetBytes(Data);
        for (ulong offset = 0x23_0000; offset < 0x25_0000; offset += 8)
        {
            _memory.Write(offset, data);
        }

        if (enable)
        {
            for (int instance = 0; instance < Checker.Instances; instance++)
            {
                Enable(Control, LevelZero, instance);
            }
        }
    }

    /// <summary>Puts a checker in front of memory: tree, base, size, the memory at its address; gives the region for the address map.</summary>
    internal delegate MemoryRegion Wrap(MemoryTree tree, ulong baseAddress, ulong size, AddressSpace memory);

    public GpcChecker Checker { get; }

    public DirectRecorder Recorder { get; }

    public MemoryTree Tree { get; }

    public GpcTables Tables { get; } = new();

    public EchoDevice Device { get; }

    public AddressSpace Downstream { get; }

    public GpcPort[] Ports { get; }

    public AddressSpace[] Views { get; }

    public static TransactionAttributes In(SecuritySpace space, SecuritySpace? state = null) =>
        TransactionAttributes.Specified.WithSpace(space, state ?? space);

    /// <summary>Programs an instance; bit 16 of the control word becomes CR0.GPCEN.</summary>
    public void Enable(ulong control, ulong table = LevelZero, int instance = 0)
    {
        Set(TableBase, table, 8, instance);
        Set(TableControl, control & ~0x1_0000UL, 4, instance);
        Set(Cr0, (control & 0x1_0000) != 0 ? 3UL : 1, 4, instance);
    }

    public RegisterOutcome Access(AccessKind kind, ulong offset, int size, ulong value = 0, SecuritySpace space = SecuritySpace.Root) =>
        Checker.Access(new BusAccess(offset, size, kind, In(space), offset, NoInitiator.Instance), value);

    public ulong Get(ulong offset, int size = 4, int instance = 0) =>
        Access(AccessKind.Load, ((ulong)instance * GpcChecker.PageSize) + offset, size).Value;

    public RegisterOutcome Set(ulong offset, ulong value, int size = 4, int instance = 0) =>
        Access(AccessKind.Store, ((ulong)instance * GpcChecker.PageSize) + offset, size, value);

    public RegisterOutcome Invalidate(GpcOperation operation, ulong address = 0, int sizeCode = 0, int instance = 0)
    {
        Set(Tlbi, new GpcInvalidation(operation, sizeCode, address >> 12).Encode(), 8, instance);
        return Set(TlbiControl, 1, 4, instance);
    }

    /// <summary>GPCSC of an access, or <see cref="Pass"/>: what the check says, the access does and the record keeps must agree.</summary>
    public int Check(SecuritySpace space, ulong address = Address, SecuritySpace? state = null, int instance = 0, AccessKind kind = AccessKind.Load)
    {
        TransactionAttributes attributes = In(space, state);
        GpcVerdict verdict = Ports[instance].Check(address, attributes);
        Set(GpfFar, 0, 8, instance);
        Set(ConfigurationFar, 0, 8, instance);
        int before = Device.Accesses;
        AccessResult result = kind == AccessKind.Store
            ? Views[instance].Write(NoInitiator.Instance, address, 1, attributes, 0x88)
            : Views[instance].Read(NoInitiator.Instance, address, 1, kind, attributes, out _);
        ulong fault = Get(GpfFar, 8, instance);
        ulong error = Get(ConfigurationFar, 8, instance);
        if (verdict.Passes)
        {
            Assert.Equal((AccessResult.Ok, 0UL, 0UL), (result, fault, error));
            return Pass;
        }

        var record = new GpcRecord(space, address & ~0xFFFUL, verdict.StatusCode, kind, false);
        bool isGpf = verdict.Fault == GpcFaultKind.GranuleProtection;
        Assert.Equal((AccessResult.Error, record, (GpcRecord?)null), (result, GpcRecord.Decode(isGpf ? fault : error), GpcRecord.Decode(isGpf ? error : fault)));
        Assert.Equal(before, Device.Accesses);
        return verdict.StatusCode;
    }

    /// <summary>The checks of all four spaces: Secure, Non-secure, Root, Realm.</summary>
    public int[] CheckAll(ulong address = Address) => [.. Spaces.Select(space => Check(space, address))];

    /// <summary>Writes a word of tables in real memory.</summary>
    public void Poke(ulong address, ulong value) => Downstream.Write(NoInitiator.Instance, address, 8, TransactionAttributes.DebugAccess, value);

    public void Dispose()
    {
        _memory.Dispose();
        _tableMemory.Dispose();
    }

    private void AddMemory(ContainerRegion down, ulong baseAddress, GuestMemory memory, Wrap? wrap)
    {
        MemoryRegion region = new RamRegion($"ram.{baseAddress:x}", memory);
        if (wrap is not null)
        {
            var inner = new ContainerRegion($"inner.{baseAddress:x}");
            inner.Add(baseAddress, region);
            region = wrap(Tree, baseAddress, memory.Size, Tree.CreateSpace(inner.Name, inner));
        }

        down.Add(baseAddress, region, 1, mayOverlap: true);
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
