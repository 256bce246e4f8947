using Soc.Memory;

namespace Soc.Checkers;

/// <summary>An access to which a checker has not answered yet.</summary>
/// <param name="Access">The access, as it was handed to <see cref="Checker.Access"/>.</param>
/// <param name="Value">What a store writes.</param>
public readonly record struct HeldAccess(BusAccess Access, ulong Value);
