using System;
using System.Collections.Generic;
using System.Linq;

namespace Soc.RiscV.Generator;

/// <summary>All declarations with their parsed encodings, in a stable order.</summary>
internal sealed class InstructionSet
{
    private readonly Dictionary<string, InstructionModel> _byMnemonic = new();

    public InstructionSet(IEnumerable<InstructionModel> models)
    {
        ILookup<bool, InstructionModel> byFused = models.ToLookup(model => model.Kind == "Fused");
        List<InstructionModel> sorted = byFused[false].OrderBy(model => model.Mnemonic, StringComparer.Ordinal).ToList();
        Base = sorted.Where(model => model.Kind != "Compressed").ToList();
        Compressed = sorted.Where(model => model.Kind == "Compressed").ToList();
        foreach (InstructionModel model in sorted)
        {
            if (_byMnemonic.ContainsKey(model.Mnemonic))
            {
                throw new FormatException($"'{model.Mnemonic}' is declared twice");
            }

            _byMnemonic.Add(model.Mnemonic, model);
            Encodings.Add(model.Mnemonic, Encoding.Parse(model.EncodingText, model.Kind == "Compressed" ? 16 : 32));
        }

        foreach (InstructionModel row in Compressed)
        {
            string expansion = row.Detail.Split(' ')[0];
            if (!_byMnemonic.TryGetValue(expansion, out InstructionModel? target) || target.Kind == "Compressed")
            {
                throw new FormatException($"'{row.Mnemonic}' expands to '{expansion}', which is not declared");
            }

            ShortForms.Add(expansion);
        }

        foreach (string pair in byFused[true].Select(model => model.Mnemonic).OrderBy(name => name, StringComparer.Ordinal))
        {
            string[] parts = pair.Split('+');
            Pairs.AddRange(Forms(parts[0]).SelectMany(_ => Forms(parts[1]), (first, second) => new FusedModel(first, second)));
        }
    }

    /// <summary>The 32-bit instructions.</summary>
    public IReadOnlyList<InstructionModel> Base { get; }

    /// <summary>The 16-bit instructions.</summary>
    public IReadOnlyList<InstructionModel> Compressed { get; }

    public Dictionary<string, Encoding> Encodings { get; } = new();

    /// <summary>The pairs that get an opcode of their own.</summary>
    public List<FusedModel> Pairs { get; } = new();

    /// <summary>Mnemonics of base instructions that have a 16-bit form; each gets a second opcode whose length is 2.</summary>
    public HashSet<string> ShortForms { get; } = new();

    /// <summary>An instruction in its lengths.</summary>
    public IEnumerable<InstructionForm> Forms(string mnemonic)
    {
        if (!_byMnemonic.TryGetValue(mnemonic, out InstructionModel? model) || model.Kind is "Compressed" or "Atomic" or "System")
        {
            throw new FormatException($"'{mnemonic}' cannot be part of a pair");
        }

        yield return new InstructionForm(model, 4);
        if (ShortForms.Contains(mnemonic))
        {
            yield return new InstructionForm(model, 2);
        }
    }
}
