namespace Soc.Memory;

/// <summary>A passive device: called in place by whoever accesses it. One that several initiators reach at once locks itself.</summary>
public interface IBusDevice
{
    /// <summary>Reads <see cref="BusAccess.Size"/> bytes; the value is zero-extended.</summary>
    AccessResult Read(in BusAccess access, out ulong value);

    /// <summary>Writes the low <see cref="BusAccess.Size"/> bytes of <paramref name="value"/>.</summary>
    AccessResult Write(in BusAccess access, ulong value);
}
