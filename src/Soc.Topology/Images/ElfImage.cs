using System.Buffers.Binary;
using System.Text;

namespace Soc.Topology;

/// <summary>
/// A RISC-V ELF64 executable: segments to load, entry point, and symbols for people (System V ABI, "Object Files"; RISC-V ELF
/// psABI). Everything that a damaged file can say is checked before it is believed.
/// </summary>
public sealed class ElfImage
{
    private const int HeaderSize = 64;
    private const int ProgramHeaderSize = 56;
    private const int SectionHeaderSize = 64;
    private const int SymbolSize = 24;
    private const ushort MachineRiscV = 243;
    private const int TypeExecutable = 2;
    private const int TypeMovable = 3;
    private const uint SegmentLoad = 1;
    private const uint SegmentInterpreter = 3;

    private readonly byte[] _bytes;
    private readonly SymbolTable _symbols;

    private ElfImage(string path, byte[] bytes, bool movable, ulong entry, ElfSegment[] segments, SymbolTable symbols)
    {
        Path = path;
        IsPositionIndependent = movable;
        Entry = entry;
        Segments = segments;
        _bytes = bytes;
        _symbols = symbols;
    }

    /// <summary>The file, as it was named.</summary>
    public string Path { get; }

    /// <summary>Whether it can be put anywhere and relocates itself (ET_DYN), as OpenSBI does.</summary>
    public bool IsPositionIndependent { get; }

    /// <summary>First pc (e_entry).</summary>
    public ulong Entry { get; }

    /// <summary>Loadable segments in the order of the file.</summary>
    public IReadOnlyList<ElfSegment> Segments { get; }

    /// <summary>Functions, objects and labels in address order.</summary>
    public IReadOnlyList<ElfSymbol> Symbols => _symbols.Symbols;

    /// <summary>Whether a file starts like an ELF file of whatever sort.</summary>
    public static bool IsElf(ReadOnlySpan<byte> start) => start.Length >= 4 && start[..4].SequenceEqual("\u007fELF"u8);

