// What the guests of the checkers share: checks with numbers, an IOPMP, MPC, TZC-400 and wgChecker by name, and the DMA engine.
#ifndef CHECKERS_H
#define CHECKERS_H

#include "guest.h"

// Ends the run with the number of a check that fails, after a line that says what was expected.
void check(int number, u64 actual, u64 expected);

// An access that must trap (bus error) or must not.
void expect_load(int number, u64 address, u64 cause, u64 value);
void expect_store(int number, u64 address, u64 value, u64 cause);

// The rings of the engine's channels, a page each.
#define DMA_RINGS 0x80200000

// One copy by a channel of the engine at DMA_BASE, waited for by its status register; returns the status register.
u64 dma_copy(u64 channel, u64 source, u64 destination, u64 length);
void dma_begin(u64 channel, u64 source, u64 destination, u64 length);
u64 dma_status(u64 channel);
u64 dma_wait(u64 channel);

#define DMA_BUSY 1
#define DMA_DONE 2
#define DMA_ERROR 4
#define DMA_CAUSE(status) (((status) >> 8) & 15)
#define DMA_CAUSE_DESCRIPTOR 1
#define DMA_CAUSE_SOURCE 2
#define DMA_CAUSE_DESTINATION 3

// How long a guest waits for a record or an interrupt, which comes soon, but on a busy host not at once.
#define PATIENCE (2 * MTIME_HZ)

// Waits for an external interrupt of hart 0 and claims it; it must be the expected one. Complete it (plic_complete) when its
// cause is gone: the lines are levels.
void expect_interrupt(int number, u32 source);

// Says that all checks have passed and ends the run.
_Noreturn void pass(const char *name);

// IOPMP (iopmp.md section 4)
#define IOPMP_HWCFG0 0x0008
#define IOPMP_HWCFG1 0x000C
#define IOPMP_HWCFG2 0x0010
#define IOPMP_HWCFG3 0x0014
#define IOPMP_ENTRYOFFSET 0x002C
#define IOPMP_MDSTALL 0x0030
#define IOPMP_RRIDSCP 0x0038
#define IOPMP_ERR_CFG 0x0060
#define IOPMP_ERR_INFO 0x0064
#define IOPMP_ERR_REQADDR 0x0068
#define IOPMP_ERR_REQID 0x0070
#define IOPMP_ERR_MSIADDR 0x0078
#define IOPMP_MDCFG(m) (0x0800 + 4 * (m))
#define IOPMP_SRCMD_EN(s) (0x1000 + 32 * (s))
#define IOPMP_ENTRY_ADDR(i) (0x2000 + 16 * (i))
#define IOPMP_ENTRY_CFG(i) (0x2008 + 16 * (i))
#define IOPMP_R 1
#define IOPMP_W 2
#define IOPMP_X 4
#define IOPMP_NAPOT (3 << 3)

// One NAPOT entry: size is a power of two, at least 8.
void iopmp_entry(u64 base, u64 entry, u64 address, u64 size, u32 configuration);

// MPC (arm-filters.md section 2)
#define MPC_CTRL 0x000
#define MPC_BLK_MAX 0x010
#define MPC_BLK_CFG 0x014
#define MPC_BLK_IDX 0x018
#define MPC_BLK_LUT 0x01C
#define MPC_INT_STAT 0x020
#define MPC_INT_CLEAR 0x024
#define MPC_INT_EN 0x028
#define MPC_INT_INFO1 0x02C
#define MPC_INT_INFO2 0x030
#define MPC_SEC_RESP (1 << 4)
#define MPC_AUTOINC (1 << 8)

