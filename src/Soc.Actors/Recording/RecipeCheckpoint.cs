using MessagePack;

namespace Soc.Actors.Recording;

/// <summary>The digest chain after some events, and those events since the checkpoint before in short form.</summary>
/// <param name="Count">Short forms since the checkpoint before: messages, and marks of turns.</param>
/// <param name="Chain">SHA-256 over the chain before and the last event; 32 bytes.</param>
/// <param name="Events">Packed: see <see cref="EventChain"/>.</param>
[MessagePackObject]
public sealed record RecipeCheckpoint(
    [property: Key(0)] int Count,
    [property: Key(1)] byte[] Chain,
    [property: Key(2)] byte[] Events);
