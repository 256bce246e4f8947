using System.Text.Json;
using System.Text.Json.Serialization;

namespace Soc.Cli.Comparing;

/// <summary>A comparison as JSON, names in kebab case, what depends on the host under "host".</summary>
[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower)]
[JsonSerializable(typeof(Comparison))]
internal sealed partial class ComparisonJson : JsonSerializerContext
{
    public static void Write(Comparison comparison, Stream stream)
    {
        JsonSerializer.Serialize(stream, comparison, Default.Comparison);
        stream.Write("\n"u8);
    }
}
