#include "iommu.h"

#define COMMANDS 128
#define FAULTS 64

struct page { u64 words[512]; } __attribute__((aligned(4096)));

static struct page directory, root, middle;
u64 iova_leaf[512] __attribute__((aligned(4096)));
static u64 commands[COMMANDS][2] __attribute__((aligned(4096)));
static struct fault fault_queue[FAULTS] __attribute__((aligned(4096)));
static u64 tail, fences;
static volatile u32 fence_done __attribute__((aligned(8)));

volatile u64 faults;
volatile struct fault last_fault;

struct descriptor rings[2][RING_ENTRIES] __attribute__((aligned(4096)));
static u64 ring_tail[2];

static u64 log2_of(u64 value)
{
    u64 bits = 0;
    while (1ul << bits < value)
        bits++;
    return bits;
}

static void wait_bit(u64 offset, u32 bit)
{
    while (!(read32(IOMMU_BASE + offset) & bit))
        ;
}

void iommu_start(void)
{
    root.words[IOVA_WINDOW >> 30] = entry_of(&middle, PTE_V);
    middle.words[0] = entry_of(iova_leaf, PTE_V);

    // Wires: fault interrupts on vector 1, the others on vector 0.
    write32(IOMMU_BASE + FCTL, 2);
    write64(IOMMU_BASE + ICVEC, 0x10);

    iommu_restart();

    // One level is enough: device ids below 64.
    write64(IOMMU_BASE + DDTP, (u64)&directory >> 12 << 10 | 2);
    while (read64(IOMMU_BASE + DDTP) & 16)
        ;
    command(3, 0);
    command(1, 0);
    queue_fence();
    doorbell();
    wait_fence();
}

void iommu_restart(void)
{
    tail = 0;
    write64(IOMMU_BASE + CQB, (u64)commands >> 12 << 10 | (log2_of(COMMANDS) - 1));
    write32(IOMMU_BASE + CQT, 0);
    write32(IOMMU_BASE + CQCSR, 1);
    wait_bit(CQCSR, 1u << 16);
    write64(IOMMU_BASE + FQB, (u64)fault_queue >> 12 << 10 | (log2_of(FAULTS) - 1));
    write32(IOMMU_BASE + FQH, 0);
    write32(IOMMU_BASE + FQCSR, 3);
    wait_bit(FQCSR, 1u << 16);
}

void iommu_attach(u64 device, u64 pscid, u64 flags)
{
    u64 words = read64(IOMMU_BASE + CAPABILITIES) & CAP_MSI_FLAT ? 8 : 4;
    u64 *context = &directory.words[device * words];
    context[1] = 0;
    context[2] = pscid << 12;
    context[3] = 8ul << 60 | (u64)&root >> 12;
    fence();
    context[0] = TC_V | flags;
    fence();
}

void iommu_attach_processes(u64 device, const u64 *directory_of_processes)
{
    u64 words = read64(IOMMU_BASE + CAPABILITIES) & CAP_MSI_FLAT ? 8 : 4;
    u64 *context = &directory.words[device * words];
    context[1] = 0;
    context[2] = 0;
    context[3] = 1ul << 60 | (u64)directory_of_processes >> 12;
    fence();
    context[0] = TC_V | 1ul << 5;
    fence();
}

u64 iommu_root(void) { return 8ul << 60 | (u64)&root >> 12; }

void iommu_fault_interrupt(void)
{
    write32(IOMMU_BASE + IPSR, 2);
    u32 head = read32(IOMMU_BASE + FQH);
    while (head != read32(IOMMU_BASE + FQT))
    {
        last_fault.info = fault_queue[head].info;
        last_fault.iotval = fault_queue[head].iotval;
        last_fault.iotval2 = fault_queue[head].iotval2;
        head = (head + 1) % FAULTS;
        faults++;
    }
    write32(IOMMU_BASE + FQH, head);
}

__attribute__((noinline)) void set_entry(u64 *entry, u64 value)
{
    *(volatile u64 *)entry = value;
}

void command(u64 word0, u64 word1)
{
    commands[tail][0] = word0;
    commands[tail][1] = word1;
    tail = (tail + 1) % COMMANDS;
}

void doorbell(void)
{
    fence();
    write32(IOMMU_BASE + CQT, tail);
}

void invalidate_page(u64 pscid, u64 iova) { command(1ul | 1ul << 10 | pscid << 12 | 1ul << 32, iova >> 12 << 10); }

void invalidate_all(u64 pscid) { command(1ul | pscid << 12 | 1ul << 32, 0); }

void invalidate_device(u64 device, u64 iova) { command(4ul | device << 40, iova & ~4095ul); }

void queue_fence(void)
{
    fences++;
    command(2ul | 1ul << 10 | 1ul << 12 | 1ul << 13 | fences << 32, (u64)&fence_done >> 2);
}

void wait_fence(void)
{
    while (fence_done != (u32)fences)
        ;
    fence();
}

void channel_start(u64 channel, u64 ring_iova, u64 translation)
{
    write64(CHANNEL(channel) + CH_CONTROL, 0);
    write64(CHANNEL(channel) + CH_TRANSLATION, translation);
    write64(CHANNEL(channel) + CH_RING_BASE, ring_iova);
    write64(CHANNEL(channel) + CH_RING_SIZE, RING_ENTRIES);
    write64(CHANNEL(channel) + CH_STATUS, 0xE);
    ring_tail[channel] = 0;
    write64(CHANNEL(channel) + CH_CONTROL, 3);
}

void channel_copy(u64 channel, u64 source, u64 destination, u32 length, u32 flags)
{
    struct descriptor *d = &rings[channel][ring_tail[channel]];
    d->source = source;
    d->destination = destination;
    d->length = length;
    d->flags = flags;
    d->status = d->done = 0;
    ring_tail[channel] = (ring_tail[channel] + 1) % RING_ENTRIES;
}

void channel_go(u64 channel)
{
    fence();
    write64(CHANNEL(channel) + CH_TAIL, ring_tail[channel]);
}

void channel_wait(u64 channel)
{
    u64 base = CHANNEL(channel);
    while (!(read64(base + CH_STATUS) & STATUS_ERROR) &&
           ((read64(base + CH_STATUS) & STATUS_BUSY) || read64(base + CH_HEAD) != read64(base + CH_TAIL)))
        ;
}
