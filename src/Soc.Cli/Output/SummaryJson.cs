using System.Text.Json;
using System.Text.Json.Serialization;
using Soc.Actors;
using Soc.Actors.Summary;

namespace Soc.Cli.Output;

/// <summary>The summary as JSON: every field of <see cref="RunSummary"/>, what depends on the host under "host".</summary>
[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower)]
[JsonSerializable(typeof(RunSummary))]
internal sealed partial class SummaryJson : JsonSerializerContext
{
    public static void Write(RunResult run, Stream stream)
    {
        JsonSerializer.Serialize(stream, run.Summary, Default.RunSummary);
        stream.Write("\n"u8);
    }
}
