namespace Soc.Topology;

/// <summary>One thing that is wrong with a topology file: where, what, and what would be right.</summary>
/// <param name="File">The file, as the user named it.</param>
/// <param name="Line">Line, 1-based.</param>
/// <param name="Column">Column, 1-based.</param>
/// <param name="Field">Full name of the field, such as <c>harts[0].isa</c>.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Remedy">What would be right.</param>
public sealed record TopologyMistake(string File, int Line, int Column, string Field, string Problem, string Remedy)
{
    /// <summary>The mistake as one line, in the form that editors and terminals make clickable.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}: {Field}: {Problem}; {Remedy}";
}
