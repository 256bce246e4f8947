using Soc.Actors.Messages;

namespace Soc.Actors.Recording;

/// <summary>Sees everything that the clock does in lockstep, in the total order: messages as it hands them out, and turns.</summary>
public interface IEventObserver
{
    /// <summary>A message is handed out.</summary>
    /// <param name="envelope">The message.</param>
    /// <returns>The end of the run; null to go on.</returns>
    RunEnd? HandedOut(Envelope envelope);

    /// <summary>The turn of an initiator is over.</summary>
    /// <param name="agent">Agent number of the initiator.</param>
    /// <param name="now">Its local time, ns.</param>
    /// <param name="wantsAt">When it wants the next turn, ns.</param>
    /// <returns>The end of the run; null to go on.</returns>
    RunEnd? TurnEnded(int agent, ulong now, ulong wantsAt);
}
