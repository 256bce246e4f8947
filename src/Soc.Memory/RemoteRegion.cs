namespace Soc.Memory;

/// <summary>
/// Registers that another actor owns (a checker, a DMA engine, an IOMMU). An access answers
/// <see cref="AccessResult.Pending"/>: the initiator stops there, its actor sends the transaction to the owner and
/// completes the access when the answer is back (design.md section 3, "One configuration change").
/// </summary>
/// <param name="name">Name for people.</param>
/// <param name="size">Bytes.</param>
/// <param name="owner">Number of the owning agent in the SoC (see Soc.Topology).</param>
public sealed class RemoteRegion(string name, ulong size, int owner) : MemoryRegion(name, size)
{
    /// <summary>Number of the owning agent in the SoC.</summary>
    public int Owner { get; } = owner;

    /// <inheritdoc/>
    public override bool Terminates => true;
}
