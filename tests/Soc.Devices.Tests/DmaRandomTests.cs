using Soc.Devices.Dma;
using Soc.Memory;
using static Soc.Devices.Tests.DmaBench;

namespace Soc.Devices.Tests;

/// <summary>The engine against a byte-by-byte model of worldguard.md section 5, with configurations that change between beats.</summary>
public class DmaRandomTests
{
    private const ulong Source = Ram + 0x10000;
    private const ulong Destination = Ram + 0x20000;
    private const int Pages = 4;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void DM1_every_byte_and_the_progress_follow_the_configuration_of_its_beat(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 50; round++)
        {
            using var bench = new DmaBench(new DmaConfiguration { BeatBytes = 1 << random.Next(7) });
            Round(bench, random);
        }
    }

    private static void Round(DmaBench bench, Random random)
    {
        byte[] data = bench.Fill(Source, Pages * 4096);
        byte[] expected = bench.Fill(Destination, Pages * 4096, 3);
        int from = random.Next(4096);
        int to = random.Next(4096);
        int length = random.Next(1, 3 * 4096);
        (Verdict[] Loads, Verdict[] Stores) rules = Configure(bench, random);
        bench.Describe(0, Source + (ulong)from, Destination + (ulong)to, (uint)length);
        bench.Start();
        bench.SetChannel(0, Tail, 1);

        int done = 0;
        while (true)
        {
            DmaExit exit = bench.Engine.Run(bench.Engine.Cycles + (ulong)random.Next(1, 4000));
            int progress = (int)bench.Channel(0, CurrentBytes);
            for (; done < progress; done++)
            {
                Verdict load = rules.Loads[(from + done) / 4096];
                Verdict store = rules.Stores[(to + done) / 4096];
                Assert.NotEqual(Verdict.BusError, load);
                Assert.NotEqual(Verdict.BusError, store);
                if (store == Verdict.Allow)
                {
                    expected[to + done] = load == Verdict.Allow ? data[from + done] : (byte)0;
                }
            }

            if (exit == DmaExit.Idle)
            {
                break;
            }

            // After an error only the status is left to write; the rules that caused it stand for the check below.
            if (bench.Channel(0, BusErrors) == 0)
            {
                rules = Configure(bench, random);
                bench.Engine.Invalidate(3, InvalidationScope.Everything);
            }
        }

        bool failed = done < length;
        Assert.Equal(expected, bench.Peek(Destination, Pages * 4096));
        Assert.Equal((failed ? 2u : 1u, (uint)done), (bench.Written(0).Status & 3, bench.Written(0).Bytes));
        if (failed)
        {
            bool bySource = rules.Loads[(from + done) / 4096] == Verdict.BusError;
            Assert.True(bySource || rules.Stores[(to + done) / 4096] == Verdict.BusError);
            Assert.Equal(bySource ? Source + (ulong)(from + done) : Destination + (ulong)(to + done), bench.Channel(0, ErrorAddress));
        }
    }

    private static (Verdict[] Loads, Verdict[] Stores) Configure(DmaBench bench, Random random)
    {
        var loads = new Verdict[Pages];
        var stores = new Verdict[Pages];
        for (int page = 0; page < Pages; page++)
        {
            loads[page] = Any(random);
            stores[page] = Any(random);
            bench.Checker.Set(Source - Ram + ((ulong)page * 4096), AccessKind.Load, 0, loads[page]);
            bench.Checker.Set(Destination - Ram + ((ulong)page * 4096), AccessKind.Store, 0, stores[page]);
        }

        return (loads, stores);
    }

    private static Verdict Any(Random random) => random.Next(10) switch
    {
        0 => Verdict.BusError,
        < 4 => Verdict.Drop,
        _ => Verdict.Allow,
    };
}
