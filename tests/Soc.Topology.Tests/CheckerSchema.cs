using System.Text.Json.Nodes;
using Soc.Checkers.Declaration;

namespace Soc.Topology.Tests;

/// <summary>Makes the schema of checkers from the declarations of their kinds.</summary>
internal static class CheckerSchema
{
    private static readonly string[] _directions = ["r", "w", "rw", "none"];

    /// <summary>The schema of one item of <c>checkers</c>.</summary>
    public static JsonObject OfItems(IReadOnlyList<CheckerDeclaration> kinds) => new()
    {
        ["description"] = "A checker; its kind says what else it has.",
        ["type"] = "object",
        ["required"] = Words("name", "kind", "base"),
        ["properties"] = new JsonObject
        {
            ["kind"] = new JsonObject { ["description"] = "What it is.", ["enum"] = Words([.. kinds.Select(kind => kind.Word)]) },
        },
        ["oneOf"] = new JsonArray([.. kinds.Select(Of)]),
    };

    private static JsonObject Of(CheckerDeclaration kind)
    {
        bool targets = (kind.Placements & CheckerPlacements.Targets) != 0;
        bool initiators = (kind.Placements & CheckerPlacements.Initiators) != 0;
        var properties = new JsonObject
        {
            ["name"] = Reference("name"),
            ["kind"] = new JsonObject { ["description"] = kind.Description, ["const"] = kind.Word },
            ["base"] = Reference("address", "First address of its registers."),
            ["interrupt"] = new JsonObject { ["description"] = "Source number at the PLIC.", ["type"] = "integer", ["minimum"] = 1, ["maximum"] = 1023 },
            ["guarantee"] = new JsonObject
            {
                ["description"] = "What a finished register write of this checker promises; default the SoC's guarantee.",
                ["enum"] = Words([.. TopologyWords.Guarantees.Keys]),
            },
        };
        properties["writes"] = new JsonObject
        {
            ["description"] = "Register writes that are made before anything runs, as firmware before the guest would.",
            ["type"] = "array",
            ["items"] = new JsonObject
            {
                ["description"] = "A write.",
                ["type"] = "object",
                ["additionalProperties"] = false,
                ["required"] = Words("register", "value"),
                ["properties"] = new JsonObject
                {
                    ["register"] = new JsonObject { ["description"] = "Name of the register, as 'soc topology show --registers' lists it.", ["type"] = "string" },
                    ["value"] = Reference("address", "What is written to all of it."),
                },
            },
        };
        if (targets)
        {
            properties["protects"] = Names("Names of the memories, devices and DMA engines that stand behind it.");
        }

        if (initiators)
        {
            properties["initiators"] = Names("Names of the harts and DMA engines all of whose accesses it checks.");
        }

        foreach (CheckerOption option in kind.Options)
        {
            properties[option.Name] = Of(option);
        }

        var schema = new JsonObject
        {
            ["description"] = kind.Description,
            ["additionalProperties"] = false,
            ["properties"] = properties,
        };
        if (targets && initiators)
        {
            schema["oneOf"] = new JsonArray(
                new JsonObject { ["required"] = Words("protects") }, new JsonObject { ["required"] = Words("initiators") });
        }
        else
        {
            schema["required"] = Words(targets ? "protects" : "initiators");
        }

        return schema;
    }

    private static JsonObject Of(CheckerOption option)
    {
        JsonObject schema = option.Type switch
        {
            CheckerOptionType.Integer => Integer(option),
            CheckerOptionType.Offset => new JsonObject { ["type"] = new JsonArray("integer", "string"), ["pattern"] = "^-?(0x[0-9a-fA-F_]+|[0-9_]+)$" },
            CheckerOptionType.Flag => new JsonObject { ["type"] = "boolean", ["default"] = option.Default != 0 },
            CheckerOptionType.Size => Reference("size"),
            CheckerOptionType.Address => Reference("address"),
            CheckerOptionType.Word => new JsonObject { ["enum"] = Words([.. option.Words]) },
            CheckerOptionType.Numbers => new JsonObject { ["type"] = "array", ["items"] = Integer(option) },
            CheckerOptionType.Directions => new JsonObject { ["enum"] = Words(_directions) },
            CheckerOptionType.DirectionsByWorld => new JsonObject
            {
                ["type"] = "object",
                ["propertyNames"] = new JsonObject { ["pattern"] = "^[0-9]+$" },
                ["additionalProperties"] = new JsonObject { ["enum"] = Words(_directions) },
            },
            CheckerOptionType.NumberByTarget => new JsonObject { ["type"] = "object", ["additionalProperties"] = Integer(option) },
            CheckerOptionType.Range => Range(),
            _ => Rows(option),
        };
        schema["description"] = option.Specification.Length > 0 ? $"{option.Description} ({option.Specification})" : option.Description;
        return schema;
    }

    // Numbers may be written as hexadecimal text as well.
    private static JsonObject Integer(CheckerOption option) => new()
    {
        ["type"] = new JsonArray("integer", "string"),
        ["pattern"] = "^(0x[0-9a-fA-F_]+|[0-9][0-9_]*)$",
        ["minimum"] = option.Minimum,
        ["maximum"] = option.Maximum,
    };

    private static JsonObject Range() => new()
    {
        ["anyOf"] = new JsonArray(
            new JsonObject { ["const"] = "full" },
            new JsonObject
            {
                ["description"] = "A range.",
                ["type"] = "object",
                ["additionalProperties"] = false,
                ["required"] = Words("start", "size"),
                ["properties"] = new JsonObject { ["start"] = Reference("address"), ["size"] = Reference("size") },
            }),
        ["default"] = "full",
    };

    private static JsonObject Rows(CheckerOption option)
    {
        var properties = new JsonObject();
        foreach (CheckerOption column in option.Columns)
        {
            properties[column.Name] = Of(column);
        }

        return new JsonObject
        {
            ["type"] = "array",
            ["items"] = new JsonObject
            {
                ["description"] = "One of them.",
                ["type"] = "object",
                ["additionalProperties"] = false,
                ["required"] = Words([.. option.Columns.Where(column => column.IsRequired).Select(column => column.Name)]),
                ["properties"] = properties,
            },
        };
    }

    private static JsonObject Names(string description) => new()
    {
        ["description"] = description,
        ["type"] = "array",
        ["items"] = Reference("name"),
        ["minItems"] = 1,
    };

    private static JsonObject Reference(string definition, string? description = null)
    {
        var schema = new JsonObject { ["$ref"] = $"#/$defs/{definition}" };
        if (description is not null)
        {
            schema["description"] = description;
        }

        return schema;
    }

    private static JsonArray Words(params IReadOnlyList<string> words) => new([.. words.Select(word => JsonValue.Create(word))]);
}
