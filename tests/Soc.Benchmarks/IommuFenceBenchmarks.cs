using BenchmarkDotNet.Attributes;
using Soc.Iommu;

namespace Soc.Benchmarks;

/// <summary>
/// Unmapping one page that many devices with ATS hold: IOTINVAL, ATS.INVAL to each, IOFENCE.C; then each device asks again. The model alone, without
/// actors; <c>soc run topologies/studies/iommu-devices.yaml</c> has the same with messages, in virtual time.
/// </summary>
[MemoryDiagnoser]
public class IommuFenceBenchmarks
{
    private IommuRig _rig = null!;

    /// <summary>Devices with ATS.</summary>
    [Params(1, 4, 16, 64)]
    public int Devices { get; set; }

    [GlobalSetup]
    public void Setup() => _rig = new IommuRig(Devices);

    [GlobalCleanup]
    public void Cleanup() => _rig.Dispose();

    /// <summary>Invalidate, fence, and nothing kept afterwards.</summary>
    [Benchmark]
    public int InvalidateAndFence()
    {
        _rig.Command(0x1 | 1UL << 10 | 7UL << 12 | 1UL << 32, IommuRig.Iova >> 12 << 10);
        for (int device = 0; device < Devices; device++)
        {
            _rig.Command(0x4 | (ulong)device << 40, IommuRig.Iova);
        }

        _rig.Command(0x3002);
        return _rig.Devices[0].Used;
    }

    /// <summary>The same with the copies filled before: what is dropped is there.</summary>
    [Benchmark]
    public void FillInvalidateAndFence()
    {
        _rig.Fill();
        InvalidateAndFence();
    }
}
