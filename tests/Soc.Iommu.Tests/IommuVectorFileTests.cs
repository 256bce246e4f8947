using System.Globalization;
using Soc.Iommu.Vectors;

namespace Soc.Iommu.Tests;

/// <summary>Conformance vectors from outside the repository: the directory that SOC_IOMMU_VECTORS names, when it is set.</summary>
public sealed class IommuVectorFileTests
{
    [Fact]
    public void All_vectors_of_SOC_IOMMU_VECTORS_pass()
    {
        string? directory = Environment.GetEnvironmentVariable("SOC_IOMMU_VECTORS");
        if (string.IsNullOrEmpty(directory))
        {
            return;
        }

        var failures = new List<string>();
        int passed = 0;
        foreach (string file in Directory.EnumerateFiles(directory, "*.jsonl").Order(StringComparer.Ordinal))
        {
            foreach (IommuVectorResult result in IommuVectorRunner.RunFile(file))
            {
                passed += result.Passed ? 1 : 0;
                failures.AddRange(result.Failures.Select(failure => $"{result.Form} {result.Id}: {failure}"));
            }
        }

        Assert.True(failures.Count == 0, string.Create(CultureInfo.InvariantCulture, $"{passed} passed\n{string.Join('\n', failures.Take(60))}"));
        Assert.NotEqual(0, passed);
    }
}
