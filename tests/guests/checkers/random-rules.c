// Case X14 of arm-filters.md: four harts load and store at random behind an MPC, a TZC-400 and a GPC, as the Secure and as the Non-secure side,
// while a fifth gives pages from one side to the other at random. Each outcome is compared with what a sequence of all operations
// allows: who sees the same even sequence number of a page before and after an access knows whose the page was all the time.
#include "filters.h"

#define WORKERS 4
#define OPERATIONS 20000
#define FLIPS 16
#define SEED 0x9E3779B97F4A7C15
#define S MSTATUS_MPP_S

// One line each, so that harts do not share them.
static volatile struct { u64 sequence, secure, pad[6]; } state[TARGETS] __attribute__((aligned(64)));
static volatile u64 done[HARTS], judged[HARTS], wrong[HARTS], operations, flips;
static volatile struct { u64 target, before, secure, side, store, cause, value, expected; } first_wrong;

static u64 next(u64 *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random;
}

static u64 access(u64 side, u64 store, u64 address, u64 *value)
{
    struct probe probe;
    if (side == 0)
        return store ? lower_store(S, address, *value) : lower_load(S, address, value);
    if (store)
        probe_store(address, *value, &probe);
    else
        *value = probe_load(address, &probe);
    return probe.cause;
}

static void work(u64 hart)
{
    u64 random = SEED * (hart + 1), words[TARGETS], known[TARGETS];
    open_pmp();
    for (u64 target = 0; target < TARGETS; target++)
        words[target] = known[target] = 0;
    for (u64 operation = 1; operation <= operations / WORKERS || flips < FLIPS; operation++)
    {
        u64 bits = next(&random), target = bits % TARGETS, side = bits >> 20 & 1, store = bits >> 21 & 1;
        u64 address = page_of(target) + 64 * hart, value = store ? operation : 0;
        u64 before = state[target].sequence, secure = state[target].secure;
        fence();
        u64 cause = access(side, store, address, &value);
        fence();
        int is_judged = (before & 1) == 0 && state[target].sequence == before;
        u64 expected = secure == side ? (u64)CAUSE_NONE : store ? CAUSE_STORE_ACCESS : CAUSE_LOAD_ACCESS;
        int bad = is_judged && cause != expected;
        judged[hart] += is_judged;

        // Nobody else stores to this word: a load that passes brings the last store that passed, judged or not.
        if (cause == (u64)CAUSE_NONE && !store && known[target])
            bad |= value != words[target];
        if (cause == (u64)CAUSE_NONE)
        {
            words[target] = value;
            known[target] = 1;
        }
        if (bad && wrong[hart]++ == 0)
        {
            first_wrong.target = target;
            first_wrong.before = before;
            first_wrong.secure = secure;
            first_wrong.side = side;
            first_wrong.store = store;
            first_wrong.cause = cause;
            first_wrong.value = value;
            first_wrong.expected = words[target];
        }
    }
    done[hart] = 1;
}

static int all_done(void)
{
    u64 count = 0;
    for (u64 hart = 0; hart < WORKERS; hart++)
        count += done[hart];
    return count == WORKERS;
}

static void flip(u64 hart)
{
    u64 random = SEED * (hart + 1);
    while (!all_done())
    {
        u64 target = next(&random) % TARGETS, secure = !state[target].secure;
        state[target].sequence++;
        fence();
        give(target, secure);
        fence();
        state[target].secure = secure;
        fence();
        state[target].sequence++;
        flips++;

        // Time for judged accesses between two changes.
        for (volatile u64 i = next(&random) % 256; i > 0; i--)
            ;
    }
    done[hart] = 1;
}

int main(void)
{
    operations = read64(PARAMETER) != 0 ? read64(PARAMETER) : OPERATIONS;
    set_up();
    for (u64 target = 0; target < TARGETS; target++)
        state[target].secure = 1;
    fence();
    for (u64 hart = 1; hart < HARTS; hart++)
        start_hart(hart, hart < WORKERS ? work : flip);
    work(0);
    u64 looks = 0, bad = 0;
    for (u64 hart = 0; hart < HARTS; hart++)
    {
        while (done[hart] == 0)
            ;
        fence();
        looks += judged[hart];
        bad += wrong[hart];
    }
    if (bad != 0)
        print("X14 target %u sequence %u secure %u: side %u store %u cause %x value %x last %x\n", first_wrong.target, first_wrong.before,
            first_wrong.secure, first_wrong.side, first_wrong.store, first_wrong.cause, first_wrong.value, first_wrong.expected);
    check(10, bad, 0);
    check(11, looks > operations / 4, 1);
    print("X14 %u operations, %u judged, %u flips\n", operations, looks, flips);
    pass("random-rules");
}
