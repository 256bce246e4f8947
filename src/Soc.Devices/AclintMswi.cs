using Soc.Memory;

namespace Soc.Devices;

/// <summary>Machine-level software interrupts (RISC-V ACLINT 1.0, chapter 3). Self-locking.</summary>
/// <remarks>
/// <code>
/// offset      width  name       access
/// 4 * hart    4      MSIP[hart] RW, bit 0; other bits read 0
/// </code>
/// Accesses of another width are bus errors; registers of harts that do not exist read 0 and ignore writes.
/// </remarks>
public sealed class AclintMswi : IBusDevice
{
    /// <summary>Bytes of the register block.</summary>
    public const ulong RegionSize = 0x4000;

    /// <summary>Most harts of one device.</summary>
    public const int MaximumHarts = 4095;

    private readonly Lock _lock = new();
    private readonly bool[] _pending;
    private readonly ISoftwareInterruptPort _port;

    /// <summary>Creates the device with all interrupts low.</summary>
    /// <param name="hartCount">Harts, 1..4095.</param>
    /// <param name="port">Takes the levels to the harts.</param>
    public AclintMswi(int hartCount, ISoftwareInterruptPort port)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hartCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hartCount, MaximumHarts);
        ArgumentNullException.ThrowIfNull(port);
        _pending = new bool[hartCount];
        _port = port;
    }

    /// <inheritdoc/>
    public AccessResult Read(in BusAccess access, out ulong value)
    {
        value = 0;
        if (access.Size != 4)
        {
            return AccessResult.Error;
        }

        ulong hart = access.Offset / 4;
        if (hart < (ulong)_pending.Length)
        {
            lock (_lock)
            {
                value = _pending[hart] ? 1UL : 0;
            }
        }

        return AccessResult.Ok;
    }

    /// <inheritdoc/>
    public AccessResult Write(in BusAccess access, ulong value)
    {
        if (access.Size != 4)
        {
            return AccessResult.Error;
        }

        ulong hart = access.Offset / 4;
        if (hart < (ulong)_pending.Length)
        {
            lock (_lock)
            {
                bool level = (value & 1) != 0;
                if (_pending[hart] != level)
                {
                    _pending[hart] = level;
                    _port.Set((int)hart, HartInterruptLine.MachineSoftware, level, access);
                }
            }
        }

        return AccessResult.Ok;
    }
}
