using Soc.Devices.Virtio;
using Soc.Memory;
using Soc.Tlb;
using Soc.Topology;

namespace Soc.Actors.Agents;

/// <summary>A virtio device as an initiator actor sees it.</summary>
/// <param name="device">The device.</param>
/// <param name="translator">What translates its addresses; null when nothing does.</param>
internal sealed class VirtioModel(VirtioMmio device, IommuTranslator? translator = null) : ITranslatedModel
{
    /// <summary>The device.</summary>
    public VirtioMmio Device { get; } = device;

    /// <inheritdoc/>
    public IommuTranslator? Translator { get; } = translator;

    /// <inheritdoc/>
    public IInitiator Initiator => Device;

    /// <inheritdoc/>
    public SoftTlb Tlb => Device.Tlb;

    /// <inheritdoc/>
    public ulong Cycles => Device.Cycles;

    /// <inheritdoc/>
    public ulong Frequency => Device.Frequency;

    /// <inheritdoc/>
    public ulong WakeAt => ulong.MaxValue;

    /// <inheritdoc/>
    public ulong Position => Device.Requests;

    /// <inheritdoc/>
    public string StopReason => "stopped";

    /// <inheritdoc/>
    public RunEnd? Finished { get; set; }

    /// <inheritdoc/>
    public PendingAccess Pending => Device.Tlb.Pending;

    /// <inheritdoc/>
    public bool AwaitsTranslation => Device.AwaitsTranslation;

    /// <inheritdoc/>
    /// <remarks>The device refuses addresses at registers of others.</remarks>
    public bool HasTransaction => false;

    /// <inheritdoc/>
    /// <remarks>A request begins when all its addresses are translated: no store waits for one, so none can be taken over on the way.</remarks>
    public (ulong Value, int Size) PendingStore => (0, 0);

    /// <inheritdoc/>
    public SliceEnd Run(ulong untilCycle) => Device.Run(untilCycle) switch
    {
        VirtioExit.ExitRequested => SliceEnd.Attention,
        VirtioExit.Idle => SliceEnd.Parked,
        VirtioExit.PendingTranslation => SliceEnd.Transaction,
        _ => SliceEnd.Budget,
    };

    /// <inheritdoc/>
    public void SkipTo(ulong cycle) => Device.AdvanceTo(cycle);

    /// <inheritdoc/>
    public void RequestExit() => Device.RequestExit();

    /// <inheritdoc/>
    public int Invalidate(int owner, in InvalidationScope scope) => Device.Invalidate(owner, scope);

    /// <inheritdoc/>
    public void CompleteTranslation() => Device.CompleteTranslation();

    /// <inheritdoc/>
    public void DropTranslations() => Device.DropTranslations();

    /// <inheritdoc/>
    public void CompleteTransaction(AccessResult result, ulong value) =>
        throw new InvalidOperationException($"{Device.Name} has no transaction under way: it refuses addresses at registers of others");
}
