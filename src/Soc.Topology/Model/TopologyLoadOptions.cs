namespace Soc.Topology;

/// <summary>What the command line changes in a topology before it is validated.</summary>
public sealed record TopologyLoadOptions
{
    /// <summary>Guest image that takes the place of the file's own <c>images</c>; null keeps those. Relative to the working directory.</summary>
    public string? Image { get; init; }
}
