using Soc.Actors.Messages;
using Soc.Topology;

namespace Soc.Actors.Recording;

/// <summary>Compares a run with a recording, event by event, and ends it at the first difference.</summary>
/// <param name="recipe">The recording.</param>
/// <param name="agents">Names of the agents, by number.</param>
public sealed class RunVerifier(Recipe recipe, IReadOnlyList<string> agents) : IEventObserver
{
    private readonly EventChain _chain = new();
    private readonly bool _wasInterrupted = recipe.End.Outcome == nameof(RunOutcome.Interrupted);
    private int _checkpoint = -1;
    private int _left;
    private int _offset;
    private ulong _lastTime;

    /// <summary>Events that were the same so far.</summary>
    public ulong Verified { get; private set; }

    /// <inheritdoc/>
    public RunEnd? HandedOut(Envelope envelope)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        if (Verified == recipe.End.Events)
        {
            return _wasInterrupted
                ? new RunEnd(RunOutcome.Interrupted, RunEnd.InterruptedExitCode, "the recorded run was interrupted here")
                : Differs($"event {Verified + 1} is new ({Describe(envelope)}); the recorded run ended after {Verified}");
        }

        if (!TryNext(out RecordedEvent recorded))
        {
            return Differs($"event {Verified + 1}: the recipe holds no such event");
        }

        RecordedEvent now = _chain.Append(envelope);
        if (now != recorded)
        {
            return Differs($"event {Verified + 1} is another one: now {Describe(envelope)}; recorded {Describe(now, recorded)}");
        }

        Verified++;
        return CheckChain(envelope.DeliverAt);
    }

    /// <inheritdoc/>
    public RunEnd? TurnEnded(int agent, ulong now, ulong wantsAt)
    {
        if (!_chain.AppendTurn(agent, now, wantsAt, out RecordedEvent mark) || (_wasInterrupted && _chain.TurnCount > recipe.End.Turns))
        {
            return null;
        }

        if (!TryNext(out RecordedEvent recorded))
        {
            return Differs($"turn {_chain.TurnCount} ({Name(agent)}, up to {now} ns) is new; the recorded run has {recipe.End.Turns} turns");
        }

        return mark == recorded ? CheckChain(now)
            : recorded.Message != EventChain.Turns
            ? Differs($"event {Verified + 1} (recorded at {recorded.At} ns, {Name(recorded.From)} to {Name(recorded.To)}, {EventChain.NameOf(recorded.Message)}) "
                + $"has not come before turn {_chain.TurnCount} ({Name(agent)}, up to {now} ns)")
            : Differs($"one of the turns up to turn {_chain.TurnCount} ({Name(agent)}, up to {now} ns) went another way, after event {Verified}");
    }

    /// <summary>The verdict after the run.</summary>
    /// <param name="run">What came of it.</param>
    /// <returns>What is different, one line; null when the run was the same.</returns>
    public string? Verdict(RunResult run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (run.End.Outcome == RunOutcome.Diverged)
        {
            return run.End.Reason;
        }

        if (Verified != recipe.End.Events)
        {
            return $"the run ended after event {Verified} ({run.End.Outcome}, exit code {run.End.ExitCode}); the recorded one has {recipe.End.Events}";
        }

        RecipeEnd end = RunRecorder.EndOf(run, Verified, _chain);
        if (_wasInterrupted)
        {
            // Where a turn was interrupted is no event.
            return null;
        }

        for (int hart = 0; hart < end.Instructions.Length; hart++)
        {
            if (hart >= recipe.End.Instructions.Length || end.Instructions[hart] != recipe.End.Instructions[hart])
            {
                return $"all {Verified} events are the same, but hart{hart} retired {end.Instructions[hart]} instructions; "
                    + $"recorded {(hart < recipe.End.Instructions.Length ? recipe.End.Instructions[hart] : 0)}";
            }
        }

        if (end.Turns != recipe.End.Turns || !end.TurnDigest.AsSpan().SequenceEqual(recipe.End.TurnDigest))
        {
            return $"all {Verified} events are the same, but one of the turns after the last mark went another way ({end.Turns} turns; recorded {recipe.End.Turns})";
        }

        return end.Outcome != recipe.End.Outcome || end.ExitCode != recipe.End.ExitCode || end.VirtualTime != recipe.End.VirtualTime
            ? $"all {Verified} events are the same, but the run ended at {end.VirtualTime} ns ({end.Outcome}, exit code {end.ExitCode}); "
                + $"recorded {recipe.End.VirtualTime} ns ({recipe.End.Outcome}, exit code {recipe.End.ExitCode})"
            : null;
    }

    private RunEnd? CheckChain(ulong at) => _left == 0 && !_chain.Digest.SequenceEqual(recipe.Checkpoints[_checkpoint].Chain)
        ? Differs($"one of the {recipe.Checkpoints[_checkpoint].Count} events up to event {Verified} at {at} ns is another one")
        : null;

    private static RunEnd Differs(string what) => new(RunOutcome.Diverged, RunEnd.DivergedExitCode, what);

    private bool TryNext(out RecordedEvent item)
    {
        while (_left == 0)
        {
            if (++_checkpoint >= recipe.Checkpoints.Length)
            {
                item = default;
                return false;
            }

            _left = recipe.Checkpoints[_checkpoint].Count;
            _offset = 0;
        }

        ReadOnlySpan<byte> rest = recipe.Checkpoints[_checkpoint].Events.AsSpan(_offset);
        int before = rest.Length;
        bool found = EventChain.TryUnpack(ref rest, _lastTime, out item);
        _offset += before - rest.Length;
        _lastTime = item.At;
        _left--;
        return found;
    }

    private string Describe(Envelope envelope) =>
        $"at {envelope.DeliverAt} ns, {Name(envelope.From)} to {Name(envelope.To)}, {envelope.Message}";

    private string Describe(in RecordedEvent now, in RecordedEvent recorded) =>
        now with { Fingerprint = recorded.Fingerprint } == recorded
            ? "at the same time between the same, with another content"
            : $"at {recorded.At} ns, {Name(recorded.From)} to {Name(recorded.To)}, {EventChain.NameOf(recorded.Message)}";

    private string Name(int agent) => agent >= 0 && agent < agents.Count ? agents[agent] : $"agent {agent}";
}
