using Soc.Topology;

namespace Soc.Actors.Tests.Support;

/// <summary>Finds the repository's files from wherever the test assembly was built to.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static SocTopology Load(string topology)
    {
        TopologyLoadResult result = TopologyFile.Load(Path.Combine(Root, "topologies", topology));
        return result.Topology ?? throw new InvalidOperationException(string.Join('\n', result.Mistakes));
    }

    public static string GuestFile(string name) => Path.Combine(Root, "tests", "guests", "bin", name);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Soc.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("Soc.sln is in no folder above the tests");
    }
}
