using System.Text.RegularExpressions;

namespace Soc.Architecture.Tests;

/// <summary>House rules that can be read off the sources.</summary>
public sealed partial class SourceTests
{
    [Fact]
    public void Unsafe_code_stays_in_guest_memory_and_the_TLB()
    {
        IEnumerable<string> projects = Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Where(project => File.ReadAllText(project).Contains("<AllowUnsafeBlocks>true", StringComparison.Ordinal))
            .Select(project => Path.GetFileNameWithoutExtension(project)!);
        Assert.Equal(["Soc.Memory", "Soc.Tlb"], projects.Order());
        IEnumerable<string> inMemory = SourceTree.CSharpFiles("src/Soc.Memory")
            .Where(file => UnsafeWord().IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetFileName(file)!);
        Assert.Equal(["GuestMemory.cs", "GuestPage.cs"], inMemory.Order());
    }

    [Fact]
    public void No_leftovers_in_the_sources()
    {
        foreach (string file in SourceTree.CSharpFiles("src").Concat(SourceTree.CSharpFiles("tests")))
        {
            if (Path.GetFileName(file) != "SourceTests.cs")
            {
                Assert.DoesNotMatch(Leftover(), File.ReadAllText(file));
            }
        }
    }

    [Fact]
    public void Every_package_version_is_used_by_some_project()
    {
        string all = string.Concat(Directory.EnumerateFiles(SourceTree.Root, "*.csproj", SearchOption.AllDirectories).Select(File.ReadAllText)) +
            File.ReadAllText(Path.Combine(SourceTree.Root, "Directory.Build.props"));
        string versions = File.ReadAllText(Path.Combine(SourceTree.Root, "Directory.Packages.props"));
        foreach (Match package in PackageVersion().Matches(versions))
        {
            Assert.Contains($"PackageReference Include=\"{package.Groups[1].Value}\"", all, StringComparison.Ordinal);
        }
    }

    [GeneratedRegex(@"\bunsafe\b(?! code)")]
    private static partial Regex UnsafeWord();

    [GeneratedRegex(@"\bTODO\b|\bFIXME\b|\bHACK\b|NotImplementedException|Skip *= *""")]
    private static partial Regex Leftover();

    [GeneratedRegex("PackageVersion Include=\"([^\"]+)\"")]
    private static partial Regex PackageVersion();
}
