namespace Soc.RiscV.Commits;

/// <summary>One retired instruction. The hart reuses the object: an observer that keeps it must copy.</summary>
public sealed class CommitRecord
{
    /// <summary>mhartid.</summary>
    public ulong HartId { get; internal set; }

    /// <summary>The mode before the instruction.</summary>
    public PrivilegeMode Mode { get; internal set; }

    /// <summary>Its address.</summary>
    public ulong ProgramCounter { get; internal set; }

    /// <summary>The instruction word.</summary>
    public uint Instruction { get; internal set; }

    /// <summary>Its bytes, 2 or 4.</summary>
    public int Length { get; internal set; }

    /// <summary>Registers written, x0 left out.</summary>
    public IReadOnlyList<RegisterWrite> Registers => RegisterList;

    /// <summary>Virtual addresses read.</summary>
    public IReadOnlyList<ulong> Loads => LoadList;

    /// <summary>Memory written.</summary>
    public IReadOnlyList<MemoryWrite> Stores => StoreList;

    internal List<RegisterWrite> RegisterList { get; } = [];

    internal List<ulong> LoadList { get; } = [];

    internal List<MemoryWrite> StoreList { get; } = [];
}
