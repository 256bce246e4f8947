// Four harts and a DMA engine at work behind four checkers, while each hart reconfigures the checker that it owns: ROUNDS times each.
// A reader that sees the same even sequence number of a checker before and after its access knows what the answer must be: an
// access after a completed change never follows the configuration before it. Nobody waits for another hart but through the
// acknowledgements of the checkers themselves: a cycle there would be a deadlock.
#include "checkers.h"

#ifndef ROUNDS
#define ROUNDS 2500
#endif

#define WGC 0x06000000
#define IOPMP 0x06010000
#define TZC 0x2A4A0000
#define MPC 0x50083000
#define TARGETS 4
#define BUFFER 0x80300000

// One line each, so that harts do not share them.
static volatile struct { u64 sequence, open, pad[6]; } state[TARGETS] __attribute__((aligned(64)));
static volatile u64 done[HARTS], judged[HARTS], wrong[HARTS];
static const u64 target[TARGETS] = { 0x90000000, 0xA0000000, 0xB0000000, 0xC0000000 };

static void apply(u64 checker, u64 open)
{
    switch (checker)
    {
    case 0: write64(WGC + WG_SLOT_PERM(1), open ? 3ul << 6 : 0); break;
    case 1:
        write32(MPC + MPC_BLK_IDX, 0);
        write32(MPC + MPC_BLK_LUT, open ? 0 : 1);
        break;
    case 2: write32(TZC + TZC_REGION_ATTRIBUTES(1), (open ? TZC_S_READ | TZC_S_WRITE : 0) | 1); break;
    default: write32(IOPMP + IOPMP_ENTRY_CFG(0), IOPMP_NAPOT | (open ? IOPMP_R | IOPMP_W : 0)); break;
    }
}

static void set_up(void)
{
    write32(WGC + WG_SLOT_CFG(1), WG_TOR | WG_ER | WG_EW);
    write32(MPC + MPC_CTRL, MPC_SEC_RESP);
    write32(TZC + TZC_ACTION, 1);
    tzc_gates(TZC, 1);
    tzc_region(TZC, 1, target[2], target[2] + 0xFFF, 1, 0);
    for (u64 domain = 0; domain < 8; domain++)
        write32(IOPMP + IOPMP_MDCFG(domain), 1);
    iopmp_entry(IOPMP, 0, target[3], 4096, 0);
    for (u64 requester = 0; requester < 8; requester++)
        write32(IOPMP + IOPMP_SRCMD_EN(requester), 2);
    write32(IOPMP + IOPMP_HWCFG0, 1);
    for (u64 checker = 0; checker < TARGETS; checker++)
    {
        apply(checker, 1);
        write64(target[checker], 0xC0DE + checker);
        state[checker].open = 1;
    }
}

static void look(u64 hart, u64 checker, u64 round)
{
    struct probe probe;
    u64 before = state[checker].sequence;
    u64 open = state[checker].open;
    fence();
    u64 value = 0;
    if (round & 1)
        value = probe_load(target[checker], &probe);
    else
        probe_store(target[checker] + 64 * (1 + hart), round, &probe);
    fence();
    if ((before & 1) != 0 || state[checker].sequence != before)
        return;
    judged[hart]++;
    u64 expected = open ? (u64)CAUSE_NONE : round & 1 ? CAUSE_LOAD_ACCESS : CAUSE_STORE_ACCESS;
    if (probe.cause != expected || (open && (round & 1) && value != 0xC0DE + checker))
        wrong[hart]++;
}

static void work(u64 hart)
{
    u64 own = hart;
    for (u64 round = 0; round < ROUNDS; round++)
    {
        u64 open = round & 1;
        state[own].sequence++;
        fence();
        apply(own, open);
        fence();
        state[own].open = open;
        fence();
        state[own].sequence++;
        for (u64 checker = 0; checker < TARGETS; checker++)
            look(hart, (hart + checker) % TARGETS, round + checker);

        // The engine reads whatever the checkers let it, and starts again when a copy is over or refused.
        if (hart == 0 && (dma_status(0) & DMA_BUSY) == 0)
            dma_begin(0, target[round % TARGETS], BUFFER, 4096);
    }
    done[hart] = 1;
}

int main(void)
{
    set_up();
    for (u64 hart = 1; hart < HARTS; hart++)
        start_hart(hart, work);
    work(0);
    u64 looks = 0;
    for (u64 hart = 0; hart < HARTS; hart++)
    {
        while (done[hart] == 0)
            ;
        fence();
        check(10 + (int)hart, wrong[hart], 0);
        looks += judged[hart];
    }
    print("%u reconfigurations, %u accesses judged\n", (u64)HARTS * ROUNDS, looks);
    check(20, looks > ROUNDS / 2, 1);
    pass("checker-stress");
}
