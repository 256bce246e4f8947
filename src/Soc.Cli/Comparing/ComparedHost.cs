namespace Soc.Cli.Comparing;

/// <summary>Figures of a compared run that differ from one run to the next.</summary>
/// <param name="Seconds">Wall time from the first instruction to the last.</param>
internal sealed record ComparedHost(double Seconds);
