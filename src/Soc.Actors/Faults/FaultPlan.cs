using Soc.Actors.Agents;
using Soc.Actors.Summary;
using Soc.Actors.Time;
using Soc.Topology;

namespace Soc.Actors.Faults;

/// <summary>The faults of one run.</summary>
internal sealed class FaultPlan
{
    private readonly SocTopology _topology;
    private readonly List<MessageFault> _messages = [];
    private readonly List<(FaultDescription Fault, MessageFault? Counter)> _all = [];

    private FaultPlan(SocTopology topology, IReadOnlyList<AgentInfo> agents)
    {
        _topology = topology;
        foreach (FaultDescription fault in topology.Faults)
        {
            MessageFault? counter = null;
            if (fault.Kind != FaultKind.Stall)
            {
                counter = new MessageFault(fault, _messages.Count, agents);
                _messages.Add(counter);
            }

            _all.Add((fault, counter));
        }
    }

    /// <summary>The faults of a topology; null when it has none.</summary>
    public static FaultPlan? Of(SocTopology topology, IReadOnlyList<AgentInfo> agents) =>
        topology.Faults.Count == 0 ? null : new FaultPlan(topology, agents);

    /// <summary>A fabric with the faults of messages in it.</summary>
    public IFabric Wrap(IFabric fabric) =>
        _messages.Count == 0 ? fabric : new FaultyFabric(fabric, _messages, new EventOrder(_topology.Seed));

    /// <summary>When an initiator stalls; null for never.</summary>
    public StallSchedule? StallsOf(string initiator)
    {
        List<FaultDescription> stalls = [.. _topology.Faults.Where(fault => fault.Kind == FaultKind.Stall && fault.Initiator == initiator)];
        return stalls.Count == 0 ? null : new StallSchedule(stalls);
    }

    /// <summary>What was injected, in the order of the descriptions; after the run.</summary>
    public IReadOnlyList<FaultSummary> Summarize(ulong virtualTime) =>
    [
        .. _all.Select(entry => new FaultSummary
        {
            Fault = entry.Fault.ToString(),
            Injected = entry.Counter?.Injected ?? (entry.Fault.At < virtualTime ? 1UL : 0UL),
        }),
    ];
}
