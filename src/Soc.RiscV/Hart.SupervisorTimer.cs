namespace Soc.RiscV;

/// <content>stimecmp (privileged ISA, chapter "Sstc"): the supervisor timer interrupt that the hart raises itself.</content>
public sealed partial class Hart
{
    // The local cycle from which STIP is pending. With a clock of its own the time is looked at when a slice begins, and this
    // is 0 or never.
    private ulong _supervisorDeadline = ulong.MaxValue;

    /// <summary>Virtual time at which the supervisor timer interrupt becomes pending, ns; <see cref="ulong.MaxValue"/> for never, or if it is pending.</summary>
    public ulong SupervisorTimerAt => !IsSupervisorTimerOn || Cycles >= _supervisorDeadline || State.Stimecmp == ulong.MaxValue ? ulong.MaxValue
        : Clock is null ? ScaleUp(_supervisorDeadline, 1_000_000_000, _configuration.Frequency)
        : ScaleUp(State.Stimecmp, 1_000_000_000, _configuration.TimebaseFrequency);

    internal bool HasSupervisorTimer => Has(Extensions.Sstc) && (_mode == PrivilegeMode.Machine || (IsSupervisorTimerOn && (State.Mcounteren & 2) != 0));

    private bool IsSupervisorTimerOn => (State.Menvcfg & EnvironmentConfiguration.SupervisorTimer) != 0;

    private ulong NextAlarm => Math.Min(
        (State.Mie & Bit(InterruptLine.MachineTimer)) != 0 ? _timerDeadline : ulong.MaxValue,
        (State.Mie & Bit(InterruptLine.SupervisorTimer)) != 0 ? _supervisorDeadline : ulong.MaxValue);

    internal void WriteSupervisorTimer(ulong value)
    {
        State.Stimecmp = value;
        UpdateSupervisorTimer();
    }

    private static ulong ScaleUp(ulong value, ulong numerator, ulong denominator)
    {
        UInt128 scaled = (((UInt128)value * numerator) + (denominator - 1)) / denominator;
        return scaled > ulong.MaxValue ? ulong.MaxValue : (ulong)scaled;
    }

    private ulong NextDeadline(ulong now, ulong until)
    {
        ulong next = _timerDeadline > now && _timerDeadline < until ? _timerDeadline : until;
        return _supervisorDeadline > now && _supervisorDeadline < next ? _supervisorDeadline : next;
    }

    private void UpdateSupervisorTimer()
    {
        _supervisorDeadline = !IsSupervisorTimerOn ? ulong.MaxValue
            : Clock is null ? ScaleUp(State.Stimecmp, _configuration.Frequency, _configuration.TimebaseFrequency)
            : Time >= State.Stimecmp ? 0 : ulong.MaxValue;
        Attend();
    }

    private void PollSupervisorTimer()
    {
        if (Clock is not null && _supervisorDeadline != 0 && IsSupervisorTimerOn && Time >= State.Stimecmp)
        {
            _supervisorDeadline = 0;
        }
    }
}
