using Soc.Checkers.Registers;
using Soc.Memory;

namespace Soc.Checkers;

/// <summary>
/// A security filter in the memory tree: a register file, an immutable snapshot of what the registers mean, and a
/// translate that reads the snapshot. The owner alone touches the registers; everybody reads the snapshot.
/// </summary>
public abstract class Checker
{
    private readonly List<CheckerPort> _ports = [];
    private object _snapshot = new();
    private long _commits;
    private long _invalidations;
    private long _refusals;
    private long _records;

    /// <summary>Creates a checker.</summary>
    /// <param name="name">Name from the topology.</param>
    /// <param name="agentId">Dense number of the owning agent in the SoC.</param>
    protected Checker(string name, int agentId)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        AgentId = agentId;
    }

    /// <summary>Name from the topology.</summary>
    public string Name { get; }

    /// <summary>Dense number of the owning agent in the SoC.</summary>
    public int AgentId { get; }

    /// <summary>The register file.</summary>
    public abstract RegisterMap Registers { get; }

    /// <summary>The protected regions.</summary>
    public IReadOnlyList<CheckerPort> Ports => _ports;

    /// <summary>Who may hold answers of this checker; shared by its ports.</summary>
    public InvalidationRegistry Registry { get; } = new();

    /// <summary>Where blocked sinks report; set before the first access.</summary>
    public IViolationSink? Violations { get; set; }

    /// <summary>Guarantee level "strict": cached answers are compared with <see cref="Snapshot"/> at every use; set before the first access.</summary>
    public bool IsStrict { get; set; }

    /// <summary>The level of the interrupt line.</summary>
    public bool InterruptLine { get; private set; }

    /// <summary>Called by the owner's thread when the interrupt line changes, with its new level.</summary>
    public Action<bool>? InterruptChanged { get; set; }

    /// <summary>The counters so far.</summary>
    public CheckerStatistics Statistics => new(_commits, _invalidations, _refusals, _records);

    /// <summary>The current configuration; one volatile read.</summary>
    public object Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>
    /// Reads or writes a register. A configuration change is committed when this returns.
    /// </summary>
    /// <param name="access">Offset in the register block, size, kind and attributes.</param>
    /// <param name="value">What a store writes; ignored for reads.</param>
    public abstract RegisterOutcome Access(in BusAccess access, ulong value);

    /// <summary>Resets registers and configuration; commits and returns what must be invalidated: everything (rule M11).</summary>
    public abstract InvalidationScope Reset();

    /// <summary>
    /// Accesses that this checker answered with <see cref="AccessResult.Pending"/> and that may now be handed to
    /// <see cref="Access"/> again, in order of arrival; to be asked after every access and after reset.
    /// </summary>
    public virtual IReadOnlyList<HeldAccess> TakeReleased() => [];

    /// <summary>Enters a refused access, reported by a sink, into the error record if the record's rules take it.</summary>
    public void Record(in Violation violation) => CountRecord(TakeRecord(violation));

    /// <summary>
    /// Whether a report of this refusal could still change the error record. Asked on the refused initiator's thread, so it reads
    /// published state only; it spares the owner a flood of reports that its rules would drop.
    /// </summary>
    public virtual bool CanRecord(in Violation violation) => true;

    /// <summary>Applies the recording rules; true when the record took the violation.</summary>
    protected abstract bool TakeRecord(in Violation violation);

    /// <summary>Counts a refusal that was or was not recorded.</summary>
    protected void CountRecord(bool recorded)
    {
        _refusals++;
        _records += recorded ? 1 : 0;
    }

    /// <summary>Adds a port; called by the subclass while the memory tree is built.</summary>
    protected void AddPort(CheckerPort port) => _ports.Add(port);

    /// <summary>Publishes a new configuration with one volatile write.</summary>
    protected void Commit(object snapshot)
    {
        Volatile.Write(ref _snapshot, snapshot);
        _commits++;
    }

    /// <summary>Counts an invalidation and passes it on.</summary>
    protected InvalidationScope Invalidating(InvalidationScope scope)
    {
        _invalidations++;
        return scope;
    }

    /// <summary>Drives the interrupt line and tells the owner of a change.</summary>
    protected void DriveInterrupt(bool level)
    {
        if (InterruptLine != level)
        {
            InterruptLine = level;
            InterruptChanged?.Invoke(level);
        }
    }

    /// <summary>
    /// Narrows a range of physical addresses to the part that reaches this checker through its ports: the smallest range
    /// that holds all of it. False when no port is touched.
    /// </summary>
    protected bool ClipToPorts(ref ulong first, ref ulong last)
    {
        ulong low = ulong.MaxValue;
        ulong high = 0;
        foreach (CheckerPort port in _ports)
        {
            ulong from = Math.Max(first, port.BaseAddress);
            ulong to = Math.Min(last, port.BaseAddress + port.SizeMinusOne);
            if (from <= to)
            {
                low = Math.Min(low, from);
                high = Math.Max(high, to);
            }
        }

        first = low;
        last = high;
        return low <= high;
    }
}
