namespace Soc.Actors.Input;

/// <summary>
/// Where a console's input comes from: a terminal, a pipe, or a recorded run. In lockstep the clock asks between two windows, so that what came when is
/// part of the run's order of events.
/// </summary>
public interface IConsoleInput
{
    /// <summary>Whether there may still be more: somebody who sleeps can hope for it.</summary>
    bool IsOpen { get; }

    /// <summary>Takes what there is; empty when there is nothing.</summary>
    /// <param name="now">Virtual time at which it is taken, ns.</param>
    byte[] Take(ulong now);

    /// <summary>Says who is to be called when there is something to take, or when the input ends; from any thread, at once if there already is.</summary>
    void Notify(Action arrived);
}
