// What the guests of the checkers share; see checkers.h.
#include "checkers.h"

#define MSTATUS_MPRV (1ul << 17)

void check(int number, u64 actual, u64 expected)
{
    if (actual == expected)
        return;
    print("FAIL check %d: %x instead of %x\n", number, actual, expected);
    finish(number);
}

void pass(const char *name)
{
    print("PASS %s\n", name);
    finish(0);
}

void expect_load(int number, u64 address, u64 cause, u64 value)
{
    struct probe probe;
    u64 got = probe_load(address, &probe);
    check(number, probe.cause, cause);
    if (cause == (u64)CAUSE_NONE)
        check(number, got, value);
}

void expect_store(int number, u64 address, u64 value, u64 cause)
{
    struct probe probe;
    probe_store(address, value, &probe);
    check(number, probe.cause, cause);
}

// --- the DMA engine (Soc.Devices.Dma.DmaEngine)

#define CHANNEL(c) (DMA_BASE + 0x1000 * (1 + (c)))
#define CONTROL 0x00
#define STATUS 0x08
#define RING_BASE 0x10
#define RING_SIZE 0x18
#define TAIL 0x28
#define CONTROL_ENABLE 1
#define CONTROL_RUN 2
#define STATUS_CLEAR 0xE
#define FLAG_INTERRUPT 1

struct descriptor { u64 source, destination; u32 length, flags, status, written; };

void dma_begin(u64 channel, u64 source, u64 destination, u64 length)
{
    volatile struct descriptor *ring = (struct descriptor *)(DMA_RINGS + 4096 * channel);
    ring->source = source;
    ring->destination = destination;
    ring->length = (u32)length;
    ring->flags = FLAG_INTERRUPT;
    ring->status = 0;
    ring->written = 0;
    fence();
    write64(CHANNEL(channel) + CONTROL, 0);
    write64(CHANNEL(channel) + STATUS, STATUS_CLEAR);
    write64(CHANNEL(channel) + RING_BASE, (u64)ring);
    write64(CHANNEL(channel) + RING_SIZE, 2);
    write64(CHANNEL(channel) + CONTROL, CONTROL_ENABLE | CONTROL_RUN);
    fence();
    write64(CHANNEL(channel) + TAIL, 1);
}

u64 dma_status(u64 channel) { return read64(CHANNEL(channel) + STATUS); }

u64 dma_wait(u64 channel)
{
    u64 status;
    do
        status = dma_status(channel);
    while ((status & (DMA_DONE | DMA_ERROR)) == 0);
    fence();
    return status;
}

u64 dma_copy(u64 channel, u64 source, u64 destination, u64 length)
{
    dma_begin(channel, source, destination, length);
    return dma_wait(channel);
}

// --- interrupts

void expect_interrupt(int number, u32 source)
{
    // The record is made, and with it the line raised, when the checker hears of the refusal: soon.
    u64 until = mtime() + PATIENCE;
    while ((csr_read(mip) & MIP_MEIP) == 0 && mtime() < until)
        ;
    u32 claimed = plic_claim(0);
    check(number, claimed, source);
}

// --- checkers

void iopmp_entry(u64 base, u64 entry, u64 address, u64 size, u32 configuration)
{
    write32(base + IOPMP_ENTRY_CFG(entry), 0);
    write32(base + IOPMP_ENTRY_ADDR(entry), (u32)((address >> 2) | ((size >> 3) - 1)));
    write32(base + IOPMP_ENTRY_CFG(entry), IOPMP_NAPOT | configuration);
}

void tzc_gates(u64 base, u32 open)
{
    write32(base + TZC_GATE_KEEPER, open);
    while (read32(base + TZC_GATE_KEEPER) >> 16 != open)
        ;
}

