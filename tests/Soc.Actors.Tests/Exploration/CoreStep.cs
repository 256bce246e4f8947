namespace Soc.Actors.Tests.Exploration;

/// <summary>One step of the core's slow path.</summary>
internal enum CoreStep
{
    /// <summary>Registers for invalidations.</summary>
    Register,

    /// <summary>Samples the epoch.</summary>
    Sample,

    /// <summary>Reads the configuration.</summary>
    Read,

    /// <summary>Reads configuration and epoch as one.</summary>
    ReadSnapshot,

    /// <summary>Puts what was read into the cache.</summary>
    Install,

    /// <summary>Asks the checker's actor; the answer comes as a message.</summary>
    Ask,
}
