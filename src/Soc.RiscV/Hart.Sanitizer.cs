using Soc.RiscV.Sanitizing;
using Soc.Tlb;

namespace Soc.RiscV;

/// <content>Execution under the stale-translation sanitizer: one instruction at a time, every access on the slow path.</content>
public sealed partial class Hart
{
    private const int SanitizedSpinRounds = 64;
    private const ulong SpinLoopBytes = SpinLoopInstructions * 4;

    private HartSanitizer? _sanitizer;
    private ulong _sanitizedSpin;
    private int _sanitizedRounds;

    /// <summary>Compares every access from now on with an uncached walk, and with every translation that hardware may still hold.</summary>
    /// <param name="shared">What the sanitizers of the SoC share.</param>
    public void UseSanitizer(Sanitizer shared)
    {
        ArgumentNullException.ThrowIfNull(shared);
        _sanitizer = new HartSanitizer(this, shared);
        _tlb.Monitor = _sanitizer;
    }

    private void RunSanitized(ulong now)
    {
        HartSanitizer sanitizer = _sanitizer!;
        SetTarget(now + 1);
        ulong at = _pc;
        lock (sanitizer.Gate)
        {
            sanitizer.BeginInstruction();
            if (!_fetchUncached && EnterPage() is { } code)
            {
                ref DecodedInstruction slot = ref code[(int)(_pc & 0xFFF) >> 1];
                sanitizer.CheckDecoded(slot);
                GrantOne();
                BeginCommit(code, (int)(_pc & 0xFFF) >> 1);
                Interpret(code, _pc & ~0xFFFUL, PageSlots);
                EndCommit();
                LookForSpin(at, slot);
            }
            else if (_fetchUncached)
            {
                InterpretUncached();
                _sanitizedRounds = 0;
            }

            sanitizer.EndInstruction();
        }
    }

    /// <summary>What <see cref="JudgeSpin"/> does for whole loops, seen from one instruction after the other.</summary>
    private void LookForSpin(ulong at, in DecodedInstruction executed)
    {
        bool looks = executed.Opcode == Opcode.Fence ||
            InstructionTable.KindOf(executed.Opcode) is InstructionKind.Instruction or InstructionKind.Load or InstructionKind.Branch or InstructionKind.Jump;
        if (!looks)
        {
            _sanitizedRounds = 0;
            return;
        }

        if (_pc > at || at - _pc > SpinLoopBytes)
        {
            return;
        }

        ulong[] registers = _spinRegisters ??= new ulong[32];
        bool same = _sanitizedRounds > 0 && _sanitizedSpin == _pc && registers.AsSpan().SequenceEqual(_x.AsSpan(0, 32));
        if (same)
        {
            _spinning = _configuration.YieldOnSpin && ++_sanitizedRounds >= SanitizedSpinRounds;
            return;
        }

        _x.AsSpan(0, 32).CopyTo(registers);
        _sanitizedSpin = _pc;
        _sanitizedRounds = 1;
    }
}
