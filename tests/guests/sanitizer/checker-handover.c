// Hart 0 takes a page away from hart 1 by the wgChecker and says so at once. Where register writes are not acknowledged
// (guarantee: eventual) hart 1 may still get through: the planted guest does not wait. With acknowledgements both are right.
#include "paging.h"

#define ROUNDS 64
#define PAGE (DRAM_BASE + 0x400000)
#define TRUSTED_RW 0xC0
#define CFG_NAPOT 3
#define LAST_SLOT 16
#define SLOT_ADDR(i) (WGCHECKER_BASE + 0x20 + 0x20 * (i))
#define SLOT_PERM(i) (SLOT_ADDR(i) + 0x8)
#define SLOT_CFG(i) (SLOT_ADDR(i) + 0x10)

static volatile u64 asked, answered;

static void protect(int slot, u64 base, u64 size, u64 perm)
{
    write64(SLOT_ADDR(slot), (base >> 2) | ((size >> 3) - 1));
    write64(SLOT_PERM(slot), perm);
    write32(SLOT_CFG(slot), CFG_NAPOT);
}

__attribute__((noinline)) static void set_permission(u64 perm)
{
    write64(SLOT_PERM(1), perm);
#ifdef FIXED
    for (u64 until = mtime() + 200; mtime() < until;)
        ;
#endif
}

static void reader(u64 hart)
{
    (void)hart;
    for (u64 round = 1; round <= 2 * ROUNDS; round++)
    {
        while (asked != round)
            ;
        stale_access(PAGE);
        answered = round;
    }
}

int main(void)
{
    protect(14, DRAM_BASE, 0x400000, TRUSTED_RW);
    protect(1, PAGE, 0x1000, TRUSTED_RW);
    write32(SLOT_CFG(LAST_SLOT), 0);
    start_hart(1, reader);
    for (u64 round = 1; round <= 2 * ROUNDS; round++)
    {
        set_permission(round & 1 ? TRUSTED_RW : 0);
        fence();
        asked = round;
        while (answered != round)
            ;
    }
    return 0;
}
