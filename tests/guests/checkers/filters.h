// The machine of arm-filters.yaml: pages behind an MPC, a TZC-400 and a GPC, each of which is either the Secure side's (M-mode, which
// is Root) or the Non-secure side's (lower modes).
#ifndef FILTERS_H
#define FILTERS_H

#include "checkers.h"

#define GPC 0x60000000
#define TZC 0x2A4A0000
#define MPC 0x50083000
#define NSAID 9

#define KINDS 3
#define PAGES 4
#define TARGETS (KINDS * PAGES)
enum kind { BEHIND_MPC, BEHIND_TZC, BEHIND_GPC };

// How often, where a test says it: a word that the loader fills (0 when nobody does).
#define PARAMETER 0x80700000

// Target t is page t / KINDS behind checker t % KINDS.
static inline u64 page_of(u64 target)
{
    static const u64 bases[KINDS] = { 0x20000000, 0x90000000, 0x80400000 };
    return bases[target % KINDS] + 4096 * (target / KINDS);
}

// Bit per page of the SRAM; only the hart that changes this checker touches it.
static u32 lut;

static inline void give(u64 target, u64 secure)
{
    u64 page = target / KINDS;
    switch (target % KINDS)
    {
    case BEHIND_MPC:
        lut = (lut & ~(1u << page)) | (u32)!secure << page;
        write32(MPC + MPC_BLK_LUT, lut);
        break;
    case BEHIND_TZC:
        write32(TZC + TZC_REGION_ATTRIBUTES(1 + page), (secure ? TZC_S_READ | TZC_S_WRITE : 0) | 1);
        write32(TZC + TZC_REGION_ID_ACCESS(1 + page), secure ? 0 : TZC_ID_READ(NSAID) | TZC_ID_WRITE(NSAID));
        break;
    default:
        gpt_set(page_of(target), 4096, secure ? GPI_ROOT : GPI_NON_SECURE);
        gpc_invalidate(GPC, page_of(target));
        break;
    }
}

// Refusals are bus errors everywhere; all pages are the Secure side's. BLK_IDX stays at word 0, which has all blocks.
static inline void set_up(void)
{
    write32(MPC + MPC_CTRL, MPC_SEC_RESP);
    write32(MPC + MPC_BLK_IDX, 0);
    write32(TZC + TZC_ACTION, 1);
    tzc_gates(TZC, 1);
    for (u64 page = 0; page < PAGES; page++)
    {
        u64 first = page_of(BEHIND_TZC + KINDS * page);
        tzc_region(TZC, 1 + page, first, first + 0xFFF, 1, 0);
    }
    gpt_make();
    for (u64 hart = 0; hart < HARTS; hart++)
        gpc_enable(GPC + 0x1000 * hart);
    for (u64 target = 0; target < TARGETS; target++)
        give(target, 1);
}

#endif
