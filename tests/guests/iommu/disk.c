// A virtio disk behind the IOMMU. Each request's buffer is mapped before it and unmapped after it, as a driver of the DMA API does, into other pages each
// time. What the disk wrote is compared; an address that is not mapped must stop the disk until it is reset. BUG=1 forgets IOTINVAL.
#include "iommu.h"

#ifndef BUG
#define BUG 0
#endif

#define DISK 0x10001000ul
#define DEVICE 8
#define PSCID 7
#define ENTRIES 8
#define PAGES 6
#define SECTORS (PAGES * 8)
#define ROUNDS 12

enum {
    MAGIC = 0, KIND = 8, FEATURES = 0x10, FEATURES_SELECT = 0x14, WANTED = 0x20, WANTED_SELECT = 0x24, QUEUE_SELECT = 0x30, QUEUE_SIZE = 0x38,
    QUEUE_READY = 0x44, NOTIFY = 0x50, INTERRUPTS = 0x60, INTERRUPT_ACK = 0x64, STATUS = 0x70, DESCRIPTORS = 0x80, AVAILABLE = 0x90, USED = 0xA0
};

#define NEEDS_RESET 0x40

// IOVAs: what stays mapped, then the buffer of a request.
#define RING_PAGE 0
#define BUFFER_PAGE 8

struct chain { u64 address; u32 length; u16 flags, next; };

static struct {
    struct chain chains[ENTRIES];
    struct { volatile u16 flags, index, ring[ENTRIES], event; } available;
    struct { u32 type, reserved; u64 sector; } header;
    volatile u8 status;
    u8 gap[2048];
    struct { volatile u16 flags, index; struct { u32 id, length; } ring[ENTRIES]; volatile u16 event; } used __attribute__((aligned(8)));
} shared __attribute__((aligned(4096)));

static u64 buffers[2 * PAGES][512] __attribute__((aligned(4096)));
static u16 seen;

#define AT(field) (IOVA_PAGE(RING_PAGE) + (u64)((u8 *)&shared.field - (u8 *)&shared))

static void set_area(u64 offset, u64 address)
{
    write32(DISK + offset, (u32)address);
    write32(DISK + offset + 4, (u32)(address >> 32));
}

static void disk_start(void)
{
    memset(&shared, 0, sizeof shared);
    seen = 0;
    write32(DISK + STATUS, 0);
    write32(DISK + STATUS, 3);
    write32(DISK + FEATURES_SELECT, 1);
    if ((read32(DISK + FEATURES) & 3) != 3)
        finish(2);
    write32(DISK + WANTED_SELECT, 1);
    write32(DISK + WANTED, 3);
    write32(DISK + STATUS, 11);
    if (read32(DISK + STATUS) != 11)
        finish(3);
    write32(DISK + QUEUE_SELECT, 0);
    write32(DISK + QUEUE_SIZE, ENTRIES);
    set_area(DESCRIPTORS, AT(chains));
    set_area(AVAILABLE, AT(available));
    set_area(USED, AT(used));
    write32(DISK + QUEUE_READY, 1);
    write32(DISK + STATUS, 15);
}

static void submit(u32 type, u64 sector)
{
    shared.header.type = type;
    shared.header.sector = sector;
    shared.status = 0xFF;
    shared.chains[0] = (struct chain){ AT(header), 16, 1, 1 };
    shared.chains[1] = (struct chain){ IOVA_PAGE(BUFFER_PAGE), PAGES * 4096, type == 0 ? 3 : 1, 2 };
    shared.chains[2] = (struct chain){ AT(status), 1, 2, 0 };
    shared.available.ring[shared.available.index % ENTRIES] = 0;
    fence();
    shared.available.index++;
    fence();
    write32(DISK + NOTIFY, 0);
}

static void complete(void)
{
    while (shared.used.index == seen)
        if (read32(DISK + STATUS) & NEEDS_RESET)
            finish(4);
    fence();
    seen++;
    if (shared.status != 0)
        finish(5);
    write32(DISK + INTERRUPT_ACK, read32(DISK + INTERRUPTS));
}

// Neighbours in the window are not neighbours in memory.
static u64 *page_of(u64 set, u64 page) { return buffers[set * PAGES + (page * 5 + set) % PAGES]; }

static void map(u64 set)
{
    for (u64 page = 0; page < PAGES; page++)
        set_entry(&iova_leaf[BUFFER_PAGE + page], entry_of(page_of(set, page), PTE_PAGE));
    fence();
}

static void unmap(void)
{
    for (u64 page = 0; page < PAGES; page++)
        set_entry(&iova_leaf[BUFFER_PAGE + page], 0);
    fence();
    if (BUG != 1)
        for (u64 page = 0; page < PAGES; page++)
            invalidate_page(PSCID, IOVA_PAGE(BUFFER_PAGE + page));
    queue_fence();
    doorbell();
    wait_fence();
}

static u64 word_of(u64 round, u64 page, u64 word) { return (round << 32 | page << 16 | word) * 0x9E3779B97F4A7C15ul; }

static void exchange(u64 round)
{
    u64 from = round & 1, to = !from;
    for (u64 page = 0; page < PAGES; page++)
        for (u64 word = 0; word < 512; word++)
        {
            page_of(from, page)[word] = word_of(round, page, word);
            page_of(to, page)[word] = 0;
        }
    map(from);
    submit(1, round * SECTORS);
    complete();
    unmap();
    map(to);

    // The pages of the request that is done are somebody else's now.
    for (u64 page = 0; page < PAGES; page++)
        memset(page_of(from, page), 0, 4096);
    submit(0, round * SECTORS);
    complete();
    unmap();
    for (u64 page = 0; page < PAGES; page++)
        for (u64 word = 0; word < 512; word++)
            if (page_of(to, page)[word] != word_of(round, page, word))
                finish(6);
}

int main(void)
{
    iommu_start();
    iommu_attach(DEVICE, PSCID, 0);
    command(3ul | 1ul << 33 | (u64)DEVICE << 40, 0);
    set_entry(&iova_leaf[RING_PAGE], entry_of(&shared, PTE_PAGE));
    queue_fence();
    doorbell();
    wait_fence();
    disk_start();
    for (u64 round = 0; round < ROUNDS; round++)
        exchange(round);

    // Not mapped any more: the IOMMU records it, and the disk is silent until it is reset.
    submit(0, 0);
    while (!(read32(DISK + STATUS) & NEEDS_RESET))
        ;
    if (shared.used.index != seen || !(read32(DISK + INTERRUPTS) & 2))
        finish(7);
    iommu_fault_interrupt();
    if (faults != 1 || last_fault.info >> 40 != DEVICE || last_fault.iotval >> 12 != IOVA_PAGE(BUFFER_PAGE) >> 12)
        finish(8);
    disk_start();
    exchange(ROUNDS);
    print("iommu-disk: %u requests behind the IOMMU, 1 refused\n", (u64)(2 * (ROUNDS + 1)));
    finish(0);
}
