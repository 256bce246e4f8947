// Hart 0 unmaps a page that hart 1 uses, fences itself, and tells hart 1 to go on: the other hart's fence is missing. This is
// OP-TEE/optee_os #8018: SFENCE.VMA acts on its own hart only. The fixed guest sends an interrupt and waits for the answer.
#include "paging.h"

static volatile u64 ready, go, asked, answered;

void on_interrupt(u64 hart, u64 number)
{
    (void)number;
    write32(CLINT_BASE + 4 * hart, 0);
    if (asked)
        sfence_va(WINDOW);
    answered = 1;
}

static void victim(u64 hart)
{
    (void)hart;
    struct probe probe;
    if (stale_access(WINDOW) != VALUE_A)
        finish(1);
    ready = 1;
    while (!go)
        ;
    probe_load(WINDOW, &probe);
    ONLY_FIXED(if (probe.cause != 13) finish(2));
    finish(0);
}

static void start_victim(u64 hart)
{
    csr_write(mie, MIP_MSIP);
    supervise(hart, &tables, victim);
}

static void run(u64 hart)
{
    (void)hart;
    while (!ready)
        ;
    change_entry(&tables.leaf[0], 0);
    sfence_va(WINDOW);
#ifdef FIXED
    asked = 1;
    fence();
    write32(CLINT_BASE + 4, 1);
    while (!answered)
        ;
#endif
    fence();
    go = 1;
    for (;;)
        wait_for_interrupt();
}

int main(void)
{
    build(&tables);
    tables.leaf[0] = entry_of(frame_a, PTE_PAGE);
    fence();
    start_hart(1, start_victim);
    supervise(0, &tables, run);
}
