using System;

namespace Soc.RiscV.Generator;

/// <summary>One declaration, reduced to text so that unchanged declarations compare equal between generator runs.</summary>
internal sealed class InstructionModel : IEquatable<InstructionModel>
{
    private readonly string _key;

    public InstructionModel(string kind, string mnemonic, string encoding, int size, string detail, string method, string parameters, string expression, (ulong Any, ulong All) extensions)
    {
        Kind = kind;
        Mnemonic = mnemonic;
        EncodingText = encoding;
        Size = size;
        Detail = detail;
        Method = method;
        Parameters = parameters;
        Expression = expression;
        Extensions = extensions.Any;
        NeededExtensions = extensions.All;
        _key = string.Join("\u0001", kind, mnemonic, encoding, size, detail, method, parameters, expression, extensions);
    }

    /// <summary>Instruction, Branch, Load, Store, Jump, Atomic, System, FloatLoad, FloatStore, Float, Compressed or Fused (the mnemonics of a group, joined by "+").</summary>
    public string Kind { get; }

    public string Mnemonic { get; }

    public string EncodingText { get; }

    /// <summary>Bytes accessed by loads, stores and atomics.</summary>
    public int Size { get; }

    /// <summary>The operation of an atomic, or the expansion of a compressed instruction.</summary>
    public string Detail { get; }

    /// <summary>Qualified name of the declared method.</summary>
    public string Method { get; }

    /// <summary>Parameters as "type name", separated by commas.</summary>
    public string Parameters { get; }

    /// <summary>The expression body, empty when the method has a block body.</summary>
    public string Expression { get; }

    /// <summary>The extensions that have the instruction, as bits; 0 for the base.</summary>
    public ulong Extensions { get; }

    /// <summary>The extensions that must all be there too.</summary>
    public ulong NeededExtensions { get; }

    /// <summary>Whether it is executed outside of the interpreter loop, whose size is limited: what optional extensions compute.</summary>
    public bool IsOutside => IsFloat || (Kind == "Instruction" && Extensions != 0);

    /// <summary>Whether mstatus.FS guards it.</summary>
    public bool IsFloat => Kind is "Float" or "FloatLoad" or "FloatStore";

    /// <summary>The identifier of the opcode: "amoadd.w" becomes AmoaddW.</summary>
    public string Identifier => ToIdentifier(Mnemonic);

    public static string ToIdentifier(string mnemonic)
    {
        string identifier = string.Empty;
        foreach (string part in mnemonic.Split('.'))
        {
            identifier += char.ToUpperInvariant(part[0]) + part.Substring(1);
        }

        return identifier;
    }

    public bool Equals(InstructionModel? other) => other is not null && other._key == _key;

    public override bool Equals(object? obj) => Equals(obj as InstructionModel);

    public override int GetHashCode() => _key.GetHashCode();
}
