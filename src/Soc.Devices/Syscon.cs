using Soc.Memory;

namespace Soc.Devices;

/// <summary>
/// A system controller of one 32-bit register: certain values end the run or reset the SoC (device tree bindings syscon-poweroff and
/// syscon-reboot). The test finisher is one with values of its own; this is for machines without it. Has no state.
/// </summary>
/// <param name="sink">Hears the requests.</param>
/// <param name="poweroff">Value that ends the run.</param>
/// <param name="reboot">Value that resets the SoC.</param>
public sealed class Syscon(IFinisherSink sink, uint poweroff = Syscon.DefaultPoweroff, uint reboot = Syscon.DefaultReboot) : IBusDevice
{
    /// <summary>Bytes of the register block.</summary>
    public const ulong RegionSize = 0x1000;

    /// <summary>The value that ends the run, if nothing else is said.</summary>
    public const uint DefaultPoweroff = 0x5555;

    /// <summary>The value that resets, if nothing else is said.</summary>
    public const uint DefaultReboot = 0x7777;

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

        if (access.Offset == 0 && ((uint)value == poweroff || (uint)value == reboot))
        {
            sink.Finish((uint)value == poweroff ? FinishKind.Pass : FinishKind.Reset, 0, access);
        }

        return AccessResult.Ok;
    }
}
