namespace Soc.Actors.Tests.Exploration;

/// <summary>
/// Walks through every interleaving of a system, depth first. A path is replayed from the start each time, so that the system
/// may be made of ordinary mutable objects, the product's own among them; states seen before are not entered again.
/// </summary>
internal static class Explorer
{
    private const int MostStates = 1_000_000;

    /// <summary>Explores and returns the flaws that some schedule has, each with the first schedule found.</summary>
    public static SortedDictionary<Flaw, string> Explore(Func<Interleaving> create) => Explore(create, out _);

    /// <summary>Explores and returns the flaws that some schedule has, each with the first schedule found.</summary>
    /// <param name="create">Makes the system in its first state.</param>
    /// <param name="states">Number of different states.</param>
    public static SortedDictionary<Flaw, string> Explore(Func<Interleaving> create, out int states)
    {
        var found = new SortedDictionary<Flaw, string>();
        var seen = new HashSet<string>();
        var open = new Stack<int[]>([[]]);
        while (open.TryPop(out int[]? path))
        {
            Interleaving system = create();
            List<string> names = [];
            foreach (int choice in path)
            {
                (string name, Action act) = system.Steps()[choice];
                names.Add(name);
                act();
            }

            List<(string Name, Action Do)> next = system.Steps();
            if (next.Count == 0)
            {
                system.AtRest();
            }

            foreach (Flaw flaw in system.Flaws)
            {
                found.TryAdd(flaw, string.Join("; ", names));
            }

            if (!seen.Add(system.Print()))
            {
                continue;
            }

            Assert.True(seen.Count <= MostStates, "the system is too large to be explored");
            for (int choice = 0; choice < next.Count; choice++)
            {
                open.Push([.. path, choice]);
            }
        }

        states = seen.Count;
        return found;
    }
}
