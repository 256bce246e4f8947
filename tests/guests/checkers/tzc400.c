// A TZC-400 whose filters stand in front of three memories. M-mode is Secure, lower modes are Non-secure with NSAID 9, the DMA
// engine is Non-secure with NSAID 1 and bus id 0x123.
#include "checkers.h"

#define TZC 0x2A4A0000
#define DDR0 0x90000000
#define DDR1 0xA0000000
#define SRAM 0x20000000
#define SOURCE_TZC 26
#define S MSTATUS_MPP_S
#define U MSTATUS_MPP_U

#define NON_SECURE (1u << 21)
#define PRIVILEGED (1u << 20)
#define WRITE (1u << 24)
#define FILTER(f) (1u << (f))
#define OVERRUN(f) (1u << (8 + (f)))
#define OVERLAP(f) (1u << (16 + (f)))
#define HART_ID 9
#define DMA_ID 1

static void expect_failure(int number, int filter, u64 address, u32 control, u32 id, u32 status)
{
    expect_interrupt(number, SOURCE_TZC);
    check(number + 1, read32(TZC + TZC_INT_STATUS), status);
    check(number + 2, read32(TZC + TZC_FAIL_ADDRESS_LOW(filter)), address);
    check(number + 3, read32(TZC + TZC_FAIL_CONTROL(filter)), control);
    check(number + 4, read32(TZC + TZC_FAIL_ID(filter)), id);
    write32(TZC + TZC_INT_CLEAR, FILTER(filter));
    check(number + 5, read32(TZC + TZC_INT_STATUS), 0);
    plic_complete(0, SOURCE_TZC);
}

int main(void)
{
    u64 value;
    open_pmp();
    plic_enable(0, SOURCE_TZC);
    check(1, (read32(TZC + TZC_BUILD_CONFIG) >> 24) & 3, 2);

    print("stage 1: closed gates read zero and drop writes, without a record\n");
    write64(DDR0, 5);
    check(2, read64(DDR0), 0);
    check(3, read32(TZC + TZC_INT_STATUS), 0);

    print("stage 2: an open gate, and region 0 that permits nothing\n");
    write32(TZC + TZC_ACTION, 3);
    tzc_gates(TZC, 1);
    check(10, read32(TZC + TZC_GATE_KEEPER), 1 << 16 | 1);
    expect_load(11, DDR0, CAUSE_LOAD_ACCESS, 0);
    expect_failure(12, 0, DDR0, PRIVILEGED, 7, FILTER(0));
    expect_store(18, DDR1, 1, CAUSE_NONE); // its gate is still closed

    print("stage 3: regions by security and NSAID\n");
    tzc_region(TZC, 1, DDR0, DDR0 + 0xFFFF, TZC_S_READ | TZC_S_WRITE | FILTER(0), 0);
    tzc_region(TZC, 2, DDR0 + 0x10000, DDR0 + 0x1FFFF, FILTER(0) | FILTER(1), TZC_ID_READ(HART_ID) | TZC_ID_WRITE(HART_ID) | TZC_ID_READ(DMA_ID));
    expect_store(20, DDR0, 0x77, CAUSE_NONE);
    expect_load(21, DDR0, CAUSE_NONE, 0x77);
    check(22, lower_load(S, DDR0 + 8, &value), CAUSE_LOAD_ACCESS);
    expect_failure(23, 0, DDR0 + 8, NON_SECURE | PRIVILEGED, 7, FILTER(0));
    check(29, lower_store(U, DDR0 + 16, 1), CAUSE_STORE_ACCESS);
    expect_failure(30, 0, DDR0 + 16, NON_SECURE | WRITE, 7, FILTER(0));
    check(36, lower_store(S, DDR0 + 0x10000, 0x88), CAUSE_NONE);
    check(37, lower_load(U, DDR0 + 0x10000, &value), CAUSE_NONE);
    check(38, value, 0x88);
    expect_load(39, DDR0 + 0x10000, CAUSE_LOAD_ACCESS, 0);
    expect_failure(40, 0, DDR0 + 0x10000, PRIVILEGED, 7, FILTER(0));

    print("stage 4: DMA by its own NSAID\n");
    check(50, DMA_CAUSE(dma_copy(0, DDR0 + 0x10000, 0x80300000, 64)), 0);
    check(51, read64(0x80300000), 0x88);
    check(52, DMA_CAUSE(dma_copy(0, 0x80300000, DDR0 + 0x10040, 64)), DMA_CAUSE_DESTINATION);
    expect_failure(53, 0, DDR0 + 0x10040, NON_SECURE | PRIVILEGED | WRITE, 0x123, FILTER(0));

    print("stage 5: filters are separate; overlaps and overruns\n");
    tzc_gates(TZC, 7);
    tzc_region(TZC, 3, DDR1, DDR1 + 0xFFFF, FILTER(1), TZC_ID_READ(HART_ID) | TZC_ID_WRITE(HART_ID));
    tzc_region(TZC, 4, SRAM, SRAM + 0xFFF, FILTER(2) | TZC_S_READ | TZC_S_WRITE, 0);
    check(60, lower_store(S, DDR1, 0x99), CAUSE_NONE);
    expect_store(61, SRAM, 0xAA, CAUSE_NONE);
    check(62, lower_load(S, SRAM, &value), CAUSE_LOAD_ACCESS);
    expect_failure(63, 2, SRAM, NON_SECURE | PRIVILEGED, 7, FILTER(2));
    tzc_region(TZC, 5, DDR1 + 0x8000, DDR1 + 0xBFFF, FILTER(1), TZC_ID_READ(HART_ID) | TZC_ID_WRITE(HART_ID));
    check(70, lower_load(S, DDR1, &value), CAUSE_NONE);
    check(71, value, 0x99);
    check(72, lower_load(S, DDR1 + 0x8000, &value), CAUSE_LOAD_ACCESS);
    check(73, lower_load(S, DDR1 + 0x8008, &value), CAUSE_LOAD_ACCESS);
    u64 until = mtime() + PATIENCE;
    while ((read32(TZC + TZC_INT_STATUS) & OVERRUN(1)) == 0 && mtime() < until)
        ;
    expect_failure(74, 1, DDR1 + 0x8000, NON_SECURE | PRIVILEGED, 7, FILTER(1) | OVERRUN(1) | OVERLAP(1));

    print("stage 6: closing a gate drops what was permitted\n");
    tzc_gates(TZC, 6);
    expect_load(80, DDR0, CAUSE_NONE, 0);
    tzc_gates(TZC, 7);
    expect_load(81, DDR0, CAUSE_NONE, 0x77);
    pass("tzc400");
}
