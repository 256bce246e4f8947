using Soc.Checkers;
using Soc.Memory;
using Soc.Topology;

namespace Soc.Actors.Refusals;

/// <summary>A refused access for people.</summary>
public sealed record RefusalSummary
{
    /// <summary>Virtual time, ns.</summary>
    public required ulong Time { get; init; }

    /// <summary>Who was refused, and at which instruction or descriptor.</summary>
    public required string Who { get; init; }

    /// <summary>How the transaction was marked: world or NSAID, RRID, security.</summary>
    public required string Identity { get; init; }

    /// <summary>What was tried: kind and size.</summary>
    public required string What { get; init; }

    /// <summary>Where: address and what stands there.</summary>
    public required string Where { get; init; }

    /// <summary>The checker.</summary>
    public required string Checker { get; init; }

    /// <summary>How the access was answered.</summary>
    public required string Answer { get; init; }

    /// <summary>Which slot, entry, region or granule decided, and why.</summary>
    public required string Reason { get; init; }

    /// <summary>What the checker recorded.</summary>
    public required string Record { get; init; }

    /// <summary>All of it in one line.</summary>
    public override string ToString() =>
        $"{Who} ({Identity}): {What} {Where} refused by {Checker} with {Answer}: {Reason}; recorded: {Record}";

    internal static IReadOnlyList<RefusalSummary> Of(SystemModel model, RefusalLog log) => [.. log.Refusals.Select(refusal => Of(model, refusal))];

    private static RefusalSummary Of(SystemModel model, Refusal refusal)
    {
        Violation violation = refusal.Violation;
        AgentInfo agent = model.Agents[violation.InitiatorId];
        string position = agent.Kind switch
        {
            AgentKind.Hart when model.Symbolize(refusal.Position) is { } symbol => $"{agent.Name} at {symbol} (0x{refusal.Position:x})",
            AgentKind.Hart => $"{agent.Name} at 0x{refusal.Position:x}",
            AgentKind.DmaEngine => $"{agent.Name}, descriptor at 0x{refusal.Position:x}",
            AgentKind.Checker => $"{agent.Name}, for an access that it had held",
            _ => agent.Name,
        };
        return new RefusalSummary
        {
            Time = violation.Time,
            Who = position,
            Identity = IdentityOf(model, violation.Attributes),
            What = $"{violation.Kind.ToString().ToLowerInvariant()} of {violation.Size} {(violation.Size == 1 ? "byte" : "bytes")}",
            Where = $"at 0x{violation.PhysicalAddress:x}{PlaceOf(model.Topology, violation.PhysicalAddress)}",
            Checker = model.Agents[violation.Checker].Name,
            Answer = violation.BusError ? "a bus error" : violation.Kind == AccessKind.Store ? "no effect" : "no data",
            Reason = refusal.Reason,
            Record = refusal.Record,
        };
    }

    private static string IdentityOf(SystemModel model, TransactionAttributes attributes)
    {
        if (attributes.IsUnspecified)
        {
            return "no attributes";
        }

        string world = model.Topology.WorldGuard is not null ? $"world {attributes.WorldId}" : $"NSAID {attributes.WorldId & 0xF}";
        string space = attributes.Space == SecuritySpace.NonSecure ? "Non-secure"
            : attributes.Space == SecuritySpace.Secure && !attributes.IsSecure ? "no security"
            : $"{attributes.Space}";
        return $"{world}, RRID {attributes.RequesterId}, {space}{(attributes.IsUser ? ", unprivileged" : "")}";
    }

    private static string PlaceOf(SocTopology topology, ulong address)
    {
        IEnumerable<(string Name, ulong Base, ulong Size)> places =
        [
            .. topology.Memories.Select(memory => (memory.Name, memory.Base, memory.Size)),
            .. topology.Devices.Select(device => (device.Name, device.Base, device.Size)),
            .. topology.DmaEngines.Select(engine => (engine.Name, engine.Base, DmaDescription.RegisterBlockSize)),
            .. topology.Checkers.Select(checker => (checker.Name, checker.FirstAddress, checker.Block.Size)),
        ];
        (string? name, ulong start, _) = places.FirstOrDefault(place => address - place.Base < place.Size);
        return name is null ? "" : $" ({name}+0x{address - start:x})";
    }
}
