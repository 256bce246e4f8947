using Soc.Devices.Virtio;
using Soc.Memory;

namespace Soc.Devices.Tests.Virtio;

public class VirtioTransportTests
{
    private readonly RecordingFunction _function = new();

    [Fact]
    public void V4_2_2_the_first_registers_say_what_it_is()
    {
        using var bench = new VirtioBench(_function);
        Assert.Equal(0x74726976u, bench.Get(0x000));
        Assert.Equal(0x554D4551u, bench.Get(0x00C));
        Assert.Equal(2u, bench.Get(0x004));
        Assert.Equal(RecordingFunction.Kind, bench.Get(0x008));
        bench.Set(0x014, 1);
        Assert.Equal(1u, bench.Get(0x010));
        bench.Set(0x014, 0);
        Assert.Equal(0x3000_0002u, bench.Get(0x010));
        bench.Set(0x014, 2);
        Assert.Equal(0u, bench.Get(0x010));
        bench.Set(0x030, 1);
        Assert.Equal(0u, bench.Get(0x034));
        Assert.Equal(uint.MaxValue, bench.Get(0x0B0));
    }

    [Fact]
    public void Registers_have_4_bytes_and_the_configuration_space_any()
    {
        using var bench = new VirtioBench(_function);
        Assert.Equal(AccessResult.Error, bench.Access(0x000, 8, AccessKind.Load, 0).Result);
        Assert.Equal(AccessResult.Error, bench.Access(0x070, 2, AccessKind.Store, 0).Result);
        Assert.Equal(0x0807_0605_0403_0201u, bench.Access(0x100, 8, AccessKind.Load, 0).Value);
        Assert.Equal(0x03u, bench.Access(0x102, 1, AccessKind.Load, 0).Value);
        Assert.Equal(0u, bench.Access(0x108, 4, AccessKind.Load, 0).Value);
        bench.Access(0x101, 2, AccessKind.Store, 0xAABB);
        Assert.Equal([(1, 0xBB), (2, 0xAA)], _function.ConfigurationWrites);
    }

    [Theory]
    [InlineData(0UL, false)]
    [InlineData(1UL << 5, true)]
    [InlineData(VirtioBench.Version1 | (1UL << 5), true)]
    public void V3_1_1_features_that_were_not_offered_or_an_old_driver_of_a_function_that_cannot_serve_it_are_not_ok(ulong features, bool servesOld)
    {
        _function.Old = servesOld;
        using var bench = new VirtioBench(_function);
        bench.Set(0x70, 3);
        bench.Set(0x24, 0);
        bench.Set(0x20, (uint)features);
        bench.Set(0x24, 1);
        bench.Set(0x20, (uint)(features >> 32));
        bench.Set(0x70, 11);
        Assert.Equal(3u, bench.Get(0x70));
    }

    [Fact]
    public void V6_1_an_old_driver_is_served_where_the_function_looks_the_same_to_it()
    {
        using var bench = new VirtioBench(_function);
        bench.Start(0);
        Assert.Equal([.. "HELLO"u8], bench.Exchange(0, [.. "hello"u8], 5));
    }

    [Fact]
    public void An_iommu_in_front_of_the_device_is_not_to_be_passed_by()
    {
        using var bench = new VirtioBench(_function, new VirtioConfiguration { AccessPlatform = true });
        bench.Set(0x70, 3);
        bench.Set(0x24, 1);
        bench.Set(0x20, 1);
        bench.Set(0x70, 11);
        Assert.Equal(3u, bench.Get(0x70));
        bench.Start(VirtioBench.Version1 | (1UL << 33));
    }

    [Fact]
    public void A_chain_goes_through_the_queue_and_raises_the_wire_until_acknowledged()
    {
        using var bench = new VirtioBench(_function);
        bench.Start();
        Assert.Equal([.. "HELLO"u8], bench.Exchange(0, [.. "hello"u8], 5));
        Assert.True(bench.Line.Level);
        Assert.Equal(1u, bench.Get(0x60));
        bench.Set(0x64, 1);
        Assert.False(bench.Line.Level);
        Assert.Equal(0u, bench.Get(0x60));
    }

