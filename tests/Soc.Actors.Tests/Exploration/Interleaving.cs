namespace Soc.Actors.Tests.Exploration;

/// <summary>A small concurrent system whose next step is somebody else's choice.</summary>
internal abstract class Interleaving
{
    /// <summary>What has gone wrong so far on this path.</summary>
    public HashSet<Flaw> Flaws { get; } = [];

    /// <summary>What can happen next; empty when everything is quiet.</summary>
    public abstract List<(string Name, Action Do)> Steps();

    /// <summary>All of the state, including what judges need. Two paths with the same print have the same futures.</summary>
    public abstract string Print();

    /// <summary>Everything is quiet: judge what is left.</summary>
    public abstract void AtRest();
}
