using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Soc.RiscV.Generator;

/// <summary>
/// Turns the instruction declarations of Soc.RiscV (methods with an attribute that carries mnemonic and encoding) into the
/// opcode enumeration, the decoders, the description table and the interpreter's dispatch.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class InstructionGenerator : IIncrementalGenerator
{
    private const string Namespace = "Soc.RiscV.Instructions.";

    private static readonly string[] MethodKinds = ["Instruction", "Branch", "Load", "Store", "Jump", "Atomic", "System", "FloatLoad", "FloatStore", "Float"];

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValueProvider<ImmutableArray<InstructionModel>> all =
            context.SyntaxProvider.ForAttributeWithMetadataName(
                Namespace + "CompressedAttribute", static (_, _) => true, static (syntax, _) => syntax.Attributes.Select(row => ReadCompressed(row, ExtensionsOf(syntax.TargetSymbol))).ToImmutableArray())
            .SelectMany(static (models, _) => models).Collect();
        all = all.Combine(context.SyntaxProvider.ForAttributeWithMetadataName(
                    Namespace + "FusedAttribute", static (_, _) => true, static (syntax, _) => syntax.Attributes.SelectMany(ReadFused).ToImmutableArray())
                .SelectMany(static (models, _) => models).Collect())
            .Select(static (pair, _) => pair.Left.AddRange(pair.Right));
        foreach (string kind in MethodKinds)
        {
            string captured = kind;
            IncrementalValueProvider<ImmutableArray<InstructionModel>> some =
                context.SyntaxProvider.ForAttributeWithMetadataName(
                    Namespace + kind + "Attribute", static (_, _) => true, (syntax, _) => ReadMethod(captured, syntax))
                .Collect();
            all = all.Combine(some).Select(static (pair, _) => pair.Left.AddRange(pair.Right));
        }

        context.RegisterSourceOutput(all, static (output, models) => Generate(output, models));
    }

    private static void Generate(SourceProductionContext output, ImmutableArray<InstructionModel> models)
    {
        try
        {
            var set = new InstructionSet(models);
            Add(output, "Opcode", OpcodeWriter.Write(set));
            Add(output, "Decoder", DecoderWriter.Write(set));
            Add(output, "FusedGroup", FusedGroupWriter.Write(set));
            Add(output, "Descriptions", DescriptionWriter.Write(set));
            Add(output, "Hart.Interpret", DispatchWriter.Write(set));
        }
        catch (FormatException error)
        {
            Add(output, "Error", $"#error {error.Message}\n");
        }
    }

    private static void Add(SourceProductionContext output, string name, string text) =>
        output.AddSource(name + ".g.cs", SourceText.From(text, System.Text.Encoding.UTF8));

    private static InstructionModel ReadCompressed(AttributeData attribute, (ulong Any, ulong All) extensions) => new(
        "Compressed", Text(attribute, 0), Text(attribute, 1), 0, Text(attribute, 2), string.Empty, string.Empty, string.Empty, extensions);

    private static IEnumerable<InstructionModel> ReadFused(AttributeData attribute) => Text(attribute, 1).Split(' ').Select(second => new InstructionModel(
        "Fused", Text(attribute, 0) + "+" + second, string.Empty, 0, string.Empty, string.Empty, string.Empty, string.Empty, default));

    private static InstructionModel ReadMethod(string kind, GeneratorAttributeSyntaxContext syntax)
    {
        AttributeData attribute = syntax.Attributes[0];
        var symbol = (IMethodSymbol)syntax.TargetSymbol;
        int size = attribute.ConstructorArguments.Length > 2 && attribute.ConstructorArguments[2].Value is int bytes ? bytes : 0;
        string operation = attribute.ConstructorArguments.Length > 3 ? attribute.ConstructorArguments[3].Value!.ToString() : string.Empty;
        string parameters = string.Join(",", symbol.Parameters.Select(parameter => parameter.Type.ToDisplayString() + " " + parameter.Name));
        string expression = ((MethodDeclarationSyntax)syntax.TargetNode).ExpressionBody is { } body ? body.Expression.ToString() : string.Empty;
        return new InstructionModel(
            kind, Text(attribute, 0), Text(attribute, 1), size, operation, symbol.ContainingType.Name + "." + symbol.Name, parameters, expression,
            ExtensionsOf(symbol) is var own && own.Any != 0 ? own : ExtensionsOf(symbol.ContainingType));
    }

    private static (ulong Any, ulong All) ExtensionsOf(ISymbol symbol) =>
        symbol.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass?.Name == "ExtensionAttribute") is { } extension
            ? ((ulong)extension.ConstructorArguments[0].Value!, (ulong)extension.ConstructorArguments[1].Value!) : default;

    private static string Text(AttributeData attribute, int index) => (string)attribute.ConstructorArguments[index].Value!;
}
