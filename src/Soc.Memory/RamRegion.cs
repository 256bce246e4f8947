namespace Soc.Memory;

/// <summary>Host-backed memory: RAM, or ROM when <see cref="MemoryRegion.ReadOnly"/> is set (stores are then discarded).</summary>
public class RamRegion : MemoryRegion
{
    /// <summary>Creates the region on its own memory block.</summary>
    /// <param name="name">Name for people.</param>
    /// <param name="memory">The block behind the region; its size is the region's.</param>
    public RamRegion(string name, GuestMemory memory)
        : base(name, memory?.Size ?? throw new ArgumentNullException(nameof(memory))) => Memory = memory;

    /// <summary>The host memory behind the region.</summary>
    public GuestMemory Memory { get; }

    /// <summary>
    /// Which pages were written, per client; null (the default) when nobody wants to know, and then tracking costs nothing.
    /// Set before initiators run.
    /// </summary>
    public DirtyMap? Dirty { get; set; }

    /// <inheritdoc/>
    public override bool Terminates => true;
}
