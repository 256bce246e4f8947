using Soc.Memory;

namespace Soc.Devices.Aia;

/// <summary>
/// The memory side of the interrupt files of one privilege level of all harts: a page for each file, into which devices and harts store message
/// numbers (RISC-V AIA 1.0, section 3.5).
/// </summary>
/// <remarks>
/// <code>
/// offset in page  width  name           access
/// 0x000           4      seteipnum_le   reads 0; write: the identity becomes pending
/// 0x004           4      seteipnum_be   the same, bytes swapped
/// </code>
/// Accesses of another width are bus errors; the rest of a page reads 0 and ignores writes. Pages without a file (those of guest files) too.
/// </remarks>
/// <param name="files">The files, by hart.</param>
/// <param name="log2Pages">Log2 of the pages between two harts' files: 0, or more to leave room for guest files.</param>
public sealed class Imsic(IReadOnlyList<ImsicFile> files, int log2Pages = 0) : IBusDevice
{
    private const int PageShift = 12;

    /// <summary>The files, by hart.</summary>
    public IReadOnlyList<ImsicFile> Files { get; } = files;

    /// <summary>Bytes of the block.</summary>
    public ulong RegionSize => (ulong)Files.Count << (PageShift + log2Pages);

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

        ulong page = access.Offset >> PageShift;
        ulong hart = page >> log2Pages;
        if (hart < (ulong)Files.Count && page == hart << log2Pages)
        {
            switch (access.Offset & ((1UL << PageShift) - 1))
            {
                case 0:
                    Files[(int)hart].Receive((uint)value, access.Initiator);
                    break;
                case 4:
                    Files[(int)hart].Receive(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness((uint)value), access.Initiator);
                    break;
            }
        }

        return AccessResult.Ok;
    }
}
