using Soc.Devices.Dma;
using Soc.Memory;

namespace Soc.Devices.Tests.Virtio;

/// <summary>Pages that the device may use, by device address; what it does not know yet must be asked for.</summary>
internal sealed class FakeTranslator : IDmaTranslator
{
    private readonly Dictionary<(ulong Page, AccessKind Kind), ulong> _known = [];
    private (ulong Page, AccessKind Kind)? _asked;
    private (ulong Page, AccessKind Kind)? _refused;

    /// <summary>What the IOMMU's tables say.</summary>
    public Dictionary<ulong, ulong> Table { get; } = [];

    public List<DmaAccess> Questions { get; } = [];

    public int Reserved { get; private set; }

    public int Cancelled { get; private set; }

    public DmaTranslation Translate(in DmaAccess access, out ulong address, out AccessKinds granted)
    {
        var key = (access.Address & ~0xFFFUL, access.Kind);
        granted = access.Kind == AccessKind.Store ? AccessKinds.Store : AccessKinds.Load;
        address = 0;
        if (_known.TryGetValue(key, out ulong page))
        {
            address = page | (access.Address & 0xFFF);
            return DmaTranslation.Found;
        }

        if (_refused == key)
        {
            _refused = null;
            return DmaTranslation.Refused;
        }

        _asked = key;
        Questions.Add(access);
        return DmaTranslation.Ask;
    }

    /// <summary>The IOMMU answers.</summary>
    public void Answer()
    {
        if (_asked is not { } key)
        {
            return;
        }

        _asked = null;
        if (Table.TryGetValue(key.Page, out ulong page))
        {
            _known[key] = page;
            return;
        }

        _refused = key;
    }

    public void Drop() => _known.Clear();

    public void Clear() => Drop();

    public void Reserve(int pages) => Reserved = Math.Max(Reserved, pages);

    public void Cancel()
    {
        _asked = null;
        Cancelled++;
    }
}
