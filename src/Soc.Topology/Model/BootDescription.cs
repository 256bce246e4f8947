namespace Soc.Topology;

/// <summary>
/// What is booted the way QEMU's virt machine does it: firmware, kernel, initial RAM disk and a device tree, with a boot ROM that starts them. Files
/// are full paths and are opened when the SoC is built.
/// </summary>
public sealed record BootDescription
{
    /// <summary>Firmware, raw or ELF; null = the kernel starts in M-mode.</summary>
    public string? Bios { get; init; }

    /// <summary>Kernel: Linux Image (also packed with gzip), ELF or raw; null = the firmware brings its own.</summary>
    public string? Kernel { get; init; }

    /// <summary>Initial RAM disk; null = none.</summary>
    public string? Initrd { get; init; }

    /// <summary>The kernel's command line.</summary>
    public string Append { get; init; } = "";

    /// <summary>A device tree blob instead of the generated one; null = generated.</summary>
    public string? DeviceTree { get; init; }

    /// <summary>Ids of the harts that boot this and that the device tree shows; null = all.</summary>
    public IReadOnlyList<int>? Harts { get; init; }

    /// <summary>Names of the memories that the device tree shows, the first one being where everything is loaded; null = all RAM.</summary>
    public IReadOnlyList<string>? Memories { get; init; }

    /// <summary>Time of the real-time clock at the start, ns since 1970; a fixed one, so that runs repeat.</summary>
    public ulong ClockStart { get; init; } = DefaultClockStart;

    /// <summary>2026-01-01 00:00:00 UTC.</summary>
    public const ulong DefaultClockStart = 1_767_225_600_000_000_000;

    /// <summary>Where it is described.</summary>
    public SourceMark Mark { get; init; }

    /// <summary>Whether a hart boots this.</summary>
    public bool Includes(int hart) => Harts is null || Harts.Contains(hart);
}
