using Akka.Actor;
using Soc.Actors.Time;
using Soc.Telemetry;

namespace Soc.Actors.Agents;

/// <summary>
/// Empties the rings and turns events into spans. In lockstep the clock says when, so that what is dropped does not depend on
/// host time; in free mode a timer does.
/// </summary>
internal sealed class TelemetryActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan FreePeriod = TimeSpan.FromMilliseconds(5);

    private readonly bool _free;

    public TelemetryActor(TelemetryPipeline? pipeline, bool free)
    {
        _free = free && pipeline is not null;
        Receive<Drain>(_ =>
        {
            pipeline?.Drain();
            if (!free)
            {
                Sender.Tell(Drained.Instance);
            }
        });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How to make one.</summary>
    public static Props Props(TelemetryPipeline? pipeline, bool free) => Akka.Actor.Props.Create(() => new TelemetryActor(pipeline, free));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        if (_free)
        {
            Timers.StartPeriodicTimer("drain", Drain.Instance, FreePeriod);
        }
    }
}
