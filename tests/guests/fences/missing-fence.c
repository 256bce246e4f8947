// Two harts share an address space (Sv39). Hart 0 moves a page to another frame, fences its own translations and tells hart 1
// through memory. Built as missing-fence it forgets hart 1's translations; as remote-fence it sends an interrupt, and hart 1 fences too.
//
// Hart 1 is wrong only when it has used the page before, and whether it has depends on the schedule: both harts take jobs from
// one list, and only who gets STREAK jobs in a row for the NOTES-th time looks into the page.
#include "guest.h"

#define SATP_SV39 (8ul << 60)
#define PTE_POINTER 0x01
#define PTE_DATA 0xC7 // valid, readable, writable, accessed, dirty

#define SHARED_VA 0x2000000000
#define NOTE_OFFSET 8
#define JOBS 12
#define STREAK 3
#define NOTES 2
#define OLD 0x0123456789ABCDEF
#define NEW 0xFEDCBA9876543210
#define MSTATUS_MPRV 0x20000
#define INTERRUPT_SOFTWARE 3
#define FAILED_STALE 1

typedef u64 page[512];
static page root __attribute__((aligned(4096)));
static page middle __attribute__((aligned(4096)));
static page leaves __attribute__((aligned(4096)));
static page old_frame __attribute__((aligned(4096)));
static page new_frame __attribute__((aligned(4096)));

static barrier meeting;
static volatile u64 next_job;
static volatile u64 work_done[2];
static volatile u64 moved;
static volatile u64 seen;
static volatile u64 answered;
static volatile u64 fenced;

static inline void fence_translations(void) { __asm__ volatile("sfence.vma" : : : "memory"); }

// One access as S-mode would do it. No interrupt may come in between: its return would leave another mode behind.
static u64 translated_load(u64 address)
{
    u64 value, enabled;
    __asm__ volatile(
        "csrrci %1, mstatus, 8\n"
        "csrs mstatus, %3\n"
        "ld %0, 0(%2)\n"
        "csrc mstatus, %3\n"
        "andi %1, %1, 8\n"
        "csrs mstatus, %1\n"
        : "=&r"(value), "=&r"(enabled)
        : "r"(address), "r"(MSTATUS_MPRV | MSTATUS_MPP_S)
        : "memory");
    return value;
}

static u64 entry_of(const void *frame, u64 flags) { return ((u64)frame >> 12 << 10) | flags; }

static void use_address_space(void)
{
    // The whole of physical memory may be used by S-mode.
    __asm__ volatile("csrw pmpaddr0, %0\n csrw pmpcfg0, %1" : : "r"(~0ul), "r"(0x1Ful) : "memory");
    __asm__ volatile("csrw satp, %0" : : "r"(SATP_SV39 | ((u64)root >> 12)) : "memory");
    fence_translations();
}

static void work(u64 hart, u64 job)
{
    u64 sum = work_done[hart];
    for (u64 i = 0; i < 150 + 40 * (job % 3); i++)
        sum = sum * 6364136223846793005ul + job;
    work_done[hart] = sum;
}

static void take_jobs(u64 hart)
{
    u64 streak = 0, notes = 0, last = ~0ul;
    for (;;)
    {
        u64 job = atomic_add(&next_job, 1);
        if (job >= JOBS)
            return;
        streak = job == last + 1 ? streak + 1 : 1;
        last = job;
        work(hart, job);
        if (streak == STREAK && ++notes == NOTES)
            (void)translated_load(SHARED_VA + NOTE_OFFSET);
    }
}

void on_interrupt(u64 hart, u64 number)
{
    if (number != INTERRUPT_SOFTWARE)
        finish(0xFFFE);
    write32(CLINT_BASE + 4 * hart, 0);
    fence_translations();
    fence();
    fenced = 1;
}

static void second(u64 hart)
{
    use_address_space();
    csr_set(mie, MIP_MSIP);
    csr_set(mstatus, MSTATUS_MIE);
    barrier_wait(&meeting, 2);
    take_jobs(hart);
    barrier_wait(&meeting, 2);
    while (!moved)
        ;
    fence();
    seen = translated_load(SHARED_VA);
    fence();
    answered = 1;
    csr_clear(mstatus, MSTATUS_MIE);
}

int main(void)
{
    root[SHARED_VA >> 30 & 511] = entry_of(middle, PTE_POINTER);
    middle[SHARED_VA >> 21 & 511] = entry_of(leaves, PTE_POINTER);
    leaves[SHARED_VA >> 12 & 511] = entry_of(old_frame, PTE_DATA);
    old_frame[0] = OLD;
    new_frame[0] = NEW;
    use_address_space();
    start_hart(1, second);
    barrier_wait(&meeting, 2);
    take_jobs(0);
    barrier_wait(&meeting, 2);

    leaves[SHARED_VA >> 12 & 511] = entry_of(new_frame, PTE_DATA);
    fence();
    fence_translations();
#if REMOTE_FENCE
    write32(CLINT_BASE + 4 * 1, 1);
    while (!fenced)
        ;
    fence();
#endif
    moved = 1;
    while (!answered)
        ;
    fence();
    if (seen != NEW)
    {
        print("hart 1 still reads the old frame: %x\n", seen);
        return FAILED_STALE;
    }
    print("hart 1 reads the new frame, pass\n");
    return 0;
}
