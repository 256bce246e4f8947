using System.Buffers.Binary;
using Soc.Memory;
using Soc.RiscV.Csr;

namespace Soc.RiscV.Tests;

/// <summary>A hart with 16 MiB of memory at 0x8000_0000, started there in M-mode.</summary>
internal sealed class Machine : IDisposable
{
    public const ulong Ram = 0x8000_0000;
    public const ulong Handler = Ram + 0x8000;

    public Machine(Func<HartConfiguration, HartConfiguration>? configure = null, Action<Machine>? build = null)
    {
        Space = Tree.CreateSpace("bus", Root);
        if (build is null)
        {
            Root.Add(Ram, new RamRegion("ram", Memory));
        }

        build?.Invoke(this);
        Tree.Commit();
        HartConfiguration configuration = new() { ResetVector = Ram };
        Hart = new Hart(configure?.Invoke(configuration) ?? configuration, Space);
        Hart.WriteCsr("mtvec", Handler);
    }

    public GuestMemory Memory { get; } = new(16 << 20);

    public ContainerRegion Root { get; } = new("root");

    public MemoryTree Tree { get; } = new();

    public AddressSpace Space { get; }

    public Hart Hart { get; }

    public void Code(ulong address, params uint[] words)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (uint word in words)
        {
            int length = (word & 3) == 3 ? 4 : 2;
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, word);
            Memory.Write(address - Ram, bytes[..length]);
            address += (ulong)length;
        }
    }

    public void Write(ulong address, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        Memory.Write(address - Ram, bytes);
    }

    public ulong Read(ulong address)
    {
        Span<byte> bytes = stackalloc byte[8];
        Memory.Read(address - Ram, bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    public void Step(int count = 1)
    {
        for (int i = 0; i < count; i++)
        {
            Hart.Step();
        }
    }

    /// <summary>Executes one instruction with code at the present program counter.</summary>
    public void Execute(uint word)
    {
        Code(Hart.ProgramCounter, word);
        Hart.WriteCsr("mtvec", Handler);
        Fence();
        Hart.Step();
    }

    /// <summary>What FENCE.I does, for tests that write code between steps.</summary>
    public void Fence() => Hart.FenceInstructions(default);

    /// <summary>The exception that one instruction raises in a mode, or -1; leaves the hart in M-mode behind a trap.</summary>
    public int CauseOf(uint word, PrivilegeMode mode = PrivilegeMode.Machine, bool virtualized = false)
    {
        Hart.ProgramCounter = Ram;
        Hart.SetMode(mode, virtualized);
        Code(Ram, word);
        Fence();
        Hart.Step();
        return Hart.ProgramCounter == Handler ? (int)Hart.ReadCsr("mcause") : -1;
    }

    /// <summary>Lets S and U reach everything.</summary>
    public Machine OpenProtection()
    {
        Hart.WriteCsr("pmpaddr0", ulong.MaxValue);
        Hart.WriteCsr("pmpcfg0", 0x1F);
        return this;
    }

    public static int Csr(string name) => CsrTable.Find(name)!.Number;

    public void Dispose()
    {
        Hart.Dispose();
        Memory.Dispose();
    }
}
