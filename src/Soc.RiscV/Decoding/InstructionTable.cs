namespace Soc.RiscV.Decoding;

/// <summary>All declared instructions; filled by the generator, built when first asked for.</summary>
internal static partial class InstructionTable
{
    private static readonly Lazy<InstructionDescription[]> s_all = new(Create);

    /// <summary>Every instruction, 32-bit ones first.</summary>
    public static IReadOnlyList<InstructionDescription> All => s_all.Value;

    /// <summary>The 32-bit instruction that one decoded word is or stands for; null when it is none.</summary>
    public static InstructionDescription? Find(in DecodedInstruction i)
    {
        (Opcode opcode, int length) = (i.Opcode, i.Length);
        InstructionDescription? found = All.FirstOrDefault(row => row.Opcode == opcode && (row.Length == 2 || row.Length == length));
        return found is not { Length: 2 } ? found : All.First(row => row.Length == 4 && row.Mnemonic == found.Expansion.Split(' ')[0]);
    }
}
