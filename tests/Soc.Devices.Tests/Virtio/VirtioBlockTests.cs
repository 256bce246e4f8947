using Soc.Devices.Virtio.Block;
using Soc.Memory;

namespace Soc.Devices.Tests.Virtio;

public class VirtioBlockTests
{
    private const ulong Flush = 1UL << 9, ConfigurableCache = 1UL << 11;

    private readonly byte[] _content = new byte[64 * 512];

    public VirtioBlockTests()
    {
        for (int i = 0; i < _content.Length; i++)
        {
            _content[i] = (byte)(i / 512);
        }
    }

    [Fact]
    public void V5_2_4_the_configuration_space_says_how_large_the_disk_is()
    {
        using VirtioBench bench = Bench(new MemoryBacking(_content));
        Assert.Equal(64u, bench.Get(0x100));
        Assert.Equal(512u, bench.Get(0x114));
    }

    [Fact]
    public void Reads_and_writes_sectors()
    {
        using VirtioBench bench = Bench(new MemoryBacking(_content));
        bench.Start();
        byte[] answer = bench.Exchange(0, Request(0, 3), 1025);
        Assert.Equal([.. Enumerable.Repeat((byte)3, 512), .. Enumerable.Repeat((byte)4, 512), 0], answer);
        Assert.Equal([0], bench.Exchange(0, [.. Request(1, 9), .. Enumerable.Repeat((byte)0xAB, 512)], 1));
        Assert.All(_content[(9 * 512)..(10 * 512)], value => Assert.Equal(0xAB, value));
        Assert.Equal(10, _content[10 * 512]);
    }

    [Theory]
    [InlineData(0u, 64UL, 513)]
    [InlineData(0u, 63UL, 1025)]
    [InlineData(0u, ulong.MaxValue, 513)]
    [InlineData(0u, 0UL, 101)]
    public void Outside_the_disk_or_in_parts_of_sectors_is_an_error(uint type, ulong sector, int room)
    {
        using VirtioBench bench = Bench(new MemoryBacking(_content));
        bench.Start();
        Assert.Equal(1, bench.Exchange(0, Request(type, sector), room)[^1]);
    }

    [Fact]
    public void Unknown_requests_are_unsupported_and_the_identity_is_the_serial_number()
    {
        using VirtioBench bench = Bench(new MemoryBacking(_content));
        bench.Start();
        Assert.Equal([2], bench.Exchange(0, Request(77, 0), 1));
        Assert.Equal([.. "disk0"u8, .. new byte[16]], bench.Exchange(0, Request(8, 0), 21));
    }

    [Fact]
    public void A_read_only_disk_says_so_and_refuses_writes()
    {
        using VirtioBench bench = Bench(new MemoryBacking(_content, readOnly: true));
        bench.Start();
        bench.Set(0x14, 0);
        Assert.NotEqual(0u, bench.Get(0x10) & (1 << 5));
        Assert.Equal([1], bench.Exchange(0, [.. Request(1, 9), .. new byte[512]], 1));
        Assert.Equal(9, _content[9 * 512]);
    }

    [Fact]
    public void Zeroes_are_written_without_data()
    {
        using VirtioBench bench = Bench(new MemoryBacking(_content));
        bench.Start();
        Assert.Equal([0], bench.Exchange(0, [.. Request(13, 0), .. BitConverter.GetBytes(4UL), .. BitConverter.GetBytes(2UL)], 1));
        Assert.Equal([3, 0, 0, 6], new[] { 3, 4, 5, 6 }.Select(sector => _content[sector * 512]));
    }

    [Theory]
    [InlineData(Flush, new[] { "w", "f" })]
    [InlineData(0UL, new[] { "w", "f", "f" })]
    [InlineData(Flush | ConfigurableCache, new[] { "f", "w", "f", "f" })]
    public void A_write_is_safe_when_the_driver_may_think_so(ulong features, string[] expected)
    {
        var backing = new JournalBacking();
        using VirtioBench bench = Bench(backing);
        bench.Start(VirtioBench.Version1 | features);
        if ((features & ConfigurableCache) != 0)
        {
            bench.Access(0x120, 1, AccessKind.Store, 0);
        }

        Assert.Equal([0], bench.Exchange(0, [.. Request(1, 0), .. new byte[512]], 1));
        Assert.Equal([0], bench.Exchange(0, Request(4, 0), 1));
        Assert.Equal(expected, backing.Journal);
    }

    [Fact]
    public void A_failure_of_the_host_is_an_error_of_the_disk()
    {
        var backing = new JournalBacking { Works = false };
        using VirtioBench bench = Bench(backing);
        bench.Start();
        Assert.Equal(1, bench.Exchange(0, Request(0, 0), 513)[^1]);
        Assert.Equal([1], bench.Exchange(0, [.. Request(1, 0), .. new byte[512]], 1));
        Assert.Equal([1], bench.Exchange(0, Request(4, 0), 1));
    }

    [Fact]
    public void An_overlay_keeps_writes_to_itself()
    {
        byte[] original = [.. _content];
        var overlay = new OverlayBacking(new MemoryBacking(_content, readOnly: true));
        using VirtioBench bench = Bench(overlay);
        bench.Start();
        Assert.Equal([0], bench.Exchange(0, [.. Request(1, 7), .. Enumerable.Repeat((byte)0xEE, 1024)], 1));
        byte[] answer = bench.Exchange(0, Request(0, 6), (4 * 512) + 1);
        Assert.Equal([6, 0xEE, 0xEE, 9], new[] { 0, 1, 2, 3 }.Select(sector => answer[sector * 512]));
        Assert.Equal(original, _content);
        Assert.Equal(8192u, overlay.WrittenBytes);
    }

    private static VirtioBench Bench(IBlockBacking backing) => new(new VirtioBlock(backing, "disk0"));

    private static byte[] Request(uint type, ulong sector) => [.. BitConverter.GetBytes(type), 0, 0, 0, 0, .. BitConverter.GetBytes(sector)];

    private sealed class JournalBacking : IBlockBacking
    {
        public List<string> Journal { get; } = [];

        public bool Works { get; init; } = true;

        public ulong Length => 4096;

        public bool IsReadOnly => false;

        public bool Read(ulong offset, Span<byte> into) => Works;

        public bool Write(ulong offset, ReadOnlySpan<byte> from)
        {
            Journal.Add("w");
            return Works;
        }

        public bool Flush()
        {
            Journal.Add("f");
            return Works;
        }
    }
}
