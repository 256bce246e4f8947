namespace Soc.Tlb;

/// <summary>Who last changed each 8-byte word of guest memory; bounded in pages.</summary>
internal sealed class StoreShadow
{
    /// <summary>Pages that are followed: 32 MiB of guest memory written, for 128 MiB of host memory.</summary>
    public const int MaximumPages = 8192;

    private readonly Dictionary<nint, Page> _pages = [];
    private nint _lastAddress = -1;
    private Page? _last;

    /// <summary>Whether a store went to a page beyond the bound.</summary>
    public bool IsFull { get; private set; }

    /// <summary>The last store to the word at a host address; sequence 0 when none is known.</summary>
    public LastStore this[nint host] => Find(host, create: false) is { } page ? page.Stores[Index(host)] : default;

    /// <summary>Notes a store.</summary>
    /// <returns>Whether a page table lies in the page.</returns>
    public bool Record(nint host, in LastStore store)
    {
        if (Find(host, create: true) is not { } page)
        {
            return true;
        }

        page.Stores[Index(host)] = store;
        return page.HoldsTable;
    }

    /// <summary>Notes that walks read entries of the page.</summary>
    public void MarkTable(nint host)
    {
        if (Find(host, create: true) is { } page)
        {
            page.HoldsTable = true;
        }
    }

    private static int Index(nint host) => (int)(host >> 3) & 511;

    private Page? Find(nint host, bool create)
    {
        nint address = host & ~(nint)4095;
        if (address == _lastAddress)
        {
            return _last;
        }

        if (!_pages.TryGetValue(address, out Page? page))
        {
            if (!create)
            {
                return null;
            }

            if (_pages.Count >= MaximumPages)
            {
                IsFull = true;
                return null;
            }

            page = new Page();
            _pages.Add(address, page);
        }

        _lastAddress = address;
        _last = page;
        return page;
    }

    private sealed class Page
    {
        public LastStore[] Stores { get; } = new LastStore[512];

        public bool HoldsTable { get; set; }
    }
}
