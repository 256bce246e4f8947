// SFENCE.VMA comes before the store of the entry: hardware may walk again in between, and keep the old one. It is the software's
// side of the refill that races with a fence (rocket-chip #2534), and of fpga-zynq #94.
#include "paging.h"

static void run(u64 hart)
{
    (void)hart;
    change_entry(&tables.leaf[0], entry_of(frame_a, PTE_PAGE));
    sfence();
    u64 first = stale_access(WINDOW);
    ONLY_PLANTED(sfence_va(WINDOW));
    change_entry(&tables.leaf[0], entry_of(frame_b, PTE_PAGE));
    ONLY_FIXED(sfence_va(WINDOW));
    u64 second = stale_access(WINDOW);
    ONLY_FIXED(if (second != VALUE_B) finish(2));
    finish(first == VALUE_A && second != 0 ? 0 : 1);
}

int main(void)
{
    build(&tables);
    supervise(0, &tables, run);
}
