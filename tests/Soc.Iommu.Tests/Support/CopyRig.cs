using Soc.Memory;

namespace Soc.Iommu.Tests.Support;

/// <summary>
/// An IOMMU and devices that keep copies of its answers, with the messages between them in the test's hand: nothing arrives before
/// <see cref="Deliver"/>, and what was sent to a device first arrives first.
/// </summary>
internal sealed class CopyRig : IIommuPort
{
    public const ulong Iova = 0x4000_0000;

    private readonly Queue<Action>[] _way;
    private ulong _stamp;

    public CopyRig(int devices = 1, bool ats = false)
    {
        Bench = new IommuBench();
        Bench.Port.Owner = this;
        Devices = [.. Enumerable.Range(0, devices).Select(_ => new DeviceTlb(8))];
        _way = [.. Devices.Select(_ => new Queue<Action>())];
        Root = Bench.Pages();
        for (int device = 0; device < devices; device++)
        {
            Bench.Device((uint)device, new Dc { Tc = Dc.Valid | (ats ? Dc.EnAts : 0), Fsc = Dc.Atp(8, Root), Ta = 7UL << 12 });
        }

        Entry = Bench.Map(Root, 8, Iova, 0x10_0000, IommuBench.Rwx);
    }

    public IommuBench Bench { get; }

    public DeviceTlb[] Devices { get; }

    public ulong Root { get; }

    /// <summary>Address of the leaf entry of <see cref="Iova"/>.</summary>
    public ulong Entry { get; }

    /// <summary>Drains that wait for <see cref="FinishAccesses"/>.</summary>
    public int Draining { get; private set; }

    /// <summary>Set: devices have accesses under way, so drains wait.</summary>
    public bool HasAccessUnderWay { get; set; }

    public bool Invalidate(in IommuInvalidation invalidation, ulong epoch)
    {
        ulong stamp = ++_stamp;
        IommuInvalidation what = invalidation;
        int missing = Devices.Length;
        for (int device = 0; device < Devices.Length; device++)
        {
            DeviceTlb tlb = Devices[device];
            _way[device].Enqueue(() =>
            {
                tlb.Invalidate(what, stamp);
                if (--missing == 0)
                {
                    Bench.Iommu.Acknowledge(epoch);
                }
            });
        }

        return false;
    }

    public bool Order(bool reads, bool writes)
    {
        if (!HasAccessUnderWay)
        {
            return true;
        }

        Draining++;
        return false;
    }

    public void Send(in AtsMessage message)
    {
        ulong stamp = ++_stamp;
        AtsMessage request = message;
        _way[message.RequesterId].Enqueue(() =>
        {
            Devices[request.RequesterId].Invalidate(request.RequesterId, request, stamp);
            Bench.Iommu.CompleteInvalidation(request.RequesterId, null, 1u << request.Tag, 1);
        });
    }

    public void SetWire(int vector, bool level)
    {
    }

    /// <summary>Everything on its way arrives, at one device or at all.</summary>
    public void Deliver(int? only = null)
    {
        for (bool any = true; any;)
        {
            any = false;
            for (int device = 0; device < _way.Length; device++)
            {
                while ((only ?? device) == device && _way[device].TryDequeue(out Action? arrives))
                {
                    any = true;
                    arrives();
                }
            }
        }
    }

    /// <summary>The accesses that drains wait for are done.</summary>
    public void FinishAccesses()
    {
        HasAccessUnderWay = false;
        for (; Draining > 0; Draining--)
        {
            Bench.Iommu.OrderingDone();
        }
    }

    /// <summary>One access of a device: asks the IOMMU as often as it must.</summary>
    /// <returns>The physical address, or null when it was refused.</returns>
    public ulong? Access(int device = 0, bool ats = false, AccessKind kind = AccessKind.Load, ulong iova = Iova)
    {
        for (int attempt = 0; attempt < 8; attempt++)
        {
            switch (Devices[device].Translate(new IommuRequest((uint)device, iova, kind), ats, out ulong address, out _))
            {
                case DeviceTlbResult.Found:
                    return address;
                case DeviceTlbResult.Ask:
                    (IommuResponse response, ulong stamp) = Ask(device);
                    Devices[device].Answer(response, stamp, consumed: false);
                    break;
                default:
                    return null;
            }
        }

        throw new InvalidOperationException("the device asks for ever");
    }

    /// <summary>The IOMMU walks for the question that a device has left; the answer is not delivered.</summary>
    public (IommuResponse Response, ulong Stamp) Ask(int device = 0) => (Bench.Iommu.Translate(Devices[device].Pending!.Value), _stamp);

    /// <summary>Changes the leaf entry of <see cref="Iova"/>.</summary>
    public void Remap(ulong target) => Bench.Memory[Entry] = target == 0 ? 0 : (target >> 12 << 10) | IommuBench.Rwx;

    /// <summary>IOTINVAL.VMA of <see cref="Iova"/>.</summary>
    public void Invalidate() => Bench.Command(0x1 | 1UL << 10 | 7UL << 12 | 1UL << 32, Iova >> 12 << 10);

    /// <summary>IOFENCE.C with PR and PW.</summary>
    public void Fence() => Bench.Command(0x3002);

    /// <summary>ATS.INVAL of <see cref="Iova"/>.</summary>
    public void InvalidateDevice(int device = 0) => Bench.Command(0x4 | (ulong)device << 40, Iova);
}
