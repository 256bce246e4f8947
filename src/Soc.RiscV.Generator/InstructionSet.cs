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

        // A group grows by one instruction at a time, so its beginnings are groups too.
        Groups = byFused[true].SelectMany(model => Beginnings(model.Mnemonic.Split('+')))
            .GroupBy(fused => fused.Opcode).Select(same => same.First()).OrderBy(fused => fused.Opcode, StringComparer.Ordinal).ToList();
    }

    /// <summary>The 32-bit instructions.</summary>
    public IReadOnlyList<InstructionModel> Base { get; }

    /// <summary>The 32-bit instructions that are executed outside of the interpreter loop, floating point last.</summary>
    public IReadOnlyList<InstructionModel> Outside => Base.Where(model => model.IsOutside).OrderBy(model => model.IsFloat).ToList();

    /// <summary>The 16-bit instructions.</summary>
    public IReadOnlyList<InstructionModel> Compressed { get; }

    public Dictionary<string, Encoding> Encodings { get; } = new();

    /// <summary>The groups of instructions that get an opcode of their own.</summary>
    public IReadOnlyList<FusedModel> Groups { get; }

    /// <summary>Mnemonics of base instructions that have a 16-bit form; each gets a second opcode whose length is 2.</summary>
    public HashSet<string> ShortForms { get; } = new();

    /// <summary>An instruction in its lengths; with "c." before its mnemonic, in its 16-bit form only.</summary>
    public IEnumerable<InstructionForm> Forms(string mnemonic)
    {
        bool onlyShort = mnemonic.StartsWith("c.", StringComparison.Ordinal);
        string whole = onlyShort ? mnemonic.Substring(2) : mnemonic;
        if (!_byMnemonic.TryGetValue(whole, out InstructionModel? model) || model.Kind is "Compressed" or "Atomic" or "System" || model.IsOutside || (onlyShort && !ShortForms.Contains(whole)))
        {
            throw new FormatException($"'{mnemonic}' cannot be part of a group");
        }

        if (!onlyShort)
        {
            yield return new InstructionForm(model, 4);
        }

        if (ShortForms.Contains(whole))
        {
            yield return new InstructionForm(model, 2);
        }
    }

    private IEnumerable<FusedModel> Beginnings(string[] mnemonics)
    {
        IEnumerable<InstructionForm[]> rows = Forms(mnemonics[0]).Select(form => new[] { form });
        foreach (string mnemonic in mnemonics.Skip(1))
        {
            rows = rows.SelectMany(_ => Forms(mnemonic), (row, form) => row.Append(form).ToArray()).ToList();
            foreach (InstructionForm[] row in rows)
            {
                yield return new FusedModel(row);
            }
        }
    }
}
