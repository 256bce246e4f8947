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
    private long _changes;

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

    /// <summary>
    /// Set by an owner that calls <see cref="ChangeAcknowledged"/>: registers that show whether a change is complete then follow the
    /// acknowledgements. Without it, every change counts as acknowledged at its commit.
    /// </summary>
    public bool ReportsAcknowledgements { get; set; }

    /// <summary>Called by the owner's thread when the interrupt line changes, with its new level.</summary>
    public Action<bool>? InterruptChanged { get; set; }

    /// <summary>
    /// Performs the 32-bit store of a message-signalled interrupt (address, data) on the checker's own account; false when it is
    /// answered with an error. Set by the owner; without it, every such store fails.
    /// </summary>
    public Func<ulong, uint, bool>? SendMessage { get; set; }

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
    public IReadOnlyList<HeldAccess> TakeReleased()
    {
        if (Released.Count == 0)
        {
            return [];
        }

        HeldAccess[] released = [.. Released];
        Released.Clear();
        return released;
    }

    /// <summary>
    /// The owner has all acknowledgements of a change, or there was nobody to wait for. Registers may show it, and held accesses may be
    /// released: ask <see cref="TakeReleased"/> next.
    /// </summary>
    /// <param name="change"><see cref="RegisterOutcome.Change"/> of the access that made the change; strangers and repetitions are harmless.</param>
    public virtual void ChangeAcknowledged(long change)
    {
    }

    /// <summary>Enters a refused access, reported by a sink, into the error record if the record's rules take it.</summary>
    /// <returns>Whether the record took it.</returns>
    public bool Record(in Violation violation)
    {
        bool recorded = TakeRecord(violation);
        CountRecord(recorded);
        return recorded;
    }

    /// <summary>
    /// Whether a report of this refusal could still change the error record. Asked on the refused initiator's thread, so it reads
    /// published state only; it spares the owner a flood of reports that its rules would drop.
    /// </summary>
    public virtual bool CanRecord(in Violation violation) => true;

    /// <summary>
    /// Why a refusal is one: the slot, entry, region or granule that decides under the current configuration, in one clause. Reads
    /// published state only; any thread.
    /// </summary>
    public virtual string Explain(in Violation violation) => "the configuration does not permit it";

    /// <summary>The error record as it is, register by register; meant for the owner after a refusal was recorded.</summary>
    public string DescribeRecord(in Violation violation)
    {
        string[] names = [.. RecordRegisters(violation)];
        return string.Join(", ", Registers.Table().Where(row => names.Contains(row.Name)).Select(row => $"{row.Name} = 0x{row.Current:x}"));
    }

    /// <summary>Accesses that were held and may go on, in order of arrival, until the owner takes them.</summary>
    protected List<HeldAccess> Released { get; } = [];

    /// <summary>Names of the registers that hold the record of a refusal.</summary>
    protected virtual IEnumerable<string> RecordRegisters(in Violation violation) => [];

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

    /// <summary>Counts an invalidation, if there is any, and gives the outcome of the write that made it.</summary>
    private protected RegisterOutcome Invalidating(ScopeBuilder scopes)
    {
        RegisterOutcome outcome = scopes.ToOutcome();
        _invalidations += outcome.Scope is null ? 0 : 1;
        return outcome;
    }

    /// <summary>A number for <see cref="RegisterOutcome.Change"/>.</summary>
    protected long NumberChange() => ++_changes;

    /// <summary>Drives the interrupt line and tells the owner of a change.</summary>
    protected void DriveInterrupt(bool level)
    {
        if (InterruptLine != level)
        {
            InterruptLine = level;
            InterruptChanged?.Invoke(level);
        }
    }
}
