using Soc.Actors.Summary;
using Soc.Actors.Tests.Support;
using Soc.Topology;
using static Soc.Actors.Tests.Support.Code;

namespace Soc.Actors.Tests.EndToEnd;

/// <summary>Guests of a few instructions, each for one thing that must not go wrong.</summary>
public class TinyGuestTests
{
    private const ulong TrustedOnly = 3UL << 6;
    private const ulong WorldOneToo = TrustedOnly | (3UL << 2);
    private const ulong Pattern = 0x5A5A_5A5A_A5A5_A5A5;

    public static TheoryData<string, ulong> SerialSchedules => new()
    {
        { "lockstep", 0 },
        { "lockstep", 1 },
        { "lockstep", 2 },
        { "free", 0 },
    };

    public static TheoryData<string, ulong> Schedules => new()
    {
        { "lockstep", 0 },
        { "lockstep", 1 },
        { "lockstep", 2 },
        { "lockstep-parallel", 0 },
        { "free", 0 },
    };

    [Theory]
    [MemberData(nameof(Schedules))]
    public void IV1_IV2_bystanders_see_the_old_or_the_new_answer_and_after_completion_only_the_new_one(string mode, ulong seed)
    {
        const int Rounds = 40;
        Code code = new Code()
            .Li(S0, Guest.Shared).Li(S1, Guest.Secret).Li(A5, Pattern)
            .Csrr(A0, Mhartid).Bne(A0, Zero, "reader")

            // Hart 0: write the secret, then open (odd numbers) and close (even) it, and wait until both readers have seen each.
            .Sd(A5, S1).Li(A1, Guest.Checker).Li(A2, 0).Li(A3, Rounds)
            .Label("round").Addi(A2, A2, 1).Andi(T0, A2, 1)
            .Li(T1, WorldOneToo).Bne(T0, Zero, "write").Li(T1, TrustedOnly)
            .Label("write").Sd(T1, A1, Guest.LastPermissions)
            .Sd(A2, S0)
            .Label("one").Ld(T0, S0, 64).Bne(T0, A2, "one")
            .Label("two").Ld(T0, S0, 128).Bne(T0, A2, "two")
            .Bne(A2, A3, "round")
            .Pass()

            // Harts 1 and 2: the secret or nothing, whatever is under way; what the number says once it is known.
            .Label("reader").Li(A2, 0).Li(A3, 1).Add(A4, S0, Zero)
            .Label("slot").Addi(A4, A4, 64).Addi(A0, A0, -1).Bne(A0, Zero, "slot")
            .Label("look").Ld(T2, S1).Beq(T2, Zero, "legal").Bne(T2, A5, "mixed")
            .Label("legal").Ld(A1, S0).Beq(A1, A2, "look")
            .Add(A2, A1, Zero).Ld(T2, S1).Andi(T0, A2, 1).Li(T1, 0).Beq(T0, Zero, "expect").Add(T1, A5, Zero)
            .Label("expect").Bne(T2, T1, "stale").Sd(A2, A4).Jump("look")
            .Label("mixed").Fail(2)
            .Label("stale").Fail(3);

        RunResult result = Guest.Run(code, harts: 3, mode: mode, seed: seed);

        Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), result.End);
        CheckerSummary checker = result.Summary.Checkers[0];
        Assert.Equal((ulong)Rounds, checker.Commits);

        // The last round's completion is what let hart 0 end the run.
        Assert.Equal(checker.InvalidationsSent, checker.InvalidationsAcknowledged);
        Assert.True(checker.InvalidationsSent >= 2UL * (Rounds - 1), $"sent {checker.InvalidationsSent}");
    }

    [Theory]
    [InlineData("lockstep", GuaranteeLevel.Acknowledged, 0)]
    [InlineData("lockstep", GuaranteeLevel.Acknowledged, 5)]
    [InlineData("lockstep", GuaranteeLevel.Eventual, 0)]
    [InlineData("lockstep", GuaranteeLevel.Eventual, 5)]
    [InlineData("free", GuaranteeLevel.Acknowledged, 0)]
    [InlineData("free", GuaranteeLevel.Eventual, 0)]
    public void RC13_a_hart_that_reconfigures_its_own_checker_sees_the_new_answer_with_the_next_instruction(
        string mode, GuaranteeLevel guarantee, ulong seed)
    {
        Code code = new Code()
            .Li(S1, Guest.Secret).Li(A5, Pattern).Li(A1, Guest.Checker).Li(A3, TrustedOnly).Li(A2, 50)
            .Sd(A5, S1)
            .Label("round")
            .Ld(T0, S1).Bne(T0, A5, "wrong")
            .Sd(Zero, A1, Guest.LastPermissions).Ld(T0, S1).Bne(T0, Zero, "wrong")
            .Sd(A3, A1, Guest.LastPermissions).Ld(T0, S1).Bne(T0, A5, "wrong")
            .Addi(A2, A2, -1).Bne(A2, Zero, "round")
            .Pass()
            .Label("wrong").Fail(4);

        using var guest = new Guest(code, mode: mode, guarantee: guarantee, seed: seed);
        RunResult result = guest.Run();

        Assert.Equal(string.Empty, result.End.Reason);
        Assert.Equal(100UL, result.Summary.Checkers[0].Commits);
    }

    [Fact]
    public void IV6_register_writes_that_change_no_answer_send_no_invalidation()
    {
        Code code = new Code()
            .Li(S1, Guest.Secret).Li(A1, Guest.Checker).Li(A3, TrustedOnly)
            .Ld(T0, S1)
            .Sd(Zero, A1, Guest.ErrorCause).Sd(Zero, A1, Guest.ErrorCause + 8) // ERRCAUSE, ERRADDR
            .Sd(A3, A1, Guest.LastPermissions) // what it holds already
            .Sd(A3, A1, 0x28 + 0x20) // PERM of slot 1, which is off
            .Lw(T0, A1, 8) // NSLOTS
            .Pass();

        RunResult result = Guest.Run(code);

        Assert.Equal(0, result.End.ExitCode);
        Assert.Equal((0UL, 0UL), (result.Summary.Checkers[0].Commits, result.Summary.Checkers[0].InvalidationsSent));
        Assert.Equal(0UL, result.Summary.Harts[0].Rearms);
    }

    [Theory]
    [MemberData(nameof(SerialSchedules))]
    public void A_refusal_is_in_the_error_record_before_anybody_can_learn_of_it(string mode, ulong seed)
    {
        // Hart 1 is refused (silently: the record and its interrupt only), then says so through memory; hart 0 looks into the record.
        // Not in parallel: there a flag in memory is a race.
        const int Rounds = 50;
        Code code = new Code()
            .Li(S0, Guest.Shared).Li(S1, Guest.Secret).Li(A1, Guest.Checker).Li(A2, 0).Li(A3, Rounds)
            .Csrr(A0, Mhartid).Bne(A0, Zero, "refused")
            .Li(T0, 0x401).Sw(T0, A1, Guest.LastPermissions + 8) // CFG: TOR, IR
            .Label("round").Addi(A2, A2, 1).Sd(A2, S0)
            .Label("wait").Ld(T0, S0, 64).Bne(T0, A2, "wait")
            .Ld(T0, A1, Guest.ErrorCause).Beq(T0, Zero, "lost").Sd(Zero, A1, Guest.ErrorCause)
            .Bne(A2, A3, "round").Pass()
            .Label("lost").Fail(13)
            .Label("refused").Ld(T0, S0).Beq(T0, A2, "refused").Add(A2, T0, Zero)
            .Ld(T0, S1).Sd(A2, S0, 64).Jump("refused");

        Assert.Equal(string.Empty, Guest.Run(code, harts: 2, mode: mode, seed: seed).End.Reason);
    }

    [Theory]
    [MemberData(nameof(Schedules))]
    public void A_software_interrupt_wakes_a_hart_that_waits(string mode, ulong seed)
    {
        const int Rounds = 20;
        Code code = new Code()
            .Li(S0, Guest.Shared).Li(A1, Guest.Clint).Li(A3, Rounds).Li(A2, 0).Csrr(A0, Mhartid).Bne(A0, Zero, "sleeper")
            .Label("round").Addi(A2, A2, 1).Li(T0, 1).Sw(T0, A1, 4)
            .Label("answer").Ld(T0, S0).Bne(T0, A2, "answer")
            .Bne(A2, A3, "round").Pass()
            .Label("sleeper").Li(T0, 8).Csrw(Mie, T0)
            .Label("sleep").Wfi().Csrr(T0, Mip).Andi(T0, T0, 8).Beq(T0, Zero, "sleep")
            .Sw(Zero, A1, 4)

            // The own write takes the line back before the next instruction that asks.
            .Csrr(T0, Mip).Andi(T0, T0, 8).Bne(T0, Zero, "wrong")
            .Addi(A2, A2, 1).Sd(A2, S0).Jump("sleep")
            .Label("wrong").Fail(5);

        Assert.Equal(string.Empty, Guest.Run(code, harts: 2, trusted: 2, mode: mode, seed: seed).End.Reason);
    }

    [Theory]
    [InlineData("lockstep")]
    [InlineData("free")]
    public void A_level_that_was_overtaken_by_a_newer_one_does_not_stick(string mode)
    {
        // Hart 0 raises msip[1] thirty times; hart 1 sees the register and clears it while the message is still on its way.
        Code code = new Code()
            .Li(A1, Guest.Clint).Li(A2, 30).Csrr(A0, Mhartid).Bne(A0, Zero, "other")
            .Label("raise").Li(T0, 1).Sw(T0, A1, 4).Label("seen").Lw(T0, A1, 4).Bne(T0, Zero, "seen")
            .Addi(A2, A2, -1).Bne(A2, Zero, "raise").Label("idle").Wfi().Jump("idle")
            .Label("other").Lw(T0, A1, 4).Beq(T0, Zero, "other").Sw(Zero, A1, 4).Addi(A2, A2, -1).Bne(A2, Zero, "other")

            // Longer than any message travels: what was raised last has arrived.
            .Wait(T2, 20_000).Lw(T0, A1, 4).Bne(T0, Zero, "wrong").Csrr(T0, Mip).Andi(T0, T0, 8).Bne(T0, Zero, "wrong").Pass()
            .Label("wrong").Fail(6);
        using var guest = new Guest(code, harts: 2, trusted: 2, mode: mode, latency: "5us..6us");

        Assert.Equal(string.Empty, guest.Run().End.Reason);
    }

    [Theory]
    [InlineData("lockstep")]
    [InlineData("free")]
    public void The_timer_wakes_a_hart_that_waits_again_and_again(string mode)
    {
        // Short times too: a deadline may pass before the hart is asleep.
        Code code = new Code()
            .Li(A1, Guest.Clint + 0xBFF8).Li(A2, Guest.Clint + 0x4000).Li(A3, 60).Li(T0, 0x80).Csrw(Mie, T0)
            .Label("again").Ld(S0, A1).Add(S0, S0, A3).Sd(S0, A2)
            .Label("sleep").Wfi().Csrr(T0, Mip).Andi(T0, T0, 0x80).Beq(T0, Zero, "sleep")
            .Ld(T0, A1).Bltu(T0, S0, "early")
            .Addi(A3, A3, -1).Bne(A3, Zero, "again")
            .Pass()
            .Label("early").Fail(7);

        RunResult result = Guest.Run(code, mode: mode);

        Assert.Equal(string.Empty, result.End.Reason);
    }

    [Fact]
    public void A_timer_that_fires_before_an_invalidation_arrives_is_not_lost()
    {
        // Hart 1 holds a translation and sleeps until 120 us; hart 0 writes at 20 us, so that the invalidation is on its way when the second
        // window begins and arrives at 140 us.
        Code code = new Code()
            .Li(S1, Guest.Secret).Li(A1, Guest.Checker).Csrr(A0, Mhartid).Bne(A0, Zero, "sleeper")
            .Wait(T2, 10_000).Sd(Zero, A1, Guest.LastPermissions).Label("idle").Wfi().Jump("idle")
            .Label("sleeper").Ld(T0, S1).Li(A2, Guest.Clint + 0x4008).Li(T0, 1200).Sd(T0, A2).Li(T0, 0x80).Csrw(Mie, T0)
            .Wfi().Csrr(A4, Mcycle).Li(T0, 121_000).Bltu(A4, T0, "exact").Fail(8)
            .Label("exact").Wait(T2, 80_000).Pass();
        using var guest = new Guest(code, harts: 2, trusted: 2, quantum: "100us", latency: "60us..60us");

        RunResult result = guest.Run();

        Assert.Equal(string.Empty, result.End.Reason);
        Assert.Equal(1UL, result.Summary.Checkers[0].InvalidationsAcknowledged);
    }

    [Fact]
    public void A_timer_ends_a_spin_at_its_time_not_at_the_end_of_the_window()
    {
        Code code = new Code()
            .Li(S0, Guest.Shared).La(T0, "handler").Csrw(Mtvec, T0)
            .Li(A2, Guest.Clint + 0x4000).Li(T0, 100).Sd(T0, A2).Li(T0, 0x80).Csrw(Mie, T0).Li(T0, 8).Csrs(Mstatus, T0)
            .Label("spin").Ld(T0, S0).Beq(T0, Zero, "spin")
            .Fail(9)
            .Word(0x0000_0013).Word(0x0000_0013) // the handler begins at a multiple of four bytes anyway
            .Label("handler").Csrr(A4, Mcycle).Li(T0, 10_500).Bltu(A4, T0, "exact").Fail(10)
            .Label("exact").Pass();
        using var guest = new Guest(code, quantum: "100us");

        Assert.Equal(string.Empty, guest.Run().End.Reason);
    }

    [Theory]
    [MemberData(nameof(Schedules))]
    public void RC7_two_harts_that_reprogram_two_checkers_at_once_do_not_deadlock(string mode, ulong seed)
    {
        const int Rounds = 500;
        Code code = new Code()
            .Li(S0, Guest.Shared).Li(S1, Guest.Secret).Li(A4, Guest.Secret2).Li(A3, TrustedOnly).Li(A2, Rounds)
            .Li(A1, Guest.Checker).Csrr(A0, Mhartid).Beq(A0, Zero, "round").Li(A1, Guest.Checker2)

            // Both hold translations of both checkers, so each is the other's recipient.
            .Label("round").Ld(T0, S1).Ld(T0, A4)
            .Sd(Zero, A1, Guest.LastPermissions).Ld(T0, S1).Ld(T0, A4)
            .Sd(A3, A1, Guest.LastPermissions)
            .Addi(A2, A2, -1).Bne(A2, Zero, "round")
            .Bne(A0, Zero, "second")
            .Label("wait").Ld(T0, S0).Beq(T0, Zero, "wait").Pass()
            .Label("second").Li(T0, 1).Sd(T0, S0).Label("idle").Wfi().Jump("idle");

        RunResult result = Guest.Run(code, harts: 2, trusted: 2, mode: mode, seed: seed);

        Assert.Equal(string.Empty, result.End.Reason);
        Assert.All(result.Summary.Checkers, checker =>
        {
            Assert.Equal(2UL * Rounds, checker.Commits);
            Assert.Equal(checker.InvalidationsSent, checker.InvalidationsAcknowledged);
            Assert.True(checker.InvalidationsSent > 2UL * Rounds, $"sent {checker.InvalidationsSent}");
        });
    }

    [Fact]
    public void RC8_a_hart_that_sleeps_acknowledges_without_waking()
    {
        Code code = new Code()
            .Li(S1, Guest.Secret).Li(S0, Guest.Shared).Li(A1, Guest.Checker).Csrr(A0, Mhartid).Bne(A0, Zero, "sleeper")
            .Label("ready").Ld(T0, S0).Beq(T0, Zero, "ready").Wait(T2, 2_000)
            .Sd(Zero, A1, Guest.LastPermissions).Pass()
            .Label("sleeper").Ld(T0, S1).Li(T0, 1).Sd(T0, S0).Label("sleep").Wfi().Jump("woken").Label("woken").Fail(11);

        RunResult result = Guest.Run(code, harts: 2, trusted: 2);

        Assert.Equal(string.Empty, result.End.Reason);
        Assert.Equal((1UL, 1UL), (result.Summary.Checkers[0].InvalidationsSent, result.Summary.Checkers[0].InvalidationsAcknowledged));

        // 20 ns of register work, two links of 40 ns: nobody had to be waited for.
        Assert.InRange(result.Summary.Checkers[0].LatencyMaximum, 80UL, 82UL);
    }

    [Theory]
    [MemberData(nameof(Schedules))]
    public void An_alarm_of_the_rtc_wakes_a_sleeping_SoC_at_its_time_although_nobody_looks_at_the_rtc(string mode, ulong seed)
    {
        const ulong Delay = 200_000;
        const int High = 4;
        const int AlarmLow = 8;
        const int AlarmHigh = 12;
        const int Enabled = 16;
        Code code = new Code()
            .Li(S0, Guest.Shared).Li(S1, Guest.Rtc).Csrr(A0, Mhartid).Bne(A0, Zero, "setter")

            // Hart 0 takes interrupts of the RTC and sleeps.
            .Li(A1, Guest.Plic).Li(T0, 1).Sw(T0, A1, 4 * 11).Li(A2, Guest.Plic + 0x2000).Li(T0, 1 << 11).Sw(T0, A2)
            .Li(T0, 1 << 11).Csrw(Mie, T0).Li(T0, 1).Sd(T0, S0)
            .Label("sleep").Wfi().Li(A3, Guest.Plic + 0x20_0004).Lw(T0, A3).Beq(T0, Zero, "sleep")
            .Li(T1, 11).Bne(T0, T1, "other")
            .Lw(T0, S1).Lw(T1, S1, High).Sw(T0, S0, 32).Sw(T1, S0, 36).Ld(T0, S0, 32).Ld(T1, S0, 16).Bltu(T0, T1, "early")
            .Pass()
            .Label("other").Fail(2)
            .Label("early").Fail(3)

            // Hart 1 sets the alarm as soon as hart 0 is ready, and sleeps for good.
            .Label("setter").Ld(T0, S0).Beq(T0, Zero, "setter")
            .Lw(T0, S1).Lw(T1, S1, High).Sw(T0, S0, 16).Sw(T1, S0, 20).Ld(T0, S0, 16).Li(T1, Delay).Add(T0, T0, T1).Sd(T0, S0, 16)
            .Li(T2, 1).Sw(T2, S1, Enabled).Lw(T1, S0, 20).Sw(T1, S1, AlarmHigh).Lw(T0, S0, 16).Sw(T0, S1, AlarmLow)
            .Label("idle").Wfi().Jump("idle");

        RunResult result = Guest.Run(code, harts: 2, mode: mode, seed: seed);

        Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), result.End);
        Assert.True(result.Summary.VirtualTime >= Delay, $"ended after {result.Summary.VirtualTime} ns");
    }
}
