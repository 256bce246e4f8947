using System.Runtime.InteropServices;

namespace Soc.Tlb;

/// <summary>The last store that changed a word of memory, or a write of a control register.</summary>
/// <param name="Sequence">Position in the order of all sanitized events; 0 for none.</param>
/// <param name="Initiator">Who stored.</param>
/// <param name="ProgramCounter">pc of the store; 0 for a DMA engine.</param>
/// <param name="Time">Virtual time, ns.</param>
/// <param name="Bytes">Which bytes of the word it changed, bit 0 for the lowest one.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LastStore(ulong Sequence, int Initiator, ulong ProgramCounter, ulong Time, byte Bytes = byte.MaxValue);
