using Soc.Memory;
using Soc.RiscV.Mmu;
using Soc.Tlb;

namespace Soc.RiscV;

/// <summary>
/// One RISC-V hart: RV64IMAC with Zicsr, Zifencei and Zicntr, modes M, S and U, PMP, Sv39 and WorldGuard profile A, and the
/// <see cref="Extensions"/> that its configuration selects.
/// Single-threaded: its owner calls it, except <see cref="RequestExit"/>, which anybody may call.
/// </summary>
/// <remarks>
/// Time is counted in cycles of the local clock: one for each retired instruction or trap, plus what the TLB charges for
/// walks, translations and devices. Interrupts, the timer deadline and the end of a slice are exact to the instruction.
/// </remarks>
public sealed partial class Hart : IInitiator, IDisposable
{
    private const int SpinRepetitions = 64;
    private const int SpinInterval = 256;
    private const int SpinLoopInstructions = 8;
    private const int PausesPerSlice = 16;
    private const int TrapsWithoutProgress = 32;

    // Bytes of the slots of one page, without the end mark.
    private const int PageSlots = 2048 * 16;

    private readonly ulong[] _x = new ulong[DecodedInstruction.Registers];
    private readonly HartConfiguration _configuration;
    private readonly SoftTlb _tlb;
    private readonly PageWalker _walker;
    private readonly DecodedPageCache _pages;
    private readonly DecodedInstruction[] _single;
    private readonly TransactionAttributes[] _attributes = new TransactionAttributes[4];

    private ulong _pc;
    private PrivilegeMode _mode = PrivilegeMode.Machine;
    private DecodedPage? _page;
    private int _codeGeneration;
    private bool _fetchUncached;

    // The local clock is _cycleTarget - _remaining; the interpreter only counts _remaining down.
    private ulong _cycleTarget;
    private long _remaining;
    private ulong _otherCycles;
    private ulong _accesses;
    private Counter _cycleCounter;
    private Counter _retiredCounter;

    // Non-zero: leave the interpreter at its next poll. The only field that other threads write, with _exitRequested.
    private volatile int _attention;
    private volatile bool _exitRequested;

    private ulong _lines;
    private ulong _timerDeadline = ulong.MaxValue;
    private bool _waiting;
    private bool _spinning;
    private int _pauses;
#pragma warning disable IDE0044 // The generated interpreter loop writes it.
    private int _spinLeft = SpinRepetitions;
#pragma warning restore IDE0044
    private ulong[]? _spinRegisters;
    private ulong _spinSnapshotTarget;
    private ulong _spinSnapshotRetired;
    private DecodedInstruction _stoppedAt;
    private bool _pending;
    private uint _inFlight;
    private ulong _retiredAtTrap;
    private ulong _lastVector;
    private int _trapsInARow;

    /// <summary>Creates a hart in its reset state.</summary>
    /// <param name="configuration">What the hart is like.</param>
    /// <param name="space">The hart's view of the SoC.</param>
    /// <exception cref="ArgumentException">A WorldGuard parameter is out of range.</exception>
    public Hart(HartConfiguration configuration, AddressSpace space)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(space);
        ArgumentOutOfRangeException.ThrowIfZero(configuration.Frequency);
        ArgumentOutOfRangeException.ThrowIfZero(configuration.TimebaseFrequency);
        ArgumentOutOfRangeException.ThrowIfLessThan(configuration.DecodedPages, 1);
        configuration.WorldGuard.Validate();
        if (configuration.Extensions.HasFlag(Extensions.D) && !configuration.Extensions.HasFlag(Extensions.F))
        {
            throw new ArgumentException("extension d needs f", nameof(configuration));
        }

        if ((configuration.Extensions & (Extensions.Zfh | Extensions.Zfhmin)) != 0 && !configuration.Extensions.HasFlag(Extensions.F))
        {
            throw new ArgumentException("extensions zfh and zfhmin need f", nameof(configuration));
        }

        _configuration = configuration;
        Space = space;
        Worlds = new WorldIdentifiers(configuration.WorldGuard);
        _walker = new PageWalker(this);
        _tlb = new SoftTlb(this, space, _walker, configuration.Tlb with { Contexts = Has(Extensions.H) ? TlbContexts.CountWithGuests : TlbContexts.Count });
        _pages = new DecodedPageCache(configuration.DecodedPages, configuration.Extensions);

