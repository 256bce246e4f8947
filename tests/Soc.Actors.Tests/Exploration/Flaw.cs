namespace Soc.Actors.Tests.Exploration;

/// <summary>What can go wrong (the columns of softtlb.md section 5.6).</summary>
internal enum Flaw
{
    /// <summary>An access that started after the commit saw the old answer.</summary>
    Strict,

    /// <summary>An access that started after the writer's completion saw the old answer.</summary>
    Ack,

    /// <summary>A stale entry is left when everything is quiet.</summary>
    Final,

    /// <summary>Everything is quiet, but somebody still waits.</summary>
    Deadlock,

    /// <summary>A change completed more than once.</summary>
    Twice,
}
