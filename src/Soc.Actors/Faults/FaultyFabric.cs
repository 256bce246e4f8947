using Soc.Actors.Agents;
using Soc.Actors.Messages;
using Soc.Actors.Time;
using Soc.Topology;

namespace Soc.Actors.Faults;

/// <summary>
/// A fabric that injects faults into invalidations and their acknowledgements, and hands everything else on. There is one only
/// where faults are described, so it costs nothing elsewhere. When several faults hit one message, the first one described wins.
/// </summary>
/// <param name="inner">The fabric behind it.</param>
/// <param name="faults">The faults.</param>
/// <param name="order">Tosses the coins.</param>
internal sealed class FaultyFabric(IFabric inner, IReadOnlyList<MessageFault> faults, EventOrder order) : IFabric
{
    /// <inheritdoc/>
    public void Send(int from, int to, ulong sentAt, IAgentMessage message)
    {
        if (Find(from, to, message) is not { } fault)
        {
            inner.Send(from, to, sentAt, message);
            return;
        }

        fault.Count(from);
        switch (fault.Description.Kind)
        {
            case FaultKind.Delay:
                inner.SendLate(from, to, sentAt, message, fault.Description.By, overtaken: false);
                break;
            case FaultKind.Reorder:
                inner.SendLate(from, to, sentAt, message, fault.Description.By, overtaken: true);
                break;
            case FaultKind.Duplicate:
                inner.Send(from, to, sentAt, message);
                inner.Send(from, to, sentAt, message);
                break;
            case FaultKind.Drop:
                break;
            default:
                throw new InvalidOperationException($"{fault.Description.Kind} is no fault of a message");
        }
    }

    /// <inheritdoc/>
    public void SendLate(int from, int to, ulong sentAt, IAgentMessage message, ulong by, bool overtaken) =>
        inner.SendLate(from, to, sentAt, message, by, overtaken);

    /// <inheritdoc/>
    public bool HasSent(int from) => inner.HasSent(from);

    /// <summary>The first fault that hits; all of them count the message.</summary>
    private MessageFault? Find(int from, int to, IAgentMessage message)
    {
        MessageFault? found = null;
        foreach (MessageFault fault in faults)
        {
            if (fault.Hits(from, to, message, order))
            {
                found ??= fault;
            }
        }

        return found;
    }
}
