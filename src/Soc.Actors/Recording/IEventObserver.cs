using Soc.Actors.Messages;

namespace Soc.Actors.Recording;

/// <summary>Sees every message in the total order of lockstep, as the clock hands it out.</summary>
public interface IEventObserver
{
    /// <summary>A message is handed out.</summary>
    /// <param name="envelope">The message.</param>
    /// <returns>The end of the run; null to go on.</returns>
    RunEnd? HandedOut(Envelope envelope);
}
