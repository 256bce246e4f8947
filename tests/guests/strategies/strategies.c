// What each strategy costs for each pattern of accesses, measured from a program: the tables of softtlb.md section 4.8.
//
// The patterns run in U-mode, in world 0, under Sv39, on one page at a time. A page is memory or a device behind a checker that lets world 0
// read and write, only read, only write, or nothing; refused loads read zero, refused stores are ignored. M-mode, in the
// trusted world, may do everything at the physical address: it looks after each store whether memory is what it must be, and takes a
// window at the study port that counts nothing but the accesses to the page's virtual address.
//
// STUDY chooses what runs (build.sh): all tables once, or one effect many times.
#include "guest.h"

#define STUDY_TABLES 0
#define STUDY_ALTERNATING 1
#define STUDY_MMIO 2
#define STUDY_INVALIDATIONS 3
#define STUDY_GRANULE 4

#ifndef STUDY
#define STUDY STUDY_TABLES
#endif

// --- the machine (topologies/studies)

#define STUDY_PORT 0x10030000ul
#define STUDY_NAME (STUDY_PORT + 0x00)
#define STUDY_FIRST (STUDY_PORT + 0x08)
#define STUDY_LAST (STUDY_PORT + 0x10)
#define STUDY_BEGIN (STUDY_PORT + 0x18)
#define STUDY_END (STUDY_PORT + 0x20)

#define PAGE 4096ul
#define TARGET_RAM 0x90000000ul
#define TARGET_MMIO 0xA0000000ul
#define WG_PERM(slot) (WGCHECKER_BASE + 0x28 + 0x20 * (u64)(slot))
#define TRUSTED_RW (3ul << 6)

// World 0's pages, far from code and stack in the direct-mapped table as well.
#define WINDOW_BASE 0x1000000000ul
#define WINDOW_RAM 0x80
#define WINDOW_MMIO 0x90

enum leaf { RAM, MMIO };
enum rights { ALLOW, READ_ONLY, WRITE_ONLY, DENY };

static const char *const leaf_names[] = { "ram", "mmio" };
static const char *const rights_names[] = { "allow", "RO", "WO", "deny" };
static const u64 rights_bits[] = { 3, 1, 2, 0 };

enum pattern { READS, WRITES, ALTERNATING, MOSTLY_READS, FETCH_READS, FETCH_MIXED, READS_INVALIDATED, MIXED_INVALIDATED, PATTERNS, HALVES = PATTERNS };

static const char *const pattern_names[] =
    { "R^1000", "W^1000", "(RW)^500", "(R^9 W)^100", "X R^999", "X R W R^997", "(R^9 I)^100", "((RW)^4 R I)^100", "(R lower R upper)^500" };

#define CODE_OFFSET 0x100
#define CODE 0x8082 // ret

static struct
{
    u64 virtual;
    u64 physical;
    u64 slot;
    u64 rights;
    u64 value; // what memory holds
} target;

static u64 wrong;
static u64 total_wrong;
static u64 windows;
static u64 stored;

// --- M-mode

enum operation { OP_SELECT, OP_PEEK, OP_INVALIDATE, OP_END, OP_FINISH };

static void name_window(const char *text)
{
    while (*text)
    {
        u64 word = 0;
        for (int i = 0; i < 8 && *text; i++)
            word |= (u64)(u8)*text++ << (8 * i);
        write64(STUDY_NAME, word);
    }
}

// Every window starts with an empty TLB.
static void select_target(u64 leaf, u64 rights, u64 pattern)
{
    target.physical = (leaf == RAM ? TARGET_RAM : TARGET_MMIO) + PAGE * rights;
    target.virtual = WINDOW_BASE + PAGE * ((leaf == RAM ? WINDOW_RAM : WINDOW_MMIO) + rights);
    target.slot = 1 + 4 * leaf + rights;
    target.rights = rights_bits[rights];
    target.value = ++stored;
    write64(target.physical, target.value);
    write64(target.physical + PAGE / 2, target.value);
    *(volatile u16 *)(target.physical + CODE_OFFSET) = CODE;
    fence_i();
    name_window(leaf_names[leaf]);
    name_window(" ");
    name_window(rights_names[rights]);
    name_window(" ");
    name_window(pattern_names[pattern]);
    write64(STUDY_FIRST, target.virtual);
    write64(STUDY_LAST, target.virtual + PAGE - 1);
    __asm__ volatile("sfence.vma" : : : "memory");
    write64(STUDY_BEGIN, 0);
}

// Every right of world 0 turned round, and back: all kinds change, and in the end nothing has.
static void invalidate(void)
{
    write64(WG_PERM(target.slot), TRUSTED_RW | (target.rights ^ 3));
    write64(WG_PERM(target.slot), TRUSTED_RW | target.rights);
}

void on_ecall(struct trap_frame *frame)
{
    u64 a0 = FRAME_X(frame, X_A0), a1 = FRAME_X(frame, X_A1), a2 = FRAME_X(frame, X_A0 + 2);
    switch (FRAME_X(frame, X_A7))
    {
    case OP_SELECT: select_target(a0, a1, a2); break;
    case OP_PEEK: FRAME_X(frame, X_A0) = read64(target.physical); break;
    case OP_INVALIDATE: invalidate(); break;
    case OP_END: write64(STUDY_END, a0); break;
    default:
        print("strategies: %u windows, %u wrong results\n", windows, total_wrong);
        finish(0);
    }
}

