// Address space 1 ends, and its number is given to a new one without SFENCE.VMA: translations of the old one may still match.
#include "paging.h"

__attribute__((aligned(4096))) static struct tables first_space, second_space;

__attribute__((noinline)) static void switch_space(u64 satp)
{
    csr_write(satp, satp);
}

static void run(u64 hart)
{
    (void)hart;
    switch_space(satp_of(&first_space, 1));
    u64 first = stale_access(WINDOW);
    switch_space(satp_of(&tables, 0));
    ONLY_FIXED(sfence_asid(1));
    switch_space(satp_of(&second_space, 1));
    u64 second = stale_access(WINDOW);
    ONLY_FIXED(if (second != VALUE_B) finish(2));
    finish(first == VALUE_A && second != 0 ? 0 : 1);
}

int main(void)
{
    build(&tables);
    build(&first_space);
    build(&second_space);
    first_space.leaf[0] = entry_of(frame_a, PTE_PAGE);
    second_space.leaf[0] = entry_of(frame_b, PTE_PAGE);
    supervise(0, &tables, run);
}
