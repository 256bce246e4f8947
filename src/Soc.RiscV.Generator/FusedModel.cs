using System;

namespace Soc.RiscV.Generator;

/// <summary>Two neighbouring instructions that are executed with one dispatch.</summary>
internal sealed class FusedModel
{
    public FusedModel(InstructionForm first, InstructionForm second)
    {
        if (first.Model.Kind == "Jump")
        {
            throw new FormatException($"nothing follows '{first.Model.Mnemonic}'");
        }

        First = first;
        Second = second;
    }

    public InstructionForm First { get; }

    public InstructionForm Second { get; }

    /// <summary>The identifier of the pair's opcode.</summary>
    public string Opcode => First.Opcode + "Then" + Second.Opcode;
}
