namespace Soc.RiscV.Instructions;

/// <summary>Pairs of neighbouring instructions that the interpreter executes with one dispatch; each in all its lengths.</summary>
/// <param name="first">Mnemonic of the first instruction.</param>
/// <param name="seconds">Mnemonics of those that may follow, separated by spaces.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
internal sealed class FusedAttribute(string first, string seconds) : Attribute
{
    /// <summary>Mnemonic of the first instruction.</summary>
    public string First { get; } = first;

    /// <summary>Mnemonics of those that may follow.</summary>
    public string Seconds { get; } = seconds;
}
