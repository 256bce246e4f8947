using Soc.Memory;

namespace Soc.Tlb;

/// <summary>
/// Sees every access of a private TLB, hits included. While a monitor is set, no access takes the fast path; costs in cycles and
/// statistics of walks and translations stay what they are without one.
/// </summary>
public interface ITlbMonitor
{
    /// <summary>A part of an access is resolved; its bytes are not touched yet.</summary>
    /// <param name="access">The part.</param>
    void OnResolved(in MonitoredAccess access);

    /// <summary>A walk found that an access faults.</summary>
    /// <param name="virtualAddress">The failing address.</param>
    /// <param name="kind">The kind of the access.</param>
    /// <param name="context">The TLB's context.</param>
    void OnWalkFault(ulong virtualAddress, AccessKind kind, int context);
}
