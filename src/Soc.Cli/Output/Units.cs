using System.Globalization;

namespace Soc.Cli.Output;

/// <summary>Numbers for people, the same in every culture.</summary>
internal static class Units
{
    private static readonly string[] _sizes = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>"256 MiB"; exact when the size is a whole number of units.</summary>
    public static string Size(ulong bytes)
    {
        int unit = 0;
        while (unit < _sizes.Length - 1 && bytes >= 1024 && bytes % 1024 == 0)
        {
            bytes /= 1024;
            unit++;
        }

        return $"{bytes} {_sizes[unit]}";
    }

    /// <summary>"500 MHz".</summary>
    public static string Frequency(ulong hertz) =>
        hertz % 1_000_000_000 == 0 ? $"{hertz / 1_000_000_000} GHz"
        : hertz % 1_000_000 == 0 ? $"{hertz / 1_000_000} MHz"
        : hertz % 1_000 == 0 ? $"{hertz / 1_000} kHz"
        : $"{hertz} Hz";

    /// <summary>"10 us".</summary>
    public static string Time(ulong nanoseconds) =>
        nanoseconds == 0 ? "0 ns"
        : nanoseconds % 1_000_000_000 == 0 ? $"{nanoseconds / 1_000_000_000} s"
        : nanoseconds % 1_000_000 == 0 ? $"{nanoseconds / 1_000_000} ms"
        : nanoseconds % 1_000 == 0 ? $"{nanoseconds / 1_000} us"
        : $"{nanoseconds} ns";

    /// <summary>"0x0000_0000_8000_0000" without the leading group that no address of the map needs.</summary>
    public static string Address(ulong address, bool wide)
    {
        string digits = address.ToString(wide ? "x16" : "x8", CultureInfo.InvariantCulture);
        return "0x" + string.Join('_', digits.Chunk(4).Select(group => new string(group)));
    }

    /// <summary>"1,234,567".</summary>
    public static string Count(ulong number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>With so many decimals.</summary>
    public static string Real(double number, int decimals) => number.ToString($"F{decimals}", CultureInfo.InvariantCulture);

    /// <summary>"worlds 0-3", "worlds 0, 2" from a bit set.</summary>
    public static string Worlds(uint set)
    {
        List<string> ranges = [];
        for (int first = 0; first < 32; first++)
        {
            if ((set >> first & 1) == 0)
            {
                continue;
            }

            int last = first;
            while (last < 31 && (set >> (last + 1) & 1) != 0)
            {
                last++;
            }

            ranges.Add(first == last ? $"{first}" : $"{first}-{last}");
            first = last;
        }

        return string.Join(", ", ranges);
    }
}
