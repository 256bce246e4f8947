namespace Soc.Topology.Yaml;

/// <summary>Remedies that several readers give.</summary>
internal static class Hints
{
    public const string Address = "give an address such as 0x8000_0000";
    public const string Size = "give a size such as 256MiB, 0x1000 or 4096";
    public const string Time = "give a time such as 10us, 50ns or 1ms";
    public const string Frequency = "give a frequency such as 1GHz or 10MHz";
}
