namespace Soc.Actors.Tests.Exploration;

/// <summary>How messages reach the core.</summary>
internal enum Mailbox
{
    /// <summary>In the order of sending.</summary>
    Fifo,

    /// <summary>Invalidations first.</summary>
    Priority,

    /// <summary>Invalidations come from somebody else than answers: in any order.</summary>
    Coordinator,
}
