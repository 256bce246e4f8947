namespace Soc.Checkers.Declaration;

/// <summary>What a topology writes for an option of a checker.</summary>
public enum CheckerOptionType : byte
{
    /// <summary>A whole number within limits; hexadecimal is welcome.</summary>
    Integer,

    /// <summary>A whole number of bytes that may be negative.</summary>
    Offset,

    /// <summary>true or false.</summary>
    Flag,

    /// <summary>Bytes, with units.</summary>
    Size,

    /// <summary>An address.</summary>
    Address,

    /// <summary>One of several words.</summary>
    Word,

    /// <summary>A list of whole numbers within limits.</summary>
    Numbers,

    /// <summary>r, w, rw or none.</summary>
    Directions,

    /// <summary>A mapping from worlds to <see cref="Directions"/>.</summary>
    DirectionsByWorld,

    /// <summary>A mapping from names of protected things to whole numbers within limits.</summary>
    NumberByTarget,

    /// <summary>A naturally aligned power of two of addresses (<c>start</c>, <c>size</c>), or <c>full</c>.</summary>
    Range,

    /// <summary>A list of mappings with options of their own.</summary>
    Rows,
}
