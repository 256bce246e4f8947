namespace Soc.RiscV;

/// <content>stimecmp and vstimecmp (privileged ISA, chapter "Sstc"): the timer interrupts of S-mode and VS-mode that the hart raises itself.</content>
public sealed partial class Hart
{
    // The local cycle from which STIP is pending, and VSTIP. With a clock of its own the time is looked at when a slice begins, and these
    // are 0 or never.
    private ulong _supervisorDeadline = ulong.MaxValue;
    private ulong _guestDeadline = ulong.MaxValue;

    /// <summary>Virtual time at which the timer interrupt of S-mode or VS-mode becomes pending, ns; <see cref="ulong.MaxValue"/> for never, or if it is pending.</summary>
    public ulong SupervisorTimerAt => Math.Min(
        NextMatch(IsSupervisorTimerOn, _supervisorDeadline, State.Stimecmp, 0),
        NextMatch(IsGuestTimerOn, _guestDeadline, State.Hypervisor.Vstimecmp, State.Hypervisor.Htimedelta));

    internal bool HasSupervisorTimer => Has(Extensions.Sstc) && (_mode == PrivilegeMode.Machine || (IsSupervisorTimerOn && (State.Mcounteren & 2) != 0));

    private bool IsSupervisorTimerOn => (State.Menvcfg & EnvironmentConfiguration.SupervisorTimer) != 0;

    private ulong NextAlarm => Math.Min(
        (State.Mie & Bit(InterruptLine.MachineTimer)) != 0 ? _timerDeadline : ulong.MaxValue,
        Math.Min(
            (State.Mie & Bit(InterruptLine.SupervisorTimer)) != 0 ? _supervisorDeadline : ulong.MaxValue,
            (State.Mie & HypervisorStatus.TimerInterrupt) != 0 ? _guestDeadline : ulong.MaxValue));

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
        next = _supervisorDeadline > now && _supervisorDeadline < next ? _supervisorDeadline : next;
        return _guestDeadline > now && _guestDeadline < next ? _guestDeadline : next;
    }

    private void UpdateSupervisorTimer()
    {
        _supervisorDeadline = DeadlineOf(IsSupervisorTimerOn, State.Stimecmp, 0);
        Attend();
    }

    private void UpdateGuestTimer()
    {
        _guestDeadline = DeadlineOf(IsGuestTimerOn, State.Hypervisor.Vstimecmp, State.Hypervisor.Htimedelta);
        Attend();
    }

    private void PollSupervisorTimer()
    {
        if (Clock is null)
        {
            return;
        }

        if (_supervisorDeadline != 0 && IsSupervisorTimerOn && Time >= State.Stimecmp)
        {
            _supervisorDeadline = 0;
        }

        if (_guestDeadline != 0 && IsGuestTimerOn && GuestTime >= State.Hypervisor.Vstimecmp)
        {
            _guestDeadline = 0;
        }
    }

    /// <summary>The cycle from which a timer is pending.</summary>
    /// <param name="on">Whether it is at all.</param>
    /// <param name="compare">The value of time that it waits for.</param>
    /// <param name="delta">What is added to time before they are compared, modulo 2^64.</param>
    private ulong DeadlineOf(bool on, ulong compare, ulong delta)
    {
        if (!on)
        {
            return ulong.MaxValue;
        }

        return Clock is not null ? Time + delta >= compare ? 0 : ulong.MaxValue
            : TickOf(compare, delta) is { } tick ? ScaleUp(tick, _configuration.Frequency, _configuration.TimebaseFrequency) : ulong.MaxValue;
    }

    /// <summary>The tick of time at which a timer matches, null for one beyond all; a past one when it does already.</summary>
    private ulong? TickOf(ulong compare, ulong delta)
    {
        ulong time = Time;
        ulong seen = time + delta;
        if (delta == 0)
        {
            return compare;
        }

        return seen >= compare ? 0
            : compare - seen > ulong.MaxValue - time ? null
            : time + (compare - seen);
    }

    private ulong NextMatch(bool on, ulong deadline, ulong compare, ulong delta) =>
        !on || Cycles >= deadline || compare == ulong.MaxValue ? ulong.MaxValue
        : Clock is null ? ScaleUp(deadline, 1_000_000_000, _configuration.Frequency)
        : TickOf(compare, delta) is { } tick ? ScaleUp(tick, 1_000_000_000, _configuration.TimebaseFrequency) : ulong.MaxValue;
}
