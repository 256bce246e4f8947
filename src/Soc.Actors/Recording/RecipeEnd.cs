using MessagePack;

namespace Soc.Actors.Recording;

/// <summary>How a recorded run ended.</summary>
/// <param name="Outcome">Name of the <see cref="RunOutcome"/>.</param>
/// <param name="ExitCode">Exit code.</param>
/// <param name="Reason">One line.</param>
/// <param name="Events">Messages handed out.</param>
/// <param name="VirtualTime">Virtual time, ns.</param>
/// <param name="Instructions">Instructions that each hart retired.</param>
/// <param name="Turns">Turns of initiators.</param>
/// <param name="TurnDigest">Digest chain of the turns; 32 bytes.</param>
[MessagePackObject]
public sealed record RecipeEnd(
    [property: Key(0)] string Outcome,
    [property: Key(1)] int ExitCode,
    [property: Key(2)] string Reason,
    [property: Key(3)] ulong Events,
    [property: Key(4)] ulong VirtualTime,
    [property: Key(5)] ulong[] Instructions,
    [property: Key(6)] ulong Turns,
    [property: Key(7)] byte[] TurnDigest);
