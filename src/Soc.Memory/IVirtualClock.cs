namespace Soc.Memory;

/// <summary>Virtual time that does not follow an initiator's cycles: the clock of a free-running SoC.</summary>
public interface IVirtualClock
{
    /// <summary>Virtual time, nanoseconds.</summary>
    ulong Now { get; }
}
