using Soc.Devices;
using Soc.Iommu;
using Soc.Memory;

namespace Soc.Topology;

/// <summary>
/// An IOMMU of a SoC: its model, and itself as an initiator. Its owner connects <see cref="Port"/>; until then it is alone.
/// </summary>
public sealed class IommuUnit : IInitiator, IIommuPort
{
    private readonly IReadOnlyList<IInterruptLine> _lines;

    internal IommuUnit(int agentId, IommuDescription description, AddressSpace space, TransactionAttributes attributes, IReadOnlyList<IInterruptLine> lines)
    {
        InitiatorId = agentId;
        Description = description;
        _lines = lines;
        Space = space;
        Attributes = attributes;
        Model = new RiscvIommu(description.Configuration, new AddressSpaceBus(this, space, attributes), this);
    }

    /// <inheritdoc/>
    public int InitiatorId { get; }

    /// <inheritdoc/>
    public string Name => Description.Name;

    /// <inheritdoc/>
    /// <remarks>Set by the owner before each call of <see cref="Model"/>.</remarks>
    public ulong Now { get; set; }

    /// <summary>What the topology says.</summary>
    public IommuDescription Description { get; }

    /// <summary>What it sees of the SoC.</summary>
    public AddressSpace Space { get; }

    /// <summary>What its own accesses carry.</summary>
    public TransactionAttributes Attributes { get; }

    /// <summary>The model.</summary>
    public RiscvIommu Model { get; }

    /// <summary>Who carries messages to the holders of copies.</summary>
    public IIommuPort Port { get; set; } = NoIommuPort.Instance;

    /// <summary>The sanitizer of this IOMMU; null when nothing is compared.</summary>
    public IommuSanitizer? Sanitizer { get; set; }

    /// <inheritdoc/>
    public bool Invalidate(in IommuInvalidation invalidation, ulong epoch) => Port.Invalidate(invalidation, epoch);

    /// <inheritdoc/>
    public bool Order(bool reads, bool writes) => Port.Order(reads, writes);

    /// <inheritdoc/>
    public void Send(in AtsMessage message) => Port.Send(message);

    /// <inheritdoc/>
    public void OnCommand(ulong word0, ulong word1, uint index) => Port.OnCommand(word0, word1, index);

    /// <inheritdoc/>
    public void OnFence() => Port.OnFence();

    /// <inheritdoc/>
    public void SetWire(int vector, bool level)
    {
        if (vector < _lines.Count)
        {
            _lines[vector].Set(level, this);
        }
    }
}
