using Soc.Tlb.Tests.Support;

namespace Soc.Tlb.Tests;

/// <summary>Counting what slow accesses to a range of addresses cost, apart from all others.</summary>
public sealed class StudyTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Only_slow_accesses_inside_the_range_count()
    {
        var study = new TlbStudy(0x3000, 0x3FFF);
        _machine.Load(0x1000);
        _machine.Tlb.Study = study;
        _machine.Load(0x2000);
        _machine.Load(0x3000);
        _machine.Load(0x3008);
        _machine.Store(0x3FF8, 1);
        _machine.Load(Machine.DeviceBase);
        _machine.Load(0x4000);
        Assert.Equal((1UL, 1UL, 1UL, 0UL), (study.Walks, study.Translates, study.Slow, study.Devices));
        Assert.Equal(5UL, _machine.Counters.Walks);
    }

    [Fact]
    public void The_access_that_ends_a_study_is_not_counted()
    {
        var study = new TlbStudy(0, ulong.MaxValue);
        _machine.Tlb.Study = study;
        _machine.Load(Machine.DeviceBase);
        _machine.Load(Machine.DeviceBase);
        _machine.Load(Machine.DeviceBase);
        _machine.Tlb.Study = null;
        _machine.Load(Machine.DeviceBase);
        Assert.Equal((1UL, 1UL, 2UL, 2UL), (study.Walks, study.Translates, study.Slow, study.Devices));
    }
}
