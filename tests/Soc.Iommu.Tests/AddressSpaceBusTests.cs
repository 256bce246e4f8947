using Soc.Iommu.Tests.Support;
using Soc.Memory;

namespace Soc.Iommu.Tests;

/// <summary>The IOMMU as an initiator of an address space.</summary>
public sealed class AddressSpaceBusTests : IDisposable
{
    private readonly GuestMemory _memory = new(1 << 20);
    private readonly AddressSpaceBus _bus;
    private readonly Recorder _device = new();

    public AddressSpaceBusTests()
    {
        var root = new ContainerRegion("bus");
        root.Add(0x8000_0000, new RamRegion("ram", _memory));
        root.Add(0x1000, new MmioRegion("sink", 0x1000, _device));
        AddressSpace space = new MemoryTree().CreateSpace("bus", root);
        _bus = new AddressSpaceBus(NoInitiator.Instance, space, TransactionAttributes.Specified.WithWorld(3));
    }

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void Reads_and_writes_reach_memory_and_devices_with_the_attributes_of_the_IOMMU()
    {
        Span<byte> bytes = stackalloc byte[8];
        Assert.Equal(IommuBusResult.Ok, _bus.Write(0x8000_0010, [1, 2, 3, 4, 5, 6, 7, 8]));
        Assert.Equal(IommuBusResult.Ok, _bus.Read(0x8000_0010, bytes));
        Assert.Equal(8, bytes[7]);
        Assert.Equal(IommuBusResult.Ok, _bus.Write(0x1010, [9, 0, 0, 0]));
        Assert.Equal((0x10UL, 9UL, (byte)3), _device.Last);
    }

    [Fact]
    public void What_nobody_answers_is_refused_and_nothing_is_half_written()
    {
        Span<byte> bytes = stackalloc byte[8];
        Assert.Equal(IommuBusResult.Refused, _bus.Read(0x4000, bytes));
        Assert.Equal(IommuBusResult.Refused, _bus.Write(0x800F_FFF8, new byte[16]));
        _bus.Write(0x800F_FFF8, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
        _memory.Read(0xF_FFF8, bytes);
        Assert.Equal(0, bytes[0]);
    }

    [Fact]
    public void Compare_exchange_of_words_and_halves()
    {
        _bus.Write(0x8000_0000, [1, 0, 0, 0, 2, 0, 0, 0]);
        _bus.CompareExchange(0x8000_0004, 4, 2, 5, out ulong found);
        Assert.Equal(2UL, found);
        _bus.CompareExchange(0x8000_0004, 4, 2, 6, out found);
        Assert.Equal(5UL, found);
        _bus.CompareExchange(0x8000_0000, 8, 0x5_0000_0001, 7, out found);
        Assert.Equal(0x5_0000_0001UL, found);
        Assert.Equal(IommuBusResult.Refused, _bus.CompareExchange(0x4000, 8, 0, 1, out _));
    }

    [Fact]
    public void A_translation_through_guest_memory()
    {
        var iommu = new RiscvIommu(new IommuConfiguration(), _bus, NoIommuPort.Instance);
        Span<byte> word = stackalloc byte[8];
        void Put(ulong address, ulong value)
        {
            _bus.Write(address, BitConverter.GetBytes(value));
        }

        Put(0x8000_0040, 1);
        Put(0x8000_0058, Dc.Atp(8, 0x8000_1000));
        Put(0x8000_1000, (0x8000_0000UL >> 2) | 0x17);
        iommu.WriteRegister(16, 8, (0x8000_0000UL >> 2) | 2);
        Assert.Equal(IommuFaultCause.ReadPageFault, iommu.Translate(new IommuRequest(1, 0x1234, AccessKind.Load)).Cause);
        Put(0x8000_0040, 1 | Dc.Sade);
        iommu.WriteRegister(16, 8, 0);
        iommu.Reset();
        iommu.WriteRegister(16, 8, (0x8000_0000UL >> 2) | 2);
        Assert.Equal(0x8000_1234UL, iommu.Translate(new IommuRequest(1, 0x1234, AccessKind.Store)).Address);
        _bus.Read(0x8000_1000, word);
        Assert.Equal(0xD7, word[0]);
    }

    private sealed class Recorder : IBusDevice
    {
        public (ulong Offset, ulong Value, byte World) Last { get; private set; }

        public AccessResult Read(in BusAccess access, out ulong value)
        {
            value = 0;
            return AccessResult.Ok;
        }

        public AccessResult Write(in BusAccess access, ulong value)
        {
            Last = (access.Offset, value, access.Attributes.WorldId);
            return AccessResult.Ok;
        }
    }
}
