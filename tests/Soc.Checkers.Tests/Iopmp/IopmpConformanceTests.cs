using System.Globalization;

namespace Soc.Checkers.Tests.Iopmp;

/// <summary>Cases A1 to H4 of iopmp.md section 18.2.</summary>
public sealed class IopmpConformanceTests
{
    private static readonly string[][] Table =
        [.. IopmpConformanceTable.Rows.Split('\n').Select(row => row.Split('|', StringSplitOptions.TrimEntries))];

    public static TheoryData<string> Cases => [.. Table.Select(row => row[0])];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Conformance(string id)
    {
        int at = Array.FindIndex(Table, row => row[0] == id);
        int start = Array.FindLastIndex(Table, at, row => row[1] != "^");
        using var bench = new IopmpBench(Table[start][1]);
        for (int index = start; index < at; index++)
        {
            bench.Program(Table[index][2]);
            bench.Access(Table[index][3]);
        }

        string[] row = Table[at];
        bench.Program(row[2]);
        string response = bench.Access(row[3]);
        if (row[3].StartsWith("read ERR_INFO", StringComparison.Ordinal))
        {
            response = $"0x{Meaningful(Number(response)):x}";
        }

        Assert.Equal(row[4], response);
        if (row[5].Length > 0)
        {
            Assert.Equal(Number(row[5]), Meaningful(bench.Get(0x64)));
        }

        if (row[6].Length > 0)
        {
            string[] halves = row[6].Split(':');
            Assert.Equal(Number(halves[^1]), bench.Get(0x68));
            Assert.Equal(halves.Length > 1 ? Number(halves[0]) : 0, bench.Get(0x6C));
        }

        if (row[7].Length > 0)
        {
            string[] ids = row[7].Split('/');
            Assert.Equal(Number(ids[0]), bench.Get(0x70) & 0xFFFF);
            if (ids[1] != "-")
            {
                ulong[] named = ids[1] == "any" ? [0, 1] : [Number(ids[1])];
                Assert.Contains(bench.Get(0x70) >> 16, named);
            }
        }
    }

    [Fact]
    public void The_table_holds_all_cases() =>
        Assert.Equal(26 + 21 + 18 + 13 + 26 + 18 + 20 + 4, Table.Length);

    /// <summary>While ERR_INFO.v is 0, ttype and etype mean nothing.</summary>
    private static ulong Meaningful(ulong info) => (info & 1) != 0 ? info : info & ~0xF6UL;

    private static ulong Number(string text) => text.StartsWith("0x", StringComparison.Ordinal)
        ? ulong.Parse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
        : ulong.Parse(text, CultureInfo.InvariantCulture);
}
