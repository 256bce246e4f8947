using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using YamlDotNet.RepresentationModel;

namespace Soc.Topology.Tests;

public class SchemaTests
{
    private static readonly JsonSchema _schema = JsonSchema.FromText(File.ReadAllText(Path.Combine(Repository.Topologies, "soc.schema.json")));

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Repository.Topologies, "*.yaml", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Repository.Topologies, file))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_topology_beside_the_schema_is_valid(string file)
    {
        string text = File.ReadAllText(Path.Combine(Repository.Topologies, file));
        Assert.True(IsValid(text), file);
        string schema = file.Contains(Path.DirectorySeparatorChar) ? "../soc.schema.json" : "soc.schema.json";
        Assert.StartsWith($"# yaml-language-server: $schema={schema}\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_topology_of_the_other_tests_is_valid() => Assert.True(IsValid(TestTopology.Sound));

    [Theory]
    [InlineData("soc: test", "sock: test")]
    [InlineData("soc: test", "soc: test\nmode: turbo")]
    [InlineData("soc: test", "soc: test\nguarantee: none")]
    [InlineData("soc: test", "soc: test\nstrategy: single-slot")]
    [InlineData("soc: test", "soc: test\nsecond-addend: assert")]
    [InlineData("soc: test", "soc: test\ninvalidation: rearm")]
    [InlineData("interrupt: 15,", "interrupt: 15, guarantee: soon,")]
    [InlineData("soc: test", "soc: test\nquantum: 10")]
    [InlineData("soc: test", "soc: test\nseed: -1")]
    [InlineData("soc: test", "soc: test\ntiming: {walk-step: -2}")]
    [InlineData("soc: test", "soc: test\nclock: {frequency: 5}")]
    [InlineData("soc: test", "soc: test\nwatchdog: 5")]
    [InlineData("soc: test", "soc: test\nfaults: [{kind: lose, message: invalidate}]")]
    [InlineData("soc: test", "soc: test\nfaults: [{kind: drop}]")]
    [InlineData("soc: test", "soc: test\nfaults: [{kind: drop, message: register-done}]")]
    [InlineData("soc: test", "soc: test\nfaults: [{kind: drop, message: invalidate, by: 1us}]")]
    [InlineData("soc: test", "soc: test\nfaults: [{kind: delay, message: invalidate}]")]
    [InlineData("soc: test", "soc: test\nfaults: [{kind: drop, message: invalidate, nth: 0}]")]
    [InlineData("soc: test", "soc: test\nfaults: [{kind: drop, message: invalidate, probability: 1.5}]")]
    [InlineData("soc: test", "soc: test\nfaults: [{kind: stall, initiator: hart0, at: 1us}]")]
    [InlineData("worlds: 4,", "worlds: 6,")]
    [InlineData("count: 2", "count: 0")]
    [InlineData("count: 2", "count: 2, ids: 0-1")]
    [InlineData("count: 2", "ids: 1-")]
    [InlineData("count: 2", "count: 2, mwidlist: [32]")]
    [InlineData("rv64imac_", "rv32imac_")]
    [InlineData("size: 16MiB", "size: 16MB")]
    [InlineData(", size: 16MiB", "")]
    [InlineData("base: 0x8000_0000", "base: here")]
    [InlineData("name: uart0", "name: 'uart 0'")]
    [InlineData("kind: ns16550", "kind: pl011")]
    [InlineData("interrupt: 20", "interrupt: 0")]
    [InlineData("worlds: [0, 1]", "beat: 3")]
    [InlineData("kind: wgchecker", "kind: pmp")]
    [InlineData("protects: [dram]", "protects: []")]
    [InlineData("protects: [dram]", "protects: [dram], slots: 127")]
    public void What_the_reader_refuses_in_a_single_field_the_schema_refuses(string old, string changed)
    {
        string text = TestTopology.With(old, changed);
        Assert.False(IsValid(text));
        Assert.NotEmpty(TopologyFile.Parse("soc.yaml", text).Mistakes);
    }

    [Theory]
    [InlineData("strategy", nameof(TopologyWords.Strategies))]
    [InlineData("guarantee", nameof(TopologyWords.Guarantees))]
    [InlineData("invalidation", nameof(TopologyWords.Invalidations))]
    public void The_schema_has_the_words_of_the_reader(string key, string property)
    {
        JsonNode schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Topologies, "soc.schema.json")))!;
        IEnumerable<string> words = property switch
        {
            nameof(TopologyWords.Strategies) => TopologyWords.Strategies.Keys,
            nameof(TopologyWords.Guarantees) => TopologyWords.Guarantees.Keys,
            _ => TopologyWords.Invalidations.Keys,
        };
        Assert.Equal(words, schema["properties"]![key]!["enum"]!.AsArray().Select(word => word!.GetValue<string>()));
    }

    [Fact]
    public void The_schema_describes_every_property()
    {
        JsonNode schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Topologies, "soc.schema.json")))!;
        List<string> silent = [];
        Visit(schema, "");
        Assert.Empty(silent);

        void Visit(JsonNode? node, string path)
        {
            if (node is JsonObject map)
            {
                if (map["properties"] is JsonObject properties)
                {
                    silent.AddRange(properties.Where(property => property.Value!["description"] is null && property.Value["$ref"] is null).Select(property => $"{path}/{property.Key}"));
                }

                foreach ((string key, JsonNode? child) in map)
                {
                    Visit(child, $"{path}/{key}");
                }
            }
            else if (node is JsonArray list)
            {
                foreach (JsonNode? child in list)
                {
                    Visit(child, path);
                }
            }
        }
    }

    private static bool IsValid(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        using var document = JsonDocument.Parse(ToJson(stream.Documents[0].RootNode)!.ToJsonString());
        return _schema.Evaluate(document.RootElement).IsValid;
    }

    /// <summary>YAML 1.2 core schema, as an editor sees the file.</summary>
    private static JsonNode? ToJson(YamlNode node)
    {
        switch (node)
        {
            case YamlMappingNode map:
                return new JsonObject(map.Children.Select(child => KeyValuePair.Create(((YamlScalarNode)child.Key).Value!, ToJson(child.Value))));
            case YamlSequenceNode list:
                return new JsonArray([.. list.Children.Select(ToJson)]);
            default:
                var scalar = (YamlScalarNode)node;
                string text = scalar.Value!;
                return scalar.Style != YamlDotNet.Core.ScalarStyle.Plain ? JsonValue.Create(text)
                    : text is "true" or "false" ? JsonValue.Create(text == "true")
                    : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? JsonValue.Create(number)
                    : text.StartsWith("0x", StringComparison.Ordinal) && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong hex) ? JsonValue.Create(hex)
                    : JsonValue.Create(text);
        }
    }
}
