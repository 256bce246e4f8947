// All five: GPC at every initiator, IOPMP at the DMA engine, TZC-400 in front of the DDR, MPC in front of the SRAM, wgChecker in
// front of a device. Every access of the engine to the SRAM passes three of them; each refuses for a reason of its own.
#include "checkers.h"

#define WGC 0x06000000
#define IOPMP 0x06010000
#define GPC_HART0 0x60000000
#define GPC_DMA 0x60002000
#define TZC 0x2A4A0000
#define MPC 0x50083000
#define SCRATCH 0x10040000
#define SRAM 0x20000000
#define DDR 0x90000000
#define SOURCE_WGC 15
#define SOURCE_IOPMP 21
#define SOURCE_MPC 23
#define SOURCE_TZC 26
#define NS_PAGE 0x80400000

static volatile u64 other_ready, other_done;

// The second hart has a GPC instance of its own, and the same tables.
static void other(u64 hart)
{
    (void)hart;
    struct probe probe;
    other_ready = 1;
    u64 value = probe_load(NS_PAGE, &probe);
    other_done = probe.cause == (u64)CAUSE_NONE && value == 0x5A ? 1 : 2;
}

static void set_up(void)
{
    // GPC: the SRAM and the DDR for everybody but one granule of the DDR, which is Root's.
    gpt_make();
    gpt_set(NS_PAGE, 4096, GPI_NON_SECURE);
    gpt_set(DDR + 0x2000, 4096, GPI_ROOT);
    for (u64 page = GPC_HART0; page <= GPC_DMA; page += 0x1000)
        gpc_enable(page);

    // TZC-400: the first 64 KiB of the DDR for Secure, the next for worlds 0 and 1 and the engine (NSAID = world).
    write32(TZC + TZC_ACTION, 3);
    tzc_gates(TZC, 1);
    tzc_region(TZC, 1, DDR, DDR + 0xFFFF, TZC_S_READ | TZC_S_WRITE | 1, 0);
    tzc_region(TZC, 2, DDR + 0x10000, DDR + 0x1FFFF, 1, TZC_ID_READ(0) | TZC_ID_WRITE(0) | TZC_ID_READ(1));

    // MPC: block 1 is Non-secure.
    write32(MPC + MPC_CTRL, MPC_SEC_RESP);
    write32(MPC + MPC_BLK_IDX, 0);
    write32(MPC + MPC_BLK_LUT, 2);

    // wgChecker: the device is for world 1 and the trusted world, refusals are errors with an interrupt.
    write64(WGC + WG_SLOT_PERM(1), 3ul << 6 | 3ul << 2);
    write32(WGC + WG_SLOT_CFG(1), WG_TOR | WG_ER | WG_EW | WG_IR | WG_IW);

    // IOPMP: the engine (RRID 8) may read DRAM buffers and the SRAM, and write the SRAM, its ring and one buffer.
    for (u64 domain = 0; domain < 8; domain++)
        write32(IOPMP + IOPMP_MDCFG(domain), 4);
    iopmp_entry(IOPMP, 0, DMA_RINGS, 4096, IOPMP_R | IOPMP_W);
    iopmp_entry(IOPMP, 1, 0x80300000, 0x10000, IOPMP_R | IOPMP_W);
    iopmp_entry(IOPMP, 2, SRAM, 0x8000, IOPMP_R | IOPMP_W);
    iopmp_entry(IOPMP, 3, DDR, 0x20000, IOPMP_R);
    write32(IOPMP + IOPMP_SRCMD_EN(8), 1 << 1);
    write32(IOPMP + IOPMP_ERR_CFG, 2);
    write32(IOPMP + IOPMP_HWCFG0, 1);
    plic_enable(0, SOURCE_WGC);
    plic_enable(0, SOURCE_IOPMP);
    plic_enable(0, SOURCE_MPC);
    plic_enable(0, SOURCE_TZC);
}

