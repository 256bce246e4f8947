using Soc.Devices.Dma;
using Soc.Memory;
using Soc.Tlb;
using static Soc.Devices.Tests.DmaBench;

namespace Soc.Devices.Tests;

public sealed class DmaEngineTests : IDisposable
{
    private const ulong Source = Ram + 0x10000;
    private const ulong Destination = Ram + 0x20000;

    private readonly DmaBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(0UL, 0UL, 4096u)]
    [InlineData(1UL, 3UL, 1000u)]
    [InlineData(0xFFFUL, 0xFF7UL, 9000u)]
    [InlineData(63UL, 63UL, 2u)]
    [InlineData(0UL, 0UL, 1u)]
    public void Copies_any_alignment_and_length_and_nothing_beyond(ulong from, ulong to, uint length)
    {
        byte[] data = _bench.Fill(Source + from, (int)length);
        _bench.Describe(0, Source + from, Destination + to, length);
        _bench.Start();
        _bench.SetChannel(0, Tail, 1);
        Assert.False(_bench.Line.Level);
        Assert.True(_bench.Engine.HasWork);
        Assert.Equal(DmaExit.Idle, _bench.Engine.Run(ulong.MaxValue));
        Assert.Equal(data, _bench.Peek(Destination + to, (int)length));
        Assert.Equal(0, _bench.Peek(Destination + to + length, 1)[0]);
        Assert.Equal((1u, length), _bench.Written(0));
        Assert.Equal(Done, _bench.Channel(0, Status));
        Assert.Equal(length, _bench.Channel(0, Bytes));
        Assert.Equal(1UL, _bench.Channel(0, Descriptors));
        Assert.True(_bench.Line.Level);
        Assert.Equal(1UL, _bench.Read(8));
        _bench.SetChannel(0, Status, Done);
        Assert.False(_bench.Line.Level);
    }

    [Fact]
    public void Beats_end_at_multiples_of_their_size_on_either_side_and_cost_cycles()
    {
        using var bench = new DmaBench(new DmaConfiguration { BeatBytes = 64, BeatCost = 10, DescriptorCost = 100, Tlb = new TlbConfiguration { TranslateCost = 0 } });
        bench.Describe(0, Source + 60, Destination, 128);
        bench.Start();
        bench.SetChannel(0, Tail, 1);
        bench.Engine.AdvanceTo(1000);
        Assert.Equal(DmaExit.Idle, bench.Engine.Run(ulong.MaxValue));
        // 4 | 60 | 4 | 60 bytes: the source's and the destination's lines.
        Assert.Equal(4UL, bench.Channel(0, ReadBeats));
        Assert.Equal(4UL, bench.Channel(0, WriteBeats));
        Assert.Equal(1000UL + (8 * 10) + 200, bench.Engine.Cycles);
        Assert.Equal(1280UL, bench.Engine.Now);
        bench.Engine.AdvanceTo(5);
        Assert.Equal(1280UL, bench.Engine.Cycles);
    }

    [Fact]
    public void The_ring_wraps_and_the_doorbell_counts_only_inside_it()
    {
        _bench.Start(ringSize: 3);
        for (ulong round = 0; round < 5; round++)
        {
            byte[] data = _bench.Fill(Source, 64, (int)round);
            _bench.Describe(round % 3, Source, Destination + (round * 64), 64);
            _bench.SetChannel(0, Tail, (round + 1) % 3);
            Assert.Equal(DmaExit.Idle, _bench.Engine.Run(ulong.MaxValue));
            Assert.Equal(data, _bench.Peek(Destination + (round * 64), 64));
            Assert.Equal(round % 3, _bench.Channel(0, CurrentIndex));
        }

        Assert.Equal(2UL, _bench.Channel(0, Head));
        _bench.SetChannel(0, Tail, 3);
        Assert.Equal(2UL, _bench.Channel(0, Tail));
        Assert.False(_bench.Engine.HasWork);
    }

    [Fact]
    public void Only_flagged_descriptors_interrupt_and_stop_ends_the_ring_until_run_again()
    {
        _bench.Describe(0, Source, Destination, 0, flags: 0);
        _bench.Describe(1, Source, Destination, 8, flags: 2);
        _bench.Describe(2, Source, Destination, 8, flags: 1);
        _bench.Start();
        _bench.SetChannel(0, Tail, 3);
        _bench.Engine.Run(ulong.MaxValue);
        Assert.Equal(Stopped, _bench.Channel(0, Status));
        Assert.Equal(2UL, _bench.Channel(0, Head));
        Assert.Equal((1u, 0u), _bench.Written(0));
        Assert.False(_bench.Line.Level);
        Assert.Equal(0xDUL, _bench.Channel(0, Control));
        _bench.SetChannel(0, Control, 0xF);
        _bench.Engine.Run(ulong.MaxValue);
        Assert.Equal(Done, _bench.Channel(0, Status));
        Assert.True(_bench.Line.Level);
    }

    [Fact]
    public void DM1_a_bus_error_in_the_middle_page_ends_the_descriptor_with_exact_progress()
    {
        byte[] data = _bench.Fill(Source, 3 * 4096);
        _bench.Checker.Set(Source + 0x1000 - Ram, AccessKind.Load, 0, Verdict.BusError);
        _bench.Describe(0, Source, Destination, 3 * 4096);
        _bench.Describe(1, Source, Destination + 0x8000, 64);
        _bench.Start();
        _bench.SetChannel(0, Tail, 2);
        Assert.Equal(DmaExit.Idle, _bench.Engine.Run(ulong.MaxValue));
        Assert.Equal(data[..4096], _bench.Peek(Destination, 4096));
        Assert.All(_bench.Peek(Destination + 4096, 8192), each => Assert.Equal(0, each));
        Assert.Equal((2u | ((uint)DmaErrorCause.SourceRead << 8), 4096u), _bench.Written(0));
        Assert.Equal(Error | BusError | Stopped | ((ulong)DmaErrorCause.SourceRead << 8), _bench.Channel(0, Status));
        Assert.Equal(Source + 4096, _bench.Channel(0, ErrorAddress));
        Assert.Equal(4096UL, _bench.Channel(0, CurrentBytes));
        Assert.Equal(64UL, _bench.Channel(0, ReadBeats));
        Assert.Equal((1UL, 1UL), (_bench.Channel(0, BusErrors), _bench.Engine.Statistics.BusErrors));
        Assert.Single(_bench.Checker.Refused);
        Assert.True(_bench.Line.Level);

        // RUN alone does not go on while the error stands; then the next descriptor is taken.
        _bench.SetChannel(0, Control, 0xF);
        Assert.False(_bench.Engine.HasWork);
        _bench.SetChannel(0, Status, Error | BusError);
        Assert.False(_bench.Line.Level);
        Assert.Equal(DmaExit.Idle, _bench.Engine.Run(ulong.MaxValue));
        Assert.Equal((1u, 64u), _bench.Written(1));
        Assert.Equal(data[..64], _bench.Peek(Destination + 0x8000, 64));
    }

    [Fact]
    public void DM2_a_refused_write_is_dropped_and_recorded_and_the_transfer_succeeds()
    {
        _bench.Fill(Source, 128);
        byte[] old = _bench.Fill(Destination, 128, 7);
        _bench.Checker.Set(Destination - Ram, AccessKind.Store, 0, Verdict.Drop);
        _bench.Describe(0, Source, Destination, 128);
        _bench.Start();
        _bench.SetChannel(0, Tail, 1);
        _bench.Engine.Run(ulong.MaxValue);
        Assert.Equal(old, _bench.Peek(Destination, 128));
        Assert.Equal(Done, _bench.Channel(0, Status));
        Assert.Equal((1u, 128u), _bench.Written(0));
        Assert.All(_bench.Checker.Refused, refused => Assert.Equal(AccessKind.Store, refused.Kind));
        Assert.Equal(16, _bench.Checker.Refused.Count);
        Assert.Equal((2UL, 0UL), (_bench.Engine.Statistics.RefusedBeats, _bench.Engine.Statistics.BusErrors));
    }

    [Fact]
    public void A_failing_device_write_counts_the_bytes_that_arrived()
    {
        _bench.Fill(Source, 64);
        _bench.DeviceAt.FailFrom = 24;
        _bench.Describe(0, Source, Device, 64);
        _bench.Start();
        _bench.SetChannel(0, Tail, 1);
        _bench.Engine.Run(ulong.MaxValue);
        Assert.Equal(3, _bench.DeviceAt.Writes.Count);
        Assert.Equal((2u | ((uint)DmaErrorCause.DestinationWrite << 8), 24u), _bench.Written(0));
        Assert.Equal(Device + 24, _bench.Channel(0, ErrorAddress));
    }

    [Fact]
    public void The_width_of_a_descriptor_limits_pieces_for_device_registers()
    {
        _bench.Fill(Source, 16);
        _bench.Describe(0, Source, Device, 16, flags: 1 << 4);
        _bench.Start();
        _bench.SetChannel(0, Tail, 1);
        _bench.Engine.Run(ulong.MaxValue);
        Assert.Equal([(0UL, 4), (4UL, 4), (8UL, 4), (12UL, 4)], _bench.DeviceAt.Writes.Select(write => (write.Offset, write.Size)));
    }

    [Fact]
    public void An_unreadable_descriptor_stays_at_head_and_an_unwritable_status_counts_as_error()
    {
        _bench.Checker.Set(Ring - Ram, AccessKind.Load, 0, Verdict.BusError);
        _bench.Describe(0, Source, Destination, 8);
        _bench.Start();
        _bench.SetChannel(0, Tail, 1);
        _bench.Engine.Run(ulong.MaxValue);
        Assert.Equal(Error | BusError | Stopped | ((ulong)DmaErrorCause.DescriptorRead << 8), _bench.Channel(0, Status));
        Assert.Equal(0UL, _bench.Channel(0, Head));
        Assert.Equal(Ring, _bench.Channel(0, ErrorAddress));

        _bench.Checker.Set(Ring - Ram, AccessKind.Load, 0, Verdict.Allow);
        _bench.Checker.Set(Ring - Ram, AccessKind.Store, 0, Verdict.BusError);
        _bench.Engine.Invalidate(3, InvalidationScope.Everything);
        _bench.SetChannel(0, Status, 0xFF);
        _bench.SetChannel(0, Control, 0xF);
        _bench.Engine.Run(ulong.MaxValue);
        Assert.Equal(Error | BusError | Stopped | ((ulong)DmaErrorCause.DescriptorWrite << 8), _bench.Channel(0, Status));
        Assert.Equal((1UL, 8UL), (_bench.Channel(0, Head), _bench.Channel(0, Bytes)));
        Assert.Equal(Ring + 0x18, _bench.Channel(0, ErrorAddress));
        Assert.Equal(0xEEEE_EEEEu, _bench.Written(0).Status);
    }

    [Fact]
    public void M4_the_exit_flag_is_polled_between_beats_and_a_rearm_there_is_seen_by_the_next_beat()
    {
        byte[] data = _bench.Fill(Source, 256);
        _bench.Describe(0, Source, Destination, 256);
        _bench.Start();
        _bench.SetChannel(0, Tail, 1);
        Assert.Equal(DmaExit.Budget, _bench.Engine.Run(0));
        while (_bench.Channel(0, CurrentBytes) < 128)
        {
            Assert.Equal(DmaExit.Budget, _bench.Engine.Run(_bench.Engine.Cycles + 1));
            Assert.Equal(_bench.Channel(0, ReadBeats), _bench.Channel(0, WriteBeats));
        }

        _bench.Checker.Set(Source - Ram, AccessKind.Load, 0, Verdict.Drop);
        _bench.Engine.RequestExit();
        Assert.Equal(DmaExit.ExitRequested, _bench.Engine.Run(ulong.MaxValue));
        Assert.Equal(128UL, _bench.Channel(0, CurrentBytes));
        Assert.True(_bench.Engine.Invalidate(3, InvalidationScope.Everything) > 0);
        Assert.Equal(DmaExit.Idle, _bench.Engine.Run(ulong.MaxValue));
        Assert.Equal(data[..128], _bench.Peek(Destination, 128));
        Assert.All(_bench.Peek(Destination + 128, 128), each => Assert.Equal(0, each));
        Assert.Equal(2UL, _bench.Engine.Statistics.RefusedBeats);
    }

    [Fact]
    public void The_engine_registers_with_the_checker_and_translates_each_page_and_kind_once()
    {
        _bench.Describe(0, Source, Destination, 4096);
        _bench.Start();
        _bench.SetChannel(0, Tail, 1);
        _bench.Engine.Run(ulong.MaxValue);
        // Source, destination, ring for load and for store.
        Assert.Equal(4, _bench.Checker.Translates);
        Assert.Equal(4UL, _bench.Engine.TlbStatistics.Translates);
        var recipients = new List<int>();
        _bench.Checker.Registry.Recipients(1, recipients);
        Assert.Equal([1], recipients);
    }

    [Fact]
    public void A_copy_between_equally_aligned_buffers_does_not_evict_its_own_translations()
    {
        using var bench = new DmaBench(new DmaConfiguration { Tlb = new TlbConfiguration { Log2Entries = 1, VictimEntries = 0 } });
        bench.Describe(0, Source, Destination, 4096);
        bench.Start();
        bench.SetChannel(0, Tail, 1);
        bench.Engine.Run(ulong.MaxValue);
        // Ring, source; destination, ring: one walk each.
        Assert.Equal(4UL, bench.Engine.TlbStatistics.Walks);
    }

    [Fact]
    public void Registers_of_another_actor_are_read_one_piece_per_beat_with_a_transaction_each()
    {
        _bench.Describe(0, Remote + 0x10, Destination, 16);
        _bench.Start();
        _bench.SetChannel(0, Tail, 1);
        for (ulong piece = 0; piece < 2; piece++)
        {
            Assert.Equal(DmaExit.PendingTransaction, _bench.Engine.Run(ulong.MaxValue));
            Assert.Equal(DmaExit.PendingTransaction, _bench.Engine.Run(ulong.MaxValue));
            Assert.Equal((5, 0x10 + (8 * piece), 8), (_bench.Engine.Pending.Region.Owner, _bench.Engine.Pending.Access.Offset, _bench.Engine.Pending.Access.Size));
            Assert.Same(_bench.Engine, _bench.Engine.Pending.Access.Initiator);
            Assert.Equal(Busy, _bench.Channel(0, Status));
            _bench.Engine.CompleteTransaction(AccessResult.Ok, 0x0102_0304_0506_0700 + piece);
        }

        Assert.Equal(DmaExit.Idle, _bench.Engine.Run(ulong.MaxValue));
        Assert.Equal((0x0102_0304_0506_0700UL, 0x0102_0304_0506_0701UL), (_bench.PeekWord(Destination), _bench.PeekWord(Destination + 8)));
        Assert.Equal(2UL, _bench.Engine.Statistics.Transactions);
        Assert.Equal(2UL, _bench.Channel(0, ReadBeats));
        Assert.Throws<InvalidOperationException>(() => _bench.Engine.CompleteTransaction(AccessResult.Ok, 0));
    }

    [Fact]
    public void A_transaction_that_fails_ends_the_descriptor_with_exact_progress()
    {
        _bench.PokeWord(Source, 11);
        _bench.PokeWord(Source + 8, 22);
        _bench.Describe(0, Source, Remote, 16);
        _bench.Start();
        _bench.SetChannel(0, Tail, 1);
        Assert.Equal(DmaExit.PendingTransaction, _bench.Engine.Run(ulong.MaxValue));
        Assert.Equal(11UL, _bench.Engine.Pending.Value);
        _bench.Engine.CompleteTransaction(AccessResult.Ok, 0);
        Assert.Equal(DmaExit.PendingTransaction, _bench.Engine.Run(ulong.MaxValue));
        Assert.Equal(22UL, _bench.Engine.Pending.Value);
        _bench.Engine.CompleteTransaction(AccessResult.Error, 0);
        Assert.Equal(DmaExit.Idle, _bench.Engine.Run(ulong.MaxValue));
        Assert.Equal((2u | ((uint)DmaErrorCause.DestinationWrite << 8), 8u), _bench.Written(0));
        Assert.Equal(Remote + 8, _bench.Channel(0, ErrorAddress));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void M6_a_rearm_while_a_write_waits_makes_the_rest_of_the_beat_be_read_again(bool beforeTheAnswer)
    {
        _bench.PokeWord(Source, 11);
        _bench.PokeWord(Source + 8, 22);
        _bench.Describe(0, Source, Remote, 16);
        _bench.Start();
        _bench.SetChannel(0, Tail, 1);
        Assert.Equal(DmaExit.PendingTransaction, _bench.Engine.Run(ulong.MaxValue));
        _bench.Checker.Set(Source - Ram, AccessKind.Load, 0, Verdict.Drop);
        if (!beforeTheAnswer)
        {
            _bench.Engine.CompleteTransaction(AccessResult.Ok, 0);
        }

        _bench.Engine.Invalidate(3, InvalidationScope.Everything);
        if (beforeTheAnswer)
        {
            _bench.Engine.CompleteTransaction(AccessResult.Ok, 0);
        }

        Assert.Equal(DmaExit.PendingTransaction, _bench.Engine.Run(ulong.MaxValue));
        Assert.Equal((8UL, 0UL), (_bench.Engine.Pending.Access.Offset, _bench.Engine.Pending.Value));
        _bench.Engine.CompleteTransaction(AccessResult.Ok, 0);
        Assert.Equal(DmaExit.Idle, _bench.Engine.Run(ulong.MaxValue));
        Assert.Equal((1u, 16u), _bench.Written(0));
    }

    [Fact]
    public void Disabling_a_channel_while_it_waits_drops_its_descriptor_and_the_late_answer()
    {
        _bench.Describe(0, Remote, Destination, 8);
        _bench.Start();
        _bench.SetChannel(0, Tail, 1);
        Assert.Equal(DmaExit.PendingTransaction, _bench.Engine.Run(ulong.MaxValue));
        _bench.SetChannel(0, Control, 0);
        Assert.Equal(DmaExit.PendingTransaction, _bench.Engine.Run(ulong.MaxValue));
        _bench.Engine.CompleteTransaction(AccessResult.Ok, 5);
        Assert.Equal(DmaExit.Idle, _bench.Engine.Run(ulong.MaxValue));
        Assert.Equal(0UL, _bench.PeekWord(Destination));
        Assert.Equal((0UL, 0UL, 0UL), (_bench.Channel(0, Status), _bench.Channel(0, Head), _bench.Channel(0, Tail)));
    }

    [Fact]
    public void Two_channels_take_turns_beat_by_beat()
    {
        using var bench = new DmaBench(new DmaConfiguration { Channels = 2, Attributes = TransactionAttributes.Specified.WithRequester(0x100), RequesterStride = 8 });
        byte[] data = bench.Fill(Source, 2048);
        for (int channel = 0; channel < 2; channel++)
        {
            bench.Describe(0, Source, Destination + (0x4000 * (ulong)channel), 2048, channel: channel);
            bench.Start(channel);
            bench.SetChannel(channel, Tail, 1);
        }

        Assert.Equal(2UL | (64 << 8), bench.Read(0));
        while (bench.Engine.Run(bench.Engine.Cycles + 1) == DmaExit.Budget)
        {
            ulong first = bench.Channel(0, Bytes);
            ulong second = bench.Channel(1, Bytes);
            Assert.InRange(first, second, second + 64);
        }

        Assert.Equal(data, bench.Peek(Destination, 2048));
        Assert.Equal(data, bench.Peek(Destination + 0x4000, 2048));
        Assert.Equal(3UL, bench.Read(8));
        Assert.Equal(1, bench.Line.Edges);
        bench.SetChannel(0, Status, Done);
        Assert.True(bench.Line.Level);
        bench.SetChannel(1, Status, Done);
        Assert.False(bench.Line.Level);

        bench.Checker.Set(Source - Ram, AccessKind.Load, 0, Verdict.Drop);
        bench.Engine.Flush();
        bench.Describe(1, Source, Destination, 8, channel: 1);
        bench.SetChannel(1, Tail, 2);
        bench.Engine.Run(ulong.MaxValue);
        Assert.Equal(0x108u, Assert.Single(bench.Checker.Refused).Requester);
    }

    [Fact]
    public void Registers_have_four_and_eight_bytes_and_the_ring_is_fixed_while_enabled()
    {
        Assert.Equal(AccessResult.Error, _bench.TryWrite(DmaEngine.ChannelsOffset, 1, 2));
        Assert.Equal(AccessResult.Error, _bench.TryWrite(DmaEngine.ChannelsOffset + 4, 1, 8));
        _bench.Write(DmaEngine.ChannelsOffset + RingBase + 4, 0x12, 4);
        _bench.Write(DmaEngine.ChannelsOffset + RingBase, 0x345F, 4);
        Assert.Equal(0x12_0000_3440UL, _bench.Channel(0, RingBase));
        Assert.Equal(0x12UL, _bench.Read(DmaEngine.ChannelsOffset + RingBase + 4, 4));
        _bench.SetChannel(0, RingSize, 0);
        Assert.Equal(2UL, _bench.Channel(0, RingSize));
        _bench.SetChannel(0, RingSize, 1 << 20);
        Assert.Equal(65536UL, _bench.Channel(0, RingSize));
        _bench.SetChannel(0, Tail, 1);
        Assert.Equal(0UL, _bench.Channel(0, Tail));
        _bench.SetChannel(0, Control, ulong.MaxValue);
        Assert.Equal(0xFUL, _bench.Channel(0, Control));
        _bench.SetChannel(0, RingBase, 0);
        _bench.SetChannel(0, RingSize, 8);
        Assert.Equal((0x12_0000_3440UL, 65536UL), (_bench.Channel(0, RingBase), _bench.Channel(0, RingSize)));
        Assert.Equal(0UL, _bench.Channel(1, Control));
        Assert.Equal(0UL, _bench.Read(DmaEngine.ChannelsOffset + 0x800));
    }

    [Fact]
    public void A_four_byte_write_of_status_clears_only_what_it_names()
    {
        _bench.Describe(0, Source, Destination, 8);
        _bench.Start();
        _bench.SetChannel(0, Tail, 1);
        _bench.Engine.Run(ulong.MaxValue);
        _bench.Write(DmaEngine.ChannelsOffset + Status + 4, ulong.MaxValue, 4);
        _bench.Write(DmaEngine.ChannelsOffset + Status, Error | BusError, 4);
        Assert.Equal(Done, _bench.Channel(0, Status));
        _bench.Engine.Reset();
        Assert.Equal((0UL, 0UL, false), (_bench.Channel(0, Status), _bench.Channel(0, Bytes), _bench.Line.Level));
    }

    [Theory]
    [InlineData(0, 64)]
    [InlineData(9, 64)]
    [InlineData(1, 48)]
    [InlineData(1, 128)]
    public void Impossible_shapes_are_rejected(int channels, int beatBytes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new DmaBench(new DmaConfiguration { Channels = channels, BeatBytes = beatBytes }));
}
