namespace Soc.Topology;

/// <summary>One hart.</summary>
public sealed record HartDescription
{
    /// <summary>mhartid; dense from 0.</summary>
    public required int Id { get; init; }

    /// <summary>Name for people: "hart0".</summary>
    public string Name => $"hart{Id}";

    /// <summary>The instruction set.</summary>
    public required IsaString Isa { get; init; }

    /// <summary>Clock, Hz.</summary>
    public required ulong Frequency { get; init; }

    /// <summary>First pc; null = entry point of the first ELF image.</summary>
    public ulong? ResetVector { get; init; }

    /// <summary>WID of M-mode (worldguard.md section 2.1); 0 without WorldGuard.</summary>
    public int Mwid { get; init; }

    /// <summary>Bit set of WIDs that lower modes may use.</summary>
    public uint MwidList { get; init; }

    /// <summary>What its transactions carry.</summary>
    public InitiatorIdentity Identity { get; init; } = new();

    /// <summary>The hart's private TLB.</summary>
    public TlbDescription Tlb { get; init; } = TlbDescription.OfHart;

    /// <summary>Where the hart's group is described.</summary>
    public SourceMark Mark { get; init; }
}
