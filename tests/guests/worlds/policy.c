// The wgChecker of DRAM: its reset state, and the policy, programmed in the order that firmware uses.
#include "worlds.h"

#define ALL_WORLDS_R (0x5555555555555555ul & ((1ul << (2 * WORLDS)) - 1))
#define ALL_WORLDS_RW ((1ul << (2 * WORLDS)) - 1)

void check_reset_state(void)
{
    struct probe probe;
    require(CHECK_RESET_MLWID, csr_read(CSR_MLWID), TRUSTED);
    require(CHECK_RESET_MWIDDELEG, csr_read(CSR_MWIDDELEG), 0);
    probe_read_slwid(0, &probe);
    require(CHECK_RESET_SLWID, probe.cause, CAUSE_ILLEGAL);
    probe_write_slwid(0, &probe);
    require(CHECK_RESET_SLWID, probe.cause, CAUSE_ILLEGAL);
    require(CHECK_NSLOTS, read32(WG_NSLOTS), SLOTS);
    require(CHECK_RESET_BYPASS, read64(WG_PERM(SLOTS)), PERM_RW(TRUSTED));
    require(CHECK_RESET_BYPASS, read32(WG_CFG(SLOTS)), CFG_TOR);
    require(CHECK_RESET_RECORD, read64(WG_ERRCAUSE) | read64(WG_ERRADDR), 0);
}

// ERRCAUSE last: clearing it lets the next violation in, whose address must stay.
void clear_record(void)
{
    write64(WG_ERRADDR, 0);
    write64(WG_ERRCAUSE, 0);
}

// A violation travels to its record on a path of its own: software that hears of it through memory can be faster.
// Nothing orders the two, so hart 0 waits for a record that must come, and gives stragglers time before it forgets them.
u64 await_record(void)
{
    u64 cause;
    while ((cause = read64(WG_ERRCAUSE)) == 0)
        ;
    return cause;
}

void forget_records(void)
{
    u64 until = mtime() + MTIME_HZ / 20000;
    while (mtime() < until)
        ;
    clear_record();
}

static void set_slot(int slot, u64 end, u64 perm, u32 cfg)
{
    write64(WG_ADDR(slot), end >> 2);
    write64(WG_PERM(slot), perm);
    write32(WG_CFG(slot), cfg);
}

static void check_slot(int slot, u64 end, u64 perm, u32 cfg)
{
    require(CHECK_READ_BACK_ADDR, read64(WG_ADDR(slot)), end >> 2);
    require(CHECK_READ_BACK_PERM, read64(WG_PERM(slot)), perm);
    require(CHECK_READ_BACK_CFG, read32(WG_CFG(slot)), cfg);
}

// Slots rise with their addresses, because a TOR slot starts where the slot below ends. The bypass slot stays on until the
// last step: it keeps hart 0's own code and stack reachable, which needs slot SLOTS - 1 to stay 0.
static void for_each_slot(void (*action)(int, u64, u64, u32))
{
    action(1, DRAM_BASE, 0, CFG_OFF);
    action(SLOT_TEXT, DATA_BASE, ALL_WORLDS_R | PERM_RW(TRUSTED), CFG_TOR);
    action(SLOT_DATA, MAILBOX_BASE, PERM_RW(TRUSTED), CFG_TOR);
    action(SLOT_MAILBOX, GATE_BASE, ALL_WORLDS_RW, CFG_TOR);
    action(SLOT_TRUSTED, WORLD_BASE(0), PERM_RW(TRUSTED), CFG_TOR);
    for (int world = 0; world < TRUSTED; world++)
        action(SLOT_WORLD(world), WORLD_BASE(world + 1), PERM_RW(world) | PERM_RW(TRUSTED), CFG_TOR);
    action(SLOT_WORLD(TRUSTED), DRAM_END, PERM_RW(TRUSTED), CFG_TOR);
    for (int slot = SLOT_WORLD(TRUSTED) + 1; slot < SLOTS; slot++)
        action(slot, 0, 0, CFG_OFF);
}

_Static_assert(SLOT_WORLD(TRUSTED) < SLOT_GATE, "the slots of the worlds end below the gate's");

void program_policy(void)
{
    clear_record();
    for_each_slot(set_slot);
    write64(WG_PERM(SLOTS), 0);
    write32(WG_CFG(SLOTS), CFG_OFF);
    fence();
    for_each_slot(check_slot);
    require(CHECK_READ_BACK_PERM, read64(WG_PERM(SLOTS)), 0);
    require(CHECK_READ_BACK_CFG, read32(WG_CFG(SLOTS)), CFG_OFF);
}
