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

    /// <summary>Sends a message that is on its way longer than usual: it says what is due at a certain time, or a fault is injected.</summary>
    /// <param name="from">Agent number of the sender.</param>
    /// <param name="to">Agent number of the receiver.</param>
    /// <param name="sentAt">Virtual time of sending, ns.</param>
    /// <param name="message">What is said.</param>
    /// <param name="by">How much longer, virtual ns.</param>
    /// <param name="overtaken">Whether later messages to the same receiver may overtake it; otherwise they wait for it (rule M10).</param>
    void SendLate(int from, int to, ulong sentAt, IAgentMessage message, ulong by, bool overtaken) => Send(from, to, sentAt + by, message);

    /// <summary>Whether the agent has sent something in its present turn that waits for the end of the turn; never in free mode.</summary>
    /// <param name="from">Agent number of the sender.</param>
    bool HasSent(int from) => false;
}
