using Soc.Memory.Tests.Support;

namespace Soc.Memory.Tests;

/// <summary>Cases IO1..IO15 of softtlb.md section 6.2, as far as they lie below the TLB.</summary>
public sealed class IommuContractTests : IDisposable
{
    private static readonly TransactionAttributes World0 = TransactionAttributes.Specified;

    private readonly MemoryTree _tree = new();
    private readonly GuestMemory _memory = new(0x20_0000);
    private readonly AddressSpace _leaf;
    private readonly RecordingDevice _device = new();
    private readonly TestInitiator _initiator = new(3);

    public IommuContractTests()
    {
        var root = new ContainerRegion("leaf");
        root.Add(0, new RamRegion("ram", _memory));
        root.Add(0x1000_0000, new MmioRegion("device", 0x1000, _device));
        _leaf = _tree.CreateSpace("leaf", root);
        _memory.Write(0x1000, [1, 2, 3, 4, 5, 6, 7, 8]);
    }

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void IO1_a_pass_through_translator_changes_nothing()
    {
        AddressSpace space = Behind(new Translator("pass", 1, (offset, _, _) => new(_leaf, offset, 0xfff, AccessKinds.All)));
        Assert.Equal(AccessResult.Ok, space.Read(_initiator, 0x1000, 8, AccessKind.Load, World0, out ulong value));
        Assert.Equal(0x0807060504030201UL, value);
    }

    [Fact]
    public void IO2_the_length_ends_at_the_smallest_mask_block()
    {
        AddressSpace second = Behind(new Translator("second", 2, (offset, _, _) => new(_leaf, offset, 0x1f_ffff, AccessKinds.All)));
        AddressSpace space = Behind(new Translator("first", 1, (offset, _, _) => new(second, offset, 0xfff, AccessKinds.All)));
        Assert.Equal(AccessResult.Ok, TranslationChain.Resolve(space, 0x1ff0, 0x100, AccessKind.Load, World0, null, out ResolvedAccess at));
        Assert.Equal(0x10UL, at.Length);
        Assert.Equal(0xfffUL, at.Mask);
        Assert.Equal(2, at.Depth);
        Assert.Equal(6UL, at.Owners);
    }

    [Fact]
    public void IO3_the_second_level_may_refuse_what_the_first_allows()
    {
        var inner = new Filter(_tree, "inner", 2, _leaf, AccessKinds.Reads);
        var outer = new Filter(_tree, "outer", 1, Behind(inner));
        AddressSpace space = Behind(outer);
        Assert.Equal(AccessResult.Ok, space.Write(_initiator, 0x1000, 4, World0, 9));
        Assert.Equal((0x1000UL, 9UL), (Assert.Single(inner.Sink.Log).Offset, inner.Sink.Log[0].Value));
        Assert.Empty(outer.Sink.Log);
        space.Read(_initiator, 0x1000, 4, AccessKind.Load, World0, out ulong value);
        Assert.Equal(0x04030201UL, value);
        AddressSpace plain = Behind(new Translator("ro", 3, (offset, _, _) => new(_leaf, offset, ulong.MaxValue, AccessKinds.Reads)));
        Assert.Equal(AccessResult.DecodeError, plain.Write(_initiator, 0x1000, 4, World0, 9));
    }

    [Theory]
    [InlineData(AccessKind.Load)]
    [InlineData(AccessKind.Store)]
    [InlineData(AccessKind.Fetch)]
    public void IO4_an_empty_intersection_is_a_decode_error_for_every_kind(AccessKind kind)
    {
        AddressSpace second = Behind(new Translator("w", 2, (offset, _, _) => new(_leaf, offset, ulong.MaxValue, AccessKinds.Store)));
        AddressSpace space = Behind(new Translator("r", 1, (offset, _, _) => new(second, offset, ulong.MaxValue, AccessKinds.Load)));
        Assert.Equal(AccessResult.DecodeError, TranslationChain.Resolve(space, 0x1000, 8, kind, World0, null, out ResolvedAccess at));
        Assert.True(at.Section.IsUnassigned);
    }

