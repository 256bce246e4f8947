// A page is unmapped, and used again without SFENCE.VMA: it may still be there. riscv-linux #34 is of this family.
#include "paging.h"

static void run(u64 hart)
{
    (void)hart;
    struct probe probe;
    change_entry(&tables.leaf[0], entry_of(frame_a, PTE_PAGE));
    sfence();
    u64 first = stale_access(WINDOW);
    change_entry(&tables.leaf[0], 0);
    ONLY_FIXED(sfence_va(WINDOW));
    probe_load(WINDOW, &probe);
    ONLY_FIXED(if (probe.cause != 13) finish(2));
    finish(first == VALUE_A ? 0 : 1);
}

int main(void)
{
    build(&tables);
    supervise(0, &tables, run);
}
