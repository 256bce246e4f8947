namespace Soc.Iommu;

/// <summary>A world without device TLBs, PCIe functions and wires.</summary>
public sealed class NoIommuPort : IIommuPort
{
    private NoIommuPort()
    {
    }

    /// <summary>The one instance.</summary>
    public static NoIommuPort Instance { get; } = new();

    /// <inheritdoc/>
    public bool Invalidate(in IommuInvalidation invalidation, ulong epoch) => true;

    /// <inheritdoc/>
    public bool Order(bool reads, bool writes) => true;

    /// <inheritdoc/>
    public void Send(in AtsMessage message)
    {
    }

    /// <inheritdoc/>
    public void SetWire(int vector, bool level)
    {
    }
}
