namespace Soc.Actors.Summary;

/// <summary>Figures that depend on the host; they differ between two runs of the same seed and are kept apart for that reason.</summary>
public sealed record HostSummary
{
    /// <summary>Wall time from the first instruction to the last, seconds.</summary>
    public double WallSeconds { get; init; }

    /// <summary>Million guest instructions a second, all harts together.</summary>
    public double Mips { get; init; }

    /// <summary>Million guest instructions a second of each hart, in the order of the harts; by the host time that the hart's slices took.</summary>
    public IReadOnlyList<double> HartMips { get; init; } = [];

    /// <summary>Most memory that the process held, bytes.</summary>
    public long PeakMemory { get; init; }
}