void tzc_region(u64 base, u64 region, u64 first, u64 last, u32 attributes, u32 ids)
{
    write32(base + TZC_REGION_ATTRIBUTES(region), 0);
    write32(base + TZC_REGION_BASE_LOW(region), (u32)first);
    write32(base + TZC_REGION_BASE_HIGH(region), (u32)(first >> 32));
    write32(base + TZC_REGION_TOP_LOW(region), (u32)last);
    write32(base + TZC_REGION_TOP_HIGH(region), (u32)(last >> 32));
    write32(base + TZC_REGION_ID_ACCESS(region), ids);
    write32(base + TZC_REGION_ATTRIBUTES(region), attributes);
}

void gpt_make(void)
{
    u64 *root = (u64 *)GPT_ROOT, *words = (u64 *)GPT_LEVEL1;
    root[0] = root[1] = root[3] = GPI_ANY << 4 | 1;
    root[2] = GPT_LEVEL1 | 3;
    for (u64 i = 0; i < 131072 / 8; i++)
        words[i] = ~0ul;
}

void gpt_set(u64 address, u64 size, u64 gpi)
{
    u64 *words = (u64 *)GPT_LEVEL1;
    for (u64 granule = (address - 0x80000000) >> 12; size > 0; granule++, size -= 4096)
    {
        u64 shift = 4 * (granule % 16);
        words[granule / 16] = (words[granule / 16] & ~(15ul << shift)) | gpi << shift;
    }
    fence();
}

void gpc_enable(u64 page)
{
    write64(page + GPC_BASE, GPT_ROOT);
    write32(page + GPC_CFG, 1 << 8 | 1 << 10 | 3 << 12); // 32 address bits, write-back, inner shareable, 4 KiB granules
    gpc_invalidate_all(page);
    write32(page + GPC_CR0, GPC_ACCESSEN | GPC_GPCEN);
    while (read32(page + GPC_CR0ACK) != (GPC_ACCESSEN | GPC_GPCEN))
        ;
}

static void gpc_command(u64 page, u64 command)
{
    write64(page + GPC_TLBI, command);
    write32(page + GPC_TLBI_CTRL, 1);
    while (read32(page + GPC_TLBI_CTRL) & 1)
        ;
}

void gpc_invalidate(u64 page, u64 address) { gpc_command(page, 3ul << 60 | address >> 12); }
void gpc_invalidate_all(u64 page) { gpc_command(page, 1ul << 60); }

// --- accesses of lower modes

void open_pmp(void)
{
    csr_write(pmpaddr0, ~0ul);
    csr_write(pmpcfg0, 0x1F); // NAPOT, all addresses, rwx
}

// The probes of start.S with MPRV around the access. A trap comes back with MPP = U and MPRV still set, so nothing
// touches memory before MPRV is clear again.
#define LOWER(instruction, value)                                                                                              \
    register u64 t0 __asm__("t0");                                                                                             \
    __asm__ volatile("csrc mstatus, %[clear]\n"                                                                                \
                     "li t6, 0x50524f4245\n"                                                                                   \
                     "la t5, 1f\n"                                                                                             \
                     "li t0, -1\n"                                                                                             \
                     "csrs mstatus, %[set]\n" instruction "\n"                                                                 \
                     "1: csrc mstatus, %[mprv]\n"                                                                              \
                     "li t6, 0\n"                                                                                              \
                     : "=&r"(t0), [a0] "+&r"(value)                                                                            \
                     : [at] "r"(address), [clear] "r"(MSTATUS_MPP_MASK), [set] "r"(mode | MSTATUS_MPRV),                       \
                       [mprv] "r"(MSTATUS_MPRV)                                                                                \
                     : "t1", "t2", "t5", "t6", "memory")

u64 lower_load(u64 mode, u64 address, u64 *value)
{
    register u64 a0 __asm__("a0") = 0;
    LOWER("ld %[a0], 0(%[at])", a0);
    u64 cause = t0;
    *value = a0;
    return cause;
}

u64 lower_store(u64 mode, u64 address, u64 value)
{
    register u64 a0 __asm__("a0") = value;
    LOWER("sd %[a0], 0(%[at])", a0);
    return t0;
}
