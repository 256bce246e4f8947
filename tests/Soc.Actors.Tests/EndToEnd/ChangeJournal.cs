using Soc.Actors.Messages;
using Soc.Actors.Recording;

namespace Soc.Actors.Tests.EndToEnd;

/// <summary>Writes down, in the total order of a lockstep run, what was said about every configuration change.</summary>
internal sealed class ChangeJournal : IEventObserver
{
    private readonly SortedDictionary<ulong, Entry> _changes = [];
    private readonly Dictionary<int, List<(ulong SentAt, ulong DeliverAt)>> _mail = [];
    private int _position;

    public IReadOnlyCollection<Entry> Changes => _changes.Values;

    /// <summary>First and last time at which an Invalidate was sent, ns.</summary>
    public (ulong First, ulong Last) Span { get; private set; } = (ulong.MaxValue, 0);

    public RunEnd? HandedOut(Envelope envelope)
    {
        _position++;
        switch (envelope.Message)
        {
            case Invalidate invalidate:
                Of(invalidate.Change).Told.Add(envelope.To);
                Span = (Math.Min(Span.First, envelope.SentAt), Math.Max(Span.Last, envelope.SentAt));
                if (!_mail.TryGetValue(envelope.To, out List<(ulong, ulong)>? mail))
                {
                    _mail.Add(envelope.To, mail = []);
                }

                mail.Add((envelope.SentAt, envelope.DeliverAt));
                break;
            case InvalidateAck ack:
                Of(ack.Change).Acknowledged.Add((_position, envelope.From));
                break;
            case RegisterDone { Change: not 0 } done:
                Of(done.Change).Completed.Add(_position);
                break;
        }

        return null;
    }

    public RunEnd? TurnEnded(int agent, ulong now, ulong wantsAt) => null;

    /// <summary>Most invalidations that were on their way to one initiator at one time.</summary>
    public int DeepestMailbox() => _mail.Values.Max(mail =>
        mail.Max(at => mail.Count(other => other.SentAt <= at.SentAt && at.SentAt < other.DeliverAt)));

    private Entry Of(ulong change)
    {
        if (!_changes.TryGetValue(change, out Entry? entry))
        {
            _changes.Add(change, entry = new Entry());
        }

        return entry;
    }

    /// <summary>One change: positions are those of the total order.</summary>
    internal sealed class Entry
    {
        public List<int> Told { get; } = [];

        public List<(int Position, int By)> Acknowledged { get; } = [];

        public List<int> Completed { get; } = [];
    }
}
