using Soc.Memory.Observation;
using Soc.RiscV.Mmu;

namespace Soc.RiscV;

/// <content>CSRs, traps and their returns, fences, WFI.</content>
public sealed partial class Hart
{
    // Privileged ISA, section 3.1.9 and chapter "H": MEI, MSI, MTI, SEI, SSI, STI, VSEI, VSSI, VSTI, LCOFI.
    private static readonly int[] s_interruptPriority = [11, 3, 7, 9, 1, 5, 10, 2, 6, 13];

    // Stands for the interrupt of hvictl among those that a hart looks for.
    private const ulong InjectedInterrupt = 1UL << 62;

    internal int EnvironmentCallCause => _virtual && _mode == PrivilegeMode.Supervisor
        ? TrapCause.EnvironmentCallFromVirtualSupervisor
        : TrapCause.EnvironmentCallFromUser + (int)_mode;

    internal ulong PendingInterrupts => PendingWithoutExternalLine | (_lines & Bit(InterruptLine.SupervisorExternal));

    /// <summary>mip as CSRRS and CSRRC modify it: the software half of SEIP only (section 3.1.9).</summary>
    internal ulong PendingWithoutExternalLine =>
        State.SoftwarePending | State.Hypervisor.Hvip | (_lines & ~Bit(InterruptLine.SupervisorExternal)) |
        (Cycles >= _timerDeadline ? Bit(InterruptLine.MachineTimer) : 0) |
        (Cycles >= _supervisorDeadline ? Bit(InterruptLine.SupervisorTimer) : 0) |
        (Cycles >= _guestDeadline ? HypervisorStatus.TimerInterrupt : 0);

    internal ulong CycleCounter => _cycleCounter.Read(Cycles - _inFlight);

    internal ulong RetiredCounter => _retiredCounter.Read(InstructionsRetired - _inFlight);

    internal static Flow Illegal(Hart hart, in DecodedInstruction i) => hart.Trap(TrapCause.IllegalInstruction, i.Bits);

    /// <summary>Raises an exception of the instruction in flight, which then does not retire but still takes its cycle.</summary>
    internal Flow Trap(int cause, ulong value)
    {
        _otherCycles++;
        ulong retired = InstructionsRetired;
        _trapsInARow = _pc == _lastVector && retired == _retiredAtTrap ? _trapsInARow + 1 : 0;
        EnterTrap((uint)cause, value);
        _retiredAtTrap = retired;
        _lastVector = _pc;
        if (_trapsInARow >= TrapsWithoutProgress)
        {
            StopReason = $"{Name} traps at 0x{_pc:x} over and over without executing an instruction (cause {cause}, tval 0x{value:x})";
        }

        return Flow.Redirect;
    }

    internal Flow AccessCsr(in DecodedInstruction i, CsrOperation operation, ulong operand, bool writes)
    {
        if (CsrTable.Find(i.Immediate & 0xFFF) is not { } row || (writes && row.IsReadOnly) || (row.Level == (int)PrivilegeMode.Machine && _mode != PrivilegeMode.Machine) ||
            (_mode < row.MinimumMode && !_virtual) || row.Exists?.Invoke(this) == false)
        {
            return Illegal(this, i);
        }

        if (_virtual)
        {
            if (_mode < row.MinimumMode || row.Level == CsrDefinition.HypervisorLevel || row.IsHidden?.Invoke(this) == true)
            {
                return Virtual(this, i);
            }

            row = row.Level == (int)PrivilegeMode.Supervisor ? CsrTable.FindGuest(row.Number) ?? row : row;
        }

        if (writes && row.Exchange is { } exchange)
        {
            if (_commits is not null)
            {
                NoteControlWrite(row.Number);
            }

            _x[i.Rd] = exchange(this, operation == CsrOperation.Write ? ulong.MaxValue : operation == CsrOperation.Clear ? operand : 0, operation == CsrOperation.Clear ? 0 : operand);
            return Flow.Next;
        }

        // A counter reads as it was before this instruction, which is already counted.
        _inFlight = 1;
        ulong old = operation == CsrOperation.Write && i.Rd == DecodedInstruction.Scrap ? 0 : row.Read(this);
        if (writes)
        {
            if (_commits is not null)
            {
                NoteControlWrite(row.Number);
            }

            ulong modified = operation == CsrOperation.Write || row.ReadToModify is null ? old : row.ReadToModify(this);
            row.Write?.Invoke(this, operation switch
            {
                CsrOperation.Set => modified | operand,
                CsrOperation.Clear => modified & ~operand,
                _ => operand,
            });
        }

        _inFlight = 0;
        _x[i.Rd] = old;
        return Flow.Next;
    }

