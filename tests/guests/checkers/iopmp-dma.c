// A DMA engine behind an IOPMP (its channels are RRID 2 and 3), whose permitted transactions leave with RRID 5 for a second
// IOPMP in front of the SRAM: bring-up, permitted and refused copies, records, interrupts, stall, and the cascade.
#include "checkers.h"

#define IOPMP0 0x06000000
#define IOPMP1 0x06010000
#define SRAM 0x20000000
#define SOURCE_IOPMP0 21
#define SOURCE_IOPMP1 22

#define BUFFERS 0x80400000
#define FROM (BUFFERS)
#define TO (BUFFERS + 0x10000)
#define SECRET (BUFFERS + 0x20000)
#define LENGTH 4096

#define ERR_IE 2
#define ERR_MSI 8
#define VALID(info) ((info) & 1)
#define TYPE(info) (((info) >> 4) & 15)
#define READ 1
#define ILLEGAL_READ 1
#define ILLEGAL_WRITE 2
#define NO_HIT 5
#define MDSTALL_MD0 2
#define MDSTALL_BUSY 1

static void fill(u64 at, u64 seed)
{
    for (u64 i = 0; i < LENGTH; i += 8)
        write64(at + i, seed + i);
}

static u64 sum(u64 at)
{
    u64 result = 0;
    for (u64 i = 0; i < LENGTH; i += 8)
        result = 3 * result + read64(at + i);
    return result;
}

static void bring_up(void)
{
    check(1, read32(IOPMP0 + IOPMP_ENTRYOFFSET), 0x2000);
    check(2, read32(IOPMP0 + IOPMP_HWCFG1), 16u << 16 | 8);

    // Domain 0: entries 0..3, what channel 0 may do. Domain 1: entries 4 and 5, channel 1. All others own nothing.
    write32(IOPMP0 + IOPMP_MDCFG(0), 4);
    for (u64 domain = 1; domain < 8; domain++)
        write32(IOPMP0 + IOPMP_MDCFG(domain), 6);
    iopmp_entry(IOPMP0, 0, DMA_RINGS, 4096, IOPMP_R | IOPMP_W);
    iopmp_entry(IOPMP0, 1, FROM, 0x10000, IOPMP_R);
    iopmp_entry(IOPMP0, 2, TO, 0x10000, IOPMP_R | IOPMP_W);
    iopmp_entry(IOPMP0, 3, SRAM, 0x10000, IOPMP_R | IOPMP_W);
    iopmp_entry(IOPMP0, 4, DMA_RINGS + 4096, 4096, IOPMP_R | IOPMP_W);
    iopmp_entry(IOPMP0, 5, TO, 0x10000, IOPMP_R);
    write32(IOPMP0 + IOPMP_SRCMD_EN(2), 1 << 1);
    write32(IOPMP0 + IOPMP_SRCMD_EN(3), 1 << 2);
    write32(IOPMP0 + IOPMP_ERR_CFG, ERR_IE);
    write32(IOPMP0 + IOPMP_HWCFG0, 1);
    check(3, read32(IOPMP0 + IOPMP_HWCFG0) & 1, 1);
    plic_enable(0, SOURCE_IOPMP0);
    plic_enable(0, SOURCE_IOPMP1);
}

static void expect_record(int number, u64 base, u64 type, u64 requester, u64 address)
{
    u32 info = read32(base + IOPMP_ERR_INFO);
    check(number, VALID(info), 1);
    check(number + 1, TYPE(info), type);
    check(number + 2, read32(base + IOPMP_ERR_REQID) & 0xFFFF, requester);
    check(number + 3, (u64)read32(base + IOPMP_ERR_REQADDR) << 2, address);
    write32(base + IOPMP_ERR_INFO, 1);
    check(number + 4, VALID(read32(base + IOPMP_ERR_INFO)), 0);
    plic_complete(0, base == IOPMP0 ? SOURCE_IOPMP0 : SOURCE_IOPMP1);
}

