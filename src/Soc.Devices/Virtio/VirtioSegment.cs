namespace Soc.Devices.Virtio;

/// <summary>One descriptor's buffer.</summary>
/// <param name="Address">Bus address of the first byte.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct VirtioSegment(ulong Address, uint Length);
