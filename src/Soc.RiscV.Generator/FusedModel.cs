using System;
using System.Collections.Generic;
using System.Linq;

namespace Soc.RiscV.Generator;

/// <summary>Neighbouring instructions that are executed with one dispatch: two, or such a group and one more.</summary>
internal sealed class FusedModel
{
    public FusedModel(IReadOnlyList<InstructionForm> parts)
    {
        if (parts.Take(parts.Count - 1).FirstOrDefault(part => part.Model.Kind == "Jump") is { } jump)
        {
            throw new FormatException($"nothing follows '{jump.Model.Mnemonic}'");
        }

        Parts = parts;
    }

    public IReadOnlyList<InstructionForm> Parts { get; }

    /// <summary>The identifier of the opcode of all parts but the last one.</summary>
    public string Prefix => Name(Parts.Take(Parts.Count - 1));

    /// <summary>The identifier of the group's opcode.</summary>
    public string Opcode => Name(Parts);

    private static string Name(IEnumerable<InstructionForm> parts) => string.Join("Then", parts.Select(part => part.Opcode));
}
