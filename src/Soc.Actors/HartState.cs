namespace Soc.Actors;

/// <summary>What a hart does at a moment, for people who look at a run.</summary>
/// <param name="Name">Name.</param>
/// <param name="ProgramCounter">Address of the next instruction.</param>
/// <param name="Symbol">Where that is; empty when no image knows it, and in a virtual machine, whose images nobody knows.</param>
/// <param name="Mode">Privilege: "U", "S", "M", "VU" or "VS".</param>
/// <param name="World">Its world in that mode; null in a machine without worlds.</param>
/// <param name="Waiting">What it waits for; empty when it runs.</param>
/// <param name="Instructions">Instructions retired.</param>
public sealed record HartState(string Name, ulong ProgramCounter, string Symbol, string Mode, int? World, string Waiting, ulong Instructions);
