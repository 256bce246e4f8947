using System.Runtime.CompilerServices;
using Soc.Memory;
using Soc.RiscV.Mmu;
using Soc.Tlb;

namespace Soc.RiscV;

/// <content>
/// What the generated interpreter loop calls: pages of code, slow memory accesses, atomics. In the loop the instruction in
/// flight is already counted as retired; whoever traps or holds it corrects the count.
/// </content>
public sealed partial class Hart
{
    // By opcode: a load instead of a jump that is hard to predict.
    private static readonly byte[] AccessSizes = [.. Enum.GetValues<Opcode>().Select(opcode => (byte)AccessSize(opcode))];

    /// <summary>Decoded code at the program counter, or null: a trap was taken, or the instruction must be fetched uncached.</summary>
    private DecodedInstruction[]? EnterPage()
    {
        TlbOutcome outcome = _tlb.FetchPage(_pc, out nint host);
        ChargeTlb();
        if (outcome != TlbOutcome.Ok)
        {
            FetchFault(outcome);
            return null;
        }

        if (host == 0)
        {
            _fetchUncached = true;
            return null;
        }

        _page = _pages.Find(host, _codeGeneration);
        return _page.Slots;
    }

    private void Decode(ulong pc) => _page!.Decode((int)(pc & 0xFFF) >> 1);

    /// <summary>Fetches one instruction by 16-bit parcels and executes it: devices, sinks, PMP boundaries, page crossings.</summary>
    private void InterpretUncached()
    {
        _fetchUncached = false;
        TlbOutcome outcome = _tlb.Fetch(_pc, 2, out ulong bits);
        if (outcome == TlbOutcome.Ok && Decoder.IsLong((uint)bits))
        {
            outcome = _tlb.Fetch(_pc + 2, 2, out ulong second);
            bits |= second << 16;
        }

        ChargeTlb();
        if (outcome != TlbOutcome.Ok)
        {
            FetchFault(outcome);
            return;
        }

        GrantOne();
        _single[0] = Decoder.Decode((uint)bits, Extensions);
        BeginCommit(_single, 0);
        Interpret(_single, _pc, 0);
        EndCommit();
    }

    /// <summary>A fetch can use the slice up; the instruction is executed all the same, so that every slice makes progress.</summary>
    private void GrantOne()
    {
        if (_remaining <= 0)
        {
            _cycleTarget += (ulong)(1 - _remaining);
            _remaining = 1;
        }
    }

    private bool ExecuteStraddling()
    {
        _remaining++;
        _fetchUncached = true;
        return false;
    }

