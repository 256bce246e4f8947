using System.CommandLine;
using Soc.Topology;

namespace Soc.Cli.Commands;

/// <summary>Reads the topology that a command line names.</summary>
internal static class TopologyInput
{
    public static Argument<string> Argument() => new("FILE") { Description = "Topology file (YAML), such as topologies/quad-worlds.yaml." };

    /// <summary>The topology; null after its mistakes have been written to stderr, one line each.</summary>
    public static SocTopology? Load(string file, string? image = null, string[]? faults = null, BootOverrides? boot = null)
    {
        TopologyLoadResult result = TopologyFile.Load(file, new TopologyLoadOptions { Image = image, Faults = faults ?? [], Boot = boot ?? new BootOverrides() });
        foreach (TopologyMistake mistake in result.Mistakes)
        {
            Console.Error.WriteLine(mistake);
        }

        return result.Topology;
    }
}
