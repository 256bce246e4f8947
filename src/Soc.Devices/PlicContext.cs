namespace Soc.Devices;

/// <summary>One interrupt target of a PLIC.</summary>
/// <param name="HartIndex">The hart.</param>
/// <param name="Line"><see cref="HartInterruptLine.MachineExternal"/> or <see cref="HartInterruptLine.SupervisorExternal"/>.</param>
public readonly record struct PlicContext(int HartIndex, HartInterruptLine Line);
