namespace Soc.Tlb;

/// <summary>How an access through the TLB ended.</summary>
public enum TlbOutcome : byte
{
    /// <summary>Done.</summary>
    Ok,

    /// <summary>The page walker refused; see <see cref="SoftTlb.Fault"/>.</summary>
    WalkFault,

    /// <summary>The bus answered with an error (device, blocked sink, decode error); see <see cref="SoftTlb.Fault"/>.</summary>
    BusError,

    /// <summary>The target belongs to another actor; see <see cref="SoftTlb.Pending"/>.</summary>
    Pending,
}
