namespace Soc.Topology;

/// <summary>How a guest image is stored.</summary>
public enum ImageFormat : byte
{
    /// <summary>ELF executable: knows its addresses and entry point.</summary>
    Elf,

    /// <summary>Bytes for one address.</summary>
    Raw,
}