    [Fact]
    public void A_run_of_bytes_may_be_cut_into_any_descriptors()
    {
        using var bench = new VirtioBench(_function);
        bench.Start();
        ulong at = VirtioBench.Ram + 0x8000;
        bench.Poke(at, [.. "abcdefgh"u8]);
        bench.Describe(0, 3, at, 1, VirtioBench.Next, 5);
        bench.Describe(0, 5, at + 1, 7, VirtioBench.Next, 0);
        bench.Describe(0, 0, at + 0x101, 3, VirtioBench.Write | VirtioBench.Next, 1);
        bench.Describe(0, 1, at + 0x200, 5, VirtioBench.Write);
        bench.Offer(0, 3);
        bench.Notify(0);
        bench.Run();
        Assert.Equal((3u, 8u), bench.TakeUsed(0));
        Assert.Equal([.. "ABC"u8], bench.Peek(at + 0x101, 3));
        Assert.Equal([.. "DEFGH"u8], bench.Peek(at + 0x200, 5));
    }

    [Fact]
    public void V2_7_5_3_an_indirect_table_is_the_rest_of_the_chain()
    {
        using var bench = new VirtioBench(_function);
        bench.Start(VirtioBench.Version1 | VirtioBench.IndirectFeature);
        ulong at = VirtioBench.Ram + 0x8000;
        bench.Poke(at, [.. "ring"u8]);
        bench.DescribeAt(at + 0x400, 0, at, 4, VirtioBench.Next, 1);
        bench.DescribeAt(at + 0x400, 1, at + 0x40, 4, VirtioBench.Write);
        bench.Describe(0, 2, at + 0x400, 32, VirtioBench.Indirect);
        bench.Offer(0, 2);
        bench.Notify(0);
        bench.Run();
        Assert.Equal((2u, 4u), bench.TakeUsed(0));
        Assert.Equal([.. "RING"u8], bench.Peek(at + 0x40, 4));
    }

    [Fact]
    public void V2_7_10_with_event_index_the_driver_says_which_chain_it_wants_to_hear_of()
    {
        using var bench = new VirtioBench(_function);
        bench.Start(VirtioBench.Version1 | VirtioBench.EventIndexFeature);
        ulong wanted = VirtioBench.Available(0) + 4 + (2 * VirtioBench.QueueSize);
        ulong kick = VirtioBench.Used(0) + 4 + (8 * VirtioBench.QueueSize);
        bench.Poke(wanted, BitConverter.GetBytes((ushort)0));
        bench.Exchange(0, [1], 1);
        Assert.Equal(1, bench.Line.Edges);
        bench.Set(0x64, 1);

        bench.Poke(wanted, BitConverter.GetBytes((ushort)2));
        bench.Exchange(0, [1], 1);
        Assert.Equal(1, bench.Line.Edges);
        bench.Exchange(0, [1], 1);
        Assert.Equal(2, bench.Line.Edges);
        Assert.Equal(3, BitConverter.ToUInt16(bench.Peek(kick, 2)));
    }

    [Fact]
    public void Without_event_index_a_flag_switches_interrupts_off()
    {
        using var bench = new VirtioBench(_function);
        bench.Start();
        bench.Poke(VirtioBench.Available(0), BitConverter.GetBytes((ushort)1));
        bench.Exchange(0, [1], 1);
        Assert.Equal(0, bench.Line.Edges);
    }

    [Theory]
    [InlineData("endless")]
    [InlineData("outside")]
    [InlineData("nowhere")]
    [InlineData("registers")]
    [InlineData("indirect")]
    [InlineData("order")]
    public void V2_1_2_a_broken_chain_makes_the_device_ask_for_a_reset(string what)
    {
        using var bench = new VirtioBench(_function);
        bench.Start();
        ulong at = VirtioBench.Ram + 0x8000;
        bench.Describe(0, 0, at, 1, VirtioBench.Next, 0);
        switch (what)
        {
            case "outside":
                bench.Describe(0, 0, at, 1, VirtioBench.Next, VirtioBench.QueueSize);
                break;
            case "nowhere":
                bench.Describe(0, 0, 0x4000, 1);
                break;
            case "registers":
                bench.Describe(0, 0, VirtioBench.Remote, 8);
                break;
            case "indirect":
                // Not agreed on.
                bench.Describe(0, 0, at, 16, VirtioBench.Indirect);
                break;
            case "order":
                bench.Describe(0, 0, at, 1, VirtioBench.Write | VirtioBench.Next, 1);
                bench.Describe(0, 1, at, 1);
                break;
        }

        int resets = _function.Resets;
        bench.Offer(0, 0);
        bench.Notify(0);
        bench.Run();
        Assert.Equal(0x4Fu, bench.Get(0x70));
        Assert.Equal(2u, bench.Get(0x60));
        Assert.True(bench.Line.Level);
        Assert.Null(bench.TakeUsed(0));
        Assert.False(bench.Device.HasWork);

        bench.Set(0x70, 0);
        Assert.Equal(0u, bench.Get(0x70));
        Assert.False(bench.Line.Level);
        Assert.Equal(resets + 1, _function.Resets);
    }

