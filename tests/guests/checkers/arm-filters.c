// Cases of Arm's filters that need more than one hart (arm-filters.md section 6): X06 code whose page is taken away, X09 a hart that sleeps
// while rules change, X01 two harts of which each waits for the other's acknowledgement.
#include "filters.h"

#define CLINT_MSIP(hart) (CLINT_BASE + 4 * (hart))
#define RUNNER 1
#define SLEEPER 2
#define ROUNDS 4
#define CHANGES 20
#define CROSSINGS 500
#define S MSTATUS_MPP_S

static void wait(u64 rounds)
{
    for (volatile u64 i = 0; i < rounds; i++)
        ;
}

// --- X06: hart 1 counts in code of the page, from decoded instructions, until it cannot

__asm__(".text\n"
        ".option push\n"
        ".option norvc\n"
        ".balign 4\n"
        "counting: ld a2, 24(a1)\n" // behind struct probe
        "addi a2, a2, 1\n"
        "sd a2, 24(a1)\n"
        "j counting\n"
        ".option pop\n");
extern const u32 counting[4];

static volatile struct { struct probe probe; u64 count; } run;
static volatile u64 where, finished;

static void runner(u64 hart)
{
    (void)hart;
    for (;;)
    {
        while (where == 0)
            ;
        u64 page = where;
        where = 0;
        fence();
        fence_i();
        probe_execute(page, (struct probe *)&run.probe);
        fence();
        finished = 1;
    }
}

static void revoke_code(u64 target, const char *name)
{
    u64 page = page_of(target);
    memcpy((void *)page, counting, sizeof counting);
    for (u64 round = 0; round < ROUNDS; round++)
    {
        give(target, 1);
        run.count = 0;
        finished = 0;
        fence();
        where = page;
        while (run.count < 50 * (round + 1))
            ;
        give(target, 0);
        u64 then = run.count;
        wait(100);
        check(60, run.count, then);
        while (finished == 0)
            ;
        fence();
        check(61, run.count, then);
        check(62, run.probe.cause, CAUSE_FETCH_ACCESS);
        check(63, run.probe.epc - page < sizeof counting, 1);
    }
    give(target, 1);
    print("X06 %s: no instruction after the change, fetch refused, %u times\n", name, (u64)ROUNDS);
}

// --- X09: hart 2 holds results of all three and sleeps

static volatile u64 asleep, woken, result[KINDS];

static void sleeper(u64 hart)
{
    struct probe probe;
    for (u64 target = 0; target < KINDS; target++)
        read64(page_of(target));
    csr_write(mie, MIP_MSIP);
    asleep = 1;
    do
    {
        wait_for_interrupt();
        woken++;
    }
    while ((csr_read(mip) & MIP_MSIP) == 0);
    csr_write(mie, 0);
    write32(CLINT_MSIP(hart), 0);
    for (u64 target = 0; target < KINDS; target++)
    {
        probe_load(page_of(target), &probe);
        result[target] = probe.cause;
    }
    fence();
    asleep = 0;
}

static void change_while_asleep(void)
{
    start_hart(SLEEPER, sleeper);
    while (asleep == 0)
        ;
    wait(1000);
    for (u64 change = 1; change <= CHANGES; change++)
        for (u64 target = 0; target < KINDS; target++)
            give(target, change & 1);
    check(90, woken, 0);
    write32(CLINT_MSIP(SLEEPER), 1);
    while (asleep != 0)
        ;
    fence();
    check(91, woken, 1);
    for (u64 target = 0; target < KINDS; target++)
    {
        check(92, result[target], CAUSE_LOAD_ACCESS);
        give(target, 1);
    }
    print("X09 %u changes do not wake a sleeper, who sees the last\n", (u64)CHANGES * KINDS);
}

// --- X01: hart 0 changes the MPC, hart 3 the TZC-400, and both hold results of both

#define OTHER 3

static volatile u64 crossings, crossed[HARTS];

static void cross(u64 hart)
{
    u64 mpc = page_of(BEHIND_MPC), tzc = page_of(BEHIND_TZC), value;
    open_pmp();
    for (u64 crossing = 1; crossing <= crossings; crossing++)
    {
        // The Non-secure results, which both changes are about.
        lower_load(S, mpc, &value);
        lower_load(S, tzc, &value);
        if (hart == OTHER)
            write32(TZC + TZC_REGION_ID_ACCESS(1), crossing & 1 ? TZC_ID_READ(NSAID) : 0);
        else
            write32(MPC + MPC_BLK_LUT, lut ^ (crossing & 1));
        crossed[hart] = crossing;
    }
}

static void cross_changes(void)
{
    crossings = read64(PARAMETER) != 0 ? read64(PARAMETER) : CROSSINGS;
    fence();
    start_hart(OTHER, cross);
    cross(0);
    while (crossed[OTHER] != crossings)
        ;
    print("X01 %u stores of each hart are complete\n", crossings);
}

int main(void)
{
    open_pmp();
    set_up();
    start_hart(RUNNER, runner);
    revoke_code(BEHIND_MPC, "MPC");
    revoke_code(BEHIND_TZC, "TZC-400");
    revoke_code(BEHIND_GPC, "GPC");
    change_while_asleep();
    cross_changes();
    pass("arm-filters");
}
