#include "paging.h"

__attribute__((aligned(4096))) struct tables tables;
__attribute__((aligned(4096))) u64 frame_a[512];
__attribute__((aligned(4096))) u64 frame_b[512];

extern u8 stacks_start[];

void build(struct tables *t)
{
    t->root[0] = entry_of((void *)0, PTE_PAGE);
    t->root[2] = entry_of((void *)0x80000000, PTE_PAGE | PTE_X);
    t->root[3] = entry_of(t->middle, PTE_V);
    t->middle[0] = entry_of(t->leaf, PTE_V);
    frame_a[0] = VALUE_A;
    frame_b[0] = VALUE_B;
}

void open_memory(void)
{
    csr_write(pmpaddr0, ~0ul >> 10);
    csr_write(pmpcfg0, 0x1F);
}

void supervise(u64 hart, const struct tables *t, void (*function)(u64))
{
    open_memory();
    csr_write(satp, satp_of(t, 0));
    sfence();
    enter_lower_mode((u64)function, hart, (u64)stacks_start + (hart + 1) * HART_STACK - 2048, MSTATUS_MPP_S);
}

__attribute__((noinline)) u64 stale_access(u64 address) { return read64(address); }

__attribute__((noinline)) void change_entry(u64 *entry, u64 value) { *(volatile u64 *)entry = value; }
