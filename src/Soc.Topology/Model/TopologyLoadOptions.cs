using Soc.Checkers.Declaration;

namespace Soc.Topology;

/// <summary>What the command line changes in a topology before it is validated.</summary>
public sealed record TopologyLoadOptions
{
    /// <summary>Guest image that takes the place of the file's own <c>images</c>; null keeps those. Relative to the working directory.</summary>
    public string? Image { get; init; }

    /// <summary>
    /// Faults to inject beside the file's own <c>faults</c>, each in the words of one item there without braces, such as
    /// <c>kind: drop, message: invalidate-ack, nth: 3</c>.
    /// </summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>What is booted, instead of the file's <c>boot</c>.</summary>
    public BootOverrides Boot { get; init; } = new();

    /// <summary>Where a file that the topology names really is, by its full path; null = there.</summary>
    public Func<string, string>? Locate { get; init; }

    /// <summary>The kinds of checkers that the file may use.</summary>
    public IReadOnlyList<CheckerDeclaration> CheckerKinds { get; init; } = Soc.Checkers.Declaration.CheckerKinds.All;
}
