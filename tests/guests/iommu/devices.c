// 64 channels of eight engines, each a device with ATS that holds a translation of the same page. Prints how long one unmapping takes, from
// the doorbell to the fence's store, when 1, 4, 16 or 64 of them must be told.
#include "iommu.h"

#define ENGINES 8
#define CHANNELS 8
#define DEVICES (ENGINES * CHANNELS)
#define PSCID 7
#define RING_PAGE 0
#define TARGET_PAGE 1

static struct descriptor ring[DEVICES][2] __attribute__((aligned(4096)));
static volatile u64 target[512] __attribute__((aligned(4096)));

static u64 channel_of(u64 device) { return DMA_BASE + 0x20000 * (device / CHANNELS) + 0x1000 * (1 + device % CHANNELS); }

// One small copy inside the page: afterwards the device holds what it needs for it.
static void touch(u64 device)
{
    u64 channel = channel_of(device);
    struct descriptor *d = &ring[device][0];
    d->source = IOVA_PAGE(TARGET_PAGE);
    d->destination = IOVA_PAGE(TARGET_PAGE) + 64;
    d->length = 64;
    d->flags = 0;
    write64(channel + CH_CONTROL, 0);
    write64(channel + CH_TRANSLATION, CH_ATS);
    write64(channel + CH_RING_BASE, IOVA_PAGE(RING_PAGE) + 64 * device);
    write64(channel + CH_CONTROL, 3);
    fence();
    write64(channel + CH_TAIL, 1);
    while (read64(channel + CH_HEAD) != 1)
        ;
    if (read64(channel + CH_STATUS) & STATUS_ERROR)
        finish(1);
}

static u64 unmap(u64 devices)
{
    set_entry(&iova_leaf[TARGET_PAGE], 0);
    fence();
    invalidate_page(PSCID, IOVA_PAGE(TARGET_PAGE));
    for (u64 device = 0; device < devices; device++)
        invalidate_device(device, IOVA_PAGE(TARGET_PAGE));
    queue_fence();
    u64 start = csr_read(mcycle);
    doorbell();
    wait_fence();
    u64 took = csr_read(mcycle) - start;
    set_entry(&iova_leaf[TARGET_PAGE], entry_of(target, PTE_PAGE));
    fence();
    return took;
}

int main(void)
{
    static const u64 counts[] = { 1, 4, 16, 64 };
    iommu_start();
    for (u64 device = 0; device < DEVICES; device++)
    {
        if ((read64(channel_of(device) + CH_DEVICE) & 0xFFFFFF) != device)
            finish(2);
        iommu_attach(device, PSCID, TC_ATS);
    }
    set_entry(&iova_leaf[RING_PAGE], entry_of(ring, PTE_PAGE));
    set_entry(&iova_leaf[TARGET_PAGE], entry_of(target, PTE_PAGE));
    fence();
    for (u64 i = 0; i < 4; i++)
    {
        u64 sum = 0;
        for (u64 round = 0; round < 4; round++)
        {
            for (u64 device = 0; device < counts[i]; device++)
                touch(device);
            sum += unmap(counts[i]);
        }
        print("%u devices: %u cycles for invalidation and fence\n", counts[i], sum / 4);
    }
    finish(0);
}
