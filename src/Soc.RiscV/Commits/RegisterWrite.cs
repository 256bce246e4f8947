namespace Soc.RiscV.Commits;

/// <summary>A register that an instruction has written.</summary>
/// <param name="File">Which registers.</param>
/// <param name="Number">Number in the file; of a CSR, its address.</param>
/// <param name="Value">The new value.</param>
public readonly record struct RegisterWrite(RegisterFile File, int Number, ulong Value);
