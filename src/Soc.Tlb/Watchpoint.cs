using Soc.Memory;

namespace Soc.Tlb;

/// <summary>A range of virtual addresses whose accesses are reported.</summary>
/// <param name="VirtualAddress">First byte.</param>
/// <param name="Length">Bytes, at least 1.</param>
/// <param name="Kinds">Kinds of access to report.</param>
public readonly record struct Watchpoint(ulong VirtualAddress, ulong Length, AccessKinds Kinds)
{
    /// <summary>Whether an access touches the range.</summary>
    public bool Touches(ulong virtualAddress, ulong size, AccessKind kind) =>
        Kinds.Includes(kind) && virtualAddress <= VirtualAddress + (Length - 1) && VirtualAddress <= virtualAddress + (size - 1);
}
