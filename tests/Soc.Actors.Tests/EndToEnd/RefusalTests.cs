using Soc.Actors.Refusals;
using Soc.Actors.Tests.Support;
using Soc.Topology;

namespace Soc.Actors.Tests.EndToEnd;

/// <summary>Refused accesses in words: who, what, where, which checker decided by what, and what it recorded.</summary>
public class RefusalTests
{
    private static readonly Dictionary<string, IReadOnlyList<RefusalSummary>> s_refusals = [];

    [Theory]
    [InlineData("worldguard-virt", "wgc-uart", "world 1", "slot 1 (0x0-0xffffffffffffffff, PERM 0xc0) does not let world 1 read", "ERRCAUSE = 0xc000000000000101, ERRADDR = 0x4000000")]
    [InlineData("worldguard-virt", "wgc-dram", "world 0", "none of the matching slots 3 (PERM 0xcc), 16 (PERM 0x0) lets world 0 write", "nothing: ")]
    [InlineData("iopmp-dma", "iopmp0", "RRID 2", "no entry of RRID 2 (domain 0) covers it (etype 5)", "ERR_INFO = 0x53, ERR_REQADDR = 0x20108000, ERR_REQID = 0x2")]
    [InlineData("iopmp-dma", "iopmp0", "RRID 2", "entry 1 of domain 0 (0x80400000-0x8040ffff, r--) does not let RRID 2 write (etype 2)", "ERR_INFO = 0x25")]
    [InlineData("iopmp-dma", "iopmp1", "RRID 5", "no entry of RRID 5 (domain 1) covers it (etype 5)", "ERR_INFO = 0x55, ERR_REQADDR = 0x8000400, ERR_REQID = 0x5")]
    [InlineData("an505-mpc", "mpc-sram", "Non-secure", "block 2 (BLK_LUT[0] bit 2) is Secure, the access is Non-secure", "INT_STAT = 0x1, INT_INFO1 = 0x200")]
    [InlineData("an505-mpc", "mpc-sram", "Secure", "block 1 (BLK_LUT[0] bit 1) is Non-secure, the access is Secure", "INT_STAT = 0x1, INT_INFO1 = 0x100")]
    [InlineData("tzc400", "tzc", "NSAID 9", "region 1 of filter 0 (0x90000000-0x9000ffff) does not let NSAID 9 read", "INT_STATUS = 0x1, FAIL_ADDRESS_LOW_0 = 0x90000008")]
    [InlineData("tzc400", "tzc", "NSAID 9", "regions 3 and 5 of filter 1 overlap here, which refuses everybody", "INT_STATUS = 0x20002, FAIL_ADDRESS_LOW_1 = 0xa0008000")]
    [InlineData("tzc400", "tzc", "Secure", "the gate of filter 1 is closed", "nothing: ")]
    [InlineData("rme-gpc", "gpc", "Root", "granule 0x80400000 is Non-secure, the access is Root (GPCSC 0xd, instance 0)", "ROOT_GPF_FAR[0] = 0x")]
    [InlineData("rme-gpc", "gpc", "Non-secure", "granule 0x80403000 is nobody's, the access is Root (GPCSC 0xd, instance 0)", "ROOT_GPF_FAR[0] = 0x")]
    public void The_explanation_names_what_decided(string topology, string checker, string identity, string reason, string record)
    {
        RefusalSummary refusal = Of(topology).First(refusal => refusal.Checker == checker && refusal.Reason == reason);

        Assert.StartsWith(record, refusal.Record, StringComparison.Ordinal);
        if (reason.Contains("nobody's", StringComparison.Ordinal))
        {
            return;
        }

        Assert.Contains(identity, refusal.Identity, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hart_is_named_with_its_instruction_and_an_engine_with_its_descriptor()
    {
        IReadOnlyList<RefusalSummary> refusals = Of("iopmp-dma");

        Assert.Matches(@"^hart0 at probe_store\+0x[0-9a-f]+ \(0x[0-9a-f]+\)$", refusals[^1].Who);
        Assert.Equal("dma0, descriptor at 0x80201000", refusals[1].Who);
        Assert.Equal(("store of 8 bytes", "at 0x20001000 (sram+0x1000)", "a bus error"), (refusals[^1].What, refusals[^1].Where, refusals[^1].Answer));
        Assert.Equal(refusals.OrderBy(refusal => refusal.Time), refusals);
    }

    [Fact]
    public void Nothing_is_explained_unless_somebody_wants_to_know()
    {
        RunResult result = SocRunner.Run(Repository.Load("iopmp-dma.yaml"), new RunOptions { Console = Stream.Null }, CancellationToken.None);
        Assert.Equal((0, 0UL), (result.Refusals.Count, result.RefusalsNotExplained));
    }

    private static IReadOnlyList<RefusalSummary> Of(string topology)
    {
        if (!s_refusals.TryGetValue(topology, out IReadOnlyList<RefusalSummary>? refusals))
        {
            RunResult result = SocRunner.Run(
                Repository.Load($"{topology}.yaml"), new RunOptions { Console = Stream.Null, Explain = true }, CancellationToken.None);
            Assert.Equal(0, result.End.ExitCode);
            refusals = result.Refusals;
            s_refusals.Add(topology, refusals);
        }

        return refusals;
    }
}