int main(void)
{
    u64 value;
    open_pmp();
    write64(NS_PAGE, 0x5A);
    set_up();

    print("stage 1: each checker permits what it should\n");
    check(1, world_store(1, SCRATCH, 0xC1), CAUSE_NONE);
    check(2, world_store(0, SRAM + 4096, 0xC2), CAUSE_NONE);
    check(3, world_store(0, DDR + 0x10000, 0xC3), CAUSE_NONE);
    check(4, world_load(2, NS_PAGE, &value), CAUSE_NONE);
    check(5, value, 0x5A);
    check(6, DMA_CAUSE(dma_copy(0, SRAM + 4096, 0x80300000, 64)), 0);
    check(7, read64(0x80300000), 0xC2);

    print("stage 2: each refuses for a reason of its own, and records it alone\n");
    check(10, world_load(0, SCRATCH, &value), CAUSE_LOAD_ACCESS);
    expect_interrupt(11, SOURCE_WGC);
    check(12, read64(WGC + WG_ERRCAUSE) & 0xFF, 0);
    write64(WGC + WG_ERRCAUSE, 0);
    plic_complete(0, SOURCE_WGC);
    check(13, world_load(0, SRAM, &value), CAUSE_LOAD_ACCESS);
    expect_interrupt(14, SOURCE_MPC);
    check(15, read32(MPC + MPC_INT_INFO1), 0);
    write32(MPC + MPC_INT_CLEAR, 1);
    plic_complete(0, SOURCE_MPC);
    check(16, world_store(1, DDR + 0x10000, 1), CAUSE_STORE_ACCESS);
    expect_interrupt(17, SOURCE_TZC);
    check(18, read32(TZC + TZC_FAIL_ADDRESS_LOW(0)), DDR + 0x10000);
    write32(TZC + TZC_INT_CLEAR, 1);
    plic_complete(0, SOURCE_TZC);
    check(19, world_load(0, DDR + 0x2000, &value), CAUSE_LOAD_ACCESS);
    check(20, read32(TZC + TZC_INT_STATUS), 0);
    u64 until = mtime() + PATIENCE;
    while ((read64(GPC_HART0 + GPC_FAULT) & 1) == 0 && mtime() < until)
        ;
    check(21, read64(GPC_HART0 + GPC_FAULT) & 1, 1);
    write64(GPC_HART0 + GPC_FAULT, 0);

    print("stage 3: the engine through IOPMP, GPC, and what stands in front of the target\n");
    check(30, DMA_CAUSE(dma_copy(0, 0x80300000, DDR + 0x10000, 64)), DMA_CAUSE_DESTINATION); // IOPMP: read only
    expect_interrupt(31, SOURCE_IOPMP);
    check(32, read32(IOPMP + IOPMP_ERR_REQID) & 0xFFFF, 8);
    write32(IOPMP + IOPMP_ERR_INFO, 1);
    plic_complete(0, SOURCE_IOPMP);
    check(33, DMA_CAUSE(dma_copy(0, DDR + 0x2000, 0x80300000, 64)), DMA_CAUSE_SOURCE); // GPC: Root's
    until = mtime() + PATIENCE;
    while ((read64(GPC_DMA + GPC_FAULT) & 1) == 0 && mtime() < until)
        ;
    check(34, read64(GPC_DMA + GPC_FAULT) & 1, 1);
    check(35, DMA_CAUSE(dma_copy(0, 0x80300000, SRAM, 64)), DMA_CAUSE_DESTINATION); // MPC: Secure
    expect_interrupt(36, SOURCE_MPC);
    check(37, read32(MPC + MPC_INT_INFO2) & 0xFFFF, 8);
    write32(MPC + MPC_INT_CLEAR, 1);
    plic_complete(0, SOURCE_MPC);
    check(38, DMA_CAUSE(dma_copy(0, DDR + 0x10000, 0x80300000, 64)), 0); // TZC: NSAID 0 may read
    check(39, read64(0x80300000), 0xC3);
    check(40, read32(IOPMP + IOPMP_ERR_INFO) & 1, 0);
    check(41, read32(TZC + TZC_INT_STATUS), 0);

    print("stage 4: another hart\n");
    gpt_set(NS_PAGE, 4096, GPI_ANY);
    gpc_invalidate(GPC_HART0, NS_PAGE);
    start_hart(1, other);
    while (other_done == 0)
        ;
    check(50, other_done, 1);
    pass("all-checkers");
}
