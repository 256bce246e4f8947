using Soc.RiscV;
using Soc.Topology;

namespace Soc.Actors;

/// <summary>
/// Looks into a running SoC from outside. What it shows was true at some moment near the call, for each hart at a moment of its own: nobody stops for
/// it, and nothing it does can change a run.
/// </summary>
public sealed class RunInspector
{
    private readonly SystemModel _model;

    internal RunInspector(SystemModel model) => _model = model;

    /// <summary>The harts' states.</summary>
    public IReadOnlyList<HartState> Harts() => [.. _model.Harts.Select(StateOf)];

    private HartState StateOf(Hart hart)
    {
        ulong address = hart.ProgramCounter;
        return new HartState(
            hart.Name,
            address,
            (hart.IsVirtualized ? null : _model.Symbolize(address)) ?? string.Empty,
            (hart.IsVirtualized ? "V" : string.Empty) + hart.Mode.ToString()[..1],
            _model.Topology.WorldGuard is null ? null : hart.WorldId,
            hart.StopReason ?? (hart.IsWaitingForInterrupt ? "an interrupt" : string.Empty),
            hart.InstructionsRetired);
    }
}
