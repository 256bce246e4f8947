namespace Soc.RiscV.Mmu;

/// <summary>
/// The hart's TLB contexts: everything beside the page tables and PMP that changes the answer of a walk. U, S, S with SUM and
/// M, each with mstatus.MXR off and on; with the hypervisor extension then VU, VS, VS with SUM, each with vsstatus.MXR off and
/// on, then with mstatus.MXR on, which counts for both stages of translation, and as HLVX reads.
/// </summary>
internal static class TlbContexts
{
    public const int User = 0;
    public const int Supervisor = 1;
    public const int SupervisorWithUserAccess = 2;
    public const int Machine = 3;
    public const int ExecutableReadable = 4;

    /// <summary>Contexts of a hart without the hypervisor extension.</summary>
    public const int Count = 8;

    /// <summary>Contexts of a hart with it.</summary>
    public const int CountWithGuests = 24;

    /// <summary>The contexts whose accesses go through the page tables of satp.</summary>
    public const ulong Translated = 0x77;

    /// <summary>The contexts of virtual modes.</summary>
    public const ulong AllGuest = 0xFFFF00;

    /// <summary>The contexts of effective modes U and VU.</summary>
    public const ulong AllUser = 0x111111;

    private const int Guest = 8;
    private const int GuestWithMachineMxr = 16;
    private const int GuestAsExecuted = 20;

    /// <summary>The effective privilege mode of a context.</summary>
    public static PrivilegeMode ModeOf(int context) => (context & 3) switch
    {
        User => PrivilegeMode.User,
        Machine => PrivilegeMode.Machine,
        _ => PrivilegeMode.Supervisor,
    };

    /// <summary>Whether a context is one of a virtual mode.</summary>
    public static bool IsGuest(int context) => context >= Guest;

    /// <summary>Whether loads need the right to execute instead of that to read (HLVX).</summary>
    public static bool IsAsExecuted(int context) => context >= GuestAsExecuted;

    /// <summary>Whether mstatus.MXR counts for a context of a virtual mode.</summary>
    public static bool HasMachineMxr(int context) => context is >= GuestWithMachineMxr and < GuestAsExecuted;

    /// <summary>The context without virtualization whose rights the first stage of a virtual one has.</summary>
    public static int FirstStageOf(int context) => HasMachineMxr(context) ? (context & 3) | ExecutableReadable : context & (IsAsExecuted(context) ? 3 : 7);

    /// <summary>The context of instruction fetches.</summary>
    public static int OfFetch(PrivilegeMode mode) => (int)mode;

    /// <summary>The context of instruction fetches of a virtual mode.</summary>
    public static int OfGuestFetch(PrivilegeMode mode) => Guest + (int)mode;

    /// <summary>The context of loads and stores as a virtual mode makes them.</summary>
    /// <param name="effective">U or S, for VU and VS.</param>
    /// <param name="vsstatus">SUM and MXR of the first stage.</param>
    /// <param name="mstatus">MXR of both stages.</param>
    /// <param name="executable">HLVX.</param>
    public static int OfGuestData(PrivilegeMode effective, ulong vsstatus, ulong mstatus, bool executable)
    {
        int first = OfData(effective, vsstatus);
        return executable ? GuestAsExecuted + (first & 3)
            : (mstatus & MachineStatus.Mxr) != 0 ? GuestWithMachineMxr + (first & 3)
            : Guest + first;
    }

    /// <summary>The context of loads and stores in an effective mode.</summary>
    public static int OfData(PrivilegeMode effective, ulong mstatus) => effective switch
    {
        PrivilegeMode.Machine => Machine,
        PrivilegeMode.User => User,
        _ => (mstatus & MachineStatus.Sum) != 0 ? SupervisorWithUserAccess : Supervisor,
    } | (effective != PrivilegeMode.Machine && (mstatus & MachineStatus.Mxr) != 0 ? ExecutableReadable : 0);
}