    private void FetchFault(TlbOutcome outcome)
    {
        _remaining--;
        TlbFault fault = _tlb.Fault;
        int cause = outcome == TlbOutcome.WalkFault ? fault.Code : TrapCause.InstructionAccessFault;
        Trap(cause, outcome == TlbOutcome.Pending ? _pc : fault.VirtualAddress);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ChargeTlb()
    {
        ulong cycles = _tlb.TakeCycles();
        _remaining -= (long)cycles;
        _otherCycles += cycles;
    }

    private bool LoadSlowly(ref DecodedInstruction i)
    {
        _accesses++;
        TlbOutcome outcome = _tlb.Read(_x[i.Rs1] + (ulong)(long)i.Immediate, AccessSizes[(int)i.Opcode], out ulong value);
        ChargeTlb();
        if (outcome != TlbOutcome.Ok)
        {
            return AccessFailed(outcome, i, AccessKind.Load);
        }

        _x[i.Rd] = LoadResult(i.Opcode, value);
        return Follow(Flow.Next, i);
    }

    private bool StoreSlowly(ref DecodedInstruction i)
    {
        _accesses++;
        TlbOutcome outcome = _tlb.Write(_x[i.Rs1] + (ulong)(long)i.Immediate, AccessSizes[(int)i.Opcode], _x[i.Rs2]);
        ChargeTlb();
        return outcome == TlbOutcome.Ok ? Follow(Flow.Next, i) : AccessFailed(outcome, i, AccessKind.Store);
    }

    private bool AccessFailed(TlbOutcome outcome, in DecodedInstruction i, AccessKind kind)
    {
        if (outcome == TlbOutcome.Pending)
        {
            // Not retired yet: the count is given back until the owner answers.
            _remaining++;
            _stoppedAt = i;
            _pending = true;
            return false;
        }

        MemoryFault(outcome, i, kind);
        return false;
    }

    private Flow MemoryFault(TlbOutcome outcome, in DecodedInstruction i, AccessKind kind)
    {
        TlbFault fault = _tlb.Fault;
        int cause = outcome == TlbOutcome.WalkFault ? fault.Code : PageWalker.AccessFault(kind);
        if (kind == AccessKind.Store)
        {
            // The load half of an atomic reports as the store that it belongs to (privileged ISA, section 3.1.15).
            cause = cause switch
            {
                TrapCause.LoadAccessFault => TrapCause.StoreAccessFault,
                TrapCause.LoadPageFault => TrapCause.StorePageFault,
                TrapCause.LoadGuestPageFault => TrapCause.StoreGuestPageFault,
                _ => cause,
            };
        }

        if (cause is TrapCause.LoadGuestPageFault or TrapCause.StoreGuestPageFault)
        {
            _transformed = Transform(i, fault.VirtualAddress - (_x[i.Rs1] + (ulong)(long)i.Immediate));
        }

        return Trap(cause, outcome == TlbOutcome.Pending ? _tlb.Pending.Access.PhysicalAddress : fault.VirtualAddress);
    }

    private bool Atomically(AtomicOperation operation, int size, in DecodedInstruction i)
    {
        ulong address = _x[i.Rs1];
        if ((address & (ulong)(size - 1)) != 0)
        {
            return Follow(Trap(TrapCause.StoreAddressMisaligned, address), i);
        }

        _accesses++;
        TlbOutcome outcome = _tlb.ReadModifyWrite(address, size, operation, _x[i.Rs2], out ulong old);
        ChargeTlb();
        if (outcome != TlbOutcome.Ok)
        {
            return Follow(outcome == TlbOutcome.Pending ? Trap(TrapCause.StoreAccessFault, address) : MemoryFault(outcome, i, AccessKind.Store), i);
        }

        _x[i.Rd] = AtomicResult(i, old);
        return Follow(Flow.Next, i);
    }

    internal Flow LoadReserved(in DecodedInstruction i, int size)
    {
        ulong address = _x[i.Rs1];
        if ((address & (ulong)(size - 1)) != 0)
        {
            return Trap(TrapCause.LoadAddressMisaligned, address);
        }

        _accesses++;
        TlbOutcome outcome = _tlb.LoadReserved(address, size, out ulong value);
        ChargeTlb();
        if (outcome != TlbOutcome.Ok)
        {
            return outcome == TlbOutcome.Pending ? Trap(TrapCause.LoadAccessFault, address) : MemoryFault(outcome, i, AccessKind.Load);
        }

        _x[i.Rd] = size == 4 ? (ulong)(int)value : value;
        return Flow.Next;
    }

    internal Flow StoreConditional(in DecodedInstruction i, int size)
    {
        ulong address = _x[i.Rs1];
        if ((address & (ulong)(size - 1)) != 0)
        {
            return Trap(TrapCause.StoreAddressMisaligned, address);
        }

        _accesses++;
        TlbOutcome outcome = _tlb.StoreConditional(address, size, _x[i.Rs2], out bool stored);
        ChargeTlb();
        if (outcome != TlbOutcome.Ok)
        {
            return outcome == TlbOutcome.Pending ? Trap(TrapCause.StoreAccessFault, address) : MemoryFault(outcome, i, AccessKind.Store);
        }

        _x[i.Rd] = stored ? 0UL : 1UL;
        return Flow.Next;
    }

    /// <summary>Moves on as an instruction asked for.</summary>
    /// <returns>Whether the interpreter can stay in its page.</returns>
    private bool Follow(Flow flow, in DecodedInstruction i)
    {
        switch (flow)
        {
            case Flow.Next when _attention == 0:
                return true;
            case Flow.Redirect:
                return false;
            default:
                _pc += i.Length;
                return false;
        }
    }

    /// <summary>
    /// Looks at one of many backward jumps. If the body is short and does not write memory, and one more round leaves every
    /// register as it was, all further rounds will do the same until somebody else changes memory.
    /// </summary>
    /// <returns>0 to leave the slice, else the backward jumps until the next judgement.</returns>
    private int JudgeSpin(ulong target, ref DecodedInstruction first, ref DecodedInstruction last)
    {
        if (!_configuration.YieldOnSpin)
        {
            return int.MaxValue;
        }

        if (!OnlyLooks(ref first, ref last))
        {
            return SpinInterval;
        }

        ulong[] registers = _spinRegisters ??= new ulong[32];
        ulong retired = InstructionsRetired;
        bool secondLook = retired - _spinSnapshotRetired <= SpinLoopInstructions;
        if (secondLook && _spinSnapshotTarget == target && registers.AsSpan().SequenceEqual(_x.AsSpan(0, 32)))
        {
            _spinning = true;
            return 0;
        }

        _x.AsSpan(0, 32).CopyTo(registers);
        _spinSnapshotTarget = target;
        _spinSnapshotRetired = retired;
        return secondLook ? SpinInterval : 1;
    }

    private static bool OnlyLooks(ref DecodedInstruction first, ref DecodedInstruction last)
    {
        int count = 0;
        for (ref DecodedInstruction i = ref first; !Unsafe.IsAddressGreaterThan(ref i, ref last); i = ref Unsafe.AddByteOffset(ref i, (nuint)i.Length << 3))
        {
            bool looks = i.Opcode == Opcode.Fence ||
                InstructionTable.KindOf(i.Opcode) is InstructionKind.Instruction or InstructionKind.Load or InstructionKind.Branch or InstructionKind.Jump;

            // A slot that was never decoded is a path that was never taken; its length is unknown.
            if (!looks || i.Length == 0 || ++count > SpinLoopInstructions)
            {
                return false;
            }
        }

        return true;
    }
}
