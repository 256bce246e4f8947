using Soc.Actors.Protocol;
using Soc.Memory;

namespace Soc.Actors.Tests.Exploration;

/// <summary>
/// Soc's own protocol in free mode: a checker actor around the real <see cref="ChangeTracker"/> and
/// <see cref="InvalidationRegistry"/>, and initiators that follow InitiatorActor and Inbox step by step. Only the steps
/// between which another thread can do something are steps here.
/// </summary>
/// <remarks>
/// A script has one letter for each thing that an initiator does: A accesses what the checker protects, W reconfigures the checker
/// and waits, S sleeps until its timer fires, F is reset (its TLB is empty then).
/// </remarks>
internal sealed class ProtocolModel : Interleaving
{
    private readonly ParkProtocol _park;
    private readonly ParkedRecipients _parkedRecipients;
    private readonly Initiator[] _initiators;
    private readonly ChangeTracker _tracker = new();
    private readonly InvalidationRegistry _registry = new();
    private readonly Queue<(bool IsWrite, int Initiator, int Change)> _checkerMailbox = new();
    private readonly Queue<(string Name, Action Do)> _checkerWork = new();
    private readonly SortedDictionary<int, int> _done = [];
    private int _version;
    private int _completed;

    public ProtocolModel(string[] scripts, ParkProtocol park = ParkProtocol.Remembering, ParkedRecipients parkedRecipients = ParkedRecipients.Acknowledge)
    {
        _park = park;
        _parkedRecipients = parkedRecipients;
        _initiators = [.. scripts.Select((script, number) => new Initiator(number, script))];
    }

    private enum Phase
    {
        Dormant,
        Drain,
        Run,
        Registered,
        Read,
        Use,
        End,
    }

    private enum State
    {
        Running,
        Parked,
        Nudged,
    }

    public override List<(string Name, Action Do)> Steps()
    {
        List<(string, Action)> steps = [];
        if (_checkerWork.TryPeek(out var work))
        {
            steps.Add(($"checker: {work.Name}", () => _checkerWork.Dequeue().Do()));
        }
        else if (_checkerMailbox.Count > 0)
        {
            steps.Add(("checker: take", TakeAtChecker));
        }

        foreach (Initiator initiator in _initiators)
        {
            AddSteps(initiator, steps);
        }

        return steps;
    }

    public override string Print()
    {
        IEnumerable<string> open = _tracker.Open.Select(change => $"{change.Id}>{change.Initiator}:{string.Join('.', change.Missing)}");
        var recipients = new List<int>();
        _registry.Recipients(1, recipients);
        return string.Join('|', [
            $"{_version},{_completed}", string.Join(',', open), string.Join(',', recipients), string.Join(',', _checkerMailbox),
            string.Join(',', _checkerWork.Select(work => work.Name)), string.Join(',', _done), .. _initiators.Select(initiator => initiator.Print()),
        ]);
    }

    public override void AtRest()
    {
        if (_tracker.OpenCount > 0 || _initiators.Any(initiator => initiator.Position < initiator.Script.Length || initiator.Inbox.Count > 0))
        {
            Flaws.Add(Flaw.Deadlock);
        }

        if (_initiators.Any(initiator => initiator.Cached >= 0 && initiator.Cached != _version))
        {
            Flaws.Add(Flaw.Final);
        }
    }

    private void AddSteps(Initiator initiator, List<(string Name, Action Do)> steps)
    {
        string name = $"initiator {initiator.Number}";
        if (initiator.TimerArmed)
        {
            steps.Add(($"{name}: timer", () =>
            {
                initiator.TimerArmed = false;
                initiator.TimerDue = true;
                Nudge(initiator);
            }
            ));
        }

        switch (initiator.Phase)
        {
            case Phase.Dormant when initiator.HasContinue:
                steps.Add(($"{name}: begin slice", () =>
                {
                    initiator.HasContinue = false;
                    initiator.State = _park == ParkProtocol.Remembering ? State.Running : initiator.State;
                    initiator.Phase = Phase.Drain;
                }
                ));
                break;
            case Phase.Drain when initiator.Inbox.Count > 0:
                steps.Add(($"{name}: serve", () => Serve(initiator)));
                break;
            case Phase.Drain:
                steps.Add(($"{name}: inbox empty", () => initiator.Phase = initiator.Waiting ? Phase.End : Phase.Run));
                break;
            case Phase.Run:
                steps.Add(($"{name}: run {initiator.Next}", () => Run(initiator)));
                if (initiator.Next is 'A' && initiator.Inbox.Count > 0)
                {
                    // The exit flag is up: the slice may end at this poll, or go on to the next.
                    steps.Add(($"{name}: attention", () => initiator.Phase = Phase.End));
                }

                break;
            case Phase.Registered:
                steps.Add(($"{name}: read", () =>
                {
                    initiator.Value = _version;
                    initiator.Phase = Phase.Read;
                }
                ));
                break;
            case Phase.Read:
                steps.Add(($"{name}: install", () =>
                {
                    initiator.Cached = initiator.Value;
                    initiator.Phase = Phase.Use;
                }
                ));
                break;
            case Phase.Use:
                steps.Add(($"{name}: use", () => Use(initiator)));
                break;
            case Phase.End:
                steps.Add(($"{name}: end slice", () => EndSlice(initiator)));
                break;
            default:
                break;
        }
    }

