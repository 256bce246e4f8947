using Soc.Memory;

namespace Soc.Devices;

/// <summary>Supervisor-level software interrupts (RISC-V ACLINT 1.0, chapter 4). Has no state.</summary>
/// <remarks>
/// <code>
/// offset      width  name          access
/// 4 * hart    4      SETSSIP[hart] reads 0; a write with bit 0 set sends an edge that sets SSIP
/// </code>
/// Accesses of another width are bus errors; registers of harts that do not exist read 0 and ignore writes.
/// </remarks>
public sealed class AclintSswi : IBusDevice
{
    /// <summary>Bytes of the register block.</summary>
    public const ulong RegionSize = 0x4000;

    private readonly int _hartCount;
    private readonly ISoftwareInterruptPort _port;

    /// <summary>Creates the device.</summary>
    /// <param name="hartCount">Harts, 1..4095.</param>
    /// <param name="port">Takes the edges to the harts.</param>
    public AclintSswi(int hartCount, ISoftwareInterruptPort port)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hartCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hartCount, AclintMswi.MaximumHarts);
        ArgumentNullException.ThrowIfNull(port);
        _hartCount = hartCount;
        _port = port;
    }

    /// <inheritdoc/>
    public AccessResult Read(in BusAccess access, out ulong value)
    {
        value = 0;
        return access.Size == 4 ? AccessResult.Ok : AccessResult.Error;
    }

    /// <inheritdoc/>
    public AccessResult Write(in BusAccess access, ulong value)
    {
        if (access.Size != 4)
        {
            return AccessResult.Error;
        }

        ulong hart = access.Offset / 4;
        if (hart < (ulong)_hartCount && (value & 1) != 0)
        {
            _port.Set((int)hart, HartInterruptLine.SupervisorSoftware, true, access);
        }

        return AccessResult.Ok;
    }
}
