namespace Soc.RiscV.Mmu;

/// <summary>
/// The hart's TLB contexts: everything beside the page tables and PMP that changes the answer of a walk. U, S, S with SUM and
/// M, each with mstatus.MXR off and on.
/// </summary>
internal static class TlbContexts
{
    public const int User = 0;
    public const int Supervisor = 1;
    public const int SupervisorWithUserAccess = 2;
    public const int Machine = 3;
    public const int ExecutableReadable = 4;

    /// <summary>The contexts whose accesses go through page tables.</summary>
    public const ulong Translated = 0x77;

    /// <summary>The contexts of effective mode U.</summary>
    public const ulong AllUser = 0x11;

    /// <summary>The effective privilege mode of a context.</summary>
    public static PrivilegeMode ModeOf(int context) => (context & 3) switch
    {
        User => PrivilegeMode.User,
        Machine => PrivilegeMode.Machine,
        _ => PrivilegeMode.Supervisor,
    };

    /// <summary>The context of instruction fetches.</summary>
    public static int OfFetch(PrivilegeMode mode) => (int)mode;

    /// <summary>The context of loads and stores in an effective mode.</summary>
    public static int OfData(PrivilegeMode effective, ulong mstatus) => effective switch
    {
        PrivilegeMode.Machine => Machine,
        PrivilegeMode.User => User,
        _ => (mstatus & MachineStatus.Sum) != 0 ? SupervisorWithUserAccess : Supervisor,
    } | (effective != PrivilegeMode.Machine && (mstatus & MachineStatus.Mxr) != 0 ? ExecutableReadable : 0);
}
