using System.Globalization;

namespace Soc.Topology;

/// <summary>
/// Names of addresses, for people: the symbols of an executable, or a list such as a kernel's System.map, its /proc/kallsyms and
/// the output of nm (lines of address, type letter, name).
/// </summary>
public sealed class SymbolTable
{
    private readonly ElfSymbol[] _symbols;

    /// <summary>Orders symbols; one without a size reaches to the next, but not out of its segment.</summary>
    /// <param name="symbols">In any order.</param>
    /// <param name="segments">Where the executable lies; empty when that is not known.</param>
    internal SymbolTable(IEnumerable<ElfSymbol> symbols, IReadOnlyList<ElfSegment> segments)
    {
        _symbols = [.. symbols.OrderBy(symbol => symbol.Address)];

        // Nobody knows where the last one of a list ends.
        ulong next = segments.Count == 0 && _symbols.Length > 0 ? _symbols[^1].Address : ulong.MaxValue;
        for (int index = _symbols.Length - 1; index >= 0; index--)
        {
            ref ElfSymbol symbol = ref _symbols[index];
            next = index + 1 < _symbols.Length && _symbols[index + 1].Address != symbol.Address ? _symbols[index + 1].Address : next;
            if (symbol.Size == 0)
            {
                symbol = symbol with { Size = Math.Min(next, EndOfSegment(symbol.Address, segments)) - symbol.Address };
            }
        }
    }

    /// <summary>Functions, objects and labels in address order.</summary>
    public IReadOnlyList<ElfSymbol> Symbols => _symbols;

    /// <summary>Reads an ELF file, or a list of symbols.</summary>
    /// <exception cref="ImageException">It cannot be read, or is neither.</exception>
    public static SymbolTable Load(string path)
    {
        try
        {
            using (FileStream file = File.OpenRead(path))
            {
                Span<byte> start = stackalloc byte[4];
                if (ElfImage.IsElf(start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)]))
                {
                    // A kernel's segments lie at physical addresses, its symbols at virtual ones.
                    return new SymbolTable(ElfImage.Load(path).Symbols, []);
                }
            }

            return Parse(path, File.ReadLines(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ImageException($"{path}: cannot be read ({exception.Message.ReplaceLineEndings(" ")}); check the path and its permissions", exception);
        }
    }

    /// <summary>Reads the lines of a list of symbols.</summary>
    /// <param name="path">Name for messages.</param>
    /// <param name="lines">Such as <c>ffffffff80002000 T _start</c>; what nm leaves without an address is skipped.</param>
    /// <exception cref="ImageException">A line is no symbol, or no symbol has an address.</exception>
    public static SymbolTable Parse(string path, IEnumerable<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        List<ElfSymbol> symbols = [];
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            string[] parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (parts is [] or [[_], _])
            {
                continue;
            }

            // What follows the name is the module that it belongs to: [fat].
            if (parts is not ([_, [_], _] or [_, [_], _, ['[', .., ']']]) ||
                !ulong.TryParse(parts[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong address))
            {
                throw new ImageException($"{path}:{number}: '{line.Trim()}' is no symbol; name a System.map, the output of nm or of /proc/kallsyms, or an ELF file");
            }

            if (address != 0 && IsName(parts[2]))
            {
                symbols.Add(new ElfSymbol(parts[2], address, 0));
            }
        }

        return symbols.Count > 0
            ? new SymbolTable(symbols, [])
            : throw new ImageException($"{path}: no symbol has an address; read /proc/kallsyms as root, with 0 in /proc/sys/kernel/kptr_restrict");
    }

    /// <summary>"name+0xoffset" of the symbol that an address lies in; null when there is none.</summary>
    public string? Symbolize(ulong address)
    {
        int low = 0;
        int high = _symbols.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_symbols[middle].Address <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        if (low == 0)
        {
            return null;
        }

        ElfSymbol symbol = _symbols[low - 1];
        ulong offset = address - symbol.Address;
        return offset == 0 ? symbol.Name : offset < symbol.Size ? $"{symbol.Name}+0x{offset:x}" : null;
    }

    /// <summary>Whether a symbol says something to people: mapping symbols ($x, $d) and local labels do not.</summary>
    internal static bool IsName(string symbol) => symbol.Length > 0 && symbol[0] != '$' && !symbol.StartsWith(".L", StringComparison.Ordinal);

    private static ulong EndOfSegment(ulong address, IReadOnlyList<ElfSegment> segments)
    {
        foreach (ElfSegment segment in segments)
        {
            if (address - segment.PhysicalAddress < segment.MemorySize)
            {
                return segment.PhysicalAddress + segment.MemorySize;
            }
        }

        return segments.Count == 0 ? ulong.MaxValue : address;
    }
}
