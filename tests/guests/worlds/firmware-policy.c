// Firmware with a policy (worldguard.md section 8.3): programs the board's three wgCheckers from a table as OpenSBI's WorldGuard support
// does, reads them back, and enters two domains with mret, each in its world. What the domains see there is cases F1 to F10 of section
// 10.6: one line for each, which the tests look for. Built with -DPLAIN for harts that the device tree gives no worlds to (F10).
#include "../checkers/checkers.h"
#include "domain.h"

#define DRAM_CHECKER 0x06000000
#define FLASH_CHECKER 0x06001000
#define UART_CHECKER 0x06002000
#define TRUSTED 3
#define S MSTATUS_MPP_S

// In the 16 MiB that world 0 is kept out of, below them, above them, and their last word.
#define X 0xC0001000
#define BELOW 0xBFFFFFF8
#define ABOVE 0xC1000000
#define LAST 0xC0FFFFF8
#define X_VALUE 0x5EC8E7
#define LAST_VALUE 0x1A57

#define UART_LSR (UART_BASE + 5)
#define DOMAIN_STACK 4096

#define PMP_NAPOT_RWX 0x1F
#define PMP_NAPOT_RW 0x1B
#define PMP_NAPOT(base, size) (((base) >> 2) | (((u64)(size) >> 3) - 1))

// --- the policy: what the firmware would read from its device tree

struct range { u64 base, size, permissions; };
struct checker_policy { const char *name; u64 base; u64 whole; u64 count; struct range ranges[3]; };
struct domain_policy { u64 world; u64 list; };

static const struct checker_policy policies[] = {
    { "wgchecker@6000000", DRAM_CHECKER, 0, 3,
        { { 0x80000000, 0x40000000, 0xCF }, { 0xC0000000, 0x01000000, 0xCC }, { 0xC1000000, 0x3F000000, 0xCF } } },
    { "wgchecker@6001000", FLASH_CHECKER, 0xC3, 0, { { 0, 0, 0 } } },
    { "wgchecker@6002000", UART_CHECKER, 0xC0, 0, { { 0, 0, 0 } } },
};

// List is the set of worlds that the domain's own lower modes may take.
static const struct domain_policy domains[] = { { 0, 0xB }, { 1, 0xA } };

// --- checkers

static void set_slot(u64 checker, u64 number, u64 address, u64 permissions, u32 configuration)
{
    write64(checker + WG_SLOT_ADDR(number), address);
    write64(checker + WG_SLOT_PERM(number), permissions);
    write32(checker + WG_SLOT_CFG(number), configuration);
}

// Slots from 1 upward. The bypass in the last slot goes last: until then both the old and the new rules pass this very program.
static void program(const struct checker_policy *policy)
{
    u64 slots = read32(policy->base + WG_NSLOTS), next = 1, end = 0;
    write64(policy->base + WG_ERRCAUSE, 0);
    write64(policy->base + WG_ERRADDR, 0);
    for (u64 i = 0; i < policy->count; i++)
    {
        const struct range *range = &policy->ranges[i];
        if (range->base != end)
            set_slot(policy->base, next++, range->base >> 2, 0, 0);
        end = range->base + range->size;
        set_slot(policy->base, next++, end >> 2, range->permissions, WG_TOR);
    }
    while (next < slots)
        set_slot(policy->base, next++, 0, 0, 0);
    write64(policy->base + WG_SLOT_PERM(slots), policy->whole);
    write32(policy->base + WG_SLOT_CFG(slots), policy->whole != 0 ? WG_TOR : 0);
    print("F2 %s base %x slots %u rules %u%s\n", policy->name, policy->base, slots, policy->count, policy->whole != 0 ? " full-checker" : "");
}

static void expect_slot(u64 checker, u64 number, u64 address, u64 permissions, u32 configuration)
{
    check(10, read64(checker + WG_SLOT_ADDR(number)), address);
    check(11, read64(checker + WG_SLOT_PERM(number)), permissions);
    check(12, read32(checker + WG_SLOT_CFG(number)), configuration);
}

