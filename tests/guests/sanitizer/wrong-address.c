// A page gets another frame, and SFENCE.VMA names the page beside it.
#include "paging.h"

static void run(u64 hart)
{
    (void)hart;
    change_entry(&tables.leaf[1], entry_of(frame_a, PTE_PAGE));
    sfence();
    u64 first = stale_access(WINDOW_PAGE(1));
    change_entry(&tables.leaf[1], entry_of(frame_b, PTE_PAGE));
    ONLY_PLANTED(sfence_va(WINDOW_PAGE(2)));
    ONLY_FIXED(sfence_va(WINDOW_PAGE(1)));
    u64 second = stale_access(WINDOW_PAGE(1));
    ONLY_FIXED(if (second != VALUE_B) finish(2));
    finish(first == VALUE_A && second != 0 ? 0 : 1);
}

int main(void)
{
    build(&tables);
    supervise(0, &tables, run);
}
