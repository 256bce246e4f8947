namespace Soc.RiscV.Commits;

/// <summary>Which registers a number means; the values order them as Spike's log does.</summary>
public enum RegisterFile : byte
{
    /// <summary>x1 to x31.</summary>
    Integer = 0,

    /// <summary>f0 to f31.</summary>
    Float = 1,

    /// <summary>Control and status registers.</summary>
    Control = 4,
}
