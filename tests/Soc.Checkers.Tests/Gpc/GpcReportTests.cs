using Soc.Checkers.Gpc;
using Soc.Memory;
using static Soc.Checkers.Tests.Gpc.GpcBench;

namespace Soc.Checkers.Tests.Gpc;

/// <summary>Records and Arm's syndromes: cases G38 to G44 of arm-filters.md section 4.12.</summary>
public sealed class GpcReportTests : IDisposable
{
    private const uint DataAbortLower = 0x24;
    private const uint DataAbortSame = 0x25;
    private const uint Check = 0x1E;

    private static readonly GpcVerdict Gpf = new(GpcFaultKind.GranuleProtection, 1, Address, Address);
    private static readonly GpcVerdict Walk = new(GpcFaultKind.Walk, 0, Address, Address);

    private readonly GpcBench _d = new();

    public void Dispose() => _d.Dispose();

    [Fact]
    public void G38_a_page_table_in_a_foreign_granule_fails_the_walk()
    {
        _d.Tables[LevelZero + 0x10] = 0xB1;
        TransactionAttributes walk = In(SecuritySpace.NonSecure).WithTableWalk(true);
        Assert.Equal(AccessResult.Error, _d.Views[0].Read(NoInitiator.Instance, Address & ~7UL, 8, AccessKind.Load, walk, out ulong entry));
        Assert.Equal(0UL, entry);
        Assert.Equal(new GpcRecord(SecuritySpace.NonSecure, 0x8123_4000, 0x0C, AccessKind.Load, true), GpcRecord.Decode(_d.Get(GpfFar, 8)));
        Assert.Equal([0x23U, 0x24U, 0x27U], new int?[] { -1, 0, 3 }.Select(level => Of(Gpf, AccessKind.Load, 0, tableLevel: level).Syndrome & 0x3F));
    }

    [Fact]
    public void G39_G40_the_syndrome_of_a_load_a_store_and_a_fetch()
    {
        Assert.Equal(new GpcException(3, 0x7A03_4028, 0x8000_0000_8123_4000), Of(Gpf, AccessKind.Load, 0));
        Assert.Equal(0x7A03_4068U, Of(Gpf, AccessKind.Store, 0).Syndrome);
        Assert.Equal(0x7A13_4028U, Of(Gpf, AccessKind.Fetch, 0).Syndrome);
    }

    [Theory]
    [InlineData(SecuritySpace.Secure, 0x0000_0000_8123_4000)]
    [InlineData(SecuritySpace.NonSecure, 0x8000_0000_8123_4000)]
    [InlineData(SecuritySpace.Root, 0x4000_0000_8123_4000)]
    [InlineData(SecuritySpace.Realm, 0xC000_0000_8123_4000)]
    public void G41_the_fault_address_names_the_space(SecuritySpace space, ulong expected)
    {
        Assert.Equal(expected, GpcException.Of(Gpf, Address, space, AccessKind.Load, 0, true).FaultAddress);
        _d.Tables[LevelZero + 0x10] = 0x01;
        _d.Check(space);
        Assert.Equal(expected, _d.Get(GpfFar, 8) & ~0xFFFUL);
    }

    [Fact]
    public void G42_without_the_monitors_interest_a_plain_fault_is_an_abort()
    {
        GpcException taken = GpcException.Of(Gpf, Address, SecuritySpace.NonSecure, AccessKind.Load, 1, false, true);
        Assert.Equal((2, DataAbortLower, 0x28U, null), (taken.ExceptionLevel, taken.Syndrome >> 26, taken.Syndrome & 0x3F, taken.FaultAddress));
        taken = GpcException.Of(Gpf, Address, SecuritySpace.NonSecure, AccessKind.Load, 1, false);
        Assert.Equal((1, DataAbortSame, null), (taken.ExceptionLevel, taken.Syndrome >> 26, taken.FaultAddress));
    }

    [Theory]
    [InlineData(GpcFaultKind.Walk)]
    [InlineData(GpcFaultKind.AddressSize)]
    [InlineData(GpcFaultKind.ExternalAbort)]
    public void G43_other_faults_always_go_to_el3(GpcFaultKind fault)
    {
        GpcException taken = GpcException.Of(Gpf with { Fault = fault }, Address, SecuritySpace.NonSecure, AccessKind.Load, 0, false);
        Assert.Equal((3, Check), (taken.ExceptionLevel, taken.Syndrome >> 26));
    }

    [Fact]
    public void G44_from_el3_a_plain_fault_is_an_abort_and_a_walk_fault_is_not()
    {
        GpcException taken = Of(Gpf, AccessKind.Load, 3);
        Assert.Equal((3, DataAbortSame, 0x28U), (taken.ExceptionLevel, taken.Syndrome >> 26, taken.Syndrome & 0x3F));
        taken = Of(Walk, AccessKind.Load, 3);
        Assert.Equal((3, Check), (taken.ExceptionLevel, taken.Syndrome >> 26));
    }

    [Fact]
    public void Only_the_first_fault_of_each_sort_is_kept_until_zero_is_written()
    {
        _d.Tables[LevelZero + 0x10] = 0x01;
        Read(Address);
        ulong first = _d.Get(GpfFar, 8);
        Assert.False(_d.Checker.CanRecord(_d.Recorder.Reports[0]));
        Read(Address + 0x1000);
        Assert.Equal(first, _d.Get(GpfFar, 8));
        Read(0);
        Assert.Equal(0x04, Assert.NotNull(GpcRecord.Decode(_d.Get(ConfigurationFar, 8))).StatusCode);
        _d.Set(GpfFar, first + 0x1000, 8);
        _d.Set(GpfFar + 4, 0);
        Assert.Equal(first, _d.Get(GpfFar, 8));
        _d.Set(GpfFar, 0);
        Assert.Equal(0UL, _d.Get(GpfFar, 8));
        Read(Address + 0x1000);
        Assert.Equal(first + 0x1000, _d.Get(GpfFar, 8));
    }

    private void Read(ulong address) => _d.Views[0].Read(NoInitiator.Instance, address, 1, AccessKind.Load, In(SecuritySpace.NonSecure), out _);

    private static GpcException Of(GpcVerdict verdict, AccessKind kind, int from, int? tableLevel = null) =>
        GpcException.Of(verdict, Address, SecuritySpace.NonSecure, kind, from, true, tableLevel: tableLevel);
}
