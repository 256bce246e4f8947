namespace Soc.Tlb;

/// <summary>The last store that changed a word of memory, or a write of a control register.</summary>
/// <param name="Sequence">Position in the order of all sanitized events; 0 for none.</param>
/// <param name="Initiator">Who stored.</param>
/// <param name="ProgramCounter">pc of the store; 0 for a DMA engine.</param>
/// <param name="Time">Virtual time, ns.</param>
public readonly record struct LastStore(ulong Sequence, int Initiator, ulong ProgramCounter, ulong Time);
