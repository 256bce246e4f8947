namespace Soc.RiscV.Instructions;

/// <summary>
/// Groups of two or three neighbouring instructions that the interpreter executes with one dispatch, each instruction in all
/// its lengths, or in its 16-bit form only when its mnemonic follows "c.".
/// </summary>
/// <param name="first">Mnemonic of the first instruction.</param>
/// <param name="continuations">What may follow, separated by spaces: a mnemonic, or two joined by "+".</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
internal sealed class FusedAttribute(string first, string continuations) : Attribute
{
    /// <summary>Mnemonic of the first instruction.</summary>
    public string First { get; } = first;

    /// <summary>What may follow.</summary>
    public string Continuations { get; } = continuations;
}
