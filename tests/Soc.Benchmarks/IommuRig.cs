using Soc.Iommu;
using Soc.Memory;

namespace Soc.Benchmarks;

/// <summary>An IOMMU with its tables in guest memory, and devices whose copies it invalidates by calls.</summary>
internal sealed class IommuRig : IIommuPort, IDisposable
{
    public const ulong Iova = 0x4000_0000;
    private const ulong Queue = 0x1000;
    private const ulong Directory = 0x2000;
    private const ulong Root = 0x3000;

    private readonly GuestMemory _memory = new(1 << 20);
    private ulong _stamp;
    private ulong _tail;

    public IommuRig(int devices)
    {
        var tree = new MemoryTree();
        var system = new ContainerRegion("system");
        system.Add(0, new RamRegion("ram", _memory));
        var bus = new AddressSpaceBus(NoInitiator.Instance, tree.CreateSpace("bus", system), TransactionAttributes.Specified);
        Iommu = new RiscvIommu(new IommuConfiguration(), bus, this);
        Devices = [.. Enumerable.Range(0, devices).Select(_ => new DeviceTlb(64))];
        Put(Root + 8, (0x4000 >> 12 << 10) | 1);
        Put(0x4000, (0x5000 >> 12 << 10) | 1);
        for (ulong page = 0; page < 512; page++)
        {
            Put(0x5000 + (8 * page), ((0x8_0000 + (page << 12)) >> 12 << 10) | 0xD7);
        }

        for (ulong device = 0; device < 64; device++)
        {
            Put(Directory + (64 * device), 3);
            Put(Directory + (64 * device) + 16, 7UL << 12);
            Put(Directory + (64 * device) + 24, (8UL << 60) | (Root >> 12));
        }

        Iommu.WriteRegister(24, 8, (Queue >> 2) | 7);
        Iommu.WriteRegister(72, 4, 1);
        Iommu.WriteRegister(16, 8, (Directory >> 2) | 2);
        Fill();
    }

    public RiscvIommu Iommu { get; }

    public DeviceTlb[] Devices { get; }

    /// <summary>Every device holds the page twice: as an ATS entry, and as the copy that lets it use the translated address.</summary>
    public void Fill()
    {
        for (int device = 0; device < Devices.Length; device++)
        {
            foreach (bool ats in (ReadOnlySpan<bool>)[false, true])
            {
                var access = new IommuRequest((uint)device, Iova, AccessKind.Load);
                while (Devices[device].Translate(access, ats, out _, out _) == DeviceTlbResult.Ask)
                {
                    Devices[device].Answer(Iommu.Translate(Devices[device].Pending!.Value), _stamp, consumed: false);
                }
            }
        }
    }

    public void Command(ulong word0, ulong word1 = 0)
    {
        Put(Queue + (16 * _tail), word0);
        Put(Queue + (16 * _tail) + 8, word1);
        _tail = (_tail + 1) & 255;
        Iommu.WriteRegister(36, 4, _tail);
    }

    public bool Invalidate(in IommuInvalidation invalidation, ulong epoch)
    {
        _stamp++;
        foreach (DeviceTlb device in Devices)
        {
            device.Invalidate(invalidation, _stamp);
        }

        return true;
    }

    public bool Order(bool reads, bool writes) => true;

    public void Send(in AtsMessage message)
    {
        _stamp++;
        Devices[message.RequesterId].Invalidate(message.RequesterId, message, _stamp);
        Iommu.CompleteInvalidation(message.RequesterId, null, 1u << message.Tag, 1);
    }

    public void SetWire(int vector, bool level)
    {
    }

    public void Dispose() => _memory.Dispose();

    private void Put(ulong address, ulong value) => _memory.Write(address, BitConverter.GetBytes(value));
}
