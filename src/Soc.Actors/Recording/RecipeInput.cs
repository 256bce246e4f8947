using MessagePack;

namespace Soc.Actors.Recording;

/// <summary>Something that came into the SoC from outside.</summary>
/// <param name="At">Virtual time, ns.</param>
/// <param name="Device">Name of the device that it came through.</param>
/// <param name="Bytes">What came.</param>
[MessagePackObject]
public sealed record RecipeInput(
    [property: Key(0)] ulong At,
    [property: Key(1)] string Device,
    [property: Key(2)] byte[] Bytes);
