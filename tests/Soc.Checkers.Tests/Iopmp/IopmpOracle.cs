using Soc.Checkers.Iopmp;

namespace Soc.Checkers.Tests.Iopmp;

/// <summary>
/// Sections 6 and 7 of iopmp.md read aloud on what software reads back: no tables, no intervals, 128-bit arithmetic.
/// The stall set is not readable and is given.
/// </summary>
internal sealed class IopmpOracle
{
    private readonly IopmpOptions _options;
    private readonly Func<ulong, ulong> _read;
    private readonly bool _enabled;
    private readonly int _limit;
    private readonly (UInt128 Low, UInt128 High, ulong Configuration, int Domain)[] _entries;
    private readonly bool[] _stalled;

    public IopmpOracle(IopmpBench bench, bool[] stalled)
    {
        _options = bench.Checker.Options;
        var image = new Dictionary<ulong, ulong>();
        _read = offset => image.TryGetValue(offset, out ulong value) ? value : image[offset] = bench.Get(offset);
        _stalled = [.. stalled];
        _enabled = (_read(8) & 1) != 0;
        _limit = _options.NonPriority ? (int)(_read(0x10) & 0xFFFF) : _options.EntryCount;
        _entries = [.. Enumerable.Range(0, _options.EntryCount).Select(Entry)];
        for (int requester = 0; requester < _options.RequesterCount; requester++)
        {
            for (int domain = 0; domain < _options.DomainCount; domain++)
            {
                Permissions(requester, domain, 0);
                Holds(requester, domain);
            }
        }
    }

    /// <summary>Regions of all entries, [Low, High), with the domain that owns each; empty regions for entries that are off.</summary>
    public IReadOnlyList<(UInt128 Low, UInt128 High, ulong Configuration, int Domain)> Entries => _entries;

    /// <summary>Whether the instance is switched on.</summary>
    public bool Enabled => _enabled;

    /// <summary>Etype and entry; etype 0 for a permitted transaction, 7 for one that waits.</summary>
    public (int Error, int Entry) Check(int requester, ulong address, ulong length, IopmpKind kind)
    {
        if (!_enabled)
        {
            return (0, 0);
        }

        if (_options.FetchIsRead && kind == IopmpKind.Fetch)
        {
            kind = IopmpKind.Read;
        }

        if (requester >= _options.RequesterCount)
        {
            return (6, 0);
        }

        if (_stalled[requester])
        {
            return (7, 0);
        }

        bool writes = kind is IopmpKind.Write or IopmpKind.AtomicUpdate;
        UInt128 low = address;
        UInt128 high = low + length;
        if ((_options.NoWrite && writes) || (_options.NoFetch && kind == IopmpKind.Fetch) || high > UInt128.One << 64)
        {
            return (5, 0);
        }

        int byKind = kind == IopmpKind.Read ? 1 : kind == IopmpKind.Fetch ? 3 : 2;
        int firstMatch = -1;
        for (int at = 0; at < _entries.Length; at++)
        {
            (UInt128 from, UInt128 to, ulong configuration, int domain) = _entries[at];
            if (domain < 0 || !Holds(requester, domain) || from >= to)
            {
                continue;
            }

            bool overlaps = from < high && low < to;
            bool covers = from <= low && high <= to;
            bool allowed = Allows(requester, domain, configuration, kind);
            if (at < _limit)
            {
                if (overlaps)
                {
                    return !covers ? (4, at) : allowed ? (0, 0) : (byKind, at);
                }
            }
            else if (covers)
            {
                if (allowed)
                {
                    return (0, 0);
                }

                firstMatch = firstMatch < 0 ? at : firstMatch;
            }
        }

        return firstMatch < 0 ? (5, 0) : (byKind, firstMatch);
    }

    /// <summary>Whether an RRID holds a domain (section 3.1).</summary>
    public bool Holds(int requester, int domain) => _options.SourceFormat switch
    {
        0 => domain < 31
            ? ((_read(0x1000 + (32 * (ulong)requester)) >> (domain + 1)) & 1) != 0
            : ((_read(0x1004 + (32 * (ulong)requester)) >> (domain - 31)) & 1) != 0,
        1 => requester == domain,
        _ => true,
    };

    private bool Allows(int requester, int domain, ulong configuration, IopmpKind kind)
    {
        bool r = (Permissions(requester, domain, (int)configuration & 7) & 1) != 0;
        bool w = (Permissions(requester, domain, (int)configuration & 7) & 2) != 0;
        bool x = (Permissions(requester, domain, (int)configuration & 7) & 4) != 0;
        return kind switch
        {
            IopmpKind.Read => r,
            IopmpKind.Write => w,
            IopmpKind.Fetch => x,
            _ => r && w,
        };
    }

    private int Permissions(int requester, int domain, int own)
    {
        if (_options.SourceFormat == 2)
        {
            ulong bits = requester < 16
                ? _read(0x1000 + (32 * (ulong)domain)) >> (2 * requester)
                : _read(0x1004 + (32 * (ulong)domain)) >> (2 * (requester - 16));
            bool read = (bits & 1) != 0;
            bool write = (bits & 2) != 0;
            return own | (read ? 5 : 0) | (write ? 2 : 0);
        }

        if (_options.SecondaryPermissions)
        {
            for (int right = 0; right < 3; right++)
            {
                ulong register = 0x1008 + (32 * (ulong)requester) + (8 * (ulong)right);
                bool granted = domain < 31 ? ((_read(register) >> (domain + 1)) & 1) != 0 : ((_read(register + 4) >> (domain - 31)) & 1) != 0;
                own &= granted ? 7 : ~(1 << right);
            }
        }

        return own;
    }

    private (UInt128 Low, UInt128 High, ulong Configuration, int Domain) Entry(int index)
    {
        ulong configuration = _read(0x2008 + (16 * (ulong)index));
        UInt128 word = Word(index);
        UInt128 granule = _options.Granularity;
        (UInt128 low, UInt128 high) = ((configuration >> 3) & 3) switch
        {
            1 => (Word(index - 1) * 4 / granule * granule, word * 4 / granule * granule),
            2 => (word * 4, (word * 4) + 4),
            3 => Napot(word),
            _ => (UInt128.Zero, UInt128.Zero),
        };
        UInt128 end = UInt128.One << 64;
        return (low, high > end ? end : high, configuration, DomainOf(index));
    }

    private UInt128 Word(int index) => index < 0 ? 0 : _read(0x2000 + (16 * (ulong)index)) | ((UInt128)_read(0x2004 + (16 * (ulong)index)) << 32);

    private static (UInt128 Low, UInt128 High) Napot(UInt128 word)
    {
        UInt128 size = 8;
        while ((word & 1) != 0)
        {
            word >>= 1;
            size *= 2;
        }

        return ((word >> 1) * size, ((word >> 1) + 1) * size);
    }

    private int DomainOf(int index)
    {
        ulong before = 0;
        for (int domain = 0; domain < _options.DomainCount; domain++)
        {
            ulong perDomain = ((_read(0x14) >> 4) & 0x7F) + 1;
            ulong end = _options.DomainFormat == 0 ? _read(0x800 + (4 * (ulong)domain)) : perDomain * (ulong)(domain + 1);
            if ((ulong)index >= before && (ulong)index < end)
            {
                return domain;
            }

            before = end;
        }

        return -1;
    }
}
