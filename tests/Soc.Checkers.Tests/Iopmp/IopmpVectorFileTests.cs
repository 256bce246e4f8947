using Soc.Checkers.Iopmp.Vectors;

namespace Soc.Checkers.Tests.Iopmp;

/// <summary>
/// Runs the vector file named by the environment variable SOC_IOPMP_VECTORS (one JSON object per line), with and without
/// a cache of verdicts. Without the variable, a built-in vector of the same format is run.
/// </summary>
public sealed class IopmpVectorFileTests
{
    private const string BuiltIn =
        """
        {"id":"built-in.1","model":"full","tags":["check"],"cfg":{"md_num":8,"rrid_num":8,"entry_num":16,"tor_en":1,"entryoffset":8192,"granularity":4,"imp_mdlck":1,"imp_eid":1,"specver":40},"prog":[["0x800","0x4"],["0x1020","0x2"],["0x2000","0x20000004"],["0x2008","0x11"],["0x8","0x1"]],"steps":[{"a":{"rrid":1,"addr":"0x80000010","len":4,"kind":"read"},"x":{"resp":"ok","rrid_out":1,"irq":0,"msi":null}},{"a":{"rrid":1,"addr":"0x80000010","len":8,"kind":"read"},"x":{"resp":"err","irq":0},"rec":[["0x64","0x43","0xffffffff"]],"eid_any":[0]},{"w":["0x64","0x1"]},{"r":["0x64","0x0","0x1"]}]}
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_vector_of_the_file_passes(bool cached)
    {
        string? path = Environment.GetEnvironmentVariable("SOC_IOPMP_VECTORS");
        IopmpVectorResult[] results = path is null
            ? [.. IopmpVectorRunner.Run(new StringReader(BuiltIn), cached)]
            : [.. IopmpVectorRunner.RunFile(path, cached)];
        Assert.NotEmpty(results);
        string[] failures = [.. results.Where(result => !result.Passed).Select(result => $"{result.Id}: {string.Join("; ", result.Failures)}")];
        Assert.True(failures.Length == 0, $"{failures.Length} of {results.Length} failed:\n{string.Join('\n', failures.Take(40))}");
    }

    [Fact]
    public void Disagreements_are_reported_with_step_and_values()
    {
        string wrong = BuiltIn.Replace("\"0x43\"", "\"0x53\"", StringComparison.Ordinal).Replace("\"resp\":\"ok\"", "\"resp\":\"stall\"", StringComparison.Ordinal);
        IopmpVectorResult result = Assert.Single(IopmpVectorRunner.Run(new StringReader(wrong)));
        Assert.Equal(["step 1: response is ok, expected stall", "step 2: register 0x64 is 0x43, expected 0x53"], result.Failures);
    }

    [Fact]
    public void A_line_that_is_no_vector_is_named()
    {
        FormatException refused = Assert.Throws<FormatException>(() => IopmpVectorRunner.Run(new StringReader("\n{}")).ToArray());
        Assert.StartsWith("line 2 is not an IOPMP vector", refused.Message, StringComparison.Ordinal);
    }
}
