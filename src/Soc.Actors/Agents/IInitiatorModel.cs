using Soc.Memory;
using Soc.Tlb;

namespace Soc.Actors.Agents;

/// <summary>What an initiator actor needs of its model object: a hart or a DMA engine.</summary>
internal interface IInitiatorModel
{
    /// <summary>The model as a source of transactions.</summary>
    IInitiator Initiator { get; }

    /// <summary>Counters of the private TLB.</summary>
    TlbStatistics TlbStatistics { get; }

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

    /// <summary>Puts cached answers of a checker back to "not translated yet" (rule M3); between two instructions or beats (M4).</summary>
    /// <returns>Kinds put back.</returns>
    int Rearm(int owner, in InvalidationScope scope);

    /// <summary>Finishes the pending transaction.</summary>
    void CompleteTransaction(AccessResult result, ulong value);
}
