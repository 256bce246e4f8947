using Soc.Iommu.Tests.Support;
using Soc.Memory;

namespace Soc.Iommu.Tests;

/// <summary>C83 to C85 and C87: ATS and page requests.</summary>
public sealed class AtsTests
{
    private const ulong Rwx = IommuBench.Rwx;
    private const ulong Iova = 0x1234_5000;
    private const ulong Guest = 0x5000;
    private const ulong Target = 0x10_0000;

    private readonly IommuBench _bench = new();

    private void Attach(ulong first, ulong second, ulong controls = 0)
    {
        ulong directory = _bench.Pages();
        ulong root = _bench.Pages();
        ulong under = _bench.Pages(4);
        _bench.Map(under, 8, Guest, Target, second, second: true);
        for (ulong gigabyte = 1; gigabyte < 4; gigabyte++)
        {
            _bench.Map(under, 8, gigabyte << 30, gigabyte << 30, Rwx, level: 2, second: true);
        }

        _bench.Map(root, 8, Iova, Guest, first);
        _bench.Put(directory + 16, 3 | 7 << 12);
        _bench.Put(directory + 24, Dc.Atp(8, root));
        _bench.Device(1, new Dc { Tc = 1 | Dc.EnAts | Dc.Pdtv | controls, Fsc = Dc.Atp(1, directory), Iohgatp = Dc.Atp(8, under, 3) });
    }

    private static AccessKinds KindsOf(ulong flags) =>
        ((flags & IommuBench.R) != 0 ? AccessKinds.Load : 0) | ((flags & IommuBench.W) != 0 ? AccessKinds.Store : 0) |
        ((flags & IommuBench.X) != 0 ? AccessKinds.Fetch : 0);

    [Fact]
    public void C83_the_permissions_of_both_stages_in_all_combinations()
    {
        ulong[] permissions = [2, 6, 8, 10, 14];
        const ulong Fixed = IommuBench.V | IommuBench.U | IommuBench.A | IommuBench.D;
        foreach (ulong first in permissions)
        {
            foreach (ulong second in permissions)
            {
                foreach (bool execute in new[] { false, true })
                {
                    foreach (bool noWrite in new[] { false, true })
                    {
                        _bench.Command(3);
                        _bench.Command(0x3002_0000_0001);
                        Attach(Fixed | first, Fixed | second);
                        IommuResponse response = _bench.Ask(1, Iova, noWrite, process: 1, execute: execute);
                        AccessKinds expected = KindsOf(first) & KindsOf(second);
                        if (!execute || (expected & AccessKinds.Load) == 0)
                        {
                            expected &= ~AccessKinds.Fetch;
                        }

                        Assert.Equal((IommuStatus.Success, expected), (response.Status, response.Permissions));
                        Assert.Equal(Target, response.Address);
                    }
                }
            }
        }

        Assert.Equal(0UL, _bench.FaultTail);
    }

    [Fact]
    public void C83_a_mismatch_of_privilege_grants_nothing_and_logs_nothing()
    {
        Attach(Rwx, Rwx);
        IommuResponse response = _bench.Ask(1, Iova, process: 1, supervisor: true);
        Assert.Equal((IommuStatus.Success, AccessKinds.None, true), (response.Status, response.Permissions, response.Privileged));
        Assert.Equal(IommuFaultCause.ReadPageFault, response.Cause);
        Assert.Equal(0UL, _bench.FaultTail);
    }

    [Fact]
    public void C83_a_request_that_may_write_sets_D_and_one_that_may_not_reports_it()
    {
        Attach(Rwx & ~IommuBench.D, Rwx, Dc.Sade);
        Assert.Equal(AccessKinds.Load, _bench.Ask(1, Iova, noWrite: true, process: 1).Permissions);
        Assert.Equal(AccessKinds.Load | AccessKinds.Store, _bench.Ask(1, Iova, process: 1).Permissions);
    }

    [Fact]
    public void C83_global_pages_and_configuration_errors()
    {
        Attach(Rwx | IommuBench.G, Rwx);
        Assert.True(_bench.Ask(1, Iova, process: 1).IsGlobal);
        Assert.Equal(IommuStatus.UnsupportedRequest, _bench.Ask(2, Iova).Status);
        _bench.Command(3);
        _bench.Device(1, new Dc { Tc = 1 | Dc.EnAts | Dc.Pdtv, Fsc = Dc.Atp(1, 0x7000_0000) });
        _bench.Memory.RefusedPages.Add(0x7_0000);
        Assert.Equal(IommuStatus.CompleterAbort, _bench.Ask(1, Iova, process: 1).Status);
        Assert.Equal(2UL, _bench.FaultTail);
        Assert.Equal(8UL, _bench.Record(1, 0) >> 34 & 0x3F);
    }

    [Fact]
    public void C84_T2GPA_answers_guest_addresses_whatever_is_cached()
    {
        Attach(Rwx, Rwx, Dc.T2Gpa);
        Assert.Equal(Guest, _bench.Ask(1, Iova, process: 1).Address);
        Assert.Equal(Target, _bench.Process(1, 1, Iova).Address);
        Assert.Equal(Guest, _bench.Ask(1, Iova, process: 1).Address);
        Assert.Equal(Target | 8, _bench.Translated(1, Guest | 8, process: 1).Address);
    }

