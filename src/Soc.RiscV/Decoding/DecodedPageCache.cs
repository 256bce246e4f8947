using System.Runtime.CompilerServices;

namespace Soc.RiscV.Decoding;

/// <summary>The decoded pages of one hart, by host page; at most a fixed number, evicted by the clock algorithm.</summary>
internal sealed class DecodedPageCache(int capacity, Extensions extensions)
{
    private const int QuickEntries = 64;

    private readonly Dictionary<nint, DecodedPage> _pages = [];
    private readonly List<DecodedPage> _clock = [];
    private DecodedPage?[]? _quick;
    private int _hand;

    /// <summary>Pages held.</summary>
    public int Count => _pages.Count;

    /// <summary>The decoded form of a host page, brought up to date with the given count of FENCE.I.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public DecodedPage Find(nint host, int generation)
    {
        if (_quick is { } quick && quick[(int)(host >> 12) & (QuickEntries - 1)] is { } page && page.Host == host && page.Generation == generation)
        {
            return page;
        }

        return FindSlowly(host, generation);
    }

    private DecodedPage FindSlowly(nint host, int generation)
    {
        _quick ??= new DecodedPage?[QuickEntries];
        if (_pages.TryGetValue(host, out DecodedPage? page))
        {
            page.Recent = true;
            if (page.Generation != generation)
            {
                page.Refresh(generation);
            }
        }
        else
        {
            page = new DecodedPage(host, generation, extensions);
            Insert(page);
        }

        _quick[(int)(host >> 12) & (QuickEntries - 1)] = page;
        return page;
    }

    private void Insert(DecodedPage page)
    {
        _pages.Add(page.Host, page);
        if (_clock.Count < capacity)
        {
            _clock.Add(page);
            return;
        }

        while (_clock[_hand].Recent)
        {
            _clock[_hand].Recent = false;
            _hand = (_hand + 1) % _clock.Count;
        }

        DecodedPage evicted = _clock[_hand];
        _pages.Remove(evicted.Host);
        ref DecodedPage? quick = ref _quick![(int)(evicted.Host >> 12) & (QuickEntries - 1)];
        if (ReferenceEquals(quick, evicted))
        {
            quick = null;
        }

        _clock[_hand] = page;
        _hand = (_hand + 1) % _clock.Count;
    }
}
