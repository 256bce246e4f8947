using System.Buffers.Binary;
using System.Text;

namespace Soc.Topology.Tests;

/// <summary>Builds a small RISC-V executable: one segment of 16 bytes (64 in memory) at 0x8000_0000 and three symbols.</summary>
internal static class TestElf
{
    public const int ProgramHeader = 64;
    public const int Sections = 64 + 56 + 16 + (24 * 4) + 32;

    public static byte[] Build()
    {
        byte[] file = new byte[Sections + (64 * 3)];
        "\u007fELF"u8.CopyTo(file);
        file[4] = 2;
        file[5] = 1;
        file[6] = 1;
        Half(file, 16, 2);
        Half(file, 18, 243);
        Word(file, 20, 1);
        Double(file, 24, 0x8000_0000);
        Double(file, 32, ProgramHeader);
        Double(file, 40, Sections);
        Half(file, 52, 64);
        Half(file, 54, 56);
        Half(file, 56, 1);
        Half(file, 58, 64);
        Half(file, 60, 3);
        const int content = ProgramHeader + 56;
        Word(file, ProgramHeader, 1);
        Word(file, ProgramHeader + 4, 7);
        Double(file, ProgramHeader + 8, content);
        Double(file, ProgramHeader + 16, 0x8000_0000);
        Double(file, ProgramHeader + 24, 0x8000_0000);
        Double(file, ProgramHeader + 32, 16);
        Double(file, ProgramHeader + 40, 64);
        for (int index = 0; index < 16; index++)
        {
            file[content + index] = (byte)(index + 1);
        }

        const int symbols = content + 16;
        const int names = symbols + (24 * 4);
        Encoding.ASCII.GetBytes("\0_start\0main\0$xrv64i\0").CopyTo(file, names);
        Symbol(file, symbols + 24, name: 1, info: 0x10, 0x8000_0000, 0);
        Symbol(file, symbols + 48, name: 8, info: 0x12, 0x8000_0008, 4);
        Symbol(file, symbols + 72, name: 13, info: 0x00, 0x8000_0004, 0);
        Word(file, Sections + 64 + 4, 2);
        Double(file, Sections + 64 + 24, symbols);
        Double(file, Sections + 64 + 32, 24 * 4);
        Word(file, Sections + 64 + 40, 2);
        Word(file, Sections + 128 + 4, 3);
        Double(file, Sections + 128 + 24, names);
        Double(file, Sections + 128 + 32, 32);
        return file;
    }

    public static byte[] With(int offset, params byte[] bytes)
    {
        byte[] file = Build();
        bytes.CopyTo(file, offset);
        return file;
    }

    private static void Symbol(byte[] file, int at, uint name, byte info, ulong value, ulong size)
    {
        Word(file, at, name);
        file[at + 4] = info;
        Half(file, at + 6, 1);
        Double(file, at + 8, value);
        Double(file, at + 16, size);
    }

    private static void Half(byte[] file, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), value);

    private static void Word(byte[] file, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), value);

    private static void Double(byte[] file, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at), value);
}
