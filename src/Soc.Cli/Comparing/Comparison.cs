namespace Soc.Cli.Comparing;

/// <summary>The same SoC and guest, run several times.</summary>
internal sealed record Comparison
{
    /// <summary>Name of the SoC.</summary>
    public required string Soc { get; init; }

    /// <summary>Seed of every run.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The runs in the order in which they were made.</summary>
    public required IReadOnlyList<ComparedRun> Runs { get; init; }
}
