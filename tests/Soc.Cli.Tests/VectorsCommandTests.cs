namespace Soc.Cli.Tests;

/// <summary><c>soc vectors</c>: what it says of files that are none.</summary>
public sealed class VectorsCommandTests
{
    [Theory]
    [InlineData("iopmp")]
    [InlineData("iommu")]
    public void A_missing_file_is_one_line(string model)
    {
        SocProcess soc = SocProcess.Run("vectors", model, "nowhere.jsonl");
        Assert.Equal(2, soc.ExitCode);
        Assert.Equal("nowhere.jsonl: no vectors are there; name a .jsonl file or a folder with such files", Assert.Single(soc.ErrorLines));
    }

    [Theory]
    [InlineData("iopmp")]
    [InlineData("iommu")]
    public void A_file_of_something_else_is_one_line(string model)
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("other.jsonl", "{\"id\": \"x\"}\n");
        SocProcess soc = SocProcess.Run("vectors", model, file);
        Assert.Equal(2, soc.ExitCode);
        Assert.StartsWith($"{file}: not {model} vectors: ", Assert.Single(soc.ErrorLines), StringComparison.Ordinal);
    }
}
