namespace Soc.RiscV;

/// <summary>Why <see cref="Hart.Run"/> returned.</summary>
public enum HartExit : byte
{
    /// <summary>The local clock has reached the cycle that was given.</summary>
    Budget,

    /// <summary><see cref="Hart.RequestExit"/> was called.</summary>
    ExitRequested,

    /// <summary>WFI with nothing pending; no timer deadline before the cycle that was given.</summary>
    WaitForInterrupt,

    /// <summary>An access reached registers of another actor; <see cref="Hart.CompleteTransaction"/> lets the hart go on.</summary>
    PendingTransaction,

    /// <summary>A loop that only looks at memory has seen nothing change; running on would repeat it.</summary>
    Spin,

    /// <summary>The hart cannot make progress; see <see cref="Hart.StopReason"/>.</summary>
    Stopped,
}