// TZC-400 (arm-filters.md section 3)
#define TZC_BUILD_CONFIG 0x000
#define TZC_ACTION 0x004
#define TZC_GATE_KEEPER 0x008
#define TZC_INT_STATUS 0x010
#define TZC_INT_CLEAR 0x014
#define TZC_FAIL_ADDRESS_LOW(f) (0x020 + 0x10 * (f))
#define TZC_FAIL_CONTROL(f) (0x028 + 0x10 * (f))
#define TZC_FAIL_ID(f) (0x02C + 0x10 * (f))
#define TZC_REGION_BASE_LOW(r) (0x100 + 0x20 * (r))
#define TZC_REGION_BASE_HIGH(r) (0x104 + 0x20 * (r))
#define TZC_REGION_TOP_LOW(r) (0x108 + 0x20 * (r))
#define TZC_REGION_TOP_HIGH(r) (0x10C + 0x20 * (r))
#define TZC_REGION_ATTRIBUTES(r) (0x110 + 0x20 * (r))
#define TZC_REGION_ID_ACCESS(r) (0x114 + 0x20 * (r))
#define TZC_S_READ (1u << 30)
#define TZC_S_WRITE (1u << 31)
#define TZC_ID_READ(n) (1u << (n))
#define TZC_ID_WRITE(n) (1u << (16 + (n)))

// Asks for open gates, bit per filter, and waits until they are.
void tzc_gates(u64 base, u32 open);

// A region: first and last byte, attributes with the filters in the low bits, NSAID permissions.
void tzc_region(u64 base, u64 region, u64 first, u64 last, u32 attributes, u32 ids);

// wgChecker (worldguard.md section 3)
#define WG_NSLOTS 0x008
#define WG_ERRCAUSE 0x010
#define WG_ERRADDR 0x018
#define WG_SLOT_ADDR(s) (0x020 + 0x20 * (s))
#define WG_SLOT_PERM(s) (0x028 + 0x20 * (s))
#define WG_SLOT_CFG(s) (0x030 + 0x20 * (s))
#define WG_TOR 1
#define WG_ER (1 << 8)
#define WG_EW (1 << 9)
#define WG_IR (1 << 10)
#define WG_IW (1 << 11)

// GPC (arm-filters.md section 4.10): one register page for each instance
#define GPC_CR0 0x20
#define GPC_CR0ACK 0x24
#define GPC_BASE 0x28
#define GPC_CFG 0x30
#define GPC_FAULT 0x38
#define GPC_TLBI 0x50
#define GPC_TLBI_CTRL 0x58
#define GPC_ACCESSEN 1
#define GPC_GPCEN 2
#define GPI_NONE 0x0
#define GPI_SECURE 0x8
#define GPI_NON_SECURE 0x9
#define GPI_ROOT 0xA
#define GPI_REALM 0xB
#define GPI_ANY 0xF

// Tables for 4 GiB in granules of 4 KiB: GPT_ROOT is the page of level 0 and 128 KiB, 128 KiB above it, of level 1 for the GiB
// from 0x80000000 on. All else is for everybody.
#ifndef GPT_ROOT
#define GPT_ROOT 0x81000000
#endif
#define GPT_LEVEL1 (GPT_ROOT + 0x20000)
void gpt_make(void);
void gpt_set(u64 address, u64 size, u64 gpi);
void gpc_enable(u64 page);

// Drops what all initiators hold of a granule (of everything), and waits for it.
void gpc_invalidate(u64 page, u64 address);
void gpc_invalidate_all(u64 page);

// A load or store as S-mode or U-mode makes it (MPRV): the cause of its trap, or CAUSE_NONE. The value read goes to *value.
// Modes as in guest.h: MSTATUS_MPP_S, MSTATUS_MPP_U. open_pmp() lets them reach the bus.
void open_pmp(void);
u64 lower_load(u64 mode, u64 address, u64 *value);
u64 lower_store(u64 mode, u64 address, u64 value);

// The same in S-mode of a world, by mlwid; afterwards M-mode's is the trusted world again.
#define TRUSTED 3
static inline u64 world_load(u64 world, u64 address, u64 *value)
{
    csr_write(CSR_MLWID, world);
    u64 cause = lower_load(MSTATUS_MPP_S, address, value);
    csr_write(CSR_MLWID, TRUSTED);
    return cause;
}

static inline u64 world_store(u64 world, u64 address, u64 value)
{
    csr_write(CSR_MLWID, world);
    u64 cause = lower_store(MSTATUS_MPP_S, address, value);
    csr_write(CSR_MLWID, TRUSTED);
    return cause;
}

#endif
