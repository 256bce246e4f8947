using Soc.Memory;

namespace Soc.Devices;

/// <summary>Takes software interrupts to the harts. May be called by several harts at once; changes of one level arrive in order.</summary>
public interface ISoftwareInterruptPort
{
    /// <summary>A hart's software interrupt was written.</summary>
    /// <param name="hartIndex">Index of the hart in the device.</param>
    /// <param name="line">
    /// <see cref="HartInterruptLine.MachineSoftware"/> (a level) or <see cref="HartInterruptLine.SupervisorSoftware"/>
    /// (an edge: only ever set; the hart clears the bit itself).
    /// </param>
    /// <param name="level">The level written.</param>
    /// <param name="by">The register access that caused it.</param>
    void Set(int hartIndex, HartInterruptLine line, bool level, in BusAccess by);
}
