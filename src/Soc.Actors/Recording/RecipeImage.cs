using MessagePack;

namespace Soc.Actors.Recording;

/// <summary>A file that a recorded run loaded: by name and content.</summary>
/// <param name="Path">Full path on the machine that recorded.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">SHA-256 of the content, lower-case hex.</param>
[MessagePackObject]
public sealed record RecipeImage(
    [property: Key(0)] string Path,
    [property: Key(1)] long Length,
    [property: Key(2)] string Sha256);
