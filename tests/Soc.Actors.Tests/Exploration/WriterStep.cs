namespace Soc.Actors.Tests.Exploration;

/// <summary>One step of the configuring side.</summary>
internal enum WriterStep
{
    /// <summary>The new configuration becomes visible.</summary>
    Commit,

    /// <summary>The epoch counter goes on; for a sequence counter, to odd before and to even after the commit.</summary>
    Bump,

    /// <summary>Configuration and epoch change in one step: a snapshot reference.</summary>
    CommitAndBump,

    /// <summary>The writer's thread clears the core's entry directly.</summary>
    Clear,

    /// <summary>An invalidation goes to the core, if it is registered.</summary>
    Send,

    /// <summary>Waits until what was sent has been acknowledged.</summary>
    AwaitAcknowledgement,

    /// <summary>Asks the core to stop between two accesses.</summary>
    Stop,

    /// <summary>Waits until the core has stopped.</summary>
    AwaitStopped,

    /// <summary>The core, with an empty cache, goes on.</summary>
    Resume,

    /// <summary>The configuration write is done for the guest.</summary>
    Complete,
}
