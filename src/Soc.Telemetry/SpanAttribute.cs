using System.Globalization;

namespace Soc.Telemetry;

/// <summary>A named value: text, a whole number or a truth value.</summary>
internal readonly record struct SpanAttribute(string Key, string? Text, long Number, bool IsTruth)
{
    /// <summary>Text.</summary>
    public static SpanAttribute Of(string key, string text) => new(key, text, 0, IsTruth: false);

    /// <summary>A number; beyond 2^63 - 1 the largest that fits.</summary>
    public static SpanAttribute Of(string key, ulong number) => new(key, null, (long)Math.Min(number, long.MaxValue), IsTruth: false);

    /// <summary>A number.</summary>
    public static SpanAttribute Of(string key, int number) => new(key, null, number, IsTruth: false);

    /// <summary>A truth value.</summary>
    public static SpanAttribute Of(string key, bool truth) => new(key, null, truth ? 1 : 0, IsTruth: true);

    /// <summary>An address or bits, as hexadecimal text: 64 bits do not fit the signed numbers of the trace formats.</summary>
    public static SpanAttribute Hex(string key, ulong bits) =>
        Of(key, "0x" + bits.ToString("x", CultureInfo.InvariantCulture));

    /// <summary>The value as OpenTelemetry takes it.</summary>
    public object Value => Text ?? (IsTruth ? Number != 0 : (object)Number);
}
