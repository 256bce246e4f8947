// Hart 0 maps a buffer for a DMA channel, lets the channel write it without end, unmaps it under the running channel, and hands it to
// hart 1, which fills it and watches it. After the fence nothing of the device may land in it any more.
//
// -DDEFERRED       unmaps four buffers and invalidates once, as drivers with lazy flushing do
// -DATS            the channel translates ahead by ATS
// -DBUG=...        plants a bug: 1 no IOTINVAL, 2 no IOFENCE, 3 the fence before the invalidation, 4 no ATS.INVAL
#include "iommu.h"

#ifndef BUG
#define BUG 0
#endif

#ifdef DEFERRED
#define BUFFERS 4
#else
#define BUFFERS 1
#endif

#ifdef ATS
#define CHANNEL_NUMBER 1
#else
#define CHANNEL_NUMBER 0
#endif

// A planted bug is found in the first rounds; small pieces only keep the channel from being too fast for hosts in free mode.
#if BUG
#define ROUNDS (BUG == 2 || BUG == 3 ? 16 : 3)
#define COPIES 32
#define PIECES PIECES_OF_8
#else
#define ROUNDS 12
#define COPIES 96
#define PIECES PIECES_OF_2
#endif
#define PSCID 7

// Pages of the window: 0 ring, 1 source, 2.. buffers.
#define RING_PAGE 0
#define SOURCE_PAGE 1
#define BUFFER_PAGE 2

static volatile u64 source[512] __attribute__((aligned(4096)));
static volatile u64 buffers[BUFFERS][512] __attribute__((aligned(4096)));
static volatile u64 handed, returned, spoiled;

void on_interrupt(u64 hart, u64 number)
{
    if (number != INTERRUPT_EXTERNAL)
        finish(90);
    u32 claimed = plic_claim(hart);
    if (claimed == IOMMU_SOURCE + 1)
        iommu_fault_interrupt();
    plic_complete(hart, claimed);
}

// What the sanitizer's tests look for.
__attribute__((noinline)) static void use_buffer(volatile u64 *buffer, u64 mark)
{
    for (u64 i = 0; i < 512; i++)
        buffer[i] = mark + i;
}

static void owner(u64 hart)
{
    (void)hart;
    for (u64 round = 1; round <= ROUNDS; round++)
    {
        while (handed != round)
            ;
        u64 mark = round << 32;
        for (u64 b = 0; b < BUFFERS; b++)
            use_buffer(buffers[b], mark);
        for (u64 pass = 0; pass < 4; pass++)
            for (u64 b = 0; b < BUFFERS; b++)
                for (u64 i = 0; i < 512; i++)
                    if (buffers[b][i] != mark + i)
                        spoiled++;
        fence();
        returned = round;
    }
    for (;;)
        wait_for_interrupt();
}

static void unmap(u64 device)
{
    for (u64 b = 0; b < BUFFERS; b++)
        set_entry(&iova_leaf[BUFFER_PAGE + b], 0);
    fence();
    if (BUG == 3)
        queue_fence();
    if (BUG != 1)
    {
        if (BUFFERS == 1)
            invalidate_page(PSCID, IOVA_PAGE(BUFFER_PAGE));
        else
            invalidate_all(PSCID);
    }
    if (CHANNEL_NUMBER == 1 && BUG != 4)
        for (u64 b = 0; b < BUFFERS; b++)
            invalidate_device(device, IOVA_PAGE(BUFFER_PAGE + b));
    if (BUG != 2 && BUG != 3)
        queue_fence();
    doorbell();
    if (BUG != 2)
        wait_fence();
}

int main(void)
{
    for (u64 i = 0; i < 512; i++)
        source[i] = 0x5000000000000000ul | i;
    start_hart(1, owner);
    plic_enable(0, IOMMU_SOURCE + 1);
    csr_write(mie, MIP_MEIP);
    csr_set(mstatus, MSTATUS_MIE);

    iommu_start();
    u64 device = read64(CHANNEL(CHANNEL_NUMBER) + CH_DEVICE) & 0xFFFFFF;
    iommu_attach(device, PSCID, CHANNEL_NUMBER == 1 ? TC_ATS : 0);
    set_entry(&iova_leaf[RING_PAGE], entry_of(rings[CHANNEL_NUMBER], PTE_PAGE));
    set_entry(&iova_leaf[SOURCE_PAGE], entry_of(source, PTE_PAGE & ~PTE_W));
    fence();

    u64 unmapped = 0, seen = 0, running = 0;
    for (u64 round = 1; round <= ROUNDS; round++)
    {
        for (u64 b = 0; b < BUFFERS; b++)
            set_entry(&iova_leaf[BUFFER_PAGE + b], entry_of(buffers[b], PTE_PAGE));
        fence();
        channel_start(CHANNEL_NUMBER, IOVA_PAGE(RING_PAGE), CHANNEL_NUMBER == 1 ? CH_ATS : 0);
        u64 bytes = read64(CHANNEL(CHANNEL_NUMBER) + CH_BYTES);
        for (u64 copy = 0; copy < COPIES; copy++)
            channel_copy(CHANNEL_NUMBER, IOVA_PAGE(SOURCE_PAGE), IOVA_PAGE(BUFFER_PAGE + copy % BUFFERS), 4096, PIECES);
        channel_go(CHANNEL_NUMBER);
        while (read64(CHANNEL(CHANNEL_NUMBER) + CH_BYTES) - bytes < 4096ul * BUFFERS)
            ;
        // Looking takes longer than the copies: the first round is not about the fence.
        for (u64 b = 0; b < BUFFERS && round == 1; b++)
            for (u64 i = 0; i < 512; i++)
                if (buffers[b][i] != source[i])
                    finish(2);
        unmap(device);
        fence();
        handed = round;
        while (returned != round)
            ;
        if (BUG)
        {
            // Whatever the hosts of free mode did meanwhile: now the channel certainly writes a buffer that has been handed over.
            for (u64 copy = 0; copy < 8; copy++)
                channel_copy(CHANNEL_NUMBER, IOVA_PAGE(SOURCE_PAGE), IOVA_PAGE(BUFFER_PAGE + copy % BUFFERS), 4096, PIECES);
            channel_go(CHANNEL_NUMBER);
            channel_wait(CHANNEL_NUMBER);
            write64(CHANNEL(CHANNEL_NUMBER) + CH_CONTROL, 0);
        }
        else
        {
            channel_wait(CHANNEL_NUMBER);
            if (spoiled != 0)
                finish(3);
            // In free mode the channel may have been faster than we.
            u64 failed = read64(CHANNEL(CHANNEL_NUMBER) + CH_STATUS) & STATUS_ERROR;
            running += failed != 0;
            if (failed && CHANNEL_NUMBER == 0)
            {
                // A write page fault of this device somewhere in the buffers. With ATS the device only learns that it may not.
                while (faults == seen)
                    ;
                seen = faults;
                if ((last_fault.info & 0xFFF) != 15 || last_fault.info >> 40 != device || (last_fault.iotval - IOVA_PAGE(BUFFER_PAGE)) >> 12 >= BUFFERS)
                    finish(5);
            }
            seen = faults;
            unmapped += BUFFERS;
        }
    }
    if (BUG == 0)
        print("unmapped %u buffers, in %u of %u rounds under a running device\n", unmapped, running, (u64)ROUNDS);
    finish(0);
}