static void read_back(void)
{
    expect_slot(DRAM_CHECKER, 1, 0x20000000, 0, 0);
    expect_slot(DRAM_CHECKER, 2, 0x30000000, 0xCF, WG_TOR);
    expect_slot(DRAM_CHECKER, 3, 0x30400000, 0xCC, WG_TOR);
    expect_slot(DRAM_CHECKER, 4, 0x40000000, 0xCF, WG_TOR);
    for (u64 number = 5; number < 16; number++)
        expect_slot(DRAM_CHECKER, number, 0, 0, 0);
    for (u64 number = 1; number < 16; number++)
        expect_slot(FLASH_CHECKER, number, 0, 0, 0);
    check(13, read64(DRAM_CHECKER + WG_SLOT_PERM(16)), 0);
    check(14, read32(DRAM_CHECKER + WG_SLOT_CFG(16)), 0);
    check(15, read64(FLASH_CHECKER + WG_SLOT_PERM(16)), 0xC3);
    check(16, read32(FLASH_CHECKER + WG_SLOT_CFG(16)), WG_TOR);
    check(17, read64(UART_CHECKER + WG_SLOT_PERM(1)), 0xC0);
    check(18, read32(UART_CHECKER + WG_SLOT_CFG(1)), WG_TOR);
    for (u64 i = 0; i < sizeof policies / sizeof policies[0]; i++)
    {
        check(19, read64(policies[i].base + WG_ERRCAUSE), 0);
        check(19, read64(policies[i].base + WG_ERRADDR), 0);
    }
    print("F1 the checkers read back what the policy says\n");
}

// --- domains

static volatile u64 seen[16];
static u8 domain_stack[DOMAIN_STACK] __attribute__((aligned(16)));

void on_ecall(struct trap_frame *frame)
{
    if (FRAME_X(frame, X_A7) == DOMAIN_CONSOLE)
    {
        print("%c", (int)FRAME_X(frame, X_A0));
        return;
    }
    frame->pc = (u64)domain_left;
    csr_set(mstatus, MSTATUS_MPP_MASK);
}

// The memory, and the UART when the domain has a region for it. Nothing else is any lower mode's.
static void protect(int uart)
{
    csr_write(pmpaddr0, PMP_NAPOT(0x80000000ul, 0x80000000ul));
    csr_write(pmpaddr1, PMP_NAPOT((u64)UART_BASE, 0x100));
    csr_write(pmpcfg0, PMP_NAPOT_RWX | (uart ? PMP_NAPOT_RW << 8 : 0));
    __asm__ volatile("sfence.vma" : : : "memory");
}

#ifndef PLAIN

static u64 lowest(u64 set)
{
    u64 world = 0;
    while ((set >> world & 1) == 0)
        world++;
    return world;
}

#endif

// Enters a domain in its worlds and takes them away again when it leaves.
static void run_domain(int number, int uart, void (*function)(void))
{
    protect(uart);
#ifndef PLAIN
    const struct domain_policy *domain = &domains[number];
    csr_write(CSR_MWIDDELEG, 0);
    csr_write(CSR_MLWID, domain->world);
    csr_write(CSR_MWIDDELEG, domain->list);
    csr_write(CSR_SLWID, domain->list >> domain->world & 1 ? domain->world : lowest(domain->list));
    print("F%d domain %u: mlwid %x mwiddeleg %x slwid %x\n",
        (s64)(3 + number), (u64)number, csr_read(CSR_MLWID), csr_read(CSR_MWIDDELEG), csr_read(CSR_SLWID));
#else
    (void)domains;
    (void)number;
#endif
    domain_call(function, domain_stack + DOMAIN_STACK);
#ifndef PLAIN
    csr_write(CSR_MWIDDELEG, 0);
    csr_write(CSR_MLWID, TRUSTED);
#endif
}

static void say(const char *text)
{
    for (; *text; text++)
        sbi_call(DOMAIN_CONSOLE, (u64)(u8)*text);
}

static void look_at_uart(void)
{
    struct probe probe;
    seen[1] = probe_load_byte(UART_LSR, &probe);
    seen[0] = probe.cause;
}

#ifndef PLAIN

static u64 user_load(u64 address) { return read64(address); }

static u64 user_store_and_load(u64 address)
{
    write64(address, 0x2222);
    return read64(address);
}

static u64 see_as(u64 world)
{
    csr_write(CSR_SLWID, world);
    return user_call(user_load, X);
}

