using Soc.Devices;
using Soc.Devices.Dma;
using Soc.Memory;
using Soc.Tlb;
using Soc.Topology;

namespace Soc.Actors.Agents;

/// <summary>A DMA engine as an initiator actor sees it.</summary>
/// <param name="engine">The engine.</param>
/// <param name="translator">What translates its addresses; null when nothing does.</param>
internal sealed class DmaModel(DmaEngine engine, IommuTranslator? translator = null) : ITranslatedModel
{
    /// <summary>The engine.</summary>
    public DmaEngine Engine { get; } = engine;

    /// <inheritdoc/>
    public IommuTranslator? Translator { get; } = translator;

    /// <inheritdoc/>
    public IInitiator Initiator => Engine;

    /// <inheritdoc/>
    public SoftTlb Tlb => Engine.Tlb;

    /// <inheritdoc/>
    public ulong Cycles => Engine.Cycles;

    /// <inheritdoc/>
    public ulong Frequency => Engine.Frequency;

    /// <inheritdoc/>
    public ulong WakeAt => ulong.MaxValue;

    /// <inheritdoc/>
    public ulong Position => Engine.Position;

    /// <inheritdoc/>
    public string StopReason => "stopped";

    /// <inheritdoc/>
    public RunEnd? Finished { get; set; }

    /// <inheritdoc/>
    public PendingAccess Pending => Engine.Pending;

    /// <inheritdoc/>
    public bool AwaitsTranslation => Engine.AwaitsTranslation;

    /// <inheritdoc/>
    public bool HasTransaction => Engine.HasTransaction;

    /// <inheritdoc/>
    public (ulong Value, int Size) PendingStore => Engine.PendingStore;

    /// <inheritdoc/>
    public SliceEnd Run(ulong untilCycle) => Engine.Run(untilCycle) switch
    {
        DmaExit.ExitRequested => SliceEnd.Attention,
        DmaExit.Idle => SliceEnd.Parked,
        DmaExit.PendingTransaction or DmaExit.PendingTranslation => SliceEnd.Transaction,
        _ => SliceEnd.Budget,
    };

    /// <inheritdoc/>
    public void SkipTo(ulong cycle) => Engine.AdvanceTo(cycle);

    /// <inheritdoc/>
    public void RequestExit() => Engine.RequestExit();

    /// <inheritdoc/>
    public int Invalidate(int owner, in InvalidationScope scope) => Engine.Invalidate(owner, scope);

    /// <inheritdoc/>
    public void CompleteTranslation() => Engine.CompleteTranslation();

    /// <inheritdoc/>
    public void DropTranslations() => Engine.DropTranslations();

    /// <inheritdoc/>
    public void CompleteTransaction(AccessResult result, ulong value) => Engine.CompleteTransaction(result, value);
}
