namespace Soc.Devices.Dma;

/// <summary>What a channel was doing when the bus refused; STATUS bits 11:8 and the same bits of a descriptor's status.</summary>
public enum DmaErrorCause : byte
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>Reading the descriptor.</summary>
    DescriptorRead = 1,

    /// <summary>Reading the source.</summary>
    SourceRead = 2,

    /// <summary>Writing the destination.</summary>
    DestinationWrite = 3,

    /// <summary>Writing the descriptor's status back.</summary>
    DescriptorWrite = 4,
}
