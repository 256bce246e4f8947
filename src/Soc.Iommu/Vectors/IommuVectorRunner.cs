using System.Globalization;
using System.Text.Json;

namespace Soc.Iommu.Vectors;

/// <summary>
/// Runs conformance vectors of the RISC-V IOMMU: one JSON object per line, in any of six forms (<see cref="IommuVectorForm"/>),
/// each with the capabilities to implement, register writes, memory, and what must come of it.
/// </summary>
public static class IommuVectorRunner
{
    /// <summary>Runs all vectors of a file.</summary>
    /// <param name="path">A file of one JSON object per line.</param>
    public static IEnumerable<IommuVectorResult> RunFile(string path)
    {
        using var reader = new StreamReader(path);
        foreach (IommuVectorResult result in Run(reader))
        {
            yield return result;
        }
    }

    /// <summary>Runs all vectors of a text.</summary>
    /// <exception cref="FormatException">A line is not a vector; the message names it.</exception>
    public static IEnumerable<IommuVectorResult> Run(TextReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        int number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return RunLine(line, number);
            }
        }
    }

    /// <summary>The configuration that a vector asks for.</summary>
    public static IommuConfiguration ConfigurationOf(JsonElement vector)
    {
        JsonElement parameters = vector.GetProperty("params");
        return new IommuConfiguration
        {
            Name = "vector",
            Capabilities = new IommuCapabilities(Number(vector.GetProperty("capabilities"))),
            FeatureControlReset = (uint)Number(parameters.GetProperty("fctl")),
            GuestXlenWritable = Number(parameters.GetProperty("gxl_writable")) != 0,
            BigEndianWritable = Number(parameters.GetProperty("be_writable")) != 0,
            QosIdMask = (uint)Number(parameters.GetProperty("qosid_mask")),
            QueueSizeLimit = 32,
            OutstandingInvalidations = 2,
            TranslationCacheBits = 6,
            DirectoryCacheBits = 4,
        };
    }

    internal static ulong Number(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number)
        {
            return value.TryGetInt64(out long plain) ? unchecked((ulong)plain) : value.GetUInt64();
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean() ? 1UL : 0;
        }

        string text = value.GetString() ?? throw new FormatException("a number is missing");
        return text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.Parse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : ulong.Parse(text, CultureInfo.InvariantCulture);
    }

    private static IommuVectorResult RunLine(string line, int number)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement vector = document.RootElement;
            string id = vector.GetProperty("id").GetString() ?? $"line {number}";
            string group = vector.TryGetProperty("group", out JsonElement name) ? name.GetString() ?? "" : "";
            IommuVectorForm form = FormOf(vector);
            return new IommuVectorResult(id, group, form, new VectorRun(vector).Run(form));
        }
        catch (Exception malformed) when (malformed is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new FormatException($"line {number} is not an IOMMU vector: {malformed.Message}", malformed);
        }
    }

    private static IommuVectorForm FormOf(JsonElement vector) =>
        vector.TryGetProperty("request", out _) ? IommuVectorForm.Translate
        : vector.TryGetProperty("msi_capable", out _) ? IommuVectorForm.Interrupts
        : vector.TryGetProperty("steps", out JsonElement steps) ? FormOfSteps(steps)
        : vector.TryGetProperty("cqt", out _) ? IommuVectorForm.Commands
        : vector.TryGetProperty("tr_req_ctl", out _) ? IommuVectorForm.Debug
        : vector.TryGetProperty("message", out _) ? IommuVectorForm.PageRequest
        : throw new FormatException("none of the six forms");

    private static IommuVectorForm FormOfSteps(JsonElement steps) =>
        steps.EnumerateArray().Any(step => step.TryGetProperty("msi_writes", out _)) ? IommuVectorForm.Interrupts : IommuVectorForm.Invalidate;
}
