using System.Runtime.CompilerServices;
using Soc.Memory.Observation;

namespace Soc.Telemetry.Tests;

public class EventRingTests
{
    private static ModelEvent Numbered(ulong number) => new() { Type = ModelEventType.Trap, A = number };

    [Fact]
    public void An_event_fills_one_cache_line() => Assert.Equal(64, Unsafe.SizeOf<ModelEvent>());

    [Fact]
    public void Events_come_out_in_order_across_many_wraps()
    {
        var ring = new EventRing(3, capacity: 8);
        var buffer = new ModelEvent[5];
        ulong written = 0;
        ulong read = 0;
        for (int round = 0; round < 100; round++)
        {
            for (int i = 0; i < round % 8; i++)
            {
                Assert.True(ring.TryWrite(Numbered(written++)));
            }

            while (ring.Drain(buffer) is var taken and > 0)
            {
                foreach (ModelEvent item in buffer.AsSpan(0, taken))
                {
                    Assert.Equal(read++, item.A);
                }
            }
        }

        Assert.Equal(written, read);
        Assert.Equal(0, ring.Dropped);
    }

    [Fact]
    public void A_full_ring_drops_the_newest_and_counts_it()
    {
        var ring = new EventRing(0, capacity: 3);
        Assert.Equal(4, ring.Capacity);
        for (ulong i = 0; i < 4; i++)
        {
            Assert.True(ring.TryWrite(Numbered(i)));
        }

        Assert.True(ring.IsFilling);
        Assert.False(ring.TryWrite(Numbered(4)));
        Assert.False(ring.TryWrite(Numbered(5)));
        Assert.Equal(2, ring.Dropped);
        Assert.Equal(4, ring.Count);

        var buffer = new ModelEvent[1];
        Assert.Equal(1, ring.Drain(buffer));
        Assert.Equal(0UL, buffer[0].A);
        Assert.True(ring.TryWrite(Numbered(6)));

        var rest = new ModelEvent[8];
        Assert.Equal(4, ring.Drain(rest));
        Assert.Equal([1UL, 2UL, 3UL, 6UL], rest[..4].Select(item => item.A));
        Assert.Equal(0, ring.Drain(rest));
        Assert.False(ring.IsFilling);
    }

    [Fact]
    public void A_writer_and_a_reader_on_two_threads_lose_nothing_but_what_is_counted()
    {
        var ring = new EventRing(0, capacity: 64);
        const ulong Total = 300_000;
        var writer = new Thread(() =>
        {
            for (ulong i = 1; i <= Total; i++)
            {
                ring.TryWrite(new ModelEvent { Type = ModelEventType.Trap, A = i, B = ~i, C = i * 3, D = i ^ 0x55 });
            }
        });
        writer.Start();
        var buffer = new ModelEvent[17];
        ulong last = 0;
        long taken = 0;
        while (true)
        {
            bool ended = !writer.IsAlive;
            int count = ring.Drain(buffer);
            foreach (ModelEvent item in buffer.AsSpan(0, count))
            {
                Assert.True(item.A > last);
                Assert.Equal((~item.A, item.A * 3, item.A ^ 0x55), (item.B, item.C, item.D));
                last = item.A;
            }

            taken += count;
            if (ended && count == 0)
            {
                break;
            }
        }

        Assert.Equal((long)Total, taken + ring.Dropped);
    }

    [Fact]
    public void Writing_allocates_nothing()
    {
        var ring = new EventRing(0, capacity: 1024);
        ring.TryWrite(Numbered(0));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (ulong i = 0; i < 5000; i++)
        {
            ring.TryWrite(Numbered(i));
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.True(ring.Dropped > 0);
    }

    [Theory]
    [InlineData(0, new ulong[0])]
    [InlineData(1, new ulong[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 })]
    [InlineData(4, new ulong[] { 1, 5, 9 })]
    public void One_translation_in_the_interval_is_detailed_from_the_first_on(int interval, ulong[] expected)
    {
        var ring = new EventRing(0, 8, (ulong)interval);
        var detailed = new List<ulong>();
        for (int i = 0; i < 9; i++)
        {
            ulong number = ring.NextTranslation(out bool wanted);
            Assert.Equal(wanted, ring.IsDetailed(number));
            if (wanted)
            {
                detailed.Add(number);
            }
        }

        Assert.Equal(expected, detailed);
    }

    [Fact]
    public void A_change_id_names_its_checker()
    {
        Assert.Equal(65535, ModelEvent.OwnerOfChange(ModelEvent.ChangeId(65535, 7)));
        Assert.NotEqual(ModelEvent.ChangeId(1, 7), ModelEvent.ChangeId(2, 7));
    }
}
