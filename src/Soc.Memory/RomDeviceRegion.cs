namespace Soc.Memory;

/// <summary>
/// Host memory plus callbacks (flash): loads are direct while in ROM mode, stores always go to the device (case MT7).
/// </summary>
/// <param name="name">Name for people.</param>
/// <param name="memory">The block that loads read in ROM mode.</param>
/// <param name="device">Gets stores, and loads outside ROM mode.</param>
public sealed class RomDeviceRegion(string name, GuestMemory memory, IBusDevice device) : RamRegion(name, memory)
{
    /// <summary>Gets stores, and loads outside ROM mode.</summary>
    public IBusDevice Device { get; } = device;

    /// <summary>Whether loads are direct; a change is visible at the next commit.</summary>
    public bool RomMode { get; set; } = true;
}
