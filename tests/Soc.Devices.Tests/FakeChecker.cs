using Soc.Memory;

namespace Soc.Devices.Tests;

internal enum Verdict
{
    Allow,
    Drop,
    BusError,
}

/// <summary>A checker with one verdict per page, kind and world, and a sink that records what it refuses.</summary>
internal sealed class FakeChecker(ulong size, AddressSpace downstream, MemoryTree tree) : IommuRegion("checker", size, owner: 3), IBlockedSink
{
    private readonly Dictionary<(ulong Page, AccessKind Kind, int World), Verdict> _verdicts = [];
    private AddressSpace? _sink;

    public List<(ulong Address, AccessKind Kind, int World, uint Requester)> Refused { get; } = [];

    public int Translates { get; private set; }

    public override int IndexCount => 32;

    public override InvalidationRegistry Registry { get; } = new();

    public override object Snapshot => _verdicts;

    public void Set(ulong offset, AccessKind kind, int world, Verdict verdict) => _verdicts[(offset >> 12, kind, world)] = verdict;

    public override int IndexOf(TransactionAttributes attributes) => attributes.WorldId;

    public override IommuTranslation Translate(ulong offset, AccessKind kind, int index)
    {
        Translates++;
        _sink ??= tree.CreateSpace("sink", new MmioRegion("sink", 0, this));
        return new IommuTranslation(VerdictOf(offset, kind, index) == Verdict.Allow ? downstream : _sink, offset, 0xFFF, kind.ToSet());
    }

    public AccessResult Read(in BusAccess access, out ulong value)
    {
        value = 0;
        return Refuse(access);
    }

    public AccessResult Write(in BusAccess access, ulong value) => Refuse(access);

    private AccessResult Refuse(in BusAccess access)
    {
        Refused.Add((access.PhysicalAddress, access.Kind, access.Attributes.WorldId, access.Attributes.RequesterId));
        return VerdictOf(access.Offset, access.Kind, access.Attributes.WorldId) == Verdict.BusError ? AccessResult.Error : AccessResult.Ok;
    }

    private Verdict VerdictOf(ulong offset, AccessKind kind, int world) => _verdicts.GetValueOrDefault((offset >> 12, kind, world));
}
