using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Soc.Checkers.Declaration;

namespace Soc.Topology.Tests;

public class CheckerSchemaTests
{
    private static readonly JsonSerializerOptions _format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>With <c>SOC_UPDATE_SCHEMA=1</c> the file is written first: what the declarations say is what it should say.</summary>
    [Fact]
    public void The_schema_says_of_checkers_what_their_declarations_say()
    {
        string file = Path.Combine(Repository.Topologies, "soc.schema.json");
        JsonNode schema = JsonNode.Parse(File.ReadAllText(file))!;
        JsonObject expected = CheckerSchema.OfItems(CheckerKinds.All);
        if (Environment.GetEnvironmentVariable("SOC_UPDATE_SCHEMA") == "1")
        {
            schema["properties"]!["checkers"]!["items"] = expected.DeepClone();
            File.WriteAllText(file, schema.ToJsonString(_format) + "\n");
        }

        Assert.True(
            JsonNode.DeepEquals(schema["properties"]!["checkers"]!["items"], expected),
            "topologies/soc.schema.json does not describe the kinds of checkers; run this test with SOC_UPDATE_SCHEMA=1");
    }
}
