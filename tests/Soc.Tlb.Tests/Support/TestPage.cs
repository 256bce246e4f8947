using Soc.Memory;

namespace Soc.Tlb.Tests.Support;

/// <summary>One leaf of a test page table.</summary>
public readonly record struct TestPage(ulong PhysicalPage, AccessKinds Granted)
{
    public int Log2Size { get; init; } = 12;

    public bool Identity { get; init; }

    public bool Mixed { get; init; }
}
