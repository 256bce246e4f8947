using System.Runtime.InteropServices;
using Soc.Checkers.WorldGuard;
using Soc.Memory;

namespace Soc.Checkers.Tests.WorldGuard;

/// <summary>
/// The DRAM or UART checker of the board 'virt' (worldguard.md section 6) in a memory tree, driven with transactions.
/// </summary>
internal sealed class WorldGuardBench : IDisposable
{
    public const ulong Dram = 0x8000_0000;
    public const ulong P = 0x8001_0000;
    public const ulong Data = 0x1122_3344_5566_7788;
    public const int M = 3;

    private readonly GuestMemory _memory = new(0x8000_0000);

    public WorldGuardBench(WorldGuardCheckerOptions? options = null, ulong baseAddress = Dram, ulong size = 0x8000_0000, IBusDevice? device = null)
    {
        Checker = new WorldGuardChecker(options ?? DramOptions());
        Recorder = new DirectRecorder(Checker);
        Checker.Violations = Recorder;
        Checker.InterruptChanged = level => Edges += level ? 1 : 0;
        var tree = new MemoryTree();
        var down = new ContainerRegion("downstream");
        down.Add(baseAddress, device is null ? new RamRegion("dram", _memory) : new MmioRegion("device", size, device));
        Downstream = tree.CreateSpace("downstream", down);
        Port = Checker.Protect(tree, "port", baseAddress, size, Downstream);
        var root = new ContainerRegion("system");
        root.Add(baseAddress, Port);
        Space = tree.CreateSpace("system", root);
        if (device is null)
        {
            var contents = new ulong[0x4_0000 / 8];
            Array.Fill(contents, Data);
            _memory.Write(0, MemoryMarshal.AsBytes<ulong>(contents));
        }
    }

    public WorldGuardChecker Checker { get; }

    public WorldGuardPort Port { get; }

    public DirectRecorder Recorder { get; }

    public AddressSpace Space { get; }

    public AddressSpace Downstream { get; }

    public int Edges { get; private set; }

    public static WorldGuardCheckerOptions DramOptions(WorldGuardConfiguration? configuration = null) => new("D", 7, 16, configuration ?? WorldGuardConfiguration.Virt);

    public static TransactionAttributes World(int wid) => TransactionAttributes.Specified.WithWorld((byte)wid);

    public static ulong Napot(ulong address, ulong size) => (address >> 2) | ((size >> 3) - 1);

    public RegisterOutcome Access(AccessKind kind, ulong offset, int size, ulong value = 0, int wid = M) =>
        Checker.Access(new BusAccess(offset, size, kind, World(wid), offset, NoInitiator.Instance), value);

    public ulong Get(ulong offset, int size = 8, int wid = M) => Access(AccessKind.Load, offset, size, 0, wid).Value;

    public InvalidationScope? Set(ulong offset, ulong value, int size = 8, int wid = M) => Access(AccessKind.Store, offset, size, value, wid).Scope;

    public ulong Addr(int slot) => Get(0x20 + (0x20 * (ulong)slot));

    public ulong Perm(int slot) => Get(0x28 + (0x20 * (ulong)slot));

    public ulong Cfg(int slot) => Get(0x30 + (0x20 * (ulong)slot), 4);

    public InvalidationScope? SetAddr(int slot, ulong value) => Set(0x20 + (0x20 * (ulong)slot), value);

    public InvalidationScope? SetPerm(int slot, ulong value) => Set(0x28 + (0x20 * (ulong)slot), value);

    public InvalidationScope? SetCfg(int slot, ulong value) => Set(0x30 + (0x20 * (ulong)slot), value, 4);

    public void Slot(int slot, ulong address, ulong permissions, ulong configuration)
    {
        SetAddr(slot, address);
        SetPerm(slot, permissions);
        SetCfg(slot, configuration);
    }

    /// <summary>Slot i := NAPOT size at address, permissions and flags.</summary>
    public void NapotSlot(int slot, ulong address, ulong size, ulong permissions, ulong flags = 0) =>
        Slot(slot, Napot(address, size), permissions, 3 | flags);

    public void Slot14() => NapotSlot(14, 0x8000_0000, 0x1_0000, 0xC0);

    public void Quiet()
    {
        Slot14();
        SetCfg(16, 0);
    }

    public (AccessResult Result, ulong Value) Load(int wid, ulong address, int size = 8, AccessKind kind = AccessKind.Load)
    {
        AccessResult result = Space.Read(NoInitiator.Instance, address, size, kind, World(wid), out ulong value);
        return (result, value);
    }

    public ulong Read(int wid, ulong address, int size = 8)
    {
        (AccessResult result, ulong value) = Load(wid, address, size);
        Assert.Equal(AccessResult.Ok, result);
        return value;
    }

    public AccessResult Store(int wid, ulong address, ulong value, int size = 8) =>
        Space.Write(NoInitiator.Instance, address, size, World(wid), value);

    public ulong Memory(ulong address)
    {
        Downstream.Read(NoInitiator.Instance, address, 8, AccessKind.Load, TransactionAttributes.Unspecified, out ulong value);
        return value;
    }

    public void Dispose() => _memory.Dispose();
}
