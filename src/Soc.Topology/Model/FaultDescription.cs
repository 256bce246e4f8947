using System.Globalization;
using System.Text;

namespace Soc.Topology;

/// <summary>A fault to inject: into messages that match, or into an initiator. Seeded: in lockstep it is the same in every run of a recipe.</summary>
public sealed record FaultDescription
{
    /// <summary>What happens.</summary>
    public required FaultKind Kind { get; init; }

    /// <summary>To which messages; null for a stall.</summary>
    public FaultMessage? Message { get; init; }

    /// <summary>Only messages of this agent; null = of all.</summary>
    public string? From { get; init; }

    /// <summary>Only messages to this agent; null = to all.</summary>
    public string? To { get; init; }

    /// <summary>Only the n-th message of each sender that matches, from 1; 0 = every one.</summary>
    public int Nth { get; init; }

    /// <summary>How likely it happens to a message that matches, above 0 and at most 1.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>How much longer the message takes, virtual ns; for delay and reorder.</summary>
    public ulong By { get; init; }

    /// <summary>Who stalls; null for faults of messages.</summary>
    public string? Initiator { get; init; }

    /// <summary>When a stall begins, virtual ns.</summary>
    public ulong At { get; init; }

    /// <summary>How long a stall takes, virtual ns.</summary>
    public ulong Duration { get; init; }

    /// <summary>The fault in the words of a topology file.</summary>
    public override string ToString()
    {
        if (Kind == FaultKind.Stall)
        {
            return $"kind: stall, initiator: {Initiator}, at: {At}ns, for: {Duration}ns";
        }

        var text = new StringBuilder($"kind: {Kind.ToString().ToLowerInvariant()}, message: {(Message == FaultMessage.Invalidate ? "invalidate" : "invalidate-ack")}");
        text.Append(From is null ? "" : $", from: {From}");
        text.Append(To is null ? "" : $", to: {To}");
        text.Append(Nth == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", nth: {Nth}"));
        text.Append(Probability >= 1 ? "" : string.Create(CultureInfo.InvariantCulture, $", probability: {Probability:0.############}"));
        text.Append(By == 0 ? "" : $", by: {By}ns");
        return text.ToString();
    }
}
