namespace Soc.Checkers.Declaration;

/// <summary>Something that a checker stands in front of, or all that one initiator sees.</summary>
/// <param name="Name">Name from the topology.</param>
/// <param name="Base">First address on the initiators' bus.</param>
/// <param name="Size">Bytes; 0 stands for 2^64.</param>
public sealed record CheckerTarget(string Name, ulong Base, ulong Size)
{
    /// <summary>Takes what is wrong with protecting it: the problem, the remedy; null for nobody.</summary>
    public Action<string, string>? Complaint { get; init; }

    /// <summary>Says that it cannot be protected.</summary>
    /// <param name="problem">What is wrong.</param>
    /// <param name="remedy">What would be right.</param>
    public void Complain(string problem, string remedy) => Complaint?.Invoke(problem, remedy);
}
