namespace Soc.Actors;

/// <summary>How a run ended.</summary>
public enum RunOutcome
{
    /// <summary>The guest ended it through the test finisher.</summary>
    Finished,

    /// <summary>The user interrupted it.</summary>
    Interrupted,

    /// <summary>The virtual time limit was reached.</summary>
    TimeLimit,

    /// <summary>Every initiator sleeps and nothing is on its way that could wake one.</summary>
    Asleep,

    /// <summary>A hart cannot go on: traps without progress.</summary>
    Stuck,

    /// <summary>A model invariant was broken.</summary>
    ModelFailure,

    /// <summary>A configuration change was never acknowledged by everybody: a fault was injected, or the model is wrong.</summary>
    BrokenProtocol,

    /// <summary>A replayed run went another way than the recorded one.</summary>
    Diverged,
}
