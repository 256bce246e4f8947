using System.Collections.Concurrent;
using Soc.Actors.Agents;
using Soc.Actors.Messages;

namespace Soc.Actors.Tests.Agents;

/// <summary>Keeps what agents send, and lets a test look at the world at the moment of sending.</summary>
internal sealed class RecordingFabric : IFabric
{
    public ConcurrentQueue<(int From, int To, ulong SentAt, IAgentMessage Message)> Sent { get; } = new();

    public Action<IAgentMessage>? Sending { get; set; }

    public void Send(int from, int to, ulong sentAt, IAgentMessage message)
    {
        Sending?.Invoke(message);
        Sent.Enqueue((from, to, sentAt, message));
    }

    /// <summary>Takes everything sent so far.</summary>
    public List<(int From, int To, ulong SentAt, IAgentMessage Message)> Take()
    {
        List<(int, int, ulong, IAgentMessage)> taken = [];
        while (Sent.TryDequeue(out var message))
        {
            taken.Add(message);
        }

        return taken;
    }
}
