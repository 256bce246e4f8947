using Soc.Memory;

namespace Soc.Devices;

/// <summary>Hears how the guest wants to end. May be called by several harts at once.</summary>
public interface IFinisherSink
{
    /// <summary>The guest wrote the finisher.</summary>
    /// <param name="kind">What it wants.</param>
    /// <param name="code">The upper 16 bits written; 0 by convention unless <see cref="FinishKind.Fail"/>.</param>
    /// <param name="by">The store.</param>
    void Finish(FinishKind kind, int code, in BusAccess by);
}