    /// <summary>Whether mcounteren, and in U-mode scounteren, grant a counter; to a guest scounteren belongs to what hides one.</summary>
    internal bool CounterEnabled(int counter) => _mode switch
    {
        PrivilegeMode.Machine => true,
        PrivilegeMode.User when !_virtual => ((State.Mcounteren & State.Scounteren) >> counter & 1) != 0,
        _ => ((State.Mcounteren >> counter) & 1) != 0,
    };

    internal void WriteStatus(ulong value, ulong writable)
    {
        State.Mstatus = MachineStatus.Legalise(State.Mstatus, value, Has(Extensions.F) ? writable | MachineStatus.Fs : writable);
        UpdateContexts();
        Attend();
    }

    internal void WriteInterruptEnable(ulong value, ulong writable)
    {
        State.Mie = (State.Mie & ~writable) | (value & writable);
        Attend();
    }

    internal void WriteInterruptDelegation(ulong value)
    {
        // What is for guests never goes to M-mode.
        State.Mideleg = value | GuestInterrupts;
        Attend();
    }

    internal void WriteSoftwarePending(ulong value, ulong writable)
    {
        State.SoftwarePending = (State.SoftwarePending & ~writable) | (value & writable);
        Attend();
    }

    internal void WriteTranslation(ulong value)
    {
        // An unsupported mode makes the whole write ineffective (section 10.1.11).
        if (!SupportsPaging((int)(value >> 60)) || value == State.Satp)
        {
            return;
        }

        State.Satp = value;
        _sanitizer?.OnAddressSpaceChanged();

        // Entries are not tagged with an address space id, so a switch empties them.
        _tlb.FlushContexts(TlbContexts.Translated);
        Attend();
    }

    internal void OnProtectionChanged()
    {
        _tlb.Flush();
        _sanitizer?.OnProtectionChanged();
        Attend();
    }

    internal void WriteWorld(Action<WorldIdentifiers> write)
    {
        byte supervisor = Worlds.Of(PrivilegeMode.Supervisor);
        byte user = Worlds.Of(PrivilegeMode.User);
        write(Worlds);
        SetAttributes();
        if (Worlds.Of(PrivilegeMode.Supervisor) != supervisor)
        {
            // Walks of U-mode are tagged as S-mode too.
            _tlb.FlushContexts(TlbContexts.Translated | TlbContexts.AllGuest);
        }
        else if (Worlds.Of(PrivilegeMode.User) != user)
        {
            _tlb.FlushContexts(TlbContexts.AllUser);
        }

        Attend();
    }

    internal void WriteCounterInhibit(ulong value)
    {
        State.Mcountinhibit = value;
        _cycleCounter.Inhibit((value & 1) != 0, Cycles);
        _retiredCounter.Inhibit((value & 4) != 0, InstructionsRetired);
    }

    internal void WriteCycleCounter(ulong value) => _cycleCounter.Write(value, Cycles);

    internal void WriteRetiredCounter(ulong value) => _retiredCounter.Write(value, InstructionsRetired);

    internal Flow ReturnFromMachine(in DecodedInstruction i)
    {
        if (_mode != PrivilegeMode.Machine)
        {
            return Illegal(this, i);
        }

        ulong status = State.Mstatus;
        PrivilegeMode previous = (PrivilegeMode)((status & MachineStatus.Mpp) >> MachineStatus.MppShift);
        status = (status & MachineStatus.Mpie) != 0 ? status | MachineStatus.Mie : status & ~MachineStatus.Mie;
        bool toGuest = previous != PrivilegeMode.Machine && (status & MachineStatus.Mpv) != 0;
        status = (status | MachineStatus.Mpie) & ~(MachineStatus.Mpp | MachineStatus.Mpv);
        Return(status, previous, State.Mepc, toGuest);
        return Flow.Redirect;
    }

    internal Flow ReturnFromSupervisor(in DecodedInstruction i)
    {
        if (_virtual)
        {
            return ReturnInGuest(i);
        }

        ulong status = State.Mstatus;
        if (_mode == PrivilegeMode.User || (_mode == PrivilegeMode.Supervisor && (status & MachineStatus.Tsr) != 0))
        {
            return Illegal(this, i);
        }

        PrivilegeMode previous = (status & MachineStatus.Spp) != 0 ? PrivilegeMode.Supervisor : PrivilegeMode.User;
        status = (status & MachineStatus.Spie) != 0 ? status | MachineStatus.Sie : status & ~MachineStatus.Sie;
        status = (status | MachineStatus.Spie) & ~MachineStatus.Spp;
        bool toGuest = (State.Hypervisor.Hstatus & HypervisorStatus.PreviousVirtual) != 0;
        State.Hypervisor.Hstatus &= ~HypervisorStatus.PreviousVirtual;
        Return(status, previous, State.Sepc, toGuest);
        return Flow.Redirect;
    }

