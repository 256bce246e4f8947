using Soc.Memory;

namespace Soc.Devices;

/// <summary>The register layout of SiFive's CLINT, made of the two ACLINT devices (RISC-V ACLINT 1.0, section 1.1).</summary>
/// <remarks>
/// <code>
/// offset             name
/// 0x0000 + 4 * hart  msip      (AclintMswi)
/// 0x4000 + 8 * hart  mtimecmp  (AclintMtimer)
/// 0xBFF8             mtime     (AclintMtimer)
/// </code>
/// </remarks>
/// <param name="software">Takes 0x0000..0x3FFF.</param>
/// <param name="timer">Takes 0x4000..0xBFFF; the rest reads 0.</param>
public sealed class Clint(AclintMswi software, AclintMtimer timer) : IBusDevice
{
    /// <summary>Bytes of the register block, as device trees declare it.</summary>
    public const ulong RegionSize = 0x10000;

    /// <summary>The software interrupts.</summary>
    public AclintMswi Software { get; } = software;

    /// <summary>The timer.</summary>
    public AclintMtimer Timer { get; } = timer;

    /// <inheritdoc/>
    public AccessResult Read(in BusAccess access, out ulong value)
    {
        if (Route(access, out BusAccess routed) is { } device)
        {
            return device.Read(routed, out value);
        }

        value = 0;
        return AccessResult.Ok;
    }

    /// <inheritdoc/>
    public AccessResult Write(in BusAccess access, ulong value) =>
        Route(access, out BusAccess routed) is { } device ? device.Write(routed, value) : AccessResult.Ok;

    private IBusDevice? Route(in BusAccess access, out BusAccess routed)
    {
        const ulong TimerStart = AclintMswi.RegionSize;
        const ulong TimerEnd = TimerStart + AclintMtimer.RegionSize;
        routed = access.Offset < TimerStart ? access : access with { Offset = access.Offset - TimerStart };
        return access.Offset < TimerStart ? Software : access.Offset < TimerEnd ? Timer : null;
    }
}
