namespace Soc.Checkers.Registers;

/// <summary>One line of a register table, as <c>soc topology show --registers</c> prints it.</summary>
/// <param name="Offset">Bytes from the base of the block; negative offsets wrap.</param>
/// <param name="Name">Name in the specification, with the index of array elements.</param>
/// <param name="Width">Bytes.</param>
/// <param name="Access">The fields' accesses in datasheet letters, e.g. "RW" or "RW/W1SS".</param>
/// <param name="Reset">Value after reset.</param>
/// <param name="Current">What software would read now, side effects left out.</param>
/// <param name="Lock">What freezes it; empty when nothing does.</param>
public sealed record RegisterRow(ulong Offset, string Name, int Width, string Access, ulong Reset, ulong Current, string Lock);
