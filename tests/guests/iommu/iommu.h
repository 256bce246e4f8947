// A small driver of the RISC-V IOMMU and of a DMA engine behind it, as bare-metal guests need them: one device directory page, Sv39
// first stage with one window of 4 KiB pages, a command queue and a fault queue.
#ifndef IOMMU_H
#define IOMMU_H

#include "guest.h"

#define IOMMU_BASE 0x03010000ul
#define IOMMU_SOURCE 36

#define IOVA_WINDOW 0x40000000ul
#define IOVA_PAGE(i) (IOVA_WINDOW + 4096ul * (i))

#define PTE_V 0x01ul
#define PTE_R 0x02ul
#define PTE_W 0x04ul
#define PTE_U 0x10ul
#define PTE_AD 0xC0ul
#define PTE_PAGE (PTE_V | PTE_R | PTE_W | PTE_U | PTE_AD)

// Offsets of registers (RISC-V IOMMU 20260222, register layout).
enum {
    CAPABILITIES = 0, FCTL = 8, DDTP = 16, CQB = 24, CQH = 32, CQT = 36, FQB = 40, FQH = 48, FQT = 52, PQB = 56, PQH = 64, PQT = 68,
    CQCSR = 72, FQCSR = 76, PQCSR = 80, IPSR = 84, ICVEC = 760
};

#define CAP_ATS (1ul << 25)
#define CAP_MSI_FLAT (1ul << 22)

#define TC_V 1ul
#define TC_ATS 2ul
#define TC_PRI 4ul

struct fault { u64 info, reserved, iotval, iotval2; };

// What the fault interrupt has seen.
extern volatile u64 faults;
extern volatile struct fault last_fault;

extern u64 iova_leaf[512];

void iommu_start(void);
void iommu_attach(u64 device, u64 pscid, u64 flags);
// A one-level process directory; first stages are in its contexts.
void iommu_attach_processes(u64 device, const u64 *directory_of_processes);
// Mode and page number of the first stage that the window is in, as iosatp and process contexts have it.
u64 iommu_root(void);
// Starts command and fault queue; both must be off.
void iommu_restart(void);
void iommu_fault_interrupt(void);

static inline u64 entry_of(const volatile void *frame, u64 flags) { return (u64)frame >> 12 << 10 | flags; }

// The store that the sanitizer's tests look for.
void set_entry(u64 *entry, u64 value);

// Puts commands into the queue; nothing happens before the doorbell.
void command(u64 word0, u64 word1);
void doorbell(void);

void invalidate_page(u64 pscid, u64 iova);
void invalidate_all(u64 pscid);
void invalidate_device(u64 device, u64 iova);
// IOFENCE.C with PR and PW whose store says that it is done; wait_fence waits for the store of the last one.
void queue_fence(void);
void wait_fence(void);

// --- the DMA engine

#define CHANNEL(c) (DMA_BASE + 0x1000ul * (1 + (c)))
enum {
    CH_CONTROL = 0, CH_STATUS = 8, CH_RING_BASE = 16, CH_RING_SIZE = 24, CH_HEAD = 32, CH_TAIL = 40, CH_BYTES = 0x50, CH_ERROR = 0x60,
    CH_TRANSLATION = 0x70, CH_DEVICE = 0x78
};
#define CH_ATS 1ul
#define CH_PRI 2ul

#define PIECES_OF_8 0
#define PIECES_OF_2 (2u << 4)

#define STATUS_BUSY 1ul
#define STATUS_ERROR 4ul

struct descriptor { u64 source, destination; u32 length, flags, status, done; };

#define RING_ENTRIES 128
extern struct descriptor rings[2][RING_ENTRIES];

void channel_start(u64 channel, u64 ring_iova, u64 translation);
// Queues a copy; channel_go tells the engine.
void channel_copy(u64 channel, u64 source, u64 destination, u32 length, u32 flags);
void channel_go(u64 channel);
void channel_wait(u64 channel);

#endif