// S-mode of domain 0, in world 0.
static void domain0(void)
{
    look_at_uart();
    seen[2] = csr_read(CSR_SLWID);
    write64(X, 0x1111);
    seen[3] = read64(X);

    csr_write(CSR_SLWID, 1);
    seen[4] = user_call(user_store_and_load, X);
    seen[5] = read64(X);
    seen[6] = see_as(0);
    seen[7] = see_as(3);
    csr_write(CSR_SLWID, 2);
    seen[8] = csr_read(CSR_SLWID);

    write64(BELOW, 0x7001);
    write64(ABOVE, 0x7002);
    seen[9] = read64(BELOW);
    seen[10] = read64(ABOVE);
    seen[11] = read64(LAST);
    say("F9 printed for world 0\n");
}

// S-mode of domain 1, in world 1, which the 16 MiB are open to.
static void domain1(void)
{
    seen[2] = csr_read(CSR_SLWID);
    write64(X, 0x3333);
    seen[3] = read64(X);
    seen[4] = see_as(3);
    csr_write(CSR_SLWID, 0);
    seen[5] = csr_read(CSR_SLWID);
    say("F9 printed for world 1\n");
}

static void run_domains(void)
{
    csr_set(medeleg, 1 << CAUSE_ECALL_U);
    run_domain(0, 0, domain0);
    check(30, seen[2], 0);
    check(50, seen[3], 0);
    print("F5 S-mode loads %x of what it stored\n", seen[3]);
    check(60, seen[4], 0x2222);
    check(61, seen[5], 0);
    check(62, seen[6], 0);
    check(63, seen[7], 0x2222);
    check(64, seen[8], 0);
    check(65, read64(X), 0x2222); // nobody's store but that of world 1 has arrived
    print("F6 U-mode: %x in world 1, S-mode %x, U-mode %x in world 0, %x in world 3; slwid 2 reads back %x\n",
        seen[4], seen[5], seen[6], seen[7], seen[8]);
    check(70, seen[9], 0x7001);
    check(71, seen[10], 0x7002);
    check(72, seen[11], 0);
    check(73, read64(LAST), LAST_VALUE);
    print("F7 below %x above %x last %x\n", seen[9], seen[10], seen[11]);
    check(80, seen[0], CAUSE_LOAD_ACCESS);
    print("F8 UART without a region: cause %u\n", seen[0]);
    run_domain(0, 1, look_at_uart);
    check(81, seen[0], CAUSE_NONE);
    check(82, seen[1], 0);
    print("F8 UART with a region: %x\n", seen[1]);

    run_domain(1, 0, domain1);
    check(40, seen[2], 1);
    check(41, seen[3], 0x3333);
    check(42, seen[4], 0x3333);
    check(43, seen[5], 1);
    check(44, csr_read(CSR_MLWID), TRUSTED);
}

#else

// All modes are in the hart's own world, the trusted one: the checkers are programmed, and pass it everywhere.
static void plain_domain(void)
{
    look_at_uart();
    seen[2] = read64(X);
    write64(LAST, 0x4444);
    say("F9 printed for the hart's own world\n");
}

static void run_domains(void)
{
    run_domain(0, 1, plain_domain);
    check(100, seen[0], CAUSE_NONE);
    check(101, seen[1] & 0x60, 0x60);
    check(102, seen[2], X_VALUE);
    check(103, read64(LAST), 0x4444);
    print("F10 no CSR of worlds is touched, S-mode loads %x\n", seen[2]);
}

#endif

int main(void)
{
    int passed = 0;
    write64(X, X_VALUE);
    write64(LAST, LAST_VALUE);

    // The firmware's own test: a lower mode's store is refused, by PMP, as none of its entries is set.
    check(20, lower_store(S, X, 1), CAUSE_STORE_ACCESS);
    check(21, csr_read(mtval), X);
    passed++;

    for (u64 i = 0; i < sizeof policies / sizeof policies[0]; i++)
        program(&policies[i]);
    read_back();
    passed++;
    check(22, lower_store(S, X, 1), CAUSE_STORE_ACCESS);
    check(23, read64(X), X_VALUE);
    passed++;
    print("F2 self-test %d of 3\n", (s64)passed);

    run_domains();
    read_back();
    pass("firmware-policy");
}
