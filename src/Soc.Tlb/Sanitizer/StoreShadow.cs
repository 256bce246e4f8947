namespace Soc.Tlb;

/// <summary>Who last changed each 8-byte word of guest memory; bounded in pages. Beyond the bound, pages without page tables are forgotten, oldest first.</summary>
/// <param name="maximumPages">Pages that are followed beside those that hold page tables.</param>
internal sealed class StoreShadow(int maximumPages)
{
    private readonly Dictionary<nint, Page> _pages = [];
    private readonly Queue<nint> _age = [];
    private nint _lastAddress = -1;
    private Page? _last;

    /// <summary>Whether a page has been forgotten.</summary>
    public bool IsFull { get; private set; }

    /// <summary>The last store to the word at a host address; sequence 0 when none is known.</summary>
    public LastStore this[nint host] => Find(host, create: false) is { } page ? page.Stores[Index(host)] : default;

    /// <summary>Notes a store.</summary>
    /// <returns>Whether a page table lies in the page.</returns>
    public bool Record(nint host, in LastStore store)
    {
        Page page = Find(host, create: true)!;
        page.Stores[Index(host)] = store;
        return page.HoldsTable;
    }

    /// <summary>Notes that walks read entries of the page.</summary>
    public void MarkTable(nint host) => Find(host, create: true)!.HoldsTable = true;

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

            page = Forget() ?? new Page();
            _pages.Add(address, page);
            _age.Enqueue(address);
        }

        _lastAddress = address;
        _last = page;
        return page;
    }

    /// <summary>The oldest page, emptied, when there are too many; pages with page tables leave the queue and stay.</summary>
    private Page? Forget()
    {
        while (_age.Count >= maximumPages)
        {
            nint oldest = _age.Dequeue();
            Page page = _pages[oldest];
            if (page.HoldsTable)
            {
                continue;
            }

            IsFull = true;
            _pages.Remove(oldest);
            if (oldest == _lastAddress)
            {
                _lastAddress = -1;
                _last = null;
            }

            Array.Clear(page.Stores);
            return page;
        }

        return null;
    }

    private sealed class Page
    {
        public LastStore[] Stores { get; } = new LastStore[512];

        public bool HoldsTable { get; set; }
    }
}
