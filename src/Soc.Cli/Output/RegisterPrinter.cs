using Soc.Checkers.Registers;
using Soc.Topology;

namespace Soc.Cli.Output;

/// <summary>The register file of a checker for people, field by field, as it is after reset; arrays once.</summary>
internal static class RegisterPrinter
{
    public static void Print(SocTopology topology, CheckerDescription checker, ReportWriter report)
    {
        RegisterMap map = checker.Kind.Create(checker.SetupFor(0, topology.WorldGuard)).Registers;
        report.Heading($"{checker.Name} ({checker.Kind.Word}) at 0x{checker.Base:x}");
        report.Table(
            ["offset", "bytes", "register", "bits", "field", "access", "reset", "frozen by"],
            [.. map.Registers.OrderBy(register => (long)register.Offset).SelectMany(Rows)]);
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(Register register)
    {
        long offset = (long)register.Offset;
        string at = offset < 0 ? $"-0x{-offset:x3}" : $"0x{offset:x3}";
        bool isArray = register.Count > 1;
        string name = isArray ? $"{register.NameOf(0)} .. {register.NameOf(register.Count - 1)}" : register.NameOf(0);
        string place = isArray ? $"{at} + 0x{register.Stride:x}*i" : at;
        bool first = true;
        foreach (RegisterField field in register.Fields.OrderByDescending(field => field.High))
        {
            string bits = field.High == field.Low ? $"{field.Low}" : $"{field.High}:{field.Low}";
            yield return
            [
                first ? place : "", first ? $"{register.Width}" : "", first ? name : "", bits, field.Name, field.AccessText,
                $"0x{field.Of(register.ResetValue(0)):x}", first ? register.LockText : "",
            ];
            first = false;
        }
    }
}
