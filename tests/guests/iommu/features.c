// What the IOMMU can do beside plain translation, one check after the other: a process directory, page requests that are granted and
// refused, and a fault interrupt that is a message to the CLINT.
#include "iommu.h"

#define PSCID 7
#define PROCESS 3
#define PROCESS_PSCID 9
#define REQUESTS 16

// Pages of the window.
#define RING_PAGE 0
#define SOURCE_PAGE 1
#define TARGET_PAGE 2
#define ABSENT_PAGE 3

static volatile u64 source[512] __attribute__((aligned(4096)));
static volatile u64 target[512] __attribute__((aligned(4096)));
static u64 process_directory[512] __attribute__((aligned(4096)));
static u64 page_queue[REQUESTS][2] __attribute__((aligned(4096)));
static volatile u64 messages;

void on_interrupt(u64 hart, u64 number)
{
    if (number != 3)
        finish(90);
    write32(CLINT_BASE + 4 * hart, 0);
    messages++;
    iommu_fault_interrupt();
}

static int copied(void)
{
    for (u64 i = 0; i < 512; i++)
        if (target[i] != source[i])
            return 0;
    return 1;
}

static void forget(void)
{
    for (u64 i = 0; i < 512; i++)
        target[i] = 0;
    fence();
}

static void copy(u64 channel, u64 translation, u64 page)
{
    channel_start(channel, IOVA_PAGE(RING_PAGE + 8 * channel), translation);
    channel_copy(channel, IOVA_PAGE(SOURCE_PAGE), IOVA_PAGE(page), 4096, PIECES_OF_8);
    channel_go(channel);
}

// Waits for the next page request and answers it.
static void answer(u64 device, u64 index, u64 page, u64 code)
{
    while (read32(IOMMU_BASE + PQT) != index + 1)
        ;
    if (page_queue[index][0] >> 40 != device || (page_queue[index][1] & ~4095ul) != IOVA_PAGE(page) || !(page_queue[index][1] & 2))
        finish(20 + (int)index);
    write32(IOMMU_BASE + PQH, index + 1);
    u64 group = page_queue[index][1] >> 3 & 0x1FF;
    command(4ul | 1ul << 7 | device << 40, group << 32 | code << 44 | device << 48);
    doorbell();
}

int main(void)
{
    for (u64 i = 0; i < 512; i++)
        source[i] = 0x5000000000000000ul | i;
    csr_write(mie, MIP_MSIP);
    csr_set(mstatus, MSTATUS_MIE);

    // Messages instead of wires: vector 1 (faults) writes the software interrupt of this hart.
    iommu_start();
    write32(IOMMU_BASE + FQCSR, 0);
    write32(IOMMU_BASE + CQCSR, 0);
    u64 ddtp = read64(IOMMU_BASE + DDTP);
    write64(IOMMU_BASE + DDTP, 0);
    while (read64(IOMMU_BASE + DDTP) & 16)
        ;
    write32(IOMMU_BASE + FCTL, 0);
    write64(IOMMU_BASE + 768 + 16, CLINT_BASE);
    write32(IOMMU_BASE + 768 + 24, 1);
    write64(IOMMU_BASE + PQB, (u64)page_queue >> 12 << 10 | 3);
    write32(IOMMU_BASE + PQH, 0);
    write32(IOMMU_BASE + PQCSR, 1);
    iommu_restart();
    write64(IOMMU_BASE + DDTP, ddtp);

    set_entry(&iova_leaf[RING_PAGE], entry_of(rings[0], PTE_PAGE));
    set_entry(&iova_leaf[RING_PAGE + 8], entry_of(rings[1], PTE_PAGE));
    set_entry(&iova_leaf[SOURCE_PAGE], entry_of(source, PTE_PAGE));
    set_entry(&iova_leaf[TARGET_PAGE], entry_of(target, PTE_PAGE));
    fence();

    // A process directory of one level: the channel's process has a context of its own, others have none.
    u64 first = read64(CHANNEL(0) + CH_DEVICE) & 0xFFFFFF;
    u64 second = read64(CHANNEL(1) + CH_DEVICE) & 0xFFFFFF;
    process_directory[2 * PROCESS] = 1ul | (u64)PROCESS_PSCID << 12;
    process_directory[2 * PROCESS + 1] = iommu_root();
    iommu_attach_processes(first, process_directory);
    copy(0, 4ul | (u64)PROCESS << 12, TARGET_PAGE);
    channel_wait(0);
    if (!copied())
        finish(1);
    forget();
    copy(0, 4ul | (u64)(PROCESS + 1) << 12, TARGET_PAGE);
    channel_wait(0);
    if (!(read64(CHANNEL(0) + CH_STATUS) & STATUS_ERROR))
        finish(2);
    while (messages == 0)
        ;
    // 266: PDT entry not valid; the record names the process.
    if ((last_fault.info & 0xFFF) != 266 || (last_fault.info >> 12 & 0xFFFFF) != PROCESS + 1 || !(last_fault.info >> 32 & 1))
        finish(3);

    // A page that is not there: asked for, mapped, written.
    iommu_attach(second, PSCID, TC_ATS | TC_PRI);
    copy(1, CH_ATS | CH_PRI, ABSENT_PAGE);
    set_entry(&iova_leaf[ABSENT_PAGE], 0);
    while (read32(IOMMU_BASE + PQT) != 1)
        ;
    if (copied())
        finish(4);
    set_entry(&iova_leaf[ABSENT_PAGE], entry_of(target, PTE_PAGE));
    fence();
    answer(second, 0, ABSENT_PAGE, 0);
    channel_wait(1);
    if (!copied() || (read64(CHANNEL(1) + CH_STATUS) & STATUS_ERROR))
        finish(5);

    // Asked for and refused.
    copy(1, CH_ATS | CH_PRI, ABSENT_PAGE + 1);
    answer(second, 1, ABSENT_PAGE + 1, 15);
    channel_wait(1);
    if (!(read64(CHANNEL(1) + CH_STATUS) & STATUS_ERROR) || read64(CHANNEL(1) + CH_ERROR) != IOVA_PAGE(ABSENT_PAGE + 1))
        finish(6);

    // Granted, but not mapped: once is enough.
    copy(1, CH_ATS | CH_PRI, ABSENT_PAGE + 1);
    answer(second, 2, ABSENT_PAGE + 1, 0);
    channel_wait(1);
    if (!(read64(CHANNEL(1) + CH_STATUS) & STATUS_ERROR))
        finish(7);

    // An invalidation for a function that is not there times out; the fence after it says so.
    invalidate_device(63, IOVA_PAGE(0));
    queue_fence();
    doorbell();
    while (!(read32(IOMMU_BASE + CQCSR) & 1u << 9))
        ;
    write32(IOMMU_BASE + CQCSR, 1u | 1u << 9);
    wait_fence();
    print("processes, page requests, messages and timeouts work\n");
    finish(0);
}
