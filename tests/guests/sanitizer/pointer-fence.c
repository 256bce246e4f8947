// The pointer to a page table is changed, not a leaf: SFENCE.VMA with an address orders leaf entries only (privileged ISA 10.2.1).
#include "paging.h"

__attribute__((aligned(4096))) static u64 other_leaf[512];

static void run(u64 hart)
{
    (void)hart;
    change_entry(&tables.leaf[0], entry_of(frame_a, PTE_PAGE));
    other_leaf[0] = entry_of(frame_b, PTE_PAGE);
    sfence();
    u64 first = stale_access(WINDOW);
    change_entry(&tables.middle[0], entry_of(other_leaf, PTE_V));
    ONLY_PLANTED(sfence_va(WINDOW));
    ONLY_FIXED(sfence());
    u64 second = stale_access(WINDOW);
    ONLY_FIXED(if (second != VALUE_B) finish(2));
    finish(first == VALUE_A && second != 0 ? 0 : 1);
}

int main(void)
{
    build(&tables);
    supervise(0, &tables, run);
}
