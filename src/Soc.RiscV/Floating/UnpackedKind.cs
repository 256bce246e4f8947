namespace Soc.RiscV.Floating;

/// <summary>What a floating-point datum is.</summary>
internal enum UnpackedKind : byte
{
    /// <summary>A zero.</summary>
    Zero,

    /// <summary>A normal or subnormal number.</summary>
    Finite,

    /// <summary>An infinity.</summary>
    Infinite,

    /// <summary>A NaN that raises nothing.</summary>
    QuietNaN,

    /// <summary>A NaN that raises invalid.</summary>
    SignalingNaN,
}
