using Soc.Memory;

namespace Soc.RiscV.Tests;

/// <summary>A checker in front of memory: a set of WIDs for each page, the trusted WID 3 everywhere; refused accesses read zero.</summary>
internal sealed class FakeChecker : IommuRegion
{
    private readonly Dictionary<ulong, uint> _granted = [];
    private readonly AddressSpace _downstream;
    private readonly AddressSpace _sink;

    public FakeChecker(MemoryTree tree, MemoryRegion memory, ulong size)
        : base("checker", size, owner: 1)
    {
        ContainerRegion downstream = new("downstream");
        downstream.Add(0, memory);
        _downstream = tree.CreateSpace("downstream", downstream);
        ContainerRegion sink = new("sink");
        sink.Add(0, new MmioRegion("blocked", size, new RecordingDevice()));
        _sink = tree.CreateSpace("sink", sink);
    }

    public override int IndexCount => 32;

    public override InvalidationRegistry Registry { get; } = new();

    public override object Snapshot => _granted;

    public void Grant(ulong offset, params int[] worlds) => _granted[offset >> 12] = (uint)worlds.Sum(world => 1 << world);

    public override int IndexOf(TransactionAttributes attributes) => attributes.WorldId;

    public override IommuTranslation Translate(ulong offset, AccessKind kind, int index)
    {
        bool granted = index == 3 || (_granted.TryGetValue(offset >> 12, out uint worlds) && ((worlds >> index) & 1) != 0);
        return new IommuTranslation(granted ? _downstream : _sink, offset & ~0xFFFUL, 0xFFF, AccessKinds.All);
    }
}
