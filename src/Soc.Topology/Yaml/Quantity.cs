using System.Globalization;

namespace Soc.Topology.Yaml;

/// <summary>Numbers with units, as people write them in topology files and on the command line.</summary>
internal static class Quantity
{
    private static readonly (string Name, decimal Factor)[] _sizes =
        [("KiB", 1UL << 10), ("MiB", 1UL << 20), ("GiB", 1UL << 30), ("TiB", 1UL << 40)];

    private static readonly (string Name, decimal Factor)[] _times =
        [("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000)];

    private static readonly (string Name, decimal Factor)[] _frequencies =
        [("kHz", 1_000), ("MHz", 1_000_000), ("GHz", 1_000_000_000), ("Hz", 1)];

    /// <summary>Decimal or 0x… with underscores between digits.</summary>
    public static bool TryInteger(string text, out ulong value)
    {
        value = 0;
        if (text.Length == 0 || text[^1] == '_' || text[0] == '_')
        {
            return false;
        }

        string digits = text.Replace("_", "", StringComparison.Ordinal);
        return digits.StartsWith("0x", StringComparison.Ordinal)
            ? ulong.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Bytes, or a number with KiB, MiB, GiB or TiB.</summary>
    public static bool TrySize(string text, out ulong bytes) => TryInteger(text, out bytes) || TryWithUnit(text, _sizes, out bytes);

    /// <summary>A number with ns, us, ms or s; result in ns.</summary>
    public static bool TryTime(string text, out ulong nanoseconds) => TryWithUnit(text, _times, out nanoseconds);

    /// <summary>A number with Hz, kHz, MHz or GHz; result in Hz.</summary>
    public static bool TryFrequency(string text, out ulong hertz) => TryWithUnit(text, _frequencies, out hertz) && hertz > 0;

    /// <summary>One time, or two with ".." between them.</summary>
    public static bool TryTimeRange(string text, out LatencyRange range)
    {
        range = default;
        int dots = text.IndexOf("..", StringComparison.Ordinal);
        if (dots < 0)
        {
            bool one = TryTime(text, out ulong time);
            range = new LatencyRange(time, time);
            return one;
        }

        if (!TryTime(text[..dots].Trim(), out ulong minimum) || !TryTime(text[(dots + 2)..].Trim(), out ulong maximum) || minimum > maximum)
        {
            return false;
        }

        range = new LatencyRange(minimum, maximum);
        return true;
    }

    private static bool TryWithUnit(string text, (string Name, decimal Factor)[] units, out ulong value)
    {
        value = 0;
        foreach ((string name, decimal factor) in units)
        {
            if (!text.EndsWith(name, StringComparison.Ordinal))
            {
                continue;
            }

            string number = text[..^name.Length].TrimEnd();
            if (number.Length == 0 || !char.IsAsciiDigit(number[^1]))
            {
                continue;
            }

            if (!decimal.TryParse(
                number.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal parsed))
            {
                return false;
            }

            if (parsed > ulong.MaxValue / factor)
            {
                return false;
            }

            decimal scaled = parsed * factor;
            if (scaled != decimal.Truncate(scaled))
            {
                return false;
            }

            value = (ulong)scaled;
            return true;
        }

        return false;
    }
}
