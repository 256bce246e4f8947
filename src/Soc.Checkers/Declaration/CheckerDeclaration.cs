using Soc.Memory;

namespace Soc.Checkers.Declaration;

/// <summary>
/// A kind of checker as topologies see it: its word, its options, how it is built and how it takes its place in the memory
/// tree. The topology reader, the schema and the builder know nothing else of a kind.
/// </summary>
public abstract class CheckerDeclaration
{
    /// <summary>Its word in topologies.</summary>
    public abstract string Word { get; }

    /// <summary>One sentence for people.</summary>
    public abstract string Description { get; }

    /// <summary>Its options.</summary>
    public abstract IReadOnlyList<CheckerOption> Options { get; }

    /// <summary>Whether it makes sense only in a machine with worlds.</summary>
    public virtual bool NeedsWorlds => false;

    /// <summary>Where it can stand.</summary>
    public virtual CheckerPlacements Placements => CheckerPlacements.Targets;

    /// <summary>Largest region that one port can protect, bytes; 0 stands for 2^64.</summary>
    public virtual ulong LargestPort => 0;

    /// <summary>The addresses of its registers.</summary>
    public virtual RegisterBlock BlockOf(CheckerSetup setup) => RegisterBlock.OnePage;

    /// <summary>Complains about options that do not fit together; single values are checked already.</summary>
    public virtual void Validate(CheckerSetup setup)
    {
    }

    /// <summary>Builds a checker in its reset state.</summary>
    /// <exception cref="CheckerConfigurationException">The specification does not allow the combination.</exception>
    public abstract Checker Create(CheckerSetup setup);

    /// <summary>Puts a target under a checker's protection.</summary>
    /// <param name="checker">A checker of this kind.</param>
    /// <param name="tree">Where address spaces are made.</param>
    /// <param name="name">Name of the port, for people.</param>
    /// <param name="target">What it protects.</param>
    /// <param name="downstream">Where permitted accesses go on, at their physical address.</param>
    /// <param name="setup">What the checker was built from.</param>
    /// <returns>The region that takes the target's place.</returns>
    public abstract CheckerPort Protect(
        Checker checker, MemoryTree tree, string name, CheckerTarget target, AddressSpace downstream, CheckerSetup setup);
}
