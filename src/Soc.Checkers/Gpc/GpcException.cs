using Soc.Memory;

namespace Soc.Checkers.Gpc;

/// <summary>
/// What an Arm processor would report of a failed granule protection check (arm-filters.md section 4.7): for comparing a run with
/// software written for one. The RISC-V harts of this project take an access fault instead.
/// </summary>
/// <param name="ExceptionLevel">Where the exception is taken to, 1..3.</param>
/// <param name="Syndrome">ESR: EC, IL and ISS.</param>
/// <param name="FaultAddress">MFAR_EL3; null when it is not written.</param>
public readonly record struct GpcException(int ExceptionLevel, uint Syndrome, ulong? FaultAddress)
{
    private const uint CheckClass = 0x1E;
    private const uint InstructionAbortClass = 0x20;
    private const uint DataAbortClass = 0x24;
    private const uint InstructionLengthBit = 1U << 25;
    private const uint FetchBit = 1U << 20;
    private const uint StoreBit = 1U << 6;
    private const uint FinalAccess = 0x28;
    private const uint TableLevelZero = 0x24;

    /// <summary>Routes and encodes a fault.</summary>
    /// <param name="verdict">The failed check.</param>
    /// <param name="address">Physical address that was checked.</param>
    /// <param name="space">Physical address space of the access.</param>
    /// <param name="kind">What was tried.</param>
    /// <param name="from">Exception level of the access, 0..3.</param>
    /// <param name="monitorTakesFaults">SCR_EL3.GPF.</param>
    /// <param name="hypervisorTakesFaults">HCR_EL2.GPF.</param>
    /// <param name="tableLevel">Level, from -1, of the page-table descriptor whose fetch failed; null for the access itself.</param>
    public static GpcException Of(
        in GpcVerdict verdict, ulong address, SecuritySpace space, AccessKind kind, int from, bool monitorTakesFaults,
        bool hypervisorTakesFaults = false, int? tableLevel = null)
    {
        uint status = tableLevel is { } level ? (uint)(TableLevelZero + level) : FinalAccess;
        uint direction = kind == AccessKind.Store ? StoreBit : 0;
        if (verdict.Fault != GpcFaultKind.GranuleProtection || (monitorTakesFaults && from < 3))
        {
            uint fetch = kind == AccessKind.Fetch ? FetchBit : 0;
            return new GpcException(
                3, (CheckClass << 26) | InstructionLengthBit | fetch | ((uint)verdict.StatusCode << 14) | direction | status,
                GpcRecord.AddressRegister(space, address));
        }

        int usual = Math.Max(from, 1);
        int target = hypervisorTakesFaults && usual < 2 ? 2 : usual;
        uint abort = kind == AccessKind.Fetch ? InstructionAbortClass : DataAbortClass;
        return new GpcException(target, ((abort | (target == from ? 1U : 0)) << 26) | InstructionLengthBit | direction | status, null);
    }
}
