using Soc.Topology;

namespace Soc.Actors.Recording;

/// <summary>Repeats recorded runs.</summary>
public static class RecipePlayer
{
    /// <summary>The topology of a recorded run, with the images found and compared.</summary>
    /// <param name="file">The recipe's file: an image that is not where it was is looked for beside it.</param>
    /// <param name="recipe">The recipe.</param>
    /// <exception cref="RecipeException">An image is missing or another one, or the topology is no longer understood.</exception>
    public static SocTopology Load(string file, Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        Dictionary<string, string> places = Locate(file, recipe);
        TopologyLoadResult result = TopologyFile.Parse(recipe.TopologyPath, recipe.TopologyText, new TopologyLoadOptions
        {
            Image = recipe.Image,
            Faults = recipe.Faults,
            Boot = recipe.Boot is [var bios, var kernel, var initrd, var append, var tree]
                ? new BootOverrides(Place(bios), Place(kernel), Place(initrd), append, Place(tree))
                : new BootOverrides(),
            Locate = path => places.GetValueOrDefault(path, path),
        });
        if (result.Topology is not { } topology)
        {
            throw new RecipeException($"{file}: the recorded topology is not understood by this version of soc: {result.Mistakes[0]}");
        }

        string? Place(string? path) => path is null ? null : places.GetValueOrDefault(path, path);

        topology = topology with
        {
            Mode = RunMode.Lockstep,
            Parallel = false,
            Seed = recipe.Seed,
            SeedUntil = recipe.SeedUntil,
            Quantum = recipe.Quantum,
            Strategy = Word(file, TopologyWords.Strategies, recipe.Strategy),
            Invalidation = Word(file, TopologyWords.Invalidations, recipe.Invalidation),
        };
        return recipe.Guarantee is { } level ? topology.WithGuarantee(Word(file, TopologyWords.Guarantees, level)) : topology;
    }

    /// <summary>Names of a topology's agents, by agent number.</summary>
    public static IReadOnlyList<string> AgentsOf(SocTopology topology)
    {
        ArgumentNullException.ThrowIfNull(topology);
        return
        [
            .. topology.Harts.Select(hart => hart.Name),
            .. topology.DmaEngines.Select(engine => engine.Name),
            .. topology.VirtioDevices.Select(device => device.Name),
            .. topology.Checkers.Select(checker => checker.Name),
            .. topology.Iommus.Select(iommu => iommu.Name),
        ];
    }

    private static T Word<T>(string file, IReadOnlyDictionary<string, T> words, string word) =>
        words.TryGetValue(word, out T? value) ? value : throw new RecipeException($"{file}: '{word}' is unknown here; replay it with the soc that wrote it");

    private static Dictionary<string, string> Locate(string file, Recipe recipe)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        Dictionary<string, string> places = [];
        foreach (RecipeImage image in recipe.Images)
        {
            string beside = Path.Combine(folder, Path.GetFileName(image.Path));
            List<RecipeImage> found = [.. new[] { image.Path, beside }.Where(File.Exists).Select(RunRecorder.Describe)];
            if (found.Find(candidate => candidate.Sha256 == image.Sha256) is { } right)
            {
                places[image.Path] = right.Path;
                continue;
            }

            string wanted = $"{image.Length} bytes, SHA-256 {image.Sha256}";
            throw new RecipeException(found.Count == 0
                ? $"{file}: image '{image.Path}' is not there; put it back, or beside the recipe ({wanted})"
                : $"{file}: image '{found[0].Path}' is not the recorded one ({found[0].Length} bytes, SHA-256 {found[0].Sha256}); bring back the recorded one, "
                    + $"there or beside the recipe ({wanted})");
        }

        return places;
    }
}
