// A monitor in M-mode takes a page away from S-mode by PMP, without SFENCE.VMA: PMP may be part of cached translations
// (privileged ISA 3.7.2).
#include "paging.h"

__attribute__((noinline)) void protect_frame(void)
{
    csr_write(pmpaddr1, ~0ul >> 10);
    csr_write(pmpaddr0, (u64)frame_a >> 2 | 0x1FF);
    csr_write(pmpcfg0, 0x1F18);
    ONLY_FIXED(sfence());
}

void on_ecall(struct trap_frame *frame)
{
    (void)frame;
    protect_frame();
}

static void run(u64 hart)
{
    (void)hart;
    struct probe probe;
    if (stale_access(WINDOW) != VALUE_A)
        finish(1);
    __asm__ volatile("ecall" : : : "memory");
    probe_load(WINDOW, &probe);
    ONLY_FIXED(if (probe.cause != CAUSE_LOAD_ACCESS) finish(2));
    finish(0);
}

int main(void)
{
    build(&tables);
    tables.leaf[0] = entry_of(frame_a, PTE_PAGE);
    supervise(0, &tables, run);
}
