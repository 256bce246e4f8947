namespace Soc.Devices.Dma;

/// <summary>What a channel does next.</summary>
internal enum DmaPhase : byte
{
    /// <summary>No descriptor in progress.</summary>
    Idle,

    /// <summary>Reading the descriptor.</summary>
    ReadDescriptor,

    /// <summary>Between two beats.</summary>
    NextBeat,

    /// <summary>The reading half of a beat.</summary>
    ReadSource,

    /// <summary>The writing half of a beat.</summary>
    WriteDestination,

    /// <summary>All bytes moved, or an error: the status is due.</summary>
    NextStatus,

    /// <summary>Writing the descriptor's status back.</summary>
    WriteDescriptor,
}
