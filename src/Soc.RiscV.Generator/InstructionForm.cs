namespace Soc.RiscV.Generator;

/// <summary>An instruction in one of its lengths.</summary>
internal sealed class InstructionForm
{
    public InstructionForm(InstructionModel model, int length)
    {
        Model = model;
        Length = length;
    }

    public InstructionModel Model { get; }

    /// <summary>Bytes, 2 or 4.</summary>
    public int Length { get; }

    /// <summary>The identifier of its opcode.</summary>
    public string Opcode => Length == 2 ? Model.Identifier + "Short" : Model.Identifier;
}