    [Fact]
    public void C85_a_translated_address_outside_the_guest()
    {
        Attach(Rwx, Rwx, Dc.T2Gpa);
        Assert.Equal(IommuFaultCause.WriteGuestPageFault, _bench.Translated(1, 0x1_0000_0000, AccessKind.Store).Cause);
        Assert.Equal(0x1_0000_0000UL, _bench.Record(0, 3));
    }

    [Fact]
    public void Translated_requests_without_T2GPA_pass()
    {
        Attach(Rwx, Rwx);
        Assert.Equal(0x1_2345_6789UL, _bench.Translated(1, 0x1_2345_6789).Address);
    }

    [Fact]
    public void An_interrupt_file_in_MRIF_mode_takes_untranslated_requests_only()
    {
        ulong table = _bench.Pages();
        _bench.Put(table, 3);
        _bench.Device(1, new Dc { Tc = 1 | Dc.EnAts, Iohgatp = Dc.Atp(8, _bench.Pages(4)), Msiptp = Dc.Atp(1, table), Pattern = 0x28000 });
        IommuResponse response = _bench.Ask(1, 0x2800_0000);
        Assert.True(response.UntranslatedOnly);
        Assert.Equal(AccessKinds.Load | AccessKinds.Store, response.Permissions);
    }

    private static PageRequestMessage Request(ulong flags = 7, uint? process = 0x54321) => new(0x0001, 0xABCDE000 | 0x15 << 3 | flags)
    {
        HasProcessId = process.HasValue,
        ProcessId = process ?? 0,
        Supervisor = true,
        Execute = true,
    };

    [Theory]
    [InlineData("off", 256, 15, true)]
    [InlineData("bare", 260, 1, false)]
    [InlineData("refused", 257, 15, true)]
    [InlineData("invalid", 258, 15, true)]
    [InlineData("misconfigured", 259, 15, true)]
    [InlineData("no PRI", 260, 1, false)]
    [InlineData("queue off", 0, 15, true)]
    [InlineData("memory fault", 0, 15, true)]
    [InlineData("full", 0, 0, false)]
    [InlineData("full, PRPR", 0, 0, true)]
    public void C87_requests_that_cannot_be_queued(string situation, int cause, int code, bool withProcess)
    {
        ulong place = _bench.Device(1, new Dc { Tc = 1 | Dc.EnAts | Dc.EnPri | (situation == "full, PRPR" ? Dc.Prpr : 0) });
        switch (situation)
        {
            case "off":
                _bench.Set(16, 8, 0);
                break;
            case "bare":
                _bench.Set(16, 8, 1);
                break;
            case "refused":
                _bench.Memory.RefusedPages.Add(place >> 12);
                break;
            case "invalid":
                _bench.Put(place, 0);
                break;
            case "misconfigured":
                _bench.Put(place, 1 | Dc.EnPri);
                break;
            case "no PRI":
                _bench.Put(place, 1 | Dc.EnAts);
                break;
            case "queue off":
                _bench.Set(80, 4, 0);
                break;
            case "memory fault":
                _bench.Memory.RefusedPages.Add(_bench.PageQueue >> 12);
                break;
            default:
                _bench.Set(64, 4, 1);
                break;
        }

        // No answer is wanted: L=0, and the Stop Marker.
        _bench.Iommu.HandlePageRequest(Request(3));
        _bench.Iommu.HandlePageRequest(Request(4));
        Assert.Empty(_bench.Port.Messages);
        _bench.Iommu.HandlePageRequest(Request());
        AtsMessage answer = _bench.Port.Messages.Single();
        Assert.Equal(
            new AtsMessage(
                AtsMessageKind.PageRequestGroupResponse, 0, 1, false, 0, withProcess, withProcess ? 0x54321U : 0,
                1UL << 48 | (ulong)code << 44 | 0x15UL << 32),
            answer);
        Assert.Equal(cause == 0 ? 0UL : 3, _bench.FaultTail);
        if (cause != 0)
        {
            Assert.Equal((ulong)cause | 0x54321UL << 12 | 3UL << 32 | 9UL << 34 | 1UL << 40, _bench.Record(2, 0));
            Assert.Equal(4UL, _bench.Record(2, 2));
        }

        Assert.Equal(0UL, _bench.Get(68, 4));
    }

    [Fact]
    public void C87_requests_that_can_be_queued()
    {
        _bench.Device(1, new Dc { Tc = 1 | Dc.EnAts | Dc.EnPri });
        _bench.Iommu.HandlePageRequest(Request());
        _bench.Iommu.HandlePageRequest(Request(process: null));
        Assert.Equal(0x54321UL << 12 | 7UL << 32 | 1UL << 40, _bench.Memory[_bench.PageQueue]);
        Assert.Equal(0xABCDE000UL | 0x15 << 3 | 7, _bench.Memory[_bench.PageQueue + 8]);
        Assert.Equal(1UL << 40, _bench.Memory[_bench.PageQueue + 16]);
        Assert.Equal(2UL, _bench.Get(68, 4));
        Assert.Equal(8UL, _bench.Pending);
        Assert.Empty(_bench.Port.Messages);
    }
}
