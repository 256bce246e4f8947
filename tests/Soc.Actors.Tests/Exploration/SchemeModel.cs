namespace Soc.Actors.Tests.Exploration;

/// <summary>A checker, one configuring side and one core that makes up to three accesses, under some scheme.</summary>
internal sealed class SchemeModel(Scheme scheme) : Interleaving
{
    private const int NoEntry = -1;
    private const int Invalidation = 100; // + page; answers are 0 + version

    private readonly int[] _configuration = new int[scheme.Pages];
    private readonly int[] _committed = new int[scheme.Pages];
    private readonly int[] _completed = new int[scheme.Pages];
    private readonly int[] _entry = [.. Enumerable.Repeat(NoEntry, scheme.Pages)];
    private readonly int[] _entryTag = new int[scheme.Pages];
    private readonly List<int> _mailbox = [];
    private int _epoch;

    // The configuring side.
    private int _writerAt;
    private bool _registered;
    private int _unacknowledged;
    private bool _stopRequested;

    // The core.
    private int _accesses = 3;
    private bool _inAccess;
    private bool _stopped;
    private int _page;
    private int _missAt = -1;
    private int _value = NoEntry;
    private int _sample;
    private bool _asked;
    private bool _answerOnItsWay;
    private bool _poisoned;
    private int _startCommitted;
    private int _startCompleted;

    private int Changing => _writerAt / scheme.Writer.Count;

    private bool UsesRegistration => scheme.Miss.Contains(CoreStep.Register);

    public override List<(string Name, Action Do)> Steps()
    {
        List<(string, Action)> steps = [];
        if (_writerAt < scheme.Writer.Count * scheme.Pages && WriterMayGoOn)
        {
            steps.Add(($"writer: {scheme.Writer[_writerAt % scheme.Writer.Count]}", StepWriter));
        }

        if (_asked && !_answerOnItsWay)
        {
            steps.Add(("checker: answer", () =>
            {
                _answerOnItsWay = true;
                _mailbox.Add(_configuration[_page]);
            }
            ));
        }

        if (_inAccess && !_asked)
        {
            steps.Add(($"core: {(_value != NoEntry && _missAt < 0 ? "use" : _missAt < 0 ? "look up" : scheme.Miss[_missAt])}", StepCore));
        }

        if (!_inAccess || _asked)
        {
            foreach (int at in Deliverable())
            {
                steps.Add(($"core: message {_mailbox[at]}", () => Handle(at)));
            }
        }

        if (!_inAccess && _stopRequested && !_stopped)
        {
            steps.Add(("core: stop", () =>
            {
                _stopped = true;
                Array.Fill(_entry, NoEntry);
            }
            ));
        }

        if (!_inAccess && !_stopped && _accesses > 0)
        {
            for (int page = 0; page < scheme.Pages; page++)
            {
                int accessed = page;
                steps.Add(($"core: access page {page}", () => Start(accessed)));
            }
        }

        return steps;
    }

    public override string Print() => string.Join(
        ',',
        [
            .. _configuration, .. _committed, .. _completed, .. _entry, .. _entryTag, _epoch, _writerAt, _registered ? 1 : 0, _unacknowledged,
            _stopRequested ? 1 : 0, _accesses, _inAccess ? 1 : 0, _stopped ? 1 : 0, _page, _missAt, _value, _sample, _asked ? 1 : 0,
            _answerOnItsWay ? 1 : 0, _poisoned ? 1 : 0, _startCommitted, _startCompleted, .. _mailbox,
        ]);

    public override void AtRest()
    {
        for (int page = 0; page < scheme.Pages; page++)
        {
            if (_entry[page] != NoEntry && IsValid(page) && _entry[page] != _configuration[page])
            {
                Flaws.Add(Flaw.Final);
            }
        }

        if (_writerAt < scheme.Writer.Count * scheme.Pages || _inAccess)
        {
            Flaws.Add(Flaw.Deadlock);
        }
    }

