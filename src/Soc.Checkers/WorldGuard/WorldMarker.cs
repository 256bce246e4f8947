using System.Numerics;
using Soc.Checkers.Registers;
using Soc.Memory;

namespace Soc.Checkers.WorldGuard;

/// <summary>
/// Decides the world of a DMA engine, which has no WorldGuard CSRs (worldguard.md section 2.3). Owned by the engine's
/// agent; every transaction of the engine, descriptor reads included, carries <see cref="World"/>.
/// </summary>
public sealed class WorldMarker
{
    /// <summary>Bytes of the register block.</summary>
    public const ulong BlockSize = 0x1000;

    private const ulong LockBit = 1UL << 63;
    private const ulong WorldMask = 0x1F;

    private readonly WorldGuardConfiguration _worldGuard;
    private readonly ulong _legal;
    private readonly Register _world;

    /// <summary>Builds a marker in its reset state.</summary>
    /// <param name="name">Name for people.</param>
    /// <param name="worldGuard">The SoC's WorldGuard facts.</param>
    /// <param name="worlds">Worlds that the engine may be given, bit per world; null for all.</param>
    /// <exception cref="CheckerConfigurationException">The list is empty or names a world that does not exist.</exception>
    public WorldMarker(string name, WorldGuardConfiguration worldGuard, ulong? worlds = null)
    {
        ArgumentNullException.ThrowIfNull(worldGuard);
        _worldGuard = worldGuard;
        _legal = worlds ?? worldGuard.AllWorlds;
        if (_legal == 0 || (_legal & ~worldGuard.AllWorlds) != 0)
        {
            throw new CheckerConfigurationException(
                $"the world list of marker '{name}' is 0x{_legal:x}; it must name at least one world and none beyond {worldGuard.Worlds - 1}");
        }

        Registers = new RegisterMap(name);
        Registers.Define("VENDOR", 0x000, 4).Field("VENDOR", 31, 0, RegisterAccess.ReadOnly);
        Registers.Define("IMPID", 0x004, 4).Field("IMPID", 31, 0, RegisterAccess.ReadOnly);
        ulong reset = Legal(worldGuard.HwBypass ? (ulong)worldGuard.EffectiveTrustedWid : 0);
        _world = Registers.Define("WID", 0x008, 8)
            .Field("WID", 4, 0, RegisterAccess.Warl, reset)
            .Bit("L", 63, RegisterAccess.WriteOneToSetSticky)
            .LockedWhen("WID.L", _ => (_world!.Value & LockBit) != 0)
            .Legalise((_, _, wanted) => (wanted & LockBit) | Legal(wanted & WorldMask));
        Registers.Reset();
    }

    /// <summary>The register file.</summary>
    public RegisterMap Registers { get; }

    /// <summary>The world of the engine's transactions from now on.</summary>
    public int World => (int)(_world.Value & WorldMask);

    /// <summary>The attributes of one of the engine's transactions.</summary>
    public TransactionAttributes Tag(TransactionAttributes attributes) => _worldGuard.Tag(attributes, World);

    /// <summary>
    /// Reads or writes a register. A scope means that the world changed: the engine drops all that it has cached itself.
    /// </summary>
    /// <param name="access">Offset in the register block, size, kind and attributes.</param>
    /// <param name="value">What a store writes; ignored for reads.</param>
    public RegisterOutcome Access(in BusAccess access, ulong value)
    {
        if (access.Size is not (4 or 8) || access.Offset % (ulong)access.Size != 0)
        {
            return RegisterOutcome.Refused;
        }

        if (!_worldGuard.MayConfigure(access.Attributes))
        {
            return RegisterOutcome.Nothing;
        }

        if (access.Kind != AccessKind.Store)
        {
            return new RegisterOutcome(AccessResult.Ok, Registers.Read(access.Offset, access.Size), null);
        }

        int before = World;
        Registers.Write(access.Offset, access.Size, value);
        return new RegisterOutcome(AccessResult.Ok, 0, before == World ? null : InvalidationScope.Everything);
    }

    /// <summary>Resets the registers, the lock included.</summary>
    public void Reset() => Registers.Reset();

    private ulong Legal(ulong world) =>
        world < (ulong)_worldGuard.Worlds && ((_legal >> (int)world) & 1) != 0 ? world : (ulong)BitOperations.TrailingZeroCount(_legal);
}
