namespace Soc.Iommu.Vectors;

/// <summary>What one test vector came to.</summary>
/// <param name="Id">The vector's id.</param>
/// <param name="Group">The vector's group.</param>
/// <param name="Form">Which of the six forms it has.</param>
/// <param name="Failures">One line per disagreement; empty when it passed.</param>
public sealed record IommuVectorResult(string Id, string Group, IommuVectorForm Form, IReadOnlyList<string> Failures)
{
    /// <summary>Whether everything agreed.</summary>
    public bool Passed => Failures.Count == 0;
}
