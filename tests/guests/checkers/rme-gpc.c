// Granule protection at every initiator, and a TZC-400 in front of the DDR. M-mode is Root; S-mode and U-mode are Non-secure
// with NSAID 9; the DMA engine is Non-secure, and closed by its GPC after reset.
#include "checkers.h"

#define GPC_HART 0x60000000
#define GPC_DMA 0x60001000
#define TZC 0x2A4A0000
#define SOURCE_TZC 26
#define DDR 0x90000000
#define HART_ID 9

#define NS_PAGE 0x80400000
#define ROOT_PAGE 0x80401000
#define REALM_PAGE 0x80402000
#define NOBODY 0x80403000
#define S MSTATUS_MPP_S

#define FAULT_VALID 1
#define FAULT_NS (1ul << 63)
#define FAULT_NSE (1ul << 62)

static void expect_fault(int number, u64 page, u64 address, u64 space)
{
    u64 until = mtime() + PATIENCE;
    while ((read64(page + GPC_FAULT) & FAULT_VALID) == 0 && mtime() < until)
        ;
    u64 record = read64(page + GPC_FAULT);
    check(number, record & FAULT_VALID, FAULT_VALID);
    check(number + 1, record & 0xFFFFFFFFFF000, address & ~0xFFFul);
    check(number + 2, record & (FAULT_NS | FAULT_NSE), space);
    write64(page + GPC_FAULT, 0);
    check(number + 3, read64(page + GPC_FAULT) & FAULT_VALID, 0);
}

