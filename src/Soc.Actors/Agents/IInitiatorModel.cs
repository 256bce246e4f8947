using Soc.Memory;
using Soc.Tlb;

namespace Soc.Actors.Agents;

/// <summary>What an initiator actor needs of its model object: a hart or a DMA engine.</summary>
internal interface IInitiatorModel
{
    /// <summary>The model as a source of transactions.</summary>
    IInitiator Initiator { get; }

    /// <summary>The private TLB.</summary>
    SoftTlb Tlb { get; }

    /// <summary>Counters of the private TLB.</summary>
    TlbStatistics TlbStatistics => Tlb.Statistics;

    /// <summary>Local clock, cycles.</summary>
    ulong Cycles { get; }

    /// <summary>Cycles per second of the local clock.</summary>
    ulong Frequency { get; }

    /// <summary>Virtual time at which the model wakes by itself (timer), ns; <see cref="ulong.MaxValue"/> for never.</summary>
    ulong WakeAt { get; }

    /// <summary>Program counter or descriptor address, for reports.</summary>
    ulong Position { get; }

    /// <summary>Why the model stopped, after <see cref="SliceEnd.Stopped"/>.</summary>
    string StopReason { get; }

    /// <summary>Set when the run is over because of something that the model did.</summary>
    RunEnd? Finished { get; set; }

    /// <summary>The transaction the model waits for, after <see cref="SliceEnd.Transaction"/>.</summary>
    PendingAccess Pending { get; }

    /// <summary>Runs until the local clock reaches a cycle, or until there is a reason to stop.</summary>
    SliceEnd Run(ulong untilCycle);

    /// <summary>Lets time pass without work: waking from sleep, or skipping a spin.</summary>
    void SkipTo(ulong cycle);

    /// <summary>Asks the running slice to end at its next poll; any thread.</summary>
    void RequestExit();

    /// <summary>
    /// Takes a configuration change of a checker in, as coarsely as the TLB's configuration says (rule M3); between two instructions or beats (M4).
    /// </summary>
    /// <returns>Kinds put back, or entries emptied.</returns>
    int Invalidate(int owner, in InvalidationScope scope);

    /// <summary>Finishes the pending transaction.</summary>
    void CompleteTransaction(AccessResult result, ulong value);
}
