namespace Soc.Telemetry;

/// <summary>A refused access in words.</summary>
/// <param name="Reason">Which slot, entry, region or granule of the checker decided, and why.</param>
/// <param name="Record">What the checker recorded.</param>
public sealed record RefusalText(string Reason, string Record);
