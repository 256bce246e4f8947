using Soc.Devices.Dma;
using Soc.Memory;
using static Soc.Devices.Tests.DmaBench;

namespace Soc.Devices.Tests;

public sealed class DmaWorldGuardTests : IDisposable
{
    private const ulong Source = Ram + 0x10000;
    private const ulong Destination = Ram + 0x20000;

    private readonly DmaBench _bench = Bench(new DmaWorldGuard(4, 3, hardwareBypass: true));

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(4, 3, true, null, 3)]
    [InlineData(4, null, true, null, 3)]
    [InlineData(4, 3, false, null, 0)]
    [InlineData(32, 5, true, null, 5)]
    [InlineData(4, 3, false, 0xAu, 1)]
    [InlineData(4, 3, true, 0x6u, 1)]
    public void The_marker_resets_to_the_effective_trusted_world_with_bypass_else_to_the_lowest_legal_one(
        int worlds, int? trusted, bool bypass, uint? list, ulong expected)
    {
        using DmaBench bench = Bench(new DmaWorldGuard(worlds, trusted, bypass, list));
        bench.Attributes = TransactionAttributes.Specified.WithWorld((byte)(trusted ?? 0));
        Assert.Equal(expected, bench.Marker(0));
    }

    [Theory]
    [InlineData(1UL, 1UL)]
    [InlineData(3UL, 3UL)]
    [InlineData(2UL, 0UL)]
    [InlineData(4UL, 0UL)]
    [InlineData(0x7FFF_FFFF_FFFF_FFE1UL, 1UL)]
    public void An_illegal_world_becomes_the_lowest_legal_one_and_other_bits_read_zero(ulong written, ulong read)
    {
        using DmaBench bench = Bench(new DmaWorldGuard(4, 3, true, 0xB));
        bench.SetMarker(0, written);
        Assert.Equal(read, bench.Marker(0));
    }

    [Fact]
    public void Only_the_trusted_world_touches_the_marker_and_others_are_ignored_silently()
    {
        _bench.Attributes = TransactionAttributes.Specified.WithWorld(1);
        _bench.SetMarker(0, 1);
        Assert.Equal(0UL, _bench.Marker(0));
        _bench.Attributes = TransactionAttributes.Specified.WithWorld(3);
        Assert.Equal(3UL, _bench.Marker(0));
        _bench.Attributes = TransactionAttributes.Unspecified;
        Assert.Equal(3UL, _bench.Marker(0));
        Assert.Equal(AccessResult.Error, _bench.TryWrite(DmaEngine.MarkersOffset + 8, 1, 1));
    }

    [Fact]
    public void Without_a_trusted_world_everybody_touches_the_marker()
    {
        using DmaBench bench = Bench(new DmaWorldGuard(4, null, true));
        bench.Attributes = TransactionAttributes.Specified.WithWorld(1);
        bench.SetMarker(0, 2);
        Assert.Equal(2UL, bench.Marker(0));
    }

    [Fact]
    public void The_lock_holds_until_reset_and_each_channel_has_its_own()
    {
        _bench.Write(DmaEngine.MarkersOffset + 8, 2, 4);
        _bench.Write(DmaEngine.MarkersOffset + 12, 0x8000_0000, 4);
        Assert.Equal((1UL << 63) | 2, _bench.Marker(0));
        _bench.SetMarker(0, 1);
        Assert.Equal((1UL << 63) | 2, _bench.Marker(0));
        _bench.SetMarker(1, 1);
        Assert.Equal(1UL, _bench.Marker(1));
        _bench.Engine.Reset();
        Assert.Equal((3UL, 3UL), (_bench.Marker(0), _bench.Marker(1)));
        Assert.Equal(0UL, _bench.Read(DmaEngine.MarkersOffset));
    }

    [Fact]
    public void B15_a_refused_read_without_bus_error_copies_zeros_and_carries_the_markers_world()
    {
        _bench.Fill(Source, 64);
        _bench.Fill(Destination, 64, 5);
        _bench.Checker.Set(Source - Ram, AccessKind.Load, 1, Verdict.Drop);
        _bench.SetMarker(0, 1);
        Copy(0);
        Assert.All(_bench.Peek(Destination, 64), each => Assert.Equal(0, each));
        Assert.Equal((Source, AccessKind.Load, 1), (_bench.Checker.Refused[0].Address, _bench.Checker.Refused[0].Kind, _bench.Checker.Refused[0].World));
        Assert.Equal(Done, _bench.Channel(0, Status));
        Assert.Equal((1u, 64u), _bench.Written(0));
        Assert.Equal(1UL, _bench.Engine.Statistics.RefusedBeats);
    }

    [Fact]
    public void B16_a_refused_read_with_bus_error_is_reported_by_the_engine()
    {
        _bench.Fill(Source, 64);
        _bench.Checker.Set(Source - Ram, AccessKind.Load, 1, Verdict.BusError);
        _bench.SetMarker(0, 1);
        Copy(0);
        Assert.Equal(Error | BusError | Stopped | ((ulong)DmaErrorCause.SourceRead << 8), _bench.Channel(0, Status));
        Assert.Equal((Source, 0UL), (_bench.Channel(0, ErrorAddress), _bench.Channel(0, CurrentBytes)));
        Assert.Equal((1UL, 1UL), (_bench.Engine.Statistics.RefusedBeats, _bench.Engine.Statistics.BusErrors));
    }

    [Fact]
    public void DM3_two_channels_of_different_worlds_get_their_own_answers_for_one_page()
    {
        byte[] data = _bench.Fill(Source, 64);
        _bench.Checker.Set(Source - Ram, AccessKind.Load, 1, Verdict.Drop);
        _bench.SetMarker(0, 1);
        _bench.SetMarker(1, 2);
        Copy(0);
        Copy(1);
        Assert.Equal(new byte[64], _bench.Peek(Destination, 64));
        Assert.Equal(data, _bench.Peek(Destination + 0x1000, 64));
    }

    [Fact]
    public void Descriptors_carry_the_markers_world_too()
    {
        _bench.Checker.Set(RingOf(0) - Ram, AccessKind.Load, 1, Verdict.BusError);
        _bench.SetMarker(0, 1);
        Copy(0);
        Assert.Equal((ulong)DmaErrorCause.DescriptorRead, _bench.Channel(0, Status) >> 8);
    }

    [Fact]
    public void A_change_of_world_takes_effect_for_the_next_beat()
    {
        byte[] data = _bench.Fill(Source, 128);
        _bench.Checker.Set(Source - Ram, AccessKind.Load, 1, Verdict.Drop);
        Describe(0, 128);
        while (_bench.Channel(0, CurrentBytes) < 64)
        {
            _bench.Engine.Run(_bench.Engine.Cycles + 1);
        }

        _bench.SetMarker(0, 1);
        _bench.Engine.Run(ulong.MaxValue);
        Assert.Equal(data[..64], _bench.Peek(Destination, 64));
        Assert.Equal(new byte[64], _bench.Peek(Destination + 64, 64));
    }

    [Theory]
    [InlineData(0, null, null)]
    [InlineData(3, null, null)]
    [InlineData(64, null, null)]
    [InlineData(4, 4, null)]
    [InlineData(4, null, 0u)]
    [InlineData(4, null, 0x10u)]
    public void Impossible_parameters_are_rejected(int worlds, int? trusted, uint? list) =>
        Assert.Throws<ArgumentException>(() => new DmaWorldGuard(worlds, trusted, true, list));

    private static DmaBench Bench(DmaWorldGuard worlds) => new(new DmaConfiguration { Channels = 2, WorldGuard = worlds });

    private void Describe(int channel, uint length)
    {
        _bench.Describe(0, Source, Destination + (0x1000 * (ulong)channel), length, channel: channel);
        _bench.Start(channel);
        _bench.SetChannel(channel, Tail, 1);
    }

    private void Copy(int channel)
    {
        Describe(channel, 64);
        Assert.Equal(DmaExit.Idle, _bench.Engine.Run(ulong.MaxValue));
    }
}
