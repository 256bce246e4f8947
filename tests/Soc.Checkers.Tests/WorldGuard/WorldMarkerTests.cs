using Soc.Checkers.WorldGuard;
using Soc.Memory;

namespace Soc.Checkers.Tests.WorldGuard;

/// <summary>The DMA marker of worldguard.md section 2.3.</summary>
public sealed class WorldMarkerTests
{
    private readonly WorldMarker _marker = new("dma0.marker", WorldGuardConfiguration.Virt, 0xA);

    [Fact]
    public void An_illegal_world_becomes_the_lowest_legal_one()
    {
        Write(2);
        Assert.Equal(1, _marker.World);
        Write(3);
        Assert.Equal(3, _marker.World);
        Write(19);
        Assert.Equal(1, _marker.World);
    }

    [Fact]
    public void The_lock_holds_until_reset()
    {
        Write(1 | (1UL << 63));
        Assert.Equal(1UL | (1UL << 63), Read());
        Assert.Null(Write(3).Scope);
        Assert.Equal(1, _marker.World);
        _marker.Reset();
        Assert.Equal(3UL, Read());
    }

    [Fact]
    public void Only_the_trusted_world_and_aligned_words_are_served()
    {
        Assert.Equal(RegisterOutcome.Nothing, _marker.Access(new BusAccess(8, 8, AccessKind.Store, WorldGuardBench.World(1), 8, NoInitiator.Instance), 1));
        Assert.Equal(AccessResult.Error, _marker.Access(new BusAccess(8, 2, AccessKind.Load, WorldGuardBench.World(3), 8, NoInitiator.Instance), 0).Result);
        Assert.Equal(3, _marker.World);
    }

    [Fact]
    public void Without_bypass_the_engine_starts_in_the_lowest_world() =>
        Assert.Equal(0, new WorldMarker("m", new WorldGuardConfiguration(4, 3)).World);

    [Fact]
    public void The_world_list_must_name_existing_worlds()
    {
        Assert.Throws<CheckerConfigurationException>(() => new WorldMarker("m", WorldGuardConfiguration.Virt, 0));
        Assert.Throws<CheckerConfigurationException>(() => new WorldMarker("m", WorldGuardConfiguration.Virt, 0x10));
    }

    private RegisterOutcome Write(ulong value) =>
        _marker.Access(new BusAccess(8, 8, AccessKind.Store, WorldGuardBench.World(3), 8, NoInitiator.Instance), value);

    private ulong Read() => _marker.Access(new BusAccess(8, 8, AccessKind.Load, WorldGuardBench.World(3), 8, NoInitiator.Instance), 0).Value;
}
