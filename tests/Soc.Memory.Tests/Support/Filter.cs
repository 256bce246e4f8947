using System.Collections.Immutable;
using Soc.Memory;

namespace Soc.Memory.Tests.Support;

/// <summary>
/// A checker for tests: allowed kinds per (index = world, granule), permitted accesses go downstream at the same offset, others
/// to its own sink. The configuration is one immutable snapshot.
/// </summary>
public sealed class Filter : IommuRegion
{
    private Config _config;

    public Filter(MemoryTree tree, string name, int owner, AddressSpace downstream, AccessKinds allowed = AccessKinds.All, ulong granule = 4096)
        : base(name, 0, owner)
    {
        ArgumentNullException.ThrowIfNull(tree);
        Downstream = downstream;
        Granule = granule;
        SinkSpace = tree.CreateSpace(name + ".sink", new MmioRegion(name + ".blocked", 0, Sink));
        _config = new Config(allowed, ImmutableDictionary<(int, ulong), AccessKinds>.Empty);
    }

    public AddressSpace Downstream { get; set; }

    public AddressSpace SinkSpace { get; }

    public RecordingSink Sink { get; } = new();

    public ulong Granule { get; }

    public int Calls { get; private set; }

    public bool Strict { get; set; }

    public AtomicPolicy Atomics { get; set; }

    public bool WholeAccess { get; set; }

    public override int IndexCount => 4;

    public override InvalidationRegistry Registry { get; } = new();

    public override object Snapshot => Volatile.Read(ref _config);

    public override bool IsStrict => Strict;

    public override AtomicPolicy AtomicPolicy => Atomics;

    /// <summary>Runs inside translate after the snapshot was read, to place a commit there.</summary>
    public Action? InsideTranslate { get; set; }

    public void Allow(AccessKinds allowed) => Volatile.Write(ref _config, _config with { Default = allowed });

    public void Allow(int index, ulong address, AccessKinds allowed) => Volatile.Write(
        ref _config, _config with { Overrides = _config.Overrides.SetItem((index, address / Granule), allowed) });

    public override int IndexOf(TransactionAttributes attributes) => attributes.IsUnspecified ? 3 : attributes.WorldId & 3;

    public override IommuTranslation Translate(ulong offset, AccessKind kind, int index)
    {
        Calls++;
        Config config = Volatile.Read(ref _config);
        InsideTranslate?.Invoke();
        AccessKinds allowed = config.Overrides.TryGetValue((index, offset / Granule), out AccessKinds own) ? own : config.Default;
        return allowed.Includes(kind)
            ? new IommuTranslation(Downstream, offset, Granule - 1, allowed)
            : new IommuTranslation(SinkSpace, offset, Granule - 1, AccessKinds.All & ~allowed);
    }

    public override IommuTranslation? TranslateSpan(ulong offset, ulong length, AccessKind kind, int index)
    {
        if (!WholeAccess)
        {
            return null;
        }

        for (ulong at = offset & ~(Granule - 1); at < offset + length; at += Granule)
        {
            IommuTranslation piece = Translate(Math.Max(at, offset), kind, index);
            if (ReferenceEquals(piece.Target, SinkSpace))
            {
                return new IommuTranslation(SinkSpace, offset, ulong.MaxValue, AccessKinds.All);
            }
        }

        return new IommuTranslation(Downstream, offset, ulong.MaxValue, kind.ToSet());
    }

    private sealed record Config(AccessKinds Default, ImmutableDictionary<(int Index, ulong Block), AccessKinds> Overrides);
}
