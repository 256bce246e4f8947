using Soc.Devices.Dma;
using Soc.Devices.Virtio;
using Soc.Devices.Virtio.Block;
using Soc.Memory;

namespace Soc.Devices.Tests.Virtio;

/// <summary>A virtio disk whose addresses are translated: what it asks for, when a request begins, and what a refusal does.</summary>
public sealed class VirtioTranslationTests : IDisposable
{
    private const ulong Buffer = VirtioBench.Ram + 0x8000;
    private const uint NeedsReset = 0x40;
    private const ulong Features = VirtioBench.Version1 | (1UL << 33);

    private readonly FakeTranslator _translator = new();
    private readonly byte[] _disk = new byte[0x10000];
    private readonly VirtioBench _bench;

    public VirtioTranslationTests()
    {
        _bench = new VirtioBench(
            new VirtioBlock(new MemoryBacking(_disk), "disk"), new VirtioConfiguration { AccessPlatform = true, Translator = _translator, DeviceId = 8 });
        _bench.Start(Features);
        _translator.Table.Add(VirtioBench.Descriptors(0), VirtioBench.Descriptors(0));
    }

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_request_begins_when_all_its_addresses_are_translated_and_uses_what_they_mean()
    {
        // Two pages of the device are one behind the other, in memory they are not.
        _translator.Table.Add(Buffer, Buffer + 0x4000);
        _translator.Table.Add(Buffer + 0x1000, Buffer + 0x2000);
        _bench.Poke(Buffer + 0x4000, [.. Header(1), .. new byte[0xFE8], 1, 2, 3, 4, 5, 6, 7, 8]);
        _bench.Poke(Buffer + 0x2000, [.. Enumerable.Repeat((byte)9, 504)]);
        Submit(Buffer + 0xFF8);

        int questions = 0;
        while (_bench.Device.Run(ulong.MaxValue) == VirtioExit.PendingTranslation)
        {
            Assert.Equal(0, _disk[0]);
            Assert.Null(_bench.TakeUsed(0));
            Answer();
            questions++;
        }

        Assert.Equal(questions, _translator.Questions.Count);
        Assert.Equal((ulong)questions, _bench.Device.Translations);
        Assert.All(_translator.Questions, access => Assert.Equal((8U, 0), (access.DeviceId, access.Channel)));
        Assert.True(_translator.Reserved >= 4, $"{_translator.Reserved} pages reserved");
        Assert.Equal((0U, 1U), _bench.TakeUsed(0));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9], _disk[..9]);
        Assert.Equal(1UL, _bench.Device.Requests);
    }

    [Fact]
    public void A_translation_that_is_taken_away_meanwhile_is_asked_for_again()
    {
        _translator.Table.Add(Buffer, Buffer);
        _translator.Table.Add(Buffer + 0x1000, Buffer + 0x1000);
        _bench.Poke(Buffer, Header(1));
        _bench.Poke(Buffer + 0xFF8, [1]);
        _bench.Poke(Buffer + 0x5FF8, [7]);
        Submit(Buffer + 0xFF8);
        while (_translator.Questions.LastOrDefault().Address != Buffer + 0x1000)
        {
            Assert.Equal(VirtioExit.PendingTranslation, _bench.Device.Run(ulong.MaxValue));
            Answer();
        }

        _translator.Drop();
        _translator.Table[Buffer] = Buffer + 0x5000;
        _bench.Poke(Buffer + 0x5000, Header(1));
        _bench.Device.DropTranslations();
        RunAndAnswer();

        Assert.NotNull(_bench.TakeUsed(0));
        Assert.Equal(7, _disk[0]);
    }

    [Fact]
    public void An_address_that_is_refused_stops_the_device_until_it_is_reset()
    {
        _translator.Table.Add(Buffer, Buffer);
        _bench.Poke(Buffer, Header(1));
        Submit(Buffer + 0xFF8);
        RunAndAnswer();

        Assert.Equal(NeedsReset, _bench.Get(0x70) & NeedsReset);
        Assert.Equal(2u, _bench.Get(0x60));
        Assert.Equal((1UL, 0UL), (_bench.Device.Faults, _bench.Device.Requests));
        Assert.Null(_bench.TakeUsed(0));
        _bench.Notify(0);
        Assert.Equal(VirtioExit.Idle, _bench.Device.Run(ulong.MaxValue));
        _bench.Start(Features);
        Assert.True(_bench.Device.HasWork);
    }

    [Fact]
    public void A_driver_that_resets_the_device_while_it_waits_has_lost_the_request()
    {
        Submit(Buffer + 0xFF8);
        Assert.Equal(VirtioExit.PendingTranslation, _bench.Device.Run(ulong.MaxValue));
        _bench.Set(0x70, 0);

        Assert.Equal(1, _translator.Cancelled);
        Assert.Equal(VirtioExit.PendingTranslation, _bench.Device.Run(ulong.MaxValue));
        Answer();
        Assert.Equal(VirtioExit.Idle, _bench.Device.Run(ulong.MaxValue));
        Assert.Throws<InvalidOperationException>(_bench.Device.CompleteTranslation);
        Assert.Null(_bench.TakeUsed(0));
    }

    [Fact]
    public void A_request_of_more_pages_than_a_device_can_have_translated_is_refused()
    {
        _bench.Describe(0, 0, Buffer, (uint)VirtioMmio.MaximumPages << 12);
        _bench.Offer(0, 0);
        _bench.Notify(0);
        RunAndAnswer();

        Assert.Equal(NeedsReset, _bench.Get(0x70) & NeedsReset);
        Assert.DoesNotContain(_translator.Questions, access => access.Address >= Buffer);
    }

    private static byte[] Header(uint type) => [(byte)type, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>A write of one sector: header at the beginning of the buffer, data across a page, status at its end.</summary>
    private void Submit(ulong data)
    {
        _bench.Describe(0, 0, Buffer, 16, VirtioBench.Next, 1);
        _bench.Describe(0, 1, data, 512, VirtioBench.Next, 2);
        _bench.Describe(0, 2, Buffer + 0x800, 1, VirtioBench.Write);
        _bench.Offer(0, 0);
        _bench.Notify(0);
    }

    private void Answer()
    {
        _translator.Answer();
        _bench.Device.CompleteTranslation();
    }

    private void RunAndAnswer()
    {
        while (_bench.Device.Run(ulong.MaxValue) == VirtioExit.PendingTranslation)
        {
            Answer();
        }
    }
}
