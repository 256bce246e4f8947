using Soc.Actors.Messages;
using Soc.Actors.Protocol;

namespace Soc.Actors.Time;

/// <summary>Clock to initiator: your turn, up to this virtual time. One message is one slice.</summary>
/// <param name="Until">End of the window, ns.</param>
internal sealed record Advance(ulong Until);

/// <summary>Initiator to clock: my turn is over.</summary>
/// <param name="Agent">Who.</param>
/// <param name="WantsAt">Virtual time from which it wants the next turn, ns; <see cref="ulong.MaxValue"/> when only a message can wake it.</param>
/// <param name="Now">Its local time, ns.</param>
/// <param name="Finished">Set when the run is over because of something it did.</param>
internal sealed record Advanced(int Agent, ulong WantsAt, ulong Now, RunEnd? Finished);

/// <summary>Clock to a checker: a message is due.</summary>
/// <param name="Envelope">The message.</param>
internal sealed record Deliver(Envelope Envelope);

/// <summary>A checker to the clock: handled.</summary>
/// <param name="Agent">Who.</param>
internal sealed record Handled(int Agent);

/// <summary>Free mode: run one slice.</summary>
internal sealed record Continue
{
    /// <summary>The one instance.</summary>
    public static Continue Instance { get; } = new();
}

/// <summary>Stop running; answer with an <see cref="Stopped"/>.</summary>
internal sealed record Stop
{
    /// <summary>The one instance.</summary>
    public static Stop Instance { get; } = new();
}

/// <summary>An agent stopped; nobody runs its model any more.</summary>
/// <param name="Agent">Who.</param>
internal sealed record Stopped(int Agent);

/// <summary>Supervisor to clock: everything is connected, begin.</summary>
internal sealed record StartClock
{
    /// <summary>The one instance.</summary>
    public static StartClock Instance { get; } = new();
}

/// <summary>To the telemetry actor: empty the rings.</summary>
internal sealed record Drain
{
    /// <summary>The one instance.</summary>
    public static Drain Instance { get; } = new();
}

/// <summary>The telemetry actor has emptied the rings.</summary>
internal sealed record Drained
{
    /// <summary>The one instance.</summary>
    public static Drained Instance { get; } = new();
}

/// <summary>Supervisor to a checker in free mode: end the run when one of your changes waits for too long. In lockstep the clock looks itself.</summary>
/// <param name="Watch">Decides it.</param>
internal sealed record LookForOverdue(ProtocolWatch Watch);

/// <summary>To the clock: there is input from outside, or no more of it.</summary>
internal sealed record InputArrived
{
    public static InputArrived Instance { get; } = new();
}
