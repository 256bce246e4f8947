namespace Soc.Memory;

/// <summary>
/// Outcome of a bus access (softtlb.md section 1.6). The bits of the parts of a split access are OR-ed.
/// </summary>
[Flags]
public enum AccessResult : byte
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>The device, or the blocked sink of a checker, answered with a bus error.</summary>
    Error = 1,

    /// <summary>Nothing at the address, or no translation for this kind.</summary>
    DecodeError = 2,

    /// <summary>An attribute forbids it: a memory-only transaction reached a device.</summary>
    AccessError = 4,

    /// <summary>
    /// The target belongs to another actor: the initiator stops at this access, its owner sends the transaction and
    /// completes it when the answer arrives (see <see cref="RemoteRegion"/>).
    /// </summary>
    Pending = 0x80,
}
