namespace Soc.Topology.Tests;

/// <summary>Finds the repository's files from wherever the test assembly was built to.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Topologies => Path.Combine(Root, "topologies");

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