int main(void)
{
    u64 value;
    open_pmp();

    print("stage 1: nothing is checked, but the engine is closed\n");
    write64(NS_PAGE, 0x11);
    check(1, lower_load(S, NS_PAGE, &value), CAUSE_NONE);
    check(2, value, 0x11);
    check(3, DMA_CAUSE(dma_copy(0, NS_PAGE, 0x80300000, 64)), DMA_CAUSE_DESCRIPTOR);

    print("stage 2: tables, and the sequence that enables them\n");
    gpt_make();
    gpt_set(NS_PAGE, 4096, GPI_NON_SECURE);
    gpt_set(ROOT_PAGE, 4096, GPI_ROOT);
    gpt_set(REALM_PAGE, 4096, GPI_REALM);
    gpt_set(NOBODY, 4096, GPI_NONE);
    gpt_set(GPT_ROOT, 0x40000, GPI_ROOT);
    write64(ROOT_PAGE, 0x22);
    gpc_enable(GPC_HART);
    gpc_enable(GPC_DMA);

    print("stage 3: each granule belongs to one space\n");
    check(10, lower_load(S, NS_PAGE, &value), CAUSE_NONE);
    check(11, value, 0x11);
    expect_load(12, NS_PAGE, CAUSE_LOAD_ACCESS, 0);
    expect_fault(13, GPC_HART, NS_PAGE, FAULT_NSE);
    expect_load(17, ROOT_PAGE, CAUSE_NONE, 0x22);
    check(18, lower_load(S, ROOT_PAGE, &value), CAUSE_LOAD_ACCESS);
    expect_fault(19, GPC_HART, ROOT_PAGE, FAULT_NS);
    check(23, lower_store(S, REALM_PAGE, 1), CAUSE_STORE_ACCESS);
    expect_fault(24, GPC_HART, REALM_PAGE, FAULT_NS);
    expect_store(28, REALM_PAGE, 1, CAUSE_STORE_ACCESS);
    expect_fault(29, GPC_HART, REALM_PAGE, FAULT_NSE);
    expect_load(33, NOBODY, CAUSE_LOAD_ACCESS, 0);
    expect_fault(34, GPC_HART, NOBODY, FAULT_NSE);
    check(38, lower_load(S, GPC_HART + GPC_CR0, &value), CAUSE_NONE); // the registers are Root's
    check(39, value, 0);

    print("stage 4: delegation, seen when the invalidation is done\n");
    gpt_set(NS_PAGE, 4096, GPI_REALM);
    gpc_invalidate(GPC_HART, NS_PAGE);
    check(40, lower_load(S, NS_PAGE, &value), CAUSE_LOAD_ACCESS);
    expect_fault(41, GPC_HART, NS_PAGE, FAULT_NS);
    gpt_set(NS_PAGE, 4096, GPI_NONE);
    gpc_invalidate(GPC_HART, NS_PAGE);
    gpt_set(NS_PAGE, 4096, GPI_NON_SECURE);
    gpc_invalidate(GPC_HART, NS_PAGE);
    check(45, lower_load(S, NS_PAGE, &value), CAUSE_NONE);
    check(46, value, 0x11);
    gpt_set(ROOT_PAGE, 4096, GPI_NON_SECURE);
    gpc_invalidate(GPC_HART, ROOT_PAGE);
    expect_load(47, ROOT_PAGE, CAUSE_LOAD_ACCESS, 0);
    expect_fault(48, GPC_HART, ROOT_PAGE, FAULT_NSE);
    gpt_set(ROOT_PAGE, 4096, GPI_ROOT);
    gpc_invalidate(GPC_HART, ROOT_PAGE);

    print("stage 5: the engine by the same tables\n");
    check(50, DMA_CAUSE(dma_copy(0, NS_PAGE, 0x80300000, 64)), 0);
    check(51, read64(0x80300000), 0x11);
    check(52, DMA_CAUSE(dma_copy(0, ROOT_PAGE, 0x80300000, 64)), DMA_CAUSE_SOURCE);
    expect_fault(53, GPC_DMA, ROOT_PAGE, FAULT_NS);
    check(57, DMA_CAUSE(dma_copy(0, NS_PAGE, REALM_PAGE, 64)), DMA_CAUSE_DESTINATION);
    expect_fault(58, GPC_DMA, REALM_PAGE, FAULT_NS);
    gpt_set(NS_PAGE, 4096, GPI_REALM);
    gpc_invalidate(GPC_HART, NS_PAGE); // of all initiators, the engine too
    check(62, DMA_CAUSE(dma_copy(0, NS_PAGE, 0x80300000, 64)), DMA_CAUSE_SOURCE);
    expect_fault(63, GPC_DMA, NS_PAGE, FAULT_NS);

    print("stage 6: GPC and TZC-400 in series\n");
    plic_enable(0, SOURCE_TZC);
    write32(TZC + TZC_ACTION, 3);
    tzc_gates(TZC, 1);
    tzc_region(TZC, 1, DDR, DDR + 0xFFFF, TZC_S_READ | TZC_S_WRITE | 1, 0);
    tzc_region(TZC, 2, DDR + 0x10000, DDR + 0x1FFFF, 1, TZC_ID_READ(HART_ID) | TZC_ID_WRITE(HART_ID));
    gpt_set(DDR + 0x1000, 4096, GPI_REALM);
    gpt_set(DDR + 0x11000, 4096, GPI_REALM);
    gpc_invalidate(GPC_HART, DDR + 0x1000);
    gpc_invalidate(GPC_HART, DDR + 0x11000);
    expect_store(70, DDR, 0x33, CAUSE_NONE); // Root looks Secure to a filter of two states
    check(71, lower_load(S, DDR, &value), CAUSE_LOAD_ACCESS);
    expect_interrupt(72, SOURCE_TZC);
    check(73, read32(TZC + TZC_FAIL_ADDRESS_LOW(0)), DDR);
    write32(TZC + TZC_INT_CLEAR, 1);
    plic_complete(0, SOURCE_TZC);
    check(74, read64(GPC_HART + GPC_FAULT) & FAULT_VALID, 0);
    check(75, lower_store(S, DDR + 0x10000, 0x44), CAUSE_NONE);
    check(76, lower_load(S, DDR + 0x11000, &value), CAUSE_LOAD_ACCESS);
    expect_fault(77, GPC_HART, DDR + 0x11000, FAULT_NS);
    check(81, read32(TZC + TZC_INT_STATUS), 0);
    expect_load(82, DDR + 0x1000, CAUSE_LOAD_ACCESS, 0);
    expect_fault(83, GPC_HART, DDR + 0x1000, FAULT_NSE);
    check(87, read32(TZC + TZC_INT_STATUS), 0);
    pass("rme-gpc");
}
