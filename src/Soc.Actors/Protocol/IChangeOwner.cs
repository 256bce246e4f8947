namespace Soc.Actors.Protocol;

/// <summary>Somebody whose changes wait for acknowledgements: a checker or an IOMMU.</summary>
internal interface IChangeOwner
{
    /// <summary>Name from the topology.</summary>
    string Name { get; }

    /// <summary>What is not acknowledged yet.</summary>
    ChangeTracker Changes { get; }

    /// <summary>Whether somebody waits for acknowledgements: a change that stays open is a broken protocol.</summary>
    bool IsAwaited { get; }

    /// <summary>Most that a message came after one that was due later, ns.</summary>
    ulong Skew { get; set; }
}