    [Fact]
    public void IO5_a_loop_ends_at_the_depth_limit_with_one_diagnostic()
    {
        AddressSpace? self = null;
        var loop = new Translator("loop", 1, (offset, _, _) => new(self!, offset, ulong.MaxValue, AccessKinds.All));
        self = Behind(loop);
        var subscriber = new Subscriber();
        Assert.Equal(AccessResult.DecodeError, self.Read(_initiator, 0, 8, AccessKind.Load, World0, out _, subscriber));
        Assert.Equal(TranslationChain.MaximumDepth, loop.Calls);
        Assert.Equal(1, subscriber.TooDeep);
    }

    [Fact]
    public void IO6_worlds_are_translated_independently()
    {
        var filter = new Filter(_tree, "filter", 1, _leaf, AccessKinds.None);
        filter.Allow(1, 0x1000, AccessKinds.All);
        AddressSpace space = Behind(filter);
        space.Read(_initiator, 0x1000, 4, AccessKind.Load, World0.WithWorld(1), out ulong one);
        space.Read(_initiator, 0x1000, 4, AccessKind.Load, World0.WithWorld(2), out ulong two);
        Assert.Equal((0x04030201UL, 0UL), (one, two));
        Assert.Equal(2, Assert.Single(filter.Sink.Log).World);
    }

    [Fact]
    public void IO7_unspecified_attributes_have_a_defined_index()
    {
        var filter = new Filter(_tree, "filter", 1, _leaf, AccessKinds.None);
        filter.Allow(3, 0x1000, AccessKinds.All);
        Behind(filter).Read(_initiator, 0x1000, 4, AccessKind.Load, TransactionAttributes.Unspecified, out ulong value);
        Assert.Equal(0x04030201UL, value);
    }

    [Fact]
    public void IO8_translating_leaves_no_trace()
    {
        var filter = new Filter(_tree, "filter", 1, _leaf, AccessKinds.None);
        AddressSpace space = Behind(filter);
        for (int i = 0; i < 100; i++)
        {
            TranslationChain.Resolve(space, 0x1000, 8, AccessKind.Store, World0, null, out _);
        }

        Assert.Equal(100, filter.Calls);
        Assert.Empty(filter.Sink.Log);
    }

    [Fact]
    public void IO10_only_initiators_registered_for_the_index_are_recipients()
    {
        var registry = new InvalidationRegistry();
        registry.Register(5, 0);
        registry.Register(70, 1);
        registry.Register(70, 2);
        List<int> recipients = [];
        registry.Recipients(1UL << 1, recipients);
        Assert.Equal([70], recipients);
        registry.Recipients(ulong.MaxValue, recipients);
        Assert.Equal([5, 70], recipients);
        registry.Unregister(70);
        registry.Unregister(1000);
        registry.Recipients(ulong.MaxValue, recipients);
        Assert.Equal([5], recipients);
    }

    [Fact]
    public void IO12_the_sink_of_the_right_checker_hears_the_right_offset()
    {
        var near = new Filter(_tree, "near", 1, _leaf, AccessKinds.None);
        var far = new Filter(_tree, "far", 2, _leaf, AccessKinds.None);
        var root = new ContainerRegion("bus");
        root.Add(0x4000_0000, new AliasRegion("near window", near, 0, 0x1000_0000));
        root.Add(0x5000_0000, new AliasRegion("far window", far, 0x2000, 0x1000_0000));
        AddressSpace space = _tree.CreateSpace("bus", root);
        space.Read(_initiator, 0x5000_0010, 4, AccessKind.Load, World0, out _);
        Assert.Empty(near.Sink.Log);
        Assert.Equal(0x2010UL, Assert.Single(far.Sink.Log).Offset);
    }

    [Fact]
    public void IO13_a_device_sees_the_address_before_translation()
    {
        AddressSpace space = Behind(new Translator("shift", 1, (offset, _, _) => new(_leaf, offset + 0x1000_0000, 0xfff, AccessKinds.All)));
        space.Read(_initiator, 0x40, 4, AccessKind.Load, World0, out _);
        RecordedAccess call = Assert.Single(_device.Log);
        Assert.Equal((0x40UL, 0x40UL), (call.Offset, call.PhysicalAddress));
    }

