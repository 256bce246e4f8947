using Soc.Memory;

namespace Soc.Devices;

/// <summary>Takes the outputs of an interrupt controller to the harts. Called holding the controller's lock, in order.</summary>
public interface IExternalInterruptPort
{
    /// <summary>An output changed.</summary>
    /// <param name="hartIndex">The hart.</param>
    /// <param name="line"><see cref="HartInterruptLine.MachineExternal"/> or <see cref="HartInterruptLine.SupervisorExternal"/>.</param>
    /// <param name="level">True = asserted.</param>
    /// <param name="by">Who caused it, by a register access or through a device's wire.</param>
    void Set(int hartIndex, HartInterruptLine line, bool level, IInitiator by);
}
