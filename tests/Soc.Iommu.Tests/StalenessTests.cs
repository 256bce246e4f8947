using Soc.Iommu.Tests.Support;
using Soc.Memory;

namespace Soc.Iommu.Tests;

/// <summary>
/// Random schedules of stores, invalidations and accesses of four address spaces, against what riscv-iommu.md section 12.1 permits: an access
/// uses the current value or one that was current since the last invalidation that covers it.
/// </summary>
public sealed class StalenessTests
{
    private const int Pages = 6;
    private const ulong Iova = 0x4000_0000;

    [Theory]
    [InlineData(1U)]
    [InlineData(2U)]
    [InlineData(3U)]
    [InlineData(4U)]
    public void An_access_never_uses_a_value_that_an_invalidation_has_ended(uint seed)
    {
        var bench = new IommuBench(change: configuration => configuration with { TranslationCacheBits = 5, DirectoryCacheBits = 2 });
        Space[] spaces = [new(bench, 1, null, 7), new(bench, 2, null, 8), new(bench, 3, 5, 7), new(bench, 4, 6, 7)];
        ulong random = seed;
        int Next(int limit)
        {
            random = (random * 6_364_136_223_846_793_005) + 1_442_695_040_888_963_407;
            return (int)((random >> 33) % (ulong)limit);
        }

        int stale = 0;
        for (int step = 0; step < 20_000; step++)
        {
            Space space = spaces[Next(spaces.Length)];
            int page = Next(Pages);
            switch (Next(12))
            {
                case 0:
                    space.Change(page, (ulong)step);
                    break;
                case 1:
                    bool guest = Next(2) == 0;
                    ushort gscid = (ushort)(4 + Next(3));
                    uint? pscid = Next(2) == 0 ? (uint)(7 + Next(2)) : null;
                    int? only = Next(2) == 0 ? page : null;
                    bench.Command(
                        1 | (guest ? 1UL << 33 | (ulong)gscid << 44 : 0) | (pscid is { } id ? 1UL << 32 | (ulong)id << 12 : 0) | (only is null ? 0 : 1UL << 10),
                        (Iova + ((ulong)(only ?? 0) << 12)) >> 12 << 10);
                    foreach (Space each in spaces)
                    {
                        bool covered = guest ? each.Gscid == gscid : each.Gscid is null;
                        if (covered && (pscid is null || pscid == each.Pscid))
                        {
                            each.Settle(only);
                        }
                    }

                    break;
                default:
                    IommuResponse response = bench.Load(space.Device, Iova + ((ulong)page << 12));
                    Assert.Equal(IommuStatus.Success, response.Status);
                    Assert.Contains(response.Address, space.Legal[page]);
                    stale += response.Address == space.Legal[page][^1] ? 0 : 1;
                    break;
            }
        }

        // The caches must have been used, or the test shows nothing.
        Assert.True(stale > 100, $"{stale} stale uses");
    }

    /// <summary>One address space and the values that each of its pages may still show, the current one last.</summary>
    private sealed class Space
    {
        private readonly IommuBench _bench;
        private readonly ulong[] _places = new ulong[Pages];

        public Space(IommuBench bench, uint device, ushort? gscid, uint pscid)
        {
            _bench = bench;
            Device = device;
            Gscid = gscid;
            Pscid = pscid;
            ulong second = bench.Pages(4);
            for (ulong gigabyte = 0; gigabyte < 256; gigabyte++)
            {
                bench.Map(second, 8, gigabyte << 30, gigabyte << 30, IommuBench.Rwx, level: 2, second: true);
            }

            ulong root = bench.Pages();
            for (int page = 0; page < Pages; page++)
            {
                ulong target = (ulong)device << 32 | (ulong)page << 12;
                _places[page] = bench.Map(root, 8, Iova + ((ulong)page << 12), target, IommuBench.Rwx);
                Legal[page] = [target];
            }

            bench.Device(device, new Dc { Fsc = Dc.Atp(8, root), Ta = (ulong)pscid << 12, Iohgatp = gscid is { } guest ? Dc.Atp(8, second, guest) : 0 });
        }

        public uint Device { get; }

        public ushort? Gscid { get; }

        public uint Pscid { get; }

        public List<ulong>[] Legal { get; } = new List<ulong>[Pages];

        public void Change(int page, ulong number)
        {
            ulong target = (ulong)Device << 32 | (number & 0x7FFF) << 16 | (ulong)page << 12;
            _bench.Memory[_places[page]] = (target >> 12 << 10) | IommuBench.Rwx;
            Legal[page].Add(target);
        }

        public void Settle(int? only)
        {
            for (int page = 0; page < Pages; page++)
            {
                if (only is null || only == page)
                {
                    Legal[page] = [Legal[page][^1]];
                }
            }
        }
    }
}