    /// <summary>Reads a file. One that is position-independent starts at address 0.</summary>
    /// <exception cref="ImageException">It cannot be read, or is no sound RISC-V ELF64 executable.</exception>
    public static ElfImage Load(string path)
    {
        try
        {
            return Parse(path, File.ReadAllBytes(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ImageException($"{path}: cannot be read ({exception.Message.ReplaceLineEndings(" ")}); check the path and its permissions", exception);
        }
    }

    /// <summary>Parses the bytes of a file.</summary>
    /// <param name="path">Name for messages.</param>
    /// <param name="bytes">The whole file; kept.</param>
    /// <param name="loadAddress">Where the lowest segment of a position-independent executable goes; others know their own addresses.</param>
    /// <exception cref="ImageException">It is no sound RISC-V ELF64 executable.</exception>
    public static ElfImage Parse(string path, byte[] bytes, ulong loadAddress = 0)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        var file = new Source(path, bytes);
        if (bytes.Length < HeaderSize)
        {
            throw file.Wrong((ulong)bytes.Length, "header", $"the file ends after {bytes.Length} of {HeaderSize} header bytes", "it is truncated, build it again");
        }

        if (!IsElf(bytes))
        {
            throw file.Wrong(0, "e_ident", "this is not an ELF file", "name an ELF executable, or give a raw image its address");
        }

        file.Expect(4, "EI_CLASS", bytes[4], 2, "a 64-bit file (ELFCLASS64)");
        file.Expect(5, "EI_DATA", bytes[5], 1, "a little-endian file (ELFDATA2LSB)");
        file.Expect(6, "EI_VERSION", bytes[6], 1, "version 1");
        file.Expect(18, "e_machine", file.Half(18), MachineRiscV, "a RISC-V file (EM_RISCV)");
        int type = file.Half(16);
        if (type is not (TypeExecutable or TypeMovable))
        {
            throw file.Wrong(16, "e_type", $"{type} is not an executable", "link it statically to fixed addresses (ET_EXEC = 2)");
        }

        bool movable = type == TypeMovable;
        ElfSegment[] segments = ReadSegments(file);
        ulong bias = movable ? loadAddress - segments.Min(segment => segment.PhysicalAddress) : 0;
        segments = [.. segments.Select(segment => segment with { PhysicalAddress = segment.PhysicalAddress + bias })];
        ulong entry = file.Double(24) + bias;
        if (!segments.Any(segment => entry >= segment.PhysicalAddress && entry - segment.PhysicalAddress < segment.MemorySize))
        {
            throw file.Wrong(24, "e_entry", $"the entry point 0x{entry:x} is in no loadable segment", "set the entry point in the linker script (ENTRY)");
        }

        return new ElfImage(path, bytes, movable, entry, segments, new SymbolTable(ReadSymbols(file, bias), segments));
    }

    /// <summary>The bytes that the file gives for a segment.</summary>
    public ReadOnlyMemory<byte> ContentOf(in ElfSegment segment) => _bytes.AsMemory((int)segment.FileOffset, (int)segment.FileSize);

    /// <summary>"name+0xoffset" of the nearest symbol at or below an address inside the image; null when there is none.</summary>
    public string? Symbolize(ulong address) => _symbols.Symbolize(address);

    /// <inheritdoc/>
    public override string ToString() => Path;

    private static ElfSegment[] ReadSegments(Source file)
    {
        ulong table = file.Double(32);
        int entrySize = file.Half(54);
        int count = file.Half(56);
        if (count == 0)
        {
            throw file.Wrong(56, "e_phnum", "there are no program headers", "link the file as an executable");
        }

        file.Expect(54, "e_phentsize", entrySize, ProgramHeaderSize, "the size of an ELF64 program header");
        file.Inside(32, "e_phoff", table, (ulong)count * ProgramHeaderSize, "program headers");
        List<ElfSegment> segments = [];
        for (int index = 0; index < count; index++)
        {
            ulong at = table + ((ulong)index * ProgramHeaderSize);
            uint type = file.Word(at);
            if (type == SegmentInterpreter)
            {
                throw file.Wrong(at, "p_type", "this is a program for an operating system: it wants a dynamic linker (PT_INTERP)", "link it statically for a bare machine");
            }

            if (type != SegmentLoad)
            {
                continue;
            }

            var segment = new ElfSegment(file.Double(at + 24), file.Double(at + 8), file.Double(at + 32), file.Double(at + 40), file.Word(at + 4));
            if (segment.MemorySize == 0)
            {
                continue;
            }

            file.Inside(at + 8, "p_offset", segment.FileOffset, segment.FileSize, $"segment {index}");
            if (segment.FileSize > segment.MemorySize)
            {
                throw file.Wrong(at + 32, "p_filesz", $"segment {index} has more bytes in the file (0x{segment.FileSize:x}) than in memory (0x{segment.MemorySize:x})", "the file is damaged, build it again");
            }

            if (segment.PhysicalAddress + (segment.MemorySize - 1) < segment.PhysicalAddress)
            {
                throw file.Wrong(at + 24, "p_paddr", $"segment {index} at 0x{segment.PhysicalAddress:x} runs past the end of the address space", "the file is damaged, build it again");
            }

            segments.Add(segment);
        }

        return segments.Count > 0 ? [.. segments] : throw file.Wrong(table, "p_type", "there is no loadable segment (PT_LOAD)", "link the file as an executable");
    }

    private static List<ElfSymbol> ReadSymbols(Source file, ulong bias)
    {
        ulong table = file.Double(40);
        int count = file.Half(60);
        if (table == 0 || count == 0)
        {
            return [];
        }

        file.Expect(58, "e_shentsize", file.Half(58), SectionHeaderSize, "the size of an ELF64 section header");
        file.Inside(40, "e_shoff", table, (ulong)count * SectionHeaderSize, "section headers");
        List<ElfSymbol> symbols = [];
        for (int index = 0; index < count; index++)
        {
            ulong at = table + ((ulong)index * SectionHeaderSize);
            if (file.Word(at + 4) != 2)
            {
                continue;
            }

            ulong start = file.Double(at + 24);
            ulong size = file.Double(at + 32);
            uint link = file.Word(at + 40);
            file.Inside(at + 24, "sh_offset", start, size, "the symbol table");
            if (link >= count)
            {
                throw file.Wrong(at + 40, "sh_link", $"the symbol table's names are in section {link} of {count}", "the file is damaged, build it again");
            }

            ulong names = file.Double(table + (link * SectionHeaderSize) + 24);
            ulong namesSize = file.Double(table + (link * SectionHeaderSize) + 32);
            file.Inside(table + (link * SectionHeaderSize) + 24, "sh_offset", names, namesSize, "the names of the symbols");
            ReadTable(file, start, size, names, namesSize, bias, symbols);
        }

        return symbols;
    }

    private static void ReadTable(Source file, ulong start, ulong size, ulong names, ulong namesSize, ulong bias, List<ElfSymbol> symbols)
    {
        for (ulong at = start; at + SymbolSize <= start + size; at += SymbolSize)
        {
            // NOTYPE (assembly labels), OBJECT and FUNC of this file; names of sections and of source files say nothing to people.
            int type = file.Byte(at + 4) & 0xF;
            uint name = file.Word(at);
            if (type > 2 || name == 0 || file.Half(at + 6) == 0)
            {
                continue;
            }

            if (name >= namesSize)
            {
                throw file.Wrong(at, "st_name", $"a symbol's name is at {name} of {namesSize} bytes", "the file is damaged, build it again");
            }

            string text = file.Text(names + name, names + namesSize);
            if (SymbolTable.IsName(text))
            {
                symbols.Add(new ElfSymbol(text, file.Double(at + 8) + bias, file.Double(at + 16)));
            }
        }
    }

    private sealed class Source(string path, byte[] bytes)
    {
        public byte Byte(ulong at) => bytes[at];

        public ushort Half(ulong at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan((int)at));

        public uint Word(ulong at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan((int)at));

        public ulong Double(ulong at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan((int)at));

        public string Text(ulong at, ulong end)
        {
            ReadOnlySpan<byte> rest = bytes.AsSpan((int)at, (int)(end - at));
            int zero = rest.IndexOf((byte)0);
            return Encoding.UTF8.GetString(zero < 0 ? rest : rest[..zero]);
        }

        public void Inside(ulong fieldAt, string field, ulong start, ulong size, string what)
        {
            ulong length = (ulong)bytes.Length;
            if (start > length || size > length - start)
            {
                throw Wrong(fieldAt, field, $"{what} should be at 0x{start:x}, 0x{size:x} bytes long, but the file has only 0x{length:x} bytes", "it is truncated or damaged, build it again");
            }
        }

        public void Expect(ulong at, string field, int actual, int expected, string meaning)
        {
            if (actual != expected)
            {
                throw Wrong(at, field, $"{actual} is not supported", $"the simulator needs {meaning}, which is {expected}");
            }
        }

        public ImageException Wrong(ulong at, string field, string problem, string remedy) =>
            new($"{path}: at offset 0x{at:x}: {field}: {problem}; {remedy}");
    }
}
