namespace Soc.Actors.Tests.Exploration;

/// <summary>One way to keep a core's cached answer in step with a checker's configuration: what the two sides do, step by step.</summary>
/// <param name="Writer">What the configuring side does for one change.</param>
/// <param name="Miss">What the core does when it has no valid entry; ends with <see cref="CoreStep.Install"/> or <see cref="CoreStep.Ask"/>.</param>
internal sealed record Scheme(IReadOnlyList<WriterStep> Writer, IReadOnlyList<CoreStep> Miss)
{
    /// <summary>What makes an entry valid, besides being there.</summary>
    public EntryCheck Check { get; init; }

    /// <summary>In which order the core takes its messages.</summary>
    public Mailbox Mailbox { get; init; }

    /// <summary>An invalidation that comes while an answer is on its way keeps that answer out of the cache (rule M5).</summary>
    public bool Poison { get; init; }

    /// <summary>Only registered cores are told, and by being told they are registered no more.</summary>
    public bool OneShot { get; init; }

    /// <summary>An invalidation drops only the entries of its range.</summary>
    public bool OnlyRange { get; init; }

    /// <summary>Pages, and one change for each, in this order.</summary>
    public int Pages { get; init; } = 1;
}
