namespace Soc.Iommu.Vectors;

/// <summary>Notes what an IOMMU under test asks of the world; answers at once, except for ATS invalidations.</summary>
internal sealed class VectorPort : IIommuPort
{
    /// <summary>Orderings and messages in the order they came, each as one line.</summary>
    public List<string> Events { get; } = [];

    /// <summary>All messages sent.</summary>
    public List<AtsMessage> Messages { get; } = [];

    public static string LineOf(in AtsMessage message) =>
        $"ats_message {(int)message.Kind} rid={message.RequesterId} pv={(message.HasProcessId ? 1 : 0)} pid={message.ProcessId} " +
        $"dsv={(message.SegmentValid ? 1 : 0)} dseg={message.Segment} payload=0x{message.Payload:x}";

    public static string LineOf(bool reads, bool writes) => $"global_order {(reads ? 1 : 0)} {(writes ? 1 : 0)}";

    public bool Invalidate(in IommuInvalidation invalidation, ulong epoch) => true;

    public bool Order(bool reads, bool writes)
    {
        Events.Add(LineOf(reads, writes));
        return true;
    }

    public void Send(in AtsMessage message)
    {
        Events.Add(LineOf(message));
        Messages.Add(message);
    }

    public void SetWire(int vector, bool level)
    {
    }
}