int main(void)
{
    fill(FROM, 0x1111);
    fill(SECRET, 0x5EC8E7);

    // Nothing is checked before the instance is enabled.
    check(10, DMA_CAUSE(dma_copy(0, FROM, TO, LENGTH)), 0);
    check(11, sum(TO), sum(FROM));
    bring_up();
    print("stage 1: permitted copy\n");
    fill(FROM, 0x2222);
    check(12, DMA_CAUSE(dma_copy(0, FROM, TO, LENGTH)), 0);
    check(13, sum(TO), sum(FROM));
    check(14, VALID(read32(IOPMP0 + IOPMP_ERR_INFO)), 0);

    print("stage 2: refused copies, records, interrupt\n");
    check(20, DMA_CAUSE(dma_copy(0, SECRET, TO, LENGTH)), DMA_CAUSE_SOURCE);
    expect_interrupt(21, SOURCE_IOPMP0);
    expect_record(22, IOPMP0, NO_HIT, 2, SECRET);
    check(28, sum(TO), sum(FROM));
    check(29, DMA_CAUSE(dma_copy(1, TO, FROM, LENGTH)), DMA_CAUSE_DESTINATION);
    expect_interrupt(30, SOURCE_IOPMP0);
    expect_record(31, IOPMP0, NO_HIT, 3, FROM);
    check(37, DMA_CAUSE(dma_copy(0, TO, FROM, LENGTH)), DMA_CAUSE_DESTINATION);
    expect_interrupt(38, SOURCE_IOPMP0);
    expect_record(39, IOPMP0, ILLEGAL_WRITE, 2, FROM);

    print("stage 3: a stalled channel waits, and goes on with what the tables say then\n");
    write32(IOPMP0 + IOPMP_MDSTALL, MDSTALL_MD0);
    while (read32(IOPMP0 + IOPMP_MDSTALL) & MDSTALL_BUSY)
        ;
    fill(FROM, 0x3333);
    dma_begin(0, FROM, TO, LENGTH);
    u64 until = mtime() + 200;
    while (mtime() < until)
        ;
    check(50, dma_status(0) & (DMA_BUSY | DMA_DONE | DMA_ERROR), DMA_BUSY);
    iopmp_entry(IOPMP0, 1, FROM, 0x8000, IOPMP_R);
    write32(IOPMP0 + IOPMP_MDSTALL, 0);
    check(51, DMA_CAUSE(dma_wait(0)), 0);
    check(52, sum(TO), sum(FROM));
    check(53, VALID(read32(IOPMP0 + IOPMP_ERR_INFO)), 0);

    print("stage 4: revoked under way\n");
    dma_begin(0, FROM, TO, 0x8000);
    iopmp_entry(IOPMP0, 2, TO, 0x1000, IOPMP_R | IOPMP_W);
    u64 status = dma_wait(0);
    if (DMA_CAUSE(status) == 0)
        status = dma_copy(0, FROM, TO, 0x8000); // the first copy was over before: nobody says how long the store takes
    check(60, DMA_CAUSE(status), DMA_CAUSE_DESTINATION);
    expect_interrupt(61, SOURCE_IOPMP0);
    u32 info = read32(IOPMP0 + IOPMP_ERR_INFO);
    check(62, VALID(info), 1);
    write32(IOPMP0 + IOPMP_ERR_INFO, 1);
    plic_complete(0, SOURCE_IOPMP0);
    iopmp_entry(IOPMP0, 2, TO, 0x10000, IOPMP_R | IOPMP_W);

    print("stage 5: message-signalled interrupt\n");
    write32(IOPMP0 + IOPMP_ERR_MSIADDR, CLINT_BASE >> 2); // msip of hart 0
    write32(IOPMP0 + IOPMP_ERR_CFG, ERR_IE | ERR_MSI | 1 << 8);
    check(70, DMA_CAUSE(dma_copy(0, SECRET, TO, LENGTH)), DMA_CAUSE_SOURCE);
    until = mtime() + PATIENCE;
    while ((csr_read(mip) & MIP_MSIP) == 0 && mtime() < until)
        ;
    check(71, csr_read(mip) & MIP_MSIP, MIP_MSIP);
    write32(CLINT_BASE, 0);
    expect_record(72, IOPMP0, NO_HIT, 2, SECRET);
    write32(IOPMP0 + IOPMP_ERR_CFG, ERR_IE);

    print("stage 6: the second IOPMP sees RRID 5, and harts as 0\n");
    write32(IOPMP1 + IOPMP_MDCFG(0), 1);
    for (u64 domain = 1; domain < 8; domain++)
        write32(IOPMP1 + IOPMP_MDCFG(domain), 2);
    iopmp_entry(IOPMP1, 0, SRAM, 0x10000, IOPMP_R | IOPMP_W);
    iopmp_entry(IOPMP1, 1, SRAM, 0x1000, IOPMP_R | IOPMP_W);
    write32(IOPMP1 + IOPMP_SRCMD_EN(0), 1 << 1);
    write32(IOPMP1 + IOPMP_SRCMD_EN(5), 1 << 2);
    write32(IOPMP1 + IOPMP_ERR_CFG, ERR_IE);
    write32(IOPMP1 + IOPMP_HWCFG0, 1);
    fill(FROM, 0x4444);
    check(80, DMA_CAUSE(dma_copy(0, FROM, SRAM, LENGTH)), 0);
    check(81, sum(SRAM), sum(FROM));
    check(82, DMA_CAUSE(dma_copy(0, FROM, SRAM + 0x1000, LENGTH)), DMA_CAUSE_DESTINATION);
    expect_interrupt(83, SOURCE_IOPMP1);
    expect_record(84, IOPMP1, NO_HIT, 5, SRAM + 0x1000);
    expect_store(90, SRAM + 0x1000, 7, CAUSE_NONE);
    expect_load(91, SRAM + 0x1000, CAUSE_NONE, 7);
    write32(IOPMP1 + IOPMP_ENTRY_CFG(0), IOPMP_NAPOT | IOPMP_R);
    expect_store(92, SRAM + 0x1000, 8, CAUSE_STORE_ACCESS);
    expect_interrupt(93, SOURCE_IOPMP1);
    expect_record(94, IOPMP1, ILLEGAL_WRITE, 0, SRAM + 0x1000);
    expect_load(99, SRAM + 0x1000, CAUSE_NONE, 7);
    pass("iopmp-dma");
}