    [Fact]
    public void IO14_registering_while_recipients_are_collected_loses_nothing()
    {
        var registry = new InvalidationRegistry();
        Parallel.For(0, 4, part =>
        {
            List<int> recipients = [];
            for (int i = 0; i < 200; i++)
            {
                int id = (part * 200) + i;
                registry.Register(id, 0);
                registry.Recipients(1, recipients);
                Assert.Contains(id, recipients);
            }
        });
        List<int> all = [];
        registry.Recipients(1, all);
        Assert.Equal(Enumerable.Range(0, 800), all);
    }

    [Fact]
    public void IO15_a_write_after_a_read_asks_for_its_own_permission()
    {
        var filter = new Filter(_tree, "filter", 1, _leaf, AccessKinds.Reads);
        AddressSpace space = Behind(filter);
        space.Read(_initiator, 0x1000, 4, AccessKind.Load, World0, out _);
        space.Write(_initiator, 0x1000, 4, World0, 1);
        Assert.Single(filter.Sink.Log);
        Assert.Equal(2, filter.Calls);
    }

    [Fact]
    public void A_subscriber_registers_before_each_configuration_is_read()
    {
        var inner = new Filter(_tree, "inner", 2, _leaf);
        var outer = new Filter(_tree, "outer", 1, Behind(inner));
        var subscriber = new Subscriber();
        outer.InsideTranslate = () => Assert.Equal(["outer"], subscriber.Entered);
        inner.InsideTranslate = () => Assert.Equal(["outer", "inner"], subscriber.Entered);
        Behind(outer).Read(_initiator, 0x1000, 4, AccessKind.Load, World0, out _, subscriber);
        Assert.Equal(2, subscriber.Entered.Count);
    }

    [Fact]
    public void A_refused_answer_covers_its_own_granule_only()
    {
        // A decode error (no sink) on the first 256 bytes must not take the rest of the burst with it.
        AddressSpace space = Behind(new Translator("holes", 1, (offset, _, _) => new(_leaf, offset, 0xff, offset < 0x1100 ? AccessKinds.None : AccessKinds.All)));
        byte[] burst = new byte[0x200];
        _memory.Write(0x1100, [7]);
        Assert.Equal(AccessResult.DecodeError, space.Read(_initiator, 0x1000, burst, AccessKind.Load, World0));
        Assert.Equal((0, 7), (burst[0], burst[0x100]));
    }

    [Fact]
    public void AD8_a_checker_with_a_partial_hit_rule_judges_a_crossing_access_as_a_whole()
    {
        var filter = new Filter(_tree, "iopmp", 1, _leaf, AccessKinds.All, granule: 4) { WholeAccess = true };
        filter.Allow(0, 0x1004, AccessKinds.None);
        AddressSpace space = Behind(filter);
        Assert.Equal(AccessResult.Ok, space.Read(_initiator, 0x1000, 8, AccessKind.Load, World0, out ulong value));
        Assert.Equal(0UL, value);
        RecordedAccess record = Assert.Single(filter.Sink.Log);
        Assert.Equal((0x1000UL, 8), (record.Offset, record.Size));
        space.Read(_initiator, 0x1000, 4, AccessKind.Load, World0, out ulong half);
        Assert.Equal(0x04030201UL, half);
    }

    private AddressSpace Behind(IommuRegion region) => _tree.CreateSpace("before " + region.Name, region);

    private sealed class Subscriber : ITranslationSubscriber
    {
        public List<string> Entered { get; } = [];

        public int TooDeep { get; private set; }

        public void BeforeTranslate(IommuRegion region, int index) => Entered.Add(region.Name);

        public void AfterTranslate(IommuRegion region, int index, AccessKind kind, ulong offset, in IommuTranslation answer) => Assert.Contains(region.Name, Entered);

        public void ChainTooDeep(IommuRegion region) => TooDeep++;
    }
}
