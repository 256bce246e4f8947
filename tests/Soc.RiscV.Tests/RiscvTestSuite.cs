using System.Buffers.Binary;
using System.Text;

namespace Soc.RiscV.Tests;

/// <summary>
/// The public riscv-tests programs, when the environment variable SOC_RISCV_TESTS names the directory of their ELF files:
/// rv64ui, um, ua, uc, uf, ud, uzfh, the bit-manipulation groups, zicond, mi, mzicbo, si, ssvnapot and hypervisor, in the environments p and v.
/// </summary>
public class RiscvTestSuite
{
    private static readonly string[] s_groups = ["rv64ui-", "rv64um-", "rv64ua-", "rv64uc-", "rv64uf-", "rv64ud-", "rv64uzfh-", "rv64uzba-", "rv64uzbb-", "rv64uzbc-", "rv64uzbkb-", "rv64uzbkx-", "rv64uzbs-", "rv64uzicond-", "rv64mi-", "rv64mzicbo-", "rv64si-", "rv64ssvnapot-", "hypervisor-"];

    [Theory]
    [InlineData(Extensions.All)]
    [InlineData(Extensions.All & ~Extensions.Svade)]
    public void Every_program_reports_success(Extensions extensions)
    {
        string? directory = Environment.GetEnvironmentVariable("SOC_RISCV_TESTS");
        if (string.IsNullOrEmpty(directory))
        {
            return;
        }

        string[] programs = [.. Directory.GetFiles(directory).Where(IsProgram).Order(StringComparer.Ordinal)];
        Assert.NotEmpty(programs);
        Assert.Empty(programs.Where(path => ResultOf(path, extensions) != 1).Select(Path.GetFileName));
    }

    private static ulong ResultOf(string path, Extensions extensions)
    {
        byte[] elf = File.ReadAllBytes(path);
        using Machine machine = new(configuration => configuration with { ResetVector = Word(elf, 24), Extensions = extensions });
        for (int i = 0; i < BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(56)); i++)
        {
            int header = (int)Word(elf, 32) + (i * 56);
            if (BinaryPrimitives.ReadUInt32LittleEndian(elf.AsSpan(header)) == 1)
            {
                machine.Memory.Write(Word(elf, header + 24) - Machine.Ram, elf.AsSpan((int)Word(elf, header + 8), (int)Word(elf, header + 32)));
            }
        }

        ulong tohost = SymbolOf(elf, "tohost");
        for (int slice = 0; slice < 500 && machine.Read(tohost) == 0; slice++)
        {
            machine.Hart.Run(machine.Hart.Cycles + 10_000);
        }

        return machine.Read(tohost);
    }

    private static bool IsProgram(string path) =>
        Path.GetExtension(path).Length == 0 && s_groups.Any(group => Path.GetFileName(path).StartsWith(group, StringComparison.Ordinal));

    private static ulong SymbolOf(byte[] elf, string name)
    {
        int sections = (int)Word(elf, 40);
        for (int i = 0; i < BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(60)); i++)
        {
            int header = sections + (i * 64);
            if (BinaryPrimitives.ReadUInt32LittleEndian(elf.AsSpan(header + 4)) != 2)
            {
                continue;
            }

            int strings = (int)Word(elf, sections + (BinaryPrimitives.ReadInt32LittleEndian(elf.AsSpan(header + 40)) * 64) + 24);
            int symbols = (int)Word(elf, header + 24);
            for (int at = symbols; at < symbols + (int)Word(elf, header + 32); at += 24)
            {
                int text = strings + BinaryPrimitives.ReadInt32LittleEndian(elf.AsSpan(at));
                if (Encoding.ASCII.GetString(elf, text, Array.IndexOf(elf, (byte)0, text) - text) == name)
                {
                    return Word(elf, at + 8);
                }
            }
        }

        throw new InvalidDataException($"no symbol {name}");
    }

    private static ulong Word(byte[] elf, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(elf.AsSpan(offset));
}