    private bool WriterMayGoOn => scheme.Writer[_writerAt % scheme.Writer.Count] switch
    {
        WriterStep.AwaitAcknowledgement => _unacknowledged == 0,
        WriterStep.AwaitStopped => _stopped,
        _ => true,
    };

    private void StepWriter()
    {
        int page = Changing;
        switch (scheme.Writer[_writerAt++ % scheme.Writer.Count])
        {
            case WriterStep.Commit:
                _committed[page] = _configuration[page] = 1;
                break;
            case WriterStep.Bump:
                _epoch++;
                break;
            case WriterStep.CommitAndBump:
                _committed[page] = _configuration[page] = 1;
                _epoch++;
                break;
            case WriterStep.Clear:
                _entry[page] = NoEntry;
                break;
            case WriterStep.Send when !UsesRegistration || _registered:
                _registered &= !scheme.OneShot;
                _unacknowledged++;
                _mailbox.Add(Invalidation + page);
                break;
            case WriterStep.Stop:
                _stopRequested = true;
                break;
            case WriterStep.Resume:
                _stopRequested = _stopped = false;
                break;
            case WriterStep.Complete:
                _completed[page] = 1;
                break;
            default:
                break;
        }
    }

    private void Start(int page)
    {
        _accesses--;
        _inAccess = true;
        _page = page;
        _startCommitted = _committed[page];
        _startCompleted = _completed[page];
    }

    private void StepCore()
    {
        if (_value != NoEntry && _missAt < 0)
        {
            Use(_value);
            return;
        }

        if (_missAt < 0)
        {
            // Compare and load of the entry are one step, the use is another: a foreign thread may clear in between.
            if (_entry[_page] != NoEntry && IsValid(_page))
            {
                _value = _entry[_page];
            }
            else
            {
                _missAt = 0;
            }

            return;
        }

        switch (scheme.Miss[_missAt++])
        {
            case CoreStep.Register:
                _registered = true;
                break;
            case CoreStep.Sample:
                _sample = _epoch;
                break;
            case CoreStep.Read:
                _value = _configuration[_page];
                break;
            case CoreStep.ReadSnapshot:
                _value = _configuration[_page];
                _sample = _epoch;
                break;
            case CoreStep.Install:
                _entry[_page] = _value;
                _entryTag[_page] = _sample;
                _missAt = -1;
                break;
            default:
                _asked = true;
                break;
        }
    }

    private bool IsValid(int page) => scheme.Check switch
    {
        EntryCheck.Epoch => _entryTag[page] == _epoch,
        EntryCheck.Sequence => _entryTag[page] == _epoch && _epoch % 2 == 0,
        _ => true,
    };

    private IEnumerable<int> Deliverable()
    {
        int invalidation = _mailbox.FindIndex(message => message >= Invalidation);
        int answer = _mailbox.FindIndex(message => message < Invalidation);
        return scheme.Mailbox switch
        {
            _ when _mailbox.Count == 0 => [],
            Mailbox.Priority when invalidation >= 0 => [invalidation],
            Mailbox.Coordinator => new[] { invalidation, answer }.Where(at => at >= 0),
            _ => [0],
        };
    }

    private void Handle(int at)
    {
        int message = _mailbox[at];
        _mailbox.RemoveAt(at);
        if (message < Invalidation)
        {
            if (!_poisoned)
            {
                _entry[_page] = message;
            }

            Use(message);
            return;
        }

        for (int page = 0; page < scheme.Pages; page++)
        {
            if (!scheme.OnlyRange || page == message - Invalidation)
            {
                _entry[page] = NoEntry;
            }
        }

        _unacknowledged--;
        _poisoned = scheme.Poison && _asked;
    }

    private void Use(int version)
    {
        if (version < _startCommitted)
        {
            Flaws.Add(Flaw.Strict);
        }

        if (version < _startCompleted)
        {
            Flaws.Add(Flaw.Ack);
        }

        _inAccess = _asked = _answerOnItsWay = _poisoned = false;
        _missAt = -1;
        _value = NoEntry;
        _sample = 0;
    }
}
