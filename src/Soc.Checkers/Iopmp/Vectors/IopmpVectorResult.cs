namespace Soc.Checkers.Iopmp.Vectors;

/// <summary>What one test vector came to.</summary>
/// <param name="Id">The vector's id.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Failures">One line per disagreement; empty when it passed.</param>
public sealed record IopmpVectorResult(string Id, IReadOnlyList<string> Tags, IReadOnlyList<string> Failures)
{
    /// <summary>Whether everything agreed.</summary>
    public bool Passed => Failures.Count == 0;
}
