// The window of a configuration change: may another hart still use what a checker's finished register write has taken away?
//
// Hart 0, in the trusted world, revokes and grants a page again and again, and announces each state after the register write
// is done. Hart 1, in U-mode and world 0, reads the page all the time. What it reads between two equal announcements must match
// them; what does not is a wrong result, which it reports at the study port.
#include "guest.h"

#define STUDY_PORT 0x10030000ul
#define STUDY_NAME (STUDY_PORT + 0x00)
#define STUDY_FIRST (STUDY_PORT + 0x08)
#define STUDY_LAST (STUDY_PORT + 0x10)
#define STUDY_BEGIN (STUDY_PORT + 0x18)
#define STUDY_END (STUDY_PORT + 0x20)

#define PAGE 4096ul
#define TARGET 0x90080000ul // not in the same place of the direct-mapped table as code and data
#define SECRET 0x5EC12E7ul
#define WG_PERM(slot) (WGCHECKER_BASE + 0x28 + 0x20 * (u64)(slot))
#define TRUSTED_RW (3ul << 6)

#define ROUNDS 500
#define LOOKS 20 // in each state, before the next change
#define END (~0ul)

// Odd: granted; even: revoked; 0: under change, nothing may be concluded.
static volatile u64 state;
static volatile u64 looks;
static volatile u64 finished;
static volatile u64 wrong_results;
static u8 stack[4096] __attribute__((aligned(4096)));

static void user_main(void)
{
    u64 wrong = 0;
    write64(STUDY_NAME, 0x776f646e6977); // "window"
    write64(STUDY_FIRST, TARGET);
    write64(STUDY_LAST, TARGET + PAGE - 1);
    write64(STUDY_BEGIN, 0);
    for (;;)
    {
        u64 before = state;
        if (before == END)
            break;
        fence();
        u64 value = read64(TARGET);
        fence();
        if (before != 0 && state == before && value != (before & 1 ? SECRET : 0))
            wrong++;
        looks++;
    }
    write64(STUDY_END, wrong);
    wrong_results = wrong;
    fence();
    finished = 1;
    for (;;)
        ;
}

static void enter(u64 hart)
{
    (void)hart;
    csr_write(pmpaddr0, ~0ul >> 10);
    csr_write(pmpcfg0, 0x1F);
    csr_write(CSR_MLWID, 0);
    enter_lower_mode((u64)user_main, 0, (u64)stack + sizeof stack, MSTATUS_MPP_U);
}

static void announce(u64 permissions, u64 next)
{
    state = 0;
    fence();
    write64(WG_PERM(1), TRUSTED_RW | permissions);
    fence();
    state = next;
    u64 until = looks + LOOKS;
    while (looks < until)
        ;
}

int main(void)
{
    write64(TARGET, SECRET);
    start_hart(1, enter);
    for (u64 round = 1; round <= ROUNDS; round++)
    {
        announce(0, 2 * round);
        announce(1, 2 * round + 1);
    }
    state = END;
    while (!finished)
        ;
    print("window: %u looks, %u wrong results\n", looks, wrong_results);
    return 0;
}
