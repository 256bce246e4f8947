using System.Reflection;
using NetArchTest.Rules;

namespace Soc.Architecture.Tests;

/// <summary>The floors of the house (design.md section 3): a project may reference only those below it.</summary>
public sealed class FloorTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Soc.Memory"] = [],
        ["Soc.Tlb"] = ["Soc.Memory"],
        ["Soc.Checkers"] = ["Soc.Memory", "Soc.Tlb"],
        ["Soc.Devices"] = ["Soc.Memory", "Soc.Tlb"],
        ["Soc.Iommu"] = ["Soc.Memory", "Soc.Tlb"],
        ["Soc.RiscV"] = ["Soc.Memory", "Soc.Tlb"],
        ["Soc.Topology"] = ["Soc.Memory", "Soc.Tlb", "Soc.Checkers", "Soc.Devices", "Soc.Iommu", "Soc.RiscV"],
        ["Soc.Telemetry"] = ["Soc.Memory", "Soc.Tlb"],
        ["Soc.Actors"] = ["Soc.Memory", "Soc.Tlb", "Soc.Checkers", "Soc.Devices", "Soc.Iommu", "Soc.RiscV", "Soc.Topology", "Soc.Telemetry"],
        ["soc"] = ["Soc.Iommu", "Soc.Memory", "Soc.Tlb", "Soc.Checkers", "Soc.Devices", "Soc.RiscV", "Soc.Topology", "Soc.Telemetry", "Soc.Actors"],
    };

    private static readonly string[] Models = ["Soc.Memory", "Soc.Tlb", "Soc.Checkers", "Soc.Devices", "Soc.Iommu", "Soc.RiscV"];

    public static TheoryData<string> Projects => [.. Allowed.Keys];

    public static TheoryData<string> ModelProjects => [.. Models];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_the_floors_below_it(string project)
    {
        IEnumerable<string> references = Assembly.Load(project).GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(name => name.StartsWith("Soc.", StringComparison.Ordinal) || name == "soc");
        Assert.Empty(references.Except(Allowed[project]));
    }

    [Theory]
    [MemberData(nameof(ModelProjects))]
    public void Model_code_knows_no_actors_no_console_no_wall_clock_and_no_unseeded_randomness(string project)
    {
        string[] forbidden =
        [
            "Akka", "OpenTelemetry", "Spectre", "System.CommandLine", "YamlDotNet", "MessagePack",
            "System.Console", "System.Diagnostics.Stopwatch", "System.DateTime", "System.DateTimeOffset", "System.TimeProvider",
            "System.Random", "System.Threading.Thread", "System.Threading.Timer",
        ];
        TestResult result = Types.InAssembly(Assembly.Load(project)).ShouldNot().HaveDependencyOnAny(forbidden).GetResult();
        Assert.True(result.IsSuccessful, string.Join(", ", (result.FailingTypes ?? []).Select(type => type.FullName)));
    }

    [Fact]
    public void Only_the_actors_and_the_shell_know_Akka()
    {
        foreach (string project in Allowed.Keys.Except(["Soc.Actors"]))
        {
            Assert.DoesNotContain(Assembly.Load(project).GetReferencedAssemblies(), reference => reference.Name == "Akka");
        }
    }
}
