namespace Soc.Tlb.Tests.Properties;

/// <summary>A random machine and what happens on it; operations are drawn from the words.</summary>
public sealed record Scenario(int Depth, int GranuleChoice, int Flags, uint Seed, uint[] Words)
{
    private static readonly ulong[] Granules = [4096, 4, 256, 65536];

    public ulong Granule => Granules[GranuleChoice];

    /// <summary>Sinks answer with a bus error.</summary>
    public bool NoisySinks => (Flags & 1) != 0;

    /// <summary>Atomics with a refused half do their load and their store.</summary>
    public bool LoadThenStore => (Flags & 2) != 0;

    /// <summary>Checkers refuse an access that crosses a refused granule as a whole.</summary>
    public bool WholeAccess => (Flags & 4) != 0;

    /// <summary>Pages are parts of 2 MiB pages.</summary>
    public bool LargePages => (Flags & 8) != 0;

    public override string ToString() =>
        $"new Scenario({Depth}, {GranuleChoice}, {Flags}, {Seed}, [{string.Join(", ", Words)}])";
}