    internal Flow WaitForInterrupt(in DecodedInstruction i)
    {
        // In U-mode, and in S-mode with TW, the time limit of the wait is zero (section 3.1.6.6).
        bool limited = (State.Mstatus & MachineStatus.Tw) != 0 && _mode != PrivilegeMode.Machine;
        if (limited || (_mode == PrivilegeMode.User && !_virtual))
        {
            return Illegal(this, i);
        }

        if (_virtual && (_mode == PrivilegeMode.User || (State.Hypervisor.Hstatus & HypervisorStatus.TrapWait) != 0))
        {
            return Virtual(this, i);
        }

        _waiting = WantedInterrupts == 0;
        return Flow.Refetch;
    }

    internal Flow FenceTranslations(in DecodedInstruction i)
    {
        if (_virtual && (_mode == PrivilegeMode.User || (State.Hypervisor.Hstatus & HypervisorStatus.TrapTranslation) != 0))
        {
            return Virtual(this, i);
        }

        if (!_virtual && (_mode == PrivilegeMode.User || TrapsTranslation))
        {
            return Illegal(this, i);
        }

        ulong contexts = _virtual ? TlbContexts.AllGuest : TlbContexts.Translated;
        if (!_virtual)
        {
            _sanitizer?.OnTranslationFence(i.Rs1 == 0 ? null : _x[i.Rs1], i.Rs2 == 0 ? null : (ushort)_x[i.Rs2]);
        }

        if (i.Rs1 == 0)
        {
            _tlb.FlushContexts(contexts);
            if (i.Rs2 == 0)
            {
                // Harts may fetch anew at any time. Many do here, with the first fetch from a new address space, and xv6 has come to rely on it: it has
                // no FENCE.I, and loads programs into pages that held others.
                _codeGeneration++;
            }
        }
        else
        {
            _tlb.FlushPage(_x[i.Rs1], contexts);
        }

        return Flow.Refetch;
    }

    internal Flow FenceInstructions(in DecodedInstruction i)
    {
        _codeGeneration++;
        _sanitizer?.OnCodeFence();
        return Flow.Refetch;
    }

    internal Flow ExecuteFence(in DecodedInstruction i)
    {
        const uint Pause = 0x0100000F;
        if (i.Bits == Pause)
        {
            _spinning = _configuration.YieldOnSpin && ++_pauses >= PausesPerSlice;
            return _spinning ? Flow.Refetch : Flow.Next;
        }

        Interlocked.MemoryBarrier();
        return Flow.Next;
    }

    private bool TakeInterrupt(ulong wanted)
    {
        ulong pending = wanted & ~InjectedInterrupt;
        ulong machine = _mode < PrivilegeMode.Machine || (State.Mstatus & MachineStatus.Mie) != 0 ? pending & ~State.Mideleg : 0;
        ulong supervisor = _mode < PrivilegeMode.Supervisor || _virtual || (_mode == PrivilegeMode.Supervisor && (State.Mstatus & MachineStatus.Sie) != 0)
            ? pending & State.Mideleg & ~State.Hypervisor.Hideleg : 0;
        ulong chosen = machine != 0 ? machine : supervisor;
        int cause;
        if (chosen != 0)
        {
            cause = FirstOf(chosen);
        }
        else if (!_virtual || (_mode == PrivilegeMode.Supervisor && (State.Hypervisor.Vsstatus & MachineStatus.Sie) == 0) ||
            (cause = FirstOfGuest(pending)) == 0)
        {
            return false;
        }

        _remaining--;
        _otherCycles++;
        EnterTrap(TrapCause.InterruptBit + (uint)cause, 0, injected: chosen == 0 && HidesInterrupts);
        return true;
    }

    private static int FirstOf(ulong interrupts) => Array.Find(s_interruptPriority, number => ((interrupts >> number) & 1) != 0);

    /// <summary>The interrupt that goes to VS-mode, by its number in hip, or in hvictl if that injects them; 0 for none.</summary>
    private int FirstOfGuest(ulong pending) => HidesInterrupts ? (int)(TopGuestInterrupt >> 16) : FirstOf(pending & State.Hypervisor.Hideleg);

