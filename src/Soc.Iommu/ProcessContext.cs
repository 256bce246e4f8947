namespace Soc.Iommu;

/// <summary>A valid and well-formed process context (riscv-iommu.md section 4).</summary>
/// <param name="DeviceId">Device that it was found for.</param>
/// <param name="ProcessId">Process that it was found for.</param>
/// <param name="Gscid">Guest whose second stage led to it; null when it was read without one.</param>
/// <param name="SupervisorEnabled">ENS.</param>
/// <param name="FirstStage">The first stage that it points to.</param>
internal sealed record ProcessContext(uint DeviceId, uint ProcessId, ushort? Gscid, bool SupervisorEnabled, FirstStageMode FirstStage)
{
    /// <summary>Decodes a context whose V bit is set; null when a check fails.</summary>
    public static ProcessContext? Decode(DeviceContext device, uint processId, ulong ta, ulong fsc, IommuCapabilities capabilities)
    {
        int levels = FirstStageMode.LevelsOf((uint)(fsc >> 60), device.Sxl, capabilities);
        if ((ta & 0xFFFF_FFFF_0000_0FF8) != 0 || (fsc & 0x0FFF_F000_0000_0000) != 0 || levels < 0)
        {
            return null;
        }

        uint pscid = (uint)(ta >> 12) & 0xFFFFF;
        var first = new FirstStageMode(levels, device.Sxl, fsc & ((1UL << 44) - 1), pscid, (ta & 4) != 0);
        return new ProcessContext(device.DeviceId, processId, device.HasSecondStage ? device.Gscid : null, (ta & 2) != 0, first);
    }
}
