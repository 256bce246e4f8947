// MPCs as on the AN505 and AN521 boards: an internal SRAM with small blocks, three SSRAMs. M-mode is Secure, lower modes and
// the DMA engine are Non-secure.
#include "checkers.h"

#define SRAM 0x20000000
#define SRAM_MPC 0x50083000
#define SSRAM1 0x28000000
#define SSRAM1_MPC 0x58008000
#define SSRAM2 0x28200000
#define SSRAM2_MPC 0x58009000
#define SOURCE_SRAM 23
#define SOURCE_SSRAM1 24

#define HNONSEC (1 << 16)
#define CFG_NS (1 << 17)
#define BLOCK 256
#define S MSTATUS_MPP_S
#define U MSTATUS_MPP_U

static void expect_record(int number, u64 mpc, u32 source, u64 offset, u64 bits)
{
    u64 until = mtime() + PATIENCE;
    while (read32(mpc + MPC_INT_STAT) == 0 && mtime() < until)
        ;
    check(number, read32(mpc + MPC_INT_STAT), 1);
    check(number + 1, read32(mpc + MPC_INT_INFO1), offset);
    check(number + 2, read32(mpc + MPC_INT_INFO2) & (HNONSEC | CFG_NS), bits);
    expect_interrupt(number + 3, source);
    write32(mpc + MPC_INT_CLEAR, 1);
    plic_complete(0, source);
    check(number + 4, read32(mpc + MPC_INT_STAT), 0);
}

int main(void)
{
    u64 value;
    open_pmp();
    plic_enable(0, SOURCE_SRAM);
    plic_enable(0, SOURCE_SSRAM1);

    print("stage 1: all Secure after reset\n");
    check(1, read32(SRAM_MPC + MPC_BLK_MAX), 32768 / BLOCK / 32 - 1);
    check(2, read32(SRAM_MPC + MPC_BLK_CFG) & 15, 3);
    write64(SRAM, 0x1234);
    check(3, lower_load(S, SRAM, &value), CAUSE_NONE);
    check(4, value, 0);
    expect_record(5, SRAM_MPC, SOURCE_SRAM, 0, HNONSEC);
    check(10, lower_store(U, SRAM, 7), CAUSE_NONE);
    check(11, read64(SRAM), 0x1234);
    expect_record(12, SRAM_MPC, SOURCE_SRAM, 0, HNONSEC);

    print("stage 2: bus errors on request\n");
    write32(SRAM_MPC + MPC_CTRL, read32(SRAM_MPC + MPC_CTRL) | MPC_SEC_RESP);
    check(20, lower_load(S, SRAM + 8, &value), CAUSE_LOAD_ACCESS);
    expect_record(21, SRAM_MPC, SOURCE_SRAM, 8, HNONSEC);
    check(26, lower_store(S, SRAM + 16, 7), CAUSE_STORE_ACCESS);
    expect_record(27, SRAM_MPC, SOURCE_SRAM, 16, HNONSEC);

    print("stage 3: one block, smaller than a page, becomes Non-secure\n");
    write32(SRAM_MPC + MPC_CTRL, MPC_SEC_RESP);
    write32(SRAM_MPC + MPC_BLK_IDX, 0);
    write32(SRAM_MPC + MPC_BLK_LUT, 2);
    check(30, lower_store(S, SRAM + BLOCK, 0xAB), CAUSE_NONE);
    check(31, lower_load(S, SRAM + BLOCK, &value), CAUSE_NONE);
    check(32, value, 0xAB);
    check(33, lower_load(S, SRAM + 2 * BLOCK, &value), CAUSE_LOAD_ACCESS);
    expect_record(34, SRAM_MPC, SOURCE_SRAM, 2 * BLOCK, HNONSEC);
    expect_load(39, SRAM + BLOCK, CAUSE_LOAD_ACCESS, 0);
    expect_record(40, SRAM_MPC, SOURCE_SRAM, BLOCK, CFG_NS);
    expect_load(45, SRAM, CAUSE_NONE, 0x1234);
    write32(SRAM_MPC + MPC_BLK_LUT, 0);
    expect_load(46, SRAM + BLOCK, CAUSE_NONE, 0xAB);
    check(47, lower_load(S, SRAM + BLOCK, &value), CAUSE_LOAD_ACCESS);
    expect_record(48, SRAM_MPC, SOURCE_SRAM, BLOCK, HNONSEC);

    print("stage 4: Non-secure software cannot configure; lockdown\n");
    check(60, lower_store(S, SRAM_MPC + MPC_BLK_LUT, 1), CAUSE_STORE_ACCESS); // 8 bytes: no register takes them
    write32(SRAM_MPC + MPC_CTRL, MPC_SEC_RESP | 1u << 31);
    write32(SRAM_MPC + MPC_BLK_LUT, 1);
    check(61, read32(SRAM_MPC + MPC_BLK_LUT), 0);

    print("stage 5: DMA is Non-secure; several words by auto-increment\n");
    write32(SSRAM1_MPC + MPC_CTRL, MPC_SEC_RESP | MPC_AUTOINC);
    check(70, read32(SSRAM1_MPC + MPC_BLK_MAX), 2097152 / 4096 / 32 - 1);
    write64(SSRAM1, 0x55);
    check(71, DMA_CAUSE(dma_copy(0, SSRAM1, 0x80300000, 64)), DMA_CAUSE_SOURCE);
    expect_record(72, SSRAM1_MPC, SOURCE_SSRAM1, 0, HNONSEC);
    write32(SSRAM1_MPC + MPC_BLK_IDX, 0);
    write32(SSRAM1_MPC + MPC_BLK_LUT, 1);
    write32(SSRAM1_MPC + MPC_BLK_LUT, 0xFFFFFFFF);
    check(77, read32(SSRAM1_MPC + MPC_BLK_IDX), 2);
    check(78, DMA_CAUSE(dma_copy(0, SSRAM1, 0x80300000, 64)), 0);
    check(79, read64(0x80300000), 0x55);
    check(80, DMA_CAUSE(dma_copy(0, 0x80300000, SSRAM1 + 32 * 4096, 4096)), 0);
    check(81, DMA_CAUSE(dma_copy(0, 0x80300000, SSRAM1 + 64 * 4096, 64)), DMA_CAUSE_DESTINATION);
    expect_record(82, SSRAM1_MPC, SOURCE_SSRAM1, 64 * 4096, HNONSEC);

    print("stage 6: each MPC has its own table\n");
    check(90, lower_load(S, SSRAM1, &value), CAUSE_NONE);
    check(91, value, 0x55);
    write64(SSRAM2, 0x66);
    check(92, lower_load(S, SSRAM2, &value), CAUSE_NONE);
    check(93, value, 0);
    check(94, read32(SSRAM2_MPC + MPC_INT_STAT), 1);
    pass("an505-mpc");
}
