using MessagePack;

namespace Soc.Actors.Recording;

/// <summary>Everything that a run in lockstep depends on, and what happened in it.</summary>
[MessagePackObject]
public sealed record Recipe
{
    /// <summary>Full path of the topology file on the machine that recorded; relative paths in the text start at its folder.</summary>
    [Key(0)]
    public required string TopologyPath { get; init; }

    /// <summary>The topology file, whole.</summary>
    [Key(1)]
    public required string TopologyText { get; init; }

    /// <summary>Full path of the image that took the place of the topology's; null for none.</summary>
    [Key(2)]
    public string? Image { get; init; }

    /// <summary>Faults that the command line added.</summary>
    [Key(3)]
    public string[] Faults { get; init; } = [];

    /// <summary>The seed.</summary>
    [Key(4)]
    public ulong Seed { get; init; }

    /// <summary>Virtual time up to which the seed decides, ns.</summary>
    [Key(5)]
    public ulong SeedUntil { get; init; } = ulong.MaxValue;

    /// <summary>Window of virtual time, ns.</summary>
    [Key(6)]
    public ulong Quantum { get; init; }

    /// <summary>Limit of virtual time, ns.</summary>
    [Key(7)]
    public ulong TimeLimit { get; init; } = ulong.MaxValue;

    /// <summary>Guarantee level that the command line gave to all checkers, in the words of a topology; null for none.</summary>
    [Key(8)]
    public string? Guarantee { get; init; }

    /// <summary>TLB strategy, in the words of a topology.</summary>
    [Key(9)]
    public required string Strategy { get; init; }

    /// <summary>What an invalidation takes away, in the words of a topology.</summary>
    [Key(14)]
    public required string Invalidation { get; init; }

    /// <summary>Whether every access was compared with an uncached walk.</summary>
    [Key(15)]
    public bool Sanitize { get; init; }

    /// <summary>Files that were loaded.</summary>
    [Key(10)]
    public RecipeImage[] Images { get; init; } = [];

    /// <summary>What came in from outside, in order.</summary>
    [Key(11)]
    public RecipeInput[] Inputs { get; init; } = [];

    /// <summary>Firmware, kernel, initial RAM disk, command line and device tree that the command line named; null entries for none.</summary>
    [Key(16)]
    public string?[] Boot { get; init; } = [];

    /// <summary>The events.</summary>
    [Key(12)]
    public RecipeCheckpoint[] Checkpoints { get; init; } = [];

    /// <summary>The end.</summary>
    [Key(13)]
    public required RecipeEnd End { get; init; }
}
