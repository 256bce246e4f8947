using Soc.Actors.Messages;
using Soc.Actors.Recording;

namespace Soc.Actors.Tests.Faults;

/// <summary>Writes down in which order a checker's invalidations reach hart 1.</summary>
internal sealed class DeliveryOrder : IEventObserver
{
    public List<ulong> Epochs { get; } = [];

    public RunEnd? HandedOut(Envelope envelope)
    {
        if (envelope is { To: 1, Message: Invalidate invalidate })
        {
            Epochs.Add(invalidate.Epoch);
        }

        return null;
    }

    public RunEnd? TurnEnded(int agent, ulong now, ulong wantsAt) => null;
}
