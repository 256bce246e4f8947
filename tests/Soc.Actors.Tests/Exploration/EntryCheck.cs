namespace Soc.Actors.Tests.Exploration;

/// <summary>What a hit has to check.</summary>
internal enum EntryCheck
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The entry's epoch is the current one.</summary>
    Epoch,

    /// <summary>The entry's sequence number is even and the current one.</summary>
    Sequence,
}
