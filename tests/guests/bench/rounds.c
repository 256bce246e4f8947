// Hart 0 changes one slot of the wgChecker ROUNDS times while every other hart reads the page behind it: what one
// acknowledged invalidation round costs. Works with any number of harts up to HARTS.
#include "guest.h"

#define ROUNDS 2000
#define PAGE (DRAM_BASE + 0x400000)
#define TRUSTED_RW 0xC0
#define CFG_NAPOT 3
#define LAST_SLOT 16
#define SLOT_ADDR(i) (WGCHECKER_BASE + 0x20 + 0x20 * (i))
#define SLOT_PERM(i) (SLOT_ADDR(i) + 0x8)
#define SLOT_CFG(i) (SLOT_ADDR(i) + 0x10)

static volatile u64 reading;

static void protect(int slot, u64 base, u64 size, u64 perm)
{
    write64(SLOT_ADDR(slot), (base >> 2) | ((size >> 3) - 1));
    write64(SLOT_PERM(slot), perm);
    write32(SLOT_CFG(slot), CFG_NAPOT);
}

static void read_for_ever(u64 hart)
{
    (void)hart;
    read64(PAGE);
    atomic_add(&reading, 1);
    for (u64 sum = 0;; sum += read64(PAGE + (sum & 0xff8)))
        ;
}

int main(void)
{
    protect(14, DRAM_BASE, 0x400000, TRUSTED_RW);
    protect(1, PAGE, 0x1000, TRUSTED_RW);
    write32(SLOT_CFG(LAST_SLOT), 0);
    for (u64 hart = 1; hart < HARTS; hart++)
        start_hart(hart, read_for_ever);
    for (u64 until = mtime() + MTIME_HZ / 1000; mtime() < until;)
        ;
    read64(PAGE);
    for (int round = 0; round < ROUNDS; round++) {
        u64 perm = round & 1 ? TRUSTED_RW : 0;
        write64(SLOT_PERM(1), perm);
        read64(PAGE);
    }
    print("rounds: %u changes seen by %u harts\n", (u64)ROUNDS, reading + 1);
    return 0;
}
