using Soc.Memory;

namespace Soc.Tlb;

/// <summary>
/// The regions of a chain with the snapshots from which an answer was made (softtlb.md section 5.4, snapshot identity). Immutable,
/// shared by all entries that were made from the same snapshots.
/// </summary>
internal sealed class SnapshotChain
{
    private readonly IommuRegion[] _regions;
    private readonly object[] _snapshots;

    public SnapshotChain(ReadOnlySpan<IommuRegion> regions, ReadOnlySpan<object> snapshots)
    {
        _regions = regions.ToArray();
        _snapshots = snapshots.ToArray();
    }

    /// <summary>Whether every region still has the configuration that the answer was made from.</summary>
    public bool IsCurrent
    {
        get
        {
            for (int i = 0; i < _regions.Length; i++)
            {
                if (!ReferenceEquals(_regions[i].Snapshot, _snapshots[i]))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Whether this is the chain of the given regions and snapshots.</summary>
    public bool Is(ReadOnlySpan<IommuRegion> regions, ReadOnlySpan<object> snapshots)
    {
        if (regions.Length != _regions.Length)
        {
            return false;
        }

        for (int i = 0; i < _regions.Length; i++)
        {
            if (!ReferenceEquals(_regions[i], regions[i]) || !ReferenceEquals(_snapshots[i], snapshots[i]))
            {
                return false;
            }
        }

        return true;
    }
}
