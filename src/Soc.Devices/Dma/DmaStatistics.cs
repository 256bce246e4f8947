namespace Soc.Devices.Dma;

/// <summary>Counters of one DMA engine over all channels since construction; plain, owned by its actor.</summary>
public sealed record DmaStatistics
{
    /// <summary>Beats that read a source.</summary>
    public ulong ReadBeats { get; set; }

    /// <summary>Beats that wrote a destination.</summary>
    public ulong WriteBeats { get; set; }

    /// <summary>Bytes written to destinations, those that a checker dropped included.</summary>
    public ulong Bytes { get; set; }

    /// <summary>Descriptors that ended, with or without error.</summary>
    public ulong Descriptors { get; set; }

    /// <summary>Beats, and descriptor accesses, that went to the blocked sink of a checker, with or without bus error.</summary>
    public ulong RefusedBeats { get; set; }

    /// <summary>Bus errors.</summary>
    public ulong BusErrors { get; set; }

    /// <summary>Transactions with registers of other actors.</summary>
    public ulong Transactions { get; set; }

    /// <summary>Addresses asked for at an IOMMU.</summary>
    public ulong Translations { get; set; }
}