// --- U-mode

static u64 call(u64 operation, u64 a, u64 b, u64 c)
{
    register u64 a0 __asm__("a0") = a;
    register u64 a1 __asm__("a1") = b;
    register u64 a2 __asm__("a2") = c;
    register u64 a7 __asm__("a7") = operation;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a7) : "memory");
    return a0;
}

static void R(void)
{
    u64 value = read64(target.virtual);
    if (value != (target.rights & 1 ? target.value : 0))
        wrong++;
}

// A store that a checker refuses must leave memory as it was. What memory holds afterwards is what later loads must see.
static void W(void)
{
    u64 value = ++stored;
    write64(target.virtual, value);
    u64 now = call(OP_PEEK, 0, 0, 0);
    if (now != (target.rights & 2 ? value : target.value))
        wrong++;
    target.value = now;
}

// Checkers of worlds treat a fetch as a load: a refused one reads zero, which is no instruction.
static void X(void)
{
    struct probe probe;
    probe_execute(target.virtual + CODE_OFFSET, &probe);
    if (probe.cause != (target.rights & 1 ? (u64)CAUSE_NONE : CAUSE_ILLEGAL))
        wrong++;
}

// A page whose lower half is refused and whose upper half is not: the checker's edge lies inside the page.
static void halves(void)
{
    if (read64(target.virtual) != 0)
        wrong++;
    if (read64(target.virtual + PAGE / 2) != target.value)
        wrong++;
}

static void I(void) { call(OP_INVALIDATE, 0, 0, 0); }

static void times(int count, void (*access)(void))
{
    for (int i = 0; i < count; i++)
        access();
}

static void run(enum pattern pattern)
{
    switch (pattern)
    {
    case READS: times(1000, R); break;
    case WRITES: times(1000, W); break;
    case ALTERNATING:
        for (int i = 0; i < 500; i++)
        {
            R();
            W();
        }
        break;
    case MOSTLY_READS:
        for (int i = 0; i < 100; i++)
        {
            times(9, R);
            W();
        }
        break;
    case FETCH_READS:
        X();
        times(999, R);
        break;
    case FETCH_MIXED:
        X();
        R();
        W();
        times(997, R);
        break;
    case READS_INVALIDATED:
        for (int i = 0; i < 100; i++)
        {
            times(9, R);
            I();
        }
        break;
    case HALVES: times(500, halves); break;
    default:
        for (int i = 0; i < 100; i++)
        {
            for (int j = 0; j < 4; j++)
            {
                R();
                W();
            }
            R();
            I();
        }
        break;
    }
}

static void window(enum leaf leaf, enum rights rights, enum pattern pattern)
{
    wrong = 0;
    call(OP_SELECT, leaf, rights, pattern);
    run(pattern);
    call(OP_END, wrong, 0, 0);
    total_wrong += wrong;
    windows++;
}

static void user_main(void)
{
#if STUDY == STUDY_TABLES
    for (int leaf = RAM; leaf <= MMIO; leaf++)
        for (int rights = ALLOW; rights <= DENY; rights++)
            for (int pattern = 0; pattern < PATTERNS; pattern++)
                window(leaf, rights, pattern);
#elif STUDY == STUDY_ALTERNATING
    for (int i = 0; i < 8; i++)
        window(RAM, READ_ONLY, ALTERNATING);
#elif STUDY == STUDY_MMIO
    for (int i = 0; i < 8; i++)
        window(MMIO, READ_ONLY, ALTERNATING);
#elif STUDY == STUDY_GRANULE
    for (int i = 0; i < 8; i++)
        window(RAM, ALLOW, HALVES);
#else
    for (int i = 0; i < 4; i++)
    {
        window(RAM, ALLOW, READS_INVALIDATED);
        window(RAM, READ_ONLY, MIXED_INVALIDATED);
    }
#endif
    call(OP_FINISH, 0, 0, 0);
}

// --- start

#define PTE_V 0x1
#define PTE_USER 0xDF // D A U X W R V
#define PTE(address, bits) (((u64)(address) >> 12) << 10 | (bits))

static u64 root[512] __attribute__((aligned(4096)));
static u64 middle[512] __attribute__((aligned(4096)));
static u64 pages[512] __attribute__((aligned(4096)));
static u8 stack[4096] __attribute__((aligned(4096)));

int main(void)
{
    root[DRAM_BASE >> 30] = PTE(DRAM_BASE, PTE_USER);
    root[WINDOW_BASE >> 30] = PTE(middle, PTE_V);
    middle[0] = PTE(pages, PTE_V);
    for (u64 rights = ALLOW; rights <= DENY; rights++)
    {
        pages[WINDOW_RAM + rights] = PTE(TARGET_RAM + PAGE * rights, PTE_USER);
        pages[WINDOW_MMIO + rights] = PTE(TARGET_MMIO + PAGE * rights, PTE_USER);
    }
    csr_write(pmpaddr0, ~0ul >> 10);
    csr_write(pmpcfg0, 0x1F);
    csr_write(CSR_MLWID, 0);
    csr_write(satp, 8ul << 60 | (u64)root >> 12);
    __asm__ volatile("sfence.vma" : : : "memory");
    enter_lower_mode((u64)user_main, 0, (u64)stack + sizeof stack, MSTATUS_MPP_U);
}
