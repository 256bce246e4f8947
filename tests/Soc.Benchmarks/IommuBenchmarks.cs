using BenchmarkDotNet.Attributes;
using Soc.Iommu;
using Soc.Memory;

namespace Soc.Benchmarks;

/// <summary>
/// One translation of a device: found in the device's own copies, in the IOTLB, or by a cold walk (one-level directory and Sv39: one context and three
/// entries from guest memory).
/// </summary>
[MemoryDiagnoser]
public class IommuBenchmarks
{
    private IommuRig _rig = null!;

    [GlobalSetup]
    public void Setup() => _rig = new IommuRig(1);

    [GlobalCleanup]
    public void Cleanup() => _rig.Dispose();

    /// <summary>The device's own copy answers: no message.</summary>
    [Benchmark]
    public DeviceTlbResult DeviceCopy() => _rig.Devices[0].Translate(new IommuRequest(0, IommuRig.Iova, AccessKind.Load), false, out _, out _);

    /// <summary>The IOTLB answers.</summary>
    [Benchmark]
    public ulong IotlbHit() => _rig.Iommu.Translate(new IommuRequest(0, IommuRig.Iova, AccessKind.Load)).Address;

    /// <summary>The IOTLB misses: an IOTINVAL (measured alone below) and three page-table reads; the context is cached.</summary>
    [Benchmark]
    public ulong IotlbMiss()
    {
        _rig.Command(1);
        return _rig.Iommu.Translate(new IommuRequest(0, IommuRig.Iova, AccessKind.Load)).Address;
    }

    /// <summary>IOTINVAL.VMA alone, with an empty IOTLB.</summary>
    [Benchmark]
    public void IotinvalAlone() => _rig.Command(1);
}
