using Soc.Memory.Observation;
using Soc.RiscV.Mmu;

namespace Soc.RiscV;

/// <content>CSRs, traps and their returns, fences, WFI.</content>
public sealed partial class Hart
{
    // Privileged ISA, section 3.1.9: MEI, MSI, MTI, SEI, SSI, STI, LCOFI.
    private static readonly int[] s_interruptPriority = [11, 3, 7, 9, 1, 5, 13];

    internal int EnvironmentCallCause => TrapCause.EnvironmentCallFromUser + (int)_mode;

    internal ulong PendingInterrupts => PendingWithoutExternalLine | (_lines & Bit(InterruptLine.SupervisorExternal));

    /// <summary>mip as CSRRS and CSRRC modify it: the software half of SEIP only (section 3.1.9).</summary>
    internal ulong PendingWithoutExternalLine =>
        State.SoftwarePending | (_lines & ~Bit(InterruptLine.SupervisorExternal)) |
        (Cycles >= _timerDeadline ? Bit(InterruptLine.MachineTimer) : 0) |
        (Cycles >= _supervisorDeadline ? Bit(InterruptLine.SupervisorTimer) : 0);

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
        if (CsrTable.Find(i.Immediate & 0xFFF) is not { } row || _mode < row.MinimumMode || (writes && row.IsReadOnly) || row.Exists?.Invoke(this) == false)
        {
            return Illegal(this, i);
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

    internal bool CounterEnabled(int counter) => _mode switch
    {
        PrivilegeMode.Machine => true,
        PrivilegeMode.Supervisor => ((State.Mcounteren >> counter) & 1) != 0,
        _ => ((State.Mcounteren & State.Scounteren) >> counter & 1) != 0,
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
        State.Mideleg = value;
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
        int mode = (int)(value >> 60);
        bool supported = mode switch
        {
            9 => Has(Extensions.Sv48),
            10 => Has(Extensions.Sv57),
            _ => mode == 0 || PagingMode.Of(mode) is not null,
        };
        if (!supported || value == State.Satp)
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
            _tlb.FlushContexts(TlbContexts.Translated);
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
        status = (status | MachineStatus.Mpie) & ~MachineStatus.Mpp;
        Return(status, previous, State.Mepc);
        return Flow.Redirect;
    }

    internal Flow ReturnFromSupervisor(in DecodedInstruction i)
    {
        ulong status = State.Mstatus;
        if (_mode == PrivilegeMode.User || (_mode == PrivilegeMode.Supervisor && (status & MachineStatus.Tsr) != 0))
        {
            return Illegal(this, i);
        }

        PrivilegeMode previous = (status & MachineStatus.Spp) != 0 ? PrivilegeMode.Supervisor : PrivilegeMode.User;
        status = (status & MachineStatus.Spie) != 0 ? status | MachineStatus.Sie : status & ~MachineStatus.Sie;
        status = (status | MachineStatus.Spie) & ~MachineStatus.Spp;
        Return(status, previous, State.Sepc);
        return Flow.Redirect;
    }

    internal Flow WaitForInterrupt(in DecodedInstruction i)
    {
        // In U-mode, and in S-mode with TW, the time limit of the wait is zero (section 3.1.6.6).
        if (_mode == PrivilegeMode.User || (_mode == PrivilegeMode.Supervisor && (State.Mstatus & MachineStatus.Tw) != 0))
        {
            return Illegal(this, i);
        }

        _waiting = (PendingInterrupts & State.Mie) == 0;
        return Flow.Refetch;
    }

    internal Flow FenceTranslations(in DecodedInstruction i)
    {
        if (_mode == PrivilegeMode.User || (_mode == PrivilegeMode.Supervisor && (State.Mstatus & MachineStatus.Tvm) != 0))
        {
            return Illegal(this, i);
        }

        _sanitizer?.OnTranslationFence(i.Rs1 == 0 ? null : _x[i.Rs1], i.Rs2 == 0 ? null : (ushort)_x[i.Rs2]);
        if (i.Rs1 == 0)
        {
            _tlb.FlushContexts(TlbContexts.Translated);
            if (i.Rs2 == 0)
            {
                // Harts may fetch anew at any time. Many do here, with the first fetch from a new address space, and xv6 has come to rely on it: it has
                // no FENCE.I, and loads programs into pages that held others.
                _codeGeneration++;
            }
        }
        else
        {
            _tlb.FlushPage(_x[i.Rs1], TlbContexts.Translated);
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

    private bool TakeInterrupt(ulong pending)
    {
        ulong machine = _mode < PrivilegeMode.Machine || (State.Mstatus & MachineStatus.Mie) != 0 ? pending & ~State.Mideleg : 0;
        ulong supervisor = _mode < PrivilegeMode.Supervisor || (_mode == PrivilegeMode.Supervisor && (State.Mstatus & MachineStatus.Sie) != 0)
            ? pending & State.Mideleg : 0;
        ulong chosen = machine != 0 ? machine : supervisor;
        if (chosen == 0)
        {
            return false;
        }

        int cause = Array.Find(s_interruptPriority, number => ((chosen >> number) & 1) != 0);
        _remaining--;
        _otherCycles++;
        EnterTrap(TrapCause.InterruptBit + (uint)cause, 0);
        return true;
    }

    private void EnterTrap(ulong cause, ulong value)
    {
        bool interrupt = (cause & TrapCause.InterruptBit) != 0;
        int code = (int)(cause & 63);
        ulong status = State.Mstatus;
        ulong vector;
        if (_mode != PrivilegeMode.Machine && (((interrupt ? State.Mideleg : State.Medeleg) >> code) & 1) != 0)
        {
            status = (status & MachineStatus.Sie) != 0 ? status | MachineStatus.Spie : status & ~MachineStatus.Spie;
            status = _mode == PrivilegeMode.Supervisor ? status | MachineStatus.Spp : status & ~MachineStatus.Spp;
            State.Mstatus = status & ~MachineStatus.Sie;
            State.Sepc = _pc;
            State.Scause = cause;
            State.Stval = value;
            vector = State.Stvec;
            _mode = PrivilegeMode.Supervisor;
        }
        else
        {
            status = (status & MachineStatus.Mie) != 0 ? status | MachineStatus.Mpie : status & ~MachineStatus.Mpie;
            State.Mstatus = (status & ~(MachineStatus.Mie | MachineStatus.Mpp)) | ((ulong)_mode << MachineStatus.MppShift);
            State.Mepc = _pc;
            State.Mcause = cause;
            State.Mtval = value;
            vector = State.Mtvec;
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
            Index = (ushort)_mode,
            A = from,
            B = value,
            C = cause,
            D = _pc,
        });
        _tlb.ClearReservation();
        UpdateContexts();
    }

    private void Return(ulong status, PrivilegeMode mode, ulong target)
    {
        if (mode != PrivilegeMode.Machine)
        {
            status &= ~MachineStatus.Mprv;
        }

        State.Mstatus = status;
        _mode = mode;
        _pc = target;
        _tlb.ClearReservation();
        UpdateContexts();
    }

    private void UpdateContexts()
    {
        ulong status = State.Mstatus;
        _floatingStatus = (int)((status & MachineStatus.Fs) >> MachineStatus.FsShift);
        PrivilegeMode effective = _mode == PrivilegeMode.Machine && (status & MachineStatus.Mprv) != 0
            ? (PrivilegeMode)((status & MachineStatus.Mpp) >> MachineStatus.MppShift)
            : _mode;
        _dataContext = TlbContexts.OfData(effective, status);
        _tlb.UseContexts(TlbContexts.OfFetch(_mode), _dataContext);
    }
}