        // One instruction that is executed outside of any decoded page, then the end marks for either length.
        _single = new DecodedInstruction[3];
        _single[1] = DecodedInstruction.Mark(Opcode.PageEnd);
        _single[2] = DecodedInstruction.Mark(Opcode.PageEnd);
        Reset();
    }

    /// <inheritdoc/>
    public int InitiatorId => _configuration.InitiatorId;

    /// <inheritdoc/>
    public string Name => _configuration.Name;

    /// <summary>mhartid.</summary>
    public ulong HartId => _configuration.HartId;

    /// <summary>Cycles per second of the local clock.</summary>
    public ulong Frequency => _configuration.Frequency;

    /// <summary>Virtual time in nanoseconds: of <see cref="Clock"/> if there is one, else of the local clock.</summary>
    public ulong Now => Clock is { } clock ? clock.Now : Scale(Cycles + _tlb.PendingCycles, 1_000_000_000, _configuration.Frequency);

    /// <summary>Virtual time that does not follow the local clock; null (the default) in lockstep.</summary>
    public IVirtualClock? Clock { get; set; }

    /// <summary>The local clock, cycles at the hart's frequency. Never goes back, not even at reset.</summary>
    public ulong Cycles => _cycleTarget - (ulong)_remaining;

    /// <summary>Instructions retired since construction; an instruction that traps does not retire.</summary>
    public ulong InstructionsRetired => Cycles - _otherCycles;

    /// <summary>Loads, stores and atomics executed, by the fast path or not; with the TLB's statistics it gives the hits.</summary>
    public ulong MemoryAccesses => _accesses;

    /// <summary>The private TLB, for re-arming, flushing and statistics; to be touched between slices only.</summary>
    public SoftTlb Tlb => _tlb;

    /// <summary>The hart's view of the SoC.</summary>
    public AddressSpace Space { get; }

    /// <summary>Whether the hart sleeps in WFI.</summary>
    public bool IsWaitingForInterrupt => _waiting;

    /// <summary>Why the hart cannot go on; null while it can.</summary>
    public string? StopReason { get; private set; }

    /// <summary>Address of the next instruction.</summary>
    public ulong ProgramCounter
    {
        get => _pc;
        set => _pc = value & ~1UL;
    }

    /// <summary>The privilege mode; <see cref="IsVirtualized"/> tells S from VS, U from VU.</summary>
    public PrivilegeMode Mode => _mode;

    /// <summary>The world of the transactions that the present mode makes.</summary>
    public int WorldId => Worlds.Of(_mode);

    /// <summary>The access at which the hart has stopped; valid while <see cref="Run"/> returns <see cref="HartExit.PendingTransaction"/>.</summary>
    public PendingAccess PendingAccess => _tlb.Pending;

    /// <summary>Decoded code pages held now.</summary>
    public int DecodedPages => _pages.Count;

    /// <summary>
    /// The cycle at which the machine timer interrupt becomes pending (the match of mtimecmp); <see cref="ulong.MaxValue"/> for
    /// never. Setting a later one takes the interrupt back.
    /// </summary>
    public ulong TimerDeadlineCycle
    {
        get => _timerDeadline;
        set
        {
            _timerDeadline = value;
            Attend();
        }
    }

    /// <summary>An integer register; x0 reads zero and ignores writes.</summary>
    /// <param name="register">0..31.</param>
    public ulong this[int register]
    {
        get => _x[register & 31];
        set
        {
            if ((register & 31) != 0)
            {
                _x[register & 31] = value;
            }
        }
    }

    /// <summary>What the hart has beyond the base.</summary>
    public Extensions Extensions => _configuration.Extensions;

    // B stands for its three parts together.
    internal ulong Misa => (2UL << 62) | Letter('A') | Letter('C') | Letter('I') | Letter('M') | Letter('S') | Letter('U') |
        (Has(Extensions.F) ? Letter('F') : 0) | (Has(Extensions.H) ? Letter('H') : 0) | (Has(Extensions.D) ? Letter('D') : 0) |
        ((~_configuration.Extensions & (Extensions.Zba | Extensions.Zbb | Extensions.Zbs)) == 0 ? Letter('B') : 0);

    internal ControlState State { get; private set; } = new();

    internal PhysicalMemoryProtection Protection { get; } = new();

    internal WorldIdentifiers Worlds { get; }

    internal bool HardwareAccessDirty => Has(Extensions.Svadu)
        ? (State.Menvcfg & EnvironmentConfiguration.UpdateAccessedDirty) != 0
        : !Has(Extensions.Svade) && _configuration.HardwareAccessDirty;

    internal ulong Time => Clock is { } clock
        ? Scale(clock.Now, _configuration.TimebaseFrequency, 1_000_000_000)
        : Scale(Cycles, _configuration.TimebaseFrequency, _configuration.Frequency);

    /// <summary>
    /// Executes instructions until the local clock reaches a cycle or something else ends the slice. The clock can pass the
    /// given cycle by what the last instruction cost.
    /// </summary>
    /// <param name="untilCycle">Local clock at which to stop, cycles.</param>
    public HartExit Run(ulong untilCycle)
    {
        _spinning = false;
        _pauses = 0;
        PollSupervisorTimer();
        while (true)
        {
            if (_attention != 0)
            {
                // The fence keeps the order: a request that this store overwrites is seen below.
                _attention = 0;
                Interlocked.MemoryBarrier();
            }

            if (_exitRequested)
            {
                _exitRequested = false;
                return HartExit.ExitRequested;
            }

            if (StopReason is not null)
            {
                return HartExit.Stopped;
            }

            if (_pending)
            {
                return HartExit.PendingTransaction;
            }

            ulong now = Cycles;
            ulong pending = WantedInterrupts;
            if (_waiting)
            {
                if (pending == 0)
                {
                    ulong alarm = NextAlarm;
                    if (alarm >= untilCycle)
                    {
                        return HartExit.WaitForInterrupt;
                    }

                    AdvanceTo(alarm);
                    continue;
                }

                _waiting = false;
            }

            if (now >= untilCycle)
            {
                return HartExit.Budget;
            }

            if (_spinning)
            {
                return HartExit.Spin;
            }

            if (pending != 0 && TakeInterrupt(pending))
            {
                continue;
            }

            if (_sanitizer is not null || _commits is not null)
            {
                RunSingly(now);
                continue;
            }

            SetTarget(NextDeadline(now, untilCycle));
            if (!_fetchUncached && EnterPage() is { } code)
            {
                GrantOne();
                Interpret(code, _pc & ~0xFFFUL, PageSlots);
            }
            else if (_fetchUncached)
            {
                InterpretUncached();
            }
        }
    }

    /// <summary>Executes exactly one instruction, or takes one trap.</summary>
    public HartExit Step() => Run(Cycles + 1);

    /// <summary>Makes the running slice, or the next one, end at its next poll: a backward branch, an indirect jump or a new page. Any thread may call it.</summary>
    public void RequestExit()
    {
        _exitRequested = true;
        _attention = 1;
    }

    /// <summary>Moves the local clock forward without executing anything: idle time.</summary>
    /// <param name="cycle">The new value; an earlier one than now is ignored.</param>
    public void AdvanceTo(ulong cycle)
    {
        ulong now = Cycles;
        if (cycle > now)
        {
            _otherCycles += cycle - now;
            _cycleTarget += cycle - now;
            Attend();
        }
    }

    /// <summary>Drives an interrupt input. Called by the owner between slices, or by a device inside one of the hart's own accesses.</summary>
    public void SetInterruptLine(InterruptLine line, bool level)
    {
        ulong bit = Bit(line);
        if (line == InterruptLine.SupervisorSoftware)
        {
            State.SoftwarePending = level ? State.SoftwarePending | bit : State.SoftwarePending & ~bit;
        }
        else
        {
            _lines = level ? _lines | bit : _lines & ~bit;
        }

        Attend();
    }

    /// <summary>
    /// Ends the access at which the hart has stopped: the load or store retires, or raises its access fault. The access is not
    /// executed again, and no interrupt comes in between.
    /// </summary>
    /// <param name="result">The owner's answer.</param>
    /// <param name="value">What a load reads, zero-extended.</param>
    /// <exception cref="InvalidOperationException">No access is pending.</exception>
    public void CompleteTransaction(AccessResult result, ulong value)
    {
        if (!_pending)
        {
            throw new InvalidOperationException($"{Name} has no pending transaction");
        }

        _pending = false;
        _remaining--;
        AccessKind kind = _tlb.Pending.Access.Kind;
        if (result != AccessResult.Ok)
        {
            ulong address = _x[_stoppedAt.Rs1] + (ulong)(long)_stoppedAt.Immediate;
            if (IsGuestAccess(_stoppedAt.Opcode))
            {
                UseGuestContexts(executable: false);
            }

            Trap(PageWalker.AccessFault(kind), address);
            return;
        }

        if (kind == AccessKind.Load)
        {
            _x[_stoppedAt.Rd] = GuestLoadResult(_stoppedAt.Opcode, value);
        }

        _pc += _stoppedAt.Length;
        EndCommit();
    }

    /// <summary>Back to the reset state. The local clock and the retired count go on; a pending transaction is forgotten.</summary>
    public void Reset()
    {
        Array.Clear(_x);
        _floating.ControlAndStatus = 0;
        State = new ControlState();
        if (Has(Extensions.Svadu) && !Has(Extensions.Svade))
        {
            State.Menvcfg = EnvironmentConfiguration.UpdateAccessedDirty;
        }

        State.Mideleg = GuestInterrupts;
        UpdateSupervisorTimer();
        UpdateGuestTimer();
        Protection.Reset();
        Worlds.Reset();
        _pc = _configuration.ResetVector;
        _mode = PrivilegeMode.Machine;
        _virtual = false;
        _waiting = false;
        _pending = false;
        _fetchUncached = false;
        _trapsInARow = 0;
        StopReason = null;
        _codeGeneration++;
        _cycleCounter = default;
        _retiredCounter = default;
        _cycleCounter.Write(0, Cycles);
        _retiredCounter.Write(0, InstructionsRetired);
        SetAttributes();
        _tlb.Flush();
        _sanitizer?.Clear();
        UpdateContexts();
    }

    /// <summary>Reads a CSR as M-mode would, without side effects.</summary>
    /// <param name="name">As in the manual.</param>
    /// <exception cref="ArgumentException">The hart has no such register.</exception>
    public ulong ReadCsr(string name) => Row(name).Read(this);

    /// <summary>Writes a CSR as M-mode would; what is written is legalised.</summary>
    /// <param name="name">As in the manual.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentException">The hart has no such register, or it is read-only.</exception>
    public void WriteCsr(string name, ulong value)
    {
        CsrDefinition row = Row(name);
        if (row.IsReadOnly)
        {
            throw new ArgumentException($"CSR '{name}' is read-only");
        }

        row.Write?.Invoke(this, value);
    }

    /// <summary>Sets the privilege mode: loaders and tests that start elsewhere than in M-mode.</summary>
    /// <param name="mode">U, S or M.</param>
    /// <param name="virtualized">VU or VS, on a hart with the hypervisor extension.</param>
    /// <exception cref="ArgumentException">The hart has no such mode.</exception>
    public void SetMode(PrivilegeMode mode, bool virtualized = false)
    {
        if (virtualized && (mode == PrivilegeMode.Machine || !Has(Extensions.H)))
        {
            throw new ArgumentException($"{Name} has no virtual {mode} mode", nameof(virtualized));
        }

        _mode = mode;
        _virtual = virtualized;
        UpdateContexts();
    }

    /// <summary>Frees the TLB's tables.</summary>
    public void Dispose() => _tlb.Dispose();

    internal bool Has(Extensions extension) => (_configuration.Extensions & extension) != 0;

    internal TransactionAttributes AttributesOf(PrivilegeMode mode) => _attributes[(int)mode];

    /// <summary>Something that the interpreter keeps in mind has changed: it looks again before the next instruction.</summary>
    internal void Attend() => _attention = 1;

    private static ulong Letter(char extension) => 1UL << (extension - 'A');

    private static ulong Bit(InterruptLine line) => 1UL << (int)line;

    private static ulong Scale(ulong value, ulong numerator, ulong denominator) =>
        numerator == denominator ? value : (ulong)((UInt128)value * numerator / denominator);

    private static CsrDefinition Row(string name) => CsrTable.Find(name) ?? throw new ArgumentException($"there is no CSR '{name}'");

    private void SetTarget(ulong cycle)
    {
        ulong now = Cycles;
        _cycleTarget = cycle;
        _remaining = (long)Math.Min(cycle - now, long.MaxValue);
        _cycleTarget = now + (ulong)_remaining;
    }

    private void SetAttributes()
    {
        foreach (PrivilegeMode mode in (ReadOnlySpan<PrivilegeMode>)[PrivilegeMode.User, PrivilegeMode.Supervisor, PrivilegeMode.Machine])
        {
            TransactionAttributes attributes = _configuration.Attributes.Count == 0
                ? TransactionAttributes.Specified.WithRequester((uint)InitiatorId).WithUser(mode == PrivilegeMode.User)
                : _configuration.Attributes[mode == PrivilegeMode.Machine ? 2 : (int)mode];
            _attributes[(int)mode] = _configuration.WorldGuard.Worlds > 1 || _configuration.Attributes.Count == 0 ? attributes.WithWorld(Worlds.Of(mode)) : attributes;
        }
    }
}
