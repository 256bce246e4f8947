namespace Soc.Topology;

/// <summary>A place in a topology file.</summary>
/// <param name="Line">Line, 1-based.</param>
/// <param name="Column">Column, 1-based.</param>
public readonly record struct SourceMark(int Line, int Column);