    private void EnterTrap(ulong cause, ulong value, bool injected = false)
    {
        bool interrupt = (cause & TrapCause.InterruptBit) != 0;
        int code = (int)(cause & 0xFFF);
        bool guestAddress = !interrupt && IsGuestAddress(code);
        bool toSupervisor = _mode != PrivilegeMode.Machine && (injected || (((interrupt ? State.Mideleg : State.Medeleg) >> code) & 1) != 0);
        ulong vector;
        if (injected || (toSupervisor && _virtual && (((interrupt ? State.Hypervisor.Hideleg : State.Hypervisor.Hedeleg) >> code) & 1) != 0))
        {
            // A guest knows its interrupts by the numbers of S-mode.
            code = interrupt && !injected ? code - 1 : code;
            vector = EnterGuestTrap((cause & TrapCause.InterruptBit) | (uint)code, value);
        }
        else if (toSupervisor)
        {
            ulong status = State.Mstatus;
            status = (status & MachineStatus.Sie) != 0 ? status | MachineStatus.Spie : status & ~MachineStatus.Spie;
            status = _mode == PrivilegeMode.Supervisor ? status | MachineStatus.Spp : status & ~MachineStatus.Spp;
            State.Mstatus = status & ~MachineStatus.Sie;
            State.Sepc = _pc;
            State.Scause = cause;
            State.Stval = value;
            vector = State.Stvec;
            if (Has(Extensions.H))
            {
                LeaveGuestForSupervisor(cause, guestAddress);
            }

            _mode = PrivilegeMode.Supervisor;
        }
        else
        {
            ulong status = State.Mstatus;
            status = (status & MachineStatus.Mie) != 0 ? status | MachineStatus.Mpie : status & ~MachineStatus.Mpie;
            State.Mstatus = (status & ~(MachineStatus.Mie | MachineStatus.Mpp)) | ((ulong)_mode << MachineStatus.MppShift);
            State.Mepc = _pc;
            State.Mcause = cause;
            State.Mtval = value;
            vector = State.Mtvec;
            if (Has(Extensions.H))
            {
                LeaveGuestForMachine(cause, guestAddress);
            }

            _mode = PrivilegeMode.Machine;
        }

        ulong from = _pc;
        _pc = (vector & ~3UL) + (interrupt && (vector & 1) != 0 ? 4 * (ulong)code : 0);
        _tlb.Events?.TryWrite(new ModelEvent
        {
            Type = ModelEventType.Trap,
            Source = (ushort)InitiatorId,
            Start = Now,
            End = Now,
            Index = (ushort)((int)_mode | (_virtual ? 4 : 0)),
            A = from,
            B = value,
            C = cause,
            D = _pc,
        });
        _tlb.ClearReservation();
        UpdateContexts();
    }

    private void Return(ulong status, PrivilegeMode mode, ulong target, bool toGuest)
    {
        if (mode != PrivilegeMode.Machine)
        {
            status &= ~MachineStatus.Mprv;
        }

        State.Mstatus = status;
        _mode = mode;
        _virtual = toGuest;
        _pc = target;
        _tlb.ClearReservation();
        UpdateContexts();
    }

    private void UpdateContexts()
    {
        ulong status = State.Mstatus;
        _floatingStatus = (int)((status & MachineStatus.Fs) >> MachineStatus.FsShift);
        if (_virtual)
        {
            // A unit that is off in either register is off; else it is dirty when it is in both.
            _floatingStatus = Math.Min(_floatingStatus, (int)((State.Hypervisor.Vsstatus & MachineStatus.Fs) >> MachineStatus.FsShift));
        }

        bool modified = _mode == PrivilegeMode.Machine && (status & MachineStatus.Mprv) != 0;
        PrivilegeMode effective = modified ? (PrivilegeMode)((status & MachineStatus.Mpp) >> MachineStatus.MppShift) : _mode;
        bool guest = modified ? effective != PrivilegeMode.Machine && (status & MachineStatus.Mpv) != 0 : _virtual;
        _dataContext = guest ? TlbContexts.OfGuestData(effective, State.Hypervisor.Vsstatus, status, executable: false) : TlbContexts.OfData(effective, status);
        _tlb.UseContexts(_virtual ? TlbContexts.OfGuestFetch(_mode) : TlbContexts.OfFetch(_mode), _dataContext);
    }

    private bool SupportsPaging(int mode) => mode switch
    {
        9 => Has(Extensions.Sv48),
        10 => Has(Extensions.Sv57),
        _ => mode == 0 || PagingMode.Of(mode) is not null,
    };
}