    private void Run(Initiator initiator)
    {
        switch (initiator.Next)
        {
            case 'A':
                initiator.StartCommitted = _version;
                initiator.StartCompleted = _completed;
                if (initiator.Cached >= 0)
                {
                    initiator.Value = initiator.Cached;
                    initiator.Phase = Phase.Use;
                }
                else
                {
                    _registry.Register(initiator.Number, 0);
                    initiator.Phase = Phase.Registered;
                }

                break;
            case 'W':
                _checkerMailbox.Enqueue((true, initiator.Number, 0));
                initiator.Waiting = true;
                initiator.Phase = Phase.End;
                break;
            case 'F':
                initiator.Cached = -1;
                initiator.Position++;
                break;
            case 'S' when initiator.TimerDue:
                initiator.TimerDue = initiator.IsAsleep = false;
                initiator.Position++;
                break;
            default:
                initiator.TimerArmed |= initiator is { Next: 'S', IsAsleep: false };
                initiator.IsAsleep = true;
                initiator.Phase = Phase.End;
                break;
        }
    }

    private void Use(Initiator initiator)
    {
        if (initiator.Value < initiator.StartCommitted)
        {
            Flaws.Add(Flaw.Strict);
        }

        if (initiator.Value < initiator.StartCompleted)
        {
            Flaws.Add(Flaw.Ack);
        }

        initiator.Value = initiator.StartCommitted = initiator.StartCompleted = 0;
        initiator.Position++;
        initiator.Phase = Phase.Run;
    }

    private void Serve(Initiator initiator)
    {
        (bool isInvalidate, int change) = initiator.Inbox.Dequeue();
        if (isInvalidate)
        {
            initiator.Cached = -1;
            _checkerMailbox.Enqueue((false, initiator.Number, change));
            return;
        }

        // A change's number is the version that it committed.
        initiator.Waiting = false;
        initiator.Position++;
        _completed = Math.Max(_completed, change);
    }

    private void EndSlice(Initiator initiator)
    {
        initiator.Phase = Phase.Dormant;
        bool sleeps = (initiator.Waiting || initiator.IsAsleep) && _park switch
        {
            ParkProtocol.Remembering => initiator.State == State.Running,
            ParkProtocol.OnlyMessages => initiator.Inbox.Count == 0,
            _ => true,
        };
        if (sleeps)
        {
            initiator.State = State.Parked;
        }
        else
        {
            initiator.HasContinue = true;
        }
    }

    private void Nudge(Initiator initiator)
    {
        initiator.HasContinue |= initiator.State == State.Parked;
        initiator.State = _park == ParkProtocol.Remembering ? State.Nudged : State.Running;
    }

    private void TakeAtChecker()
    {
        (bool isWrite, int initiator, int change) = _checkerMailbox.Dequeue();
        if (!isWrite)
        {
            Acknowledge(change, initiator);
            return;
        }

        int version = ++_version;
        _checkerWork.Enqueue(($"send {version}", () =>
        {
            var recipients = new List<int>();
            _registry.Recipients(ulong.MaxValue, recipients);
            PendingChange pending = _tracker.Begin((ulong)version, initiator, (ulong)version, 0, recipients);
            foreach (int recipient in recipients)
            {
                Send(version, recipient);
            }

            if (pending.IsComplete)
            {
                Complete(version, initiator);
            }
        }
        ));
    }

    private void Send(int change, int recipient)
    {
        Initiator initiator = _initiators[recipient];
        if (_parkedRecipients == ParkedRecipients.CountedBeforePosting)
        {
            _checkerWork.Enqueue(($"look at {recipient}", () =>
            {
                if (initiator.State == State.Parked)
                {
                    Acknowledge(change, recipient);
                }
            }
            ));
        }

        _checkerWork.Enqueue(($"post {change} to {recipient}", () => initiator.Inbox.Enqueue((true, change))));
        if (_parkedRecipients == ParkedRecipients.CountedAfterPosting)
        {
            _checkerWork.Enqueue(($"look at {recipient}", () =>
            {
                if (initiator.State == State.Parked)
                {
                    Acknowledge(change, recipient);
                }
            }
            ));
        }

        _checkerWork.Enqueue(($"nudge {recipient}", () => Nudge(initiator)));
    }

    private void Acknowledge(int change, int initiator)
    {
        if (_tracker.Acknowledge((ulong)change, initiator, out PendingChange? pending) && pending!.IsComplete)
        {
            Complete(change, pending.Initiator);
        }
    }

    private void Complete(int change, int writer)
    {
        _done[change] = _done.GetValueOrDefault(change) + 1;
        if (_done[change] > 1)
        {
            Flaws.Add(Flaw.Twice);
        }

        _checkerWork.Enqueue(($"post done {change} to {writer}", () => _initiators[writer].Inbox.Enqueue((false, change))));
        _checkerWork.Enqueue(($"nudge {writer}", () => Nudge(_initiators[writer])));
    }

    private sealed class Initiator(int number, string script)
    {
        public int Number { get; } = number;

        public string Script { get; } = script;

        public char Next => Position < Script.Length ? Script[Position] : '-';

        public int Position { get; set; }

        public Queue<(bool IsInvalidate, int Change)> Inbox { get; } = new();

        public Phase Phase { get; set; }

        public State State { get; set; }

        public bool HasContinue { get; set; } = true;

        public bool Waiting { get; set; }

        public bool IsAsleep { get; set; }

        public bool TimerArmed { get; set; }

        public bool TimerDue { get; set; }

        public int Cached { get; set; } = -1;

        public int Value { get; set; }

        public int StartCommitted { get; set; }

        public int StartCompleted { get; set; }

        public string Print() => string.Join(',', [
            Position, (int)Phase, (int)State, HasContinue, Waiting, IsAsleep, TimerArmed, TimerDue, Cached, Value, StartCommitted, StartCompleted,
            .. Inbox.Select(message => (object)message),
        ]);
    }
}
