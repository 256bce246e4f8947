using Soc.Actors.Messages;

namespace Soc.Actors.Agents;

/// <summary>Carries messages between agents: over the clock's ordered queue in lockstep, directly in free mode.</summary>
internal interface IFabric
{
    /// <summary>Sends a message; may be called only by the sender's own thread of control.</summary>
    /// <param name="from">Agent number of the sender.</param>
    /// <param name="to">Agent number of the receiver.</param>
    /// <param name="sentAt">Virtual time of sending, ns.</param>
    /// <param name="message">What is said.</param>
    void Send(int from, int to, ulong sentAt, IAgentMessage message);
}