    [Fact]
    public void Beats_carry_the_devices_world_and_requester_and_pass_the_checker()
    {
        using var bench = new VirtioBench(_function, new VirtioConfiguration { Attributes = TransactionAttributes.Specified.WithWorld(2).WithRequester(0x77) });
        bench.Start();
        bench.Checker.Set(0x8000, AccessKind.Load, 2, Verdict.Drop);
        bench.Checker.Set(0x18000, AccessKind.Store, 2, Verdict.BusError);
        byte[] before = bench.Peek(VirtioBench.Ram + 0x18000, 1);
        bench.Poke(VirtioBench.Ram + 0x8000, [.. "x"u8]);
        bench.Describe(0, 0, VirtioBench.Ram + 0x8000, 1, VirtioBench.Next, 1);
        bench.Describe(0, 1, VirtioBench.Ram + 0x18000, 1, VirtioBench.Write);
        bench.Offer(0, 0);
        bench.Notify(0);
        bench.Run();
        Assert.Equal([0], _function.Last!);
        Assert.Equal(before, bench.Peek(VirtioBench.Ram + 0x18000, 1));
        Assert.Equal(0x4Fu, bench.Get(0x70));
        Assert.Equal(
            [(VirtioBench.Ram + 0x8000, AccessKind.Load, 2, 0x77u), (VirtioBench.Ram + 0x18000, AccessKind.Store, 2, 0x77u)],
            bench.Checker.Refused);
    }

    [Fact]
    public void M3_after_an_invalidation_the_next_request_asks_the_checker_again()
    {
        using var bench = new VirtioBench(_function, new VirtioConfiguration { Attributes = TransactionAttributes.Specified.WithWorld(1) });
        bench.Start();
        Assert.Equal([.. "A"u8], bench.Exchange(0, [.. "a"u8], 1));
        int translates = bench.Checker.Translates;
        bench.Exchange(0, [.. "a"u8], 1);
        Assert.Equal(translates, bench.Checker.Translates);
        bench.Checker.Set(0x8000, AccessKind.Load, 1, Verdict.Drop);
        Assert.True(bench.Device.Invalidate(3, new InvalidationScope(0, ulong.MaxValue, ulong.MaxValue, AccessKinds.All)) > 0);
        bench.Exchange(0, [.. "a"u8], 1);
        Assert.Equal([0], _function.Last!);
    }

    [Fact]
    public void A_budget_and_an_exit_end_between_two_requests_and_time_passes()
    {
        using var bench = new VirtioBench(_function);
        bench.Start();
        bench.Describe(0, 0, VirtioBench.Ram + 0x8000, 1);
        bench.Offer(0, 0);
        bench.Offer(0, 0);
        bench.Notify(0);
        Assert.Equal(VirtioExit.Budget, bench.Device.Run(1));
        Assert.Equal(1u, bench.Device.Requests);
        Assert.True(bench.Device.Now > 0);
        bench.Device.RequestExit();
        Assert.Equal(VirtioExit.ExitRequested, bench.Device.Run(ulong.MaxValue));
        bench.Run();
        Assert.Equal(2u, bench.Device.Requests);
    }

    /// <summary>Gives back what it read, in capitals.</summary>
    private sealed class RecordingFunction() : VirtioFunction(Kind, 1)
    {
        public const uint Kind = 99;

        private readonly byte[] _configuration = [1, 2, 3, 4, 5, 6, 7, 8];

        public List<(int Offset, int Value)> ConfigurationWrites { get; } = [];

        public byte[]? Last { get; private set; }

        public int Resets { get; private set; }

        public bool Old { get; set; } = true;

        public override ulong Features => 2;

        public override bool ServesOldDrivers => Old;

        public override ReadOnlySpan<byte> Configuration => _configuration;

        public override void WriteConfiguration(int offset, byte value) => ConfigurationWrites.Add((offset, value));

        public override uint Handle(int queue, VirtioChain chain, IInitiator by)
        {
            Last = new byte[chain.ReadableLength];
            chain.Read(0, Last);
            byte[] answer = Array.ConvertAll(Last, value => (byte)char.ToUpperInvariant((char)value));
            int length = (int)Math.Min((ulong)answer.Length, chain.WritableLength);
            chain.Write(0, answer.AsSpan(0, length));
            return (uint)length;
        }

        public override void Reset() => Resets++;
    }
}
