namespace Soc.Iommu.Tests.Support;

/// <summary>Notes everything; answers at once unless told to defer.</summary>
internal sealed class TestPort : IIommuPort
{
    public bool DefersInvalidations { get; set; }

    public bool DefersOrder { get; set; }

    /// <summary>Who answers instead.</summary>
    public IIommuPort? Owner { get; set; }

    public List<(IommuInvalidation Invalidation, ulong Epoch)> Invalidations { get; } = [];

    public List<(bool Reads, bool Writes)> Orders { get; } = [];

    public List<AtsMessage> Messages { get; } = [];

    public List<(int Vector, bool Level)> Wires { get; } = [];

    public bool Invalidate(in IommuInvalidation invalidation, ulong epoch)
    {
        Invalidations.Add((invalidation, epoch));
        return Owner?.Invalidate(invalidation, epoch) ?? !DefersInvalidations;
    }

    public bool Order(bool reads, bool writes)
    {
        Orders.Add((reads, writes));
        return Owner?.Order(reads, writes) ?? !DefersOrder;
    }

    public void Send(in AtsMessage message)
    {
        Messages.Add(message);
        Owner?.Send(message);
    }

    public void SetWire(int vector, bool level) => Wires.Add((vector, level));
}
