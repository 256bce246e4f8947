// What one event costs that simulators are slow at, each timed with the time CSR (so run it where that is the host's clock: Soc in
// free mode, QEMU): a device access, a trap to M-mode and back, rewritten code with FENCE.I, a changed page-table entry with SFENCE.VMA
// and 64 pages touched again, and the whole translation cache flushed with 64 pages touched again.
#include "../sanitizer/paging.h"

#define NS_PER_TICK 100
#define CODE_WORDS 16
#define RET 0x00008067u
#define ADDI_A0(n) (0x00050513u | (n) << 20)

static u32 code[CODE_WORDS] __attribute__((aligned(4096)));
static volatile u64 sink;

static inline u64 now(void)
{
    u64 ticks;
    __asm__ volatile("rdtime %0" : "=r"(ticks));
    return ticks;
}

void on_ecall(struct trap_frame *frame)
{
    // The handler has stepped over the instruction; that is all there is to measure.
    (void)frame;
}

static void touch(void)
{
    for (u64 page = 0; page < 64; page++)
        sink = read64(WINDOW_PAGE(page));
}

static void access_device(u64 count)
{
    for (u64 i = 0; i < count; i++)
        sink = *(volatile u8 *)(UART_BASE + 5);
}

static void trap(u64 count)
{
    for (u64 i = 0; i < count; i++)
        __asm__ volatile("ecall" : : : "memory");
}

static void rewrite_code(u64 count)
{
    for (u64 i = 0; i < count; i++) {
        for (u64 word = 0; word < CODE_WORDS - 1; word++)
            code[word] = ADDI_A0(i & 0x3F);
        code[CODE_WORDS - 1] = RET;
        fence_i();
        sink = ((u64 (*)(u64))(u64)code)(i);
    }
}

static void change_page(u64 count)
{
    for (u64 i = 0; i < count; i++) {
        change_entry(&tables.leaf[i & 63], entry_of(i & 64 ? frame_a : frame_b, PTE_PAGE));
        sfence_va(WINDOW_PAGE(i & 63));
        touch();
    }
}

static void flush_all(u64 count)
{
    for (u64 i = 0; i < count; i++) {
        sfence();
        touch();
    }
}

// The first round is not measured: a simulator may have to translate code, and to translate itself.
static void measure_one(const char *what, void (*events)(u64), u64 count)
{
    events(count);
    u64 start = now();
    events(count);
    print("%s: %u ns\n", what, (now() - start) * NS_PER_TICK / count);
}

static void measure(u64 hart)
{
    (void)hart;
    measure_one("device access", access_device, 10000000);
    measure_one("trap to M-mode and back", trap, 2000000);
    measure_one("rewrite, FENCE.I, call", rewrite_code, 100000);
    measure_one("page-table entry, SFENCE.VMA of its page, 64 pages", change_page, 100000);
    measure_one("SFENCE.VMA of everything, 64 pages", flush_all, 40000);
    finish(0);
}

int main(void)
{
    build(&tables);
    for (u64 page = 0; page < 64; page++)
        tables.leaf[page] = entry_of(frame_a, PTE_PAGE);
    csr_write(mcounteren, 7);
    supervise(0, &tables, measure);
}
