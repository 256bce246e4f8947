namespace Soc.Memory;

/// <summary>What a configuration change touches; the payload of an Invalidate (softtlb.md section 5.5).</summary>
/// <param name="First">First physical address on the initiators' bus.</param>
/// <param name="Last">Last physical address, inclusive.</param>
/// <param name="Indexes">Bit per index (<see cref="IommuRegion.IndexOf"/>).</param>
/// <param name="Kinds">Kinds whose answers may have changed.</param>
public readonly record struct InvalidationScope(ulong First, ulong Last, ulong Indexes, AccessKinds Kinds)
{
    /// <summary>Every address, index and kind: reset.</summary>
    public static InvalidationScope Everything => new(0, ulong.MaxValue, ulong.MaxValue, AccessKinds.All);
}
