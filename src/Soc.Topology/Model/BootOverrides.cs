namespace Soc.Topology;

/// <summary>What a command line says about booting, in the words that users of QEMU know; null = what the file says.</summary>
/// <param name="Bios">Firmware; <c>none</c> for none. Paths are relative to the working directory.</param>
/// <param name="Kernel">Kernel.</param>
/// <param name="Initrd">Initial RAM disk.</param>
/// <param name="Append">The kernel's command line.</param>
/// <param name="DeviceTree">Device tree blob.</param>
public sealed record BootOverrides(string? Bios = null, string? Kernel = null, string? Initrd = null, string? Append = null, string? DeviceTree = null)
{
    /// <summary>Whether nothing is said.</summary>
    public bool IsEmpty => this == new BootOverrides();
}
