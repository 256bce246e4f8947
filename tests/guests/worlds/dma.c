// Driving the DMA engine: 8-byte registers, a ring of descriptors in the mailbox (so that the channel can read it in
// whichever world its marker puts it). These functions keep no state: hart 0 and worlds call them alike.
#include "worlds.h"

#define DMA_CHANNEL (DMA_BASE + 0x1000)
#define DMA_MARKER_WID (DMA_BASE + 0x10008)

#define DMA_CONTROL (DMA_CHANNEL + 0x00)
#define DMA_STATUS (DMA_CHANNEL + 0x08)
#define DMA_RING_BASE (DMA_CHANNEL + 0x10)
#define DMA_RING_SIZE (DMA_CHANNEL + 0x18)
#define DMA_TAIL (DMA_CHANNEL + 0x28)
#define DMA_BYTES (DMA_CHANNEL + 0x50)

#define CONTROL_ENABLE 1
#define CONTROL_RUN 2
#define CONTROL_INTERRUPT_DONE 4
#define CONTROL_INTERRUPT_ERROR 8
#define STATUS_CLEAR 0xE // DONE, ERROR, BUS_ERROR
#define FLAG_INTERRUPT 1

void dma_set_world(u64 world)
{
    write64(DMA_MARKER_WID, world);
    require(CHECK_DMA_MARKER, read64(DMA_MARKER_WID), world);
}

void dma_acknowledge(void) { write64(DMA_STATUS, STATUS_CLEAR); }

// Starts `count` copies of `length` bytes from the same source to rising destinations; the last one interrupts.
void dma_start(u64 source, u64 destination, u64 length, u64 count)
{
    struct descriptor *ring = MAILBOX->ring;
    for (u64 i = 0; i < count; i++)
    {
        ring[i].source = source;
        ring[i].destination = destination + i * length;
        ring[i].length = (u32)length;
        ring[i].flags = i == count - 1 ? FLAG_INTERRUPT : 0;
        ring[i].status = 0;
        ring[i].written = 0;
    }
    fence();
    write64(DMA_CONTROL, 0);
    write64(DMA_STATUS, STATUS_CLEAR);
    write64(DMA_RING_BASE, (u64)ring);
    write64(DMA_RING_SIZE, DMA_RING);
    write64(DMA_CONTROL, CONTROL_ENABLE | CONTROL_RUN | CONTROL_INTERRUPT_DONE | CONTROL_INTERRUPT_ERROR);
    fence();
    write64(DMA_TAIL, count);
}

// Bytes that the channel has written since reset.
u64 dma_bytes(void) { return read64(DMA_BYTES); }

// Waits for the end of a single copy by its descriptor, which the engine writes back, and returns the status written.
u64 dma_copy(u64 source, u64 destination, u64 length)
{
    dma_start(source, destination, length, 1);
    while (MAILBOX->ring[0].status == 0)
        ;
    fence();
    return MAILBOX->ring[0].status;
}
