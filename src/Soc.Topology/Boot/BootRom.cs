using System.Buffers.Binary;

namespace Soc.Topology.Boot;

/// <summary>
/// The first instructions of every booting hart: hart id in a0, device tree in a1, OpenSBI's description of the next stage in a2, jump
/// (Linux Documentation/arch/riscv/boot.rst; OpenSBI docs/firmware/fw_dynamic.md).
/// </summary>
public static class BootRom
{
    /// <summary>Bytes of the ROM's content.</summary>
    public const int Size = DynamicOffset + (6 * 8);

    // t0 = 5, a0 = 10, a1 = 11, a2 = 12.
    private const int EntryOffset = 24;
    private const int TreeOffset = 32;
    private const int DynamicOffset = 40;
    private const ulong DynamicMagic = 0x4942_534F;
    private const ulong DynamicVersion = 2;
    private const ulong NextModeSupervisor = 1;

    /// <summary>Makes the ROM's content.</summary>
    /// <param name="entry">First instruction of the firmware, or of a kernel without one.</param>
    /// <param name="deviceTree">Address of the device tree blob.</param>
    /// <param name="next">First instruction of what the firmware starts in S-mode; 0 = the firmware knows itself.</param>
    /// <param name="bootHart">Hart on which the firmware boots.</param>
    public static byte[] Make(ulong entry, ulong deviceTree, ulong next, int bootHart)
    {
        byte[] rom = new byte[Size];
        ReadOnlySpan<uint> code =
        [
            0x0000_0297, // auipc t0, 0
            (DynamicOffset << 20) | 0x0002_8613, // addi a2, t0, DynamicOffset
            0xF140_2573, // csrr a0, mhartid
            (TreeOffset << 20) | 0x0002_B583, // ld a1, TreeOffset(t0)
            (EntryOffset << 20) | 0x0002_B283, // ld t0, EntryOffset(t0)
            0x0002_8067, // jr t0
        ];
        for (int i = 0; i < code.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(rom.AsSpan(4 * i), code[i]);
        }

        ReadOnlySpan<ulong> data = [entry, deviceTree, DynamicMagic, DynamicVersion, next, NextModeSupervisor, 0, (ulong)bootHart];
        for (int i = 0; i < data.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(rom.AsSpan(EntryOffset + (8 * i)), data[i]);
        }

        return rom;
    }
}
