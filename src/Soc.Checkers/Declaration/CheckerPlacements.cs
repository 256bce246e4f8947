namespace Soc.Checkers.Declaration;

/// <summary>Where a kind of checker can stand.</summary>
[Flags]
public enum CheckerPlacements : byte
{
    /// <summary>Nowhere.</summary>
    None = 0,

    /// <summary>In front of memories and devices: it checks whoever comes.</summary>
    Targets = 1,

    /// <summary>At initiators: it checks all their accesses.</summary>
    Initiators = 2,
}
