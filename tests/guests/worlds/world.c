// A world: from M-mode into S-mode, then commands from the mailbox until it is stopped. S-mode and U-mode code may use the
// common text and constants, its own part of its world's memory (its stack lies there) and the mailbox; it has no
// global variables, because .data and .bss belong to the trusted world.
#include "worlds.h"

extern const char world_trap_vector[];

static u64 other_world(u64 world) { return (world + 1) % TRUSTED; }

_Noreturn static void world_fail(int check, u64 hart, u64 got, u64 expected)
{
    if (MAILBOX->failure == 0)
    {
        MAILBOX->failure_hart = hart;
        MAILBOX->failure_got = got;
        MAILBOX->failure_expected = expected;
        fence();
        MAILBOX->failure = (u64)check;
    }
    for (;;)
        wait_for_interrupt();
}

static void world_require(int check, u64 hart, u64 got, u64 expected)
{
    if (got != expected)
        world_fail(check, hart, got, expected);
}

// In M-mode: whatever traps here and is no probe ends the run; hart 0 reports it.
void on_unexpected_trap(struct trap_frame *frame, u64 cause, u64 tval)
{
    u64 hart = csr_read(mhartid);
    if (hart == 0)
    {
        print("pc %x ", frame->pc);
        fail(CHECK_TRUSTED_TRAP, hart, cause, tval);
    }
    world_fail(CHECK_WORLD_TRAP, hart, cause, tval);
}

void on_ecall(struct trap_frame *frame)
{
    switch (FRAME_X(frame, X_A7))
    {
    case ECALL_SET_MLWID: csr_write(CSR_MLWID, FRAME_X(frame, X_A0)); break;
    case ECALL_SET_MWIDDELEG: csr_write(CSR_MWIDDELEG, FRAME_X(frame, X_A0)); break;
    default: on_unexpected_trap(frame, CAUSE_ECALL_S, FRAME_X(frame, X_A7)); break;
    }
}

// --- computing: random numbers, heapsort, SHA-256

static u32 next_number(u32 x)
{
    x ^= x << 13;
    x ^= x >> 17;
    return x ^ x << 5;
}

static void sift(u32 *heap, u32 root, u32 count)
{
    u32 value = heap[root];
    for (;;)
    {
        u32 child = 2 * root + 1;
        if (child >= count)
            break;
        if (child + 1 < count && heap[child + 1] > heap[child])
            child++;
        if (heap[child] <= value)
            break;
        heap[root] = heap[child];
        root = child;
    }
    heap[root] = value;
}

static u64 compute(u64 part, u64 world)
{
    u32 *numbers = (u32 *)(part + PART_NUMBERS);
    u32 x = 0x9E3779B9u * (u32)(world + 1);
    for (u32 i = 0; i < NUMBERS; i++)
        numbers[i] = x = next_number(x);
    for (u32 root = NUMBERS / 2; root-- > 0;)
        sift(numbers, root, NUMBERS);
    for (u32 count = NUMBERS; count-- > 1;)
    {
        u32 largest = numbers[0];
        numbers[0] = numbers[count];
        sift(numbers, 0, count);
        numbers[count] = largest;
    }
    u8 digest[32];
    sha256((const u8 *)numbers, 4 * NUMBERS, digest);
    u64 head = 0;
    for (int i = 0; i < 8; i++)
        head = head << 8 | digest[i];
    return head;
}

// --- Sv39: DRAM at its own address and again at ALIAS_BASE; devices at their own; 4 KiB pages around the gate

#define PTE_V 0x1
#define PTE_LEAF 0xCF // D A X W R V
#define PTE(address, bits) (((u64)(address) >> 12) << 10 | (bits))

static void enable_sv39(u64 part)
{
    u64 *root = (u64 *)(part + PART_TABLES), *middle = root + 512, *pages = root + 1024;
    memset(root, 0, 3 * 4096);
    root[0] = PTE(0, PTE_LEAF);
    root[DRAM_BASE >> 30] = PTE(middle, PTE_V);
    root[ALIAS_BASE >> 30] = PTE(middle, PTE_V);
    for (u64 i = 0; i < DRAM_SIZE >> 21; i++)
        middle[i] = PTE(DRAM_BASE + (i << 21), PTE_LEAF);
    u64 fine = (GATE_BASE - DRAM_BASE) >> 21;
    for (u64 i = 0; i < 512; i++)
        pages[i] = PTE(DRAM_BASE + (fine << 21) + (i << 12), PTE_LEAF);
    middle[fine] = PTE(pages, PTE_V);
    __asm__ volatile("sfence.vma" : : : "memory");
    csr_write(satp, 8ul << 60 | (u64)root >> 12);
    __asm__ volatile("sfence.vma" : : : "memory");
}

// --- probes, from S-mode or U-mode

static u64 do_probe(void *function, u64 a0, u64 a1, u64 a2, u64 user)
{
    return user ? user_call(function, a0, a1, a2) : ((u64 (*)(u64, u64, u64))function)(a0, a1, a2);
}

static u64 load(u64 address, struct probe *probe, u64 user) { return do_probe(probe_load, address, (u64)probe, 0, user); }

// --- the gate: hart 0 announces a state after the checker enforces it, and takes the announcement back before it
// changes it. What is observed between two equal announcements must match them.

static u64 refused_cause(u64 gate, u64 with_errors, u64 silent) { return gate & GATE_BUS_ERRORS ? with_errors : silent; }

static void watch(u64 hart, struct command *command)
{
    u64 world = world_of(hart);
    u64 base = address_for(hart, GATE_BASE);
    u64 user_every = uses_user_mode(hart) ? 1 : 0;
    fence_i();
    for (;;)
    {
        u64 gate = MAILBOX->gate;
        if (gate == 0)
            continue;
        if (gate == GATE_END)
            return;
        fence();

        u64 user = command->looks & user_every;
        struct probe read, write, execute = { 0 };
        struct probe *probe = &command->probe;
        u64 value = load(base + GATE_DATA, probe, user);
        read = *probe;
        do_probe(probe_store, base + GATE_WORDS + 8 * hart, gate, (u64)probe, user);
        write = *probe;
        u64 executed = 0;
        if (gate & GATE_FETCH)
        {
            executed = do_probe(probe_execute, base + GATE_CODE, (u64)probe, 0, user);
            execute = *probe;
        }

        fence();
        if (MAILBOX->gate != gate)
            continue;

        u64 may_read = gate & GATE_READ(world), may_write = gate & GATE_WRITE(world);
        if (may_read)
            world_require(CHECK_GATE_READ, hart, value, gate_data(GATE_ROUND(gate)));
        else
            world_require(CHECK_GATE_READ_REFUSED, hart, value, 0);
        u64 cause = may_read ? (u64)CAUSE_NONE : refused_cause(gate, CAUSE_LOAD_ACCESS, CAUSE_NONE);
        world_require(CHECK_GATE_READ_CAUSE, hart, read.cause, cause);
        if (cause == CAUSE_LOAD_ACCESS)
            world_require(CHECK_GATE_TVAL, hart, read.tval, base + GATE_DATA);
        cause = may_write ? (u64)CAUSE_NONE : refused_cause(gate, CAUSE_STORE_ACCESS, CAUSE_NONE);
        world_require(CHECK_GATE_WRITE_CAUSE, hart, write.cause, cause);
        if (cause == CAUSE_STORE_ACCESS)
            world_require(CHECK_GATE_TVAL, hart, write.tval, base + GATE_WORDS + 8 * hart);
        if (gate & GATE_FETCH)
        {
            cause = may_read ? (u64)CAUSE_NONE : refused_cause(gate, CAUSE_FETCH_ACCESS, CAUSE_ILLEGAL);
            world_require(CHECK_GATE_FETCH_CAUSE, hart, execute.cause, cause);
            if (may_read)
                world_require(CHECK_GATE_FETCH_VALUE, hart, executed, GATE_CODE_VALUE);
            if (cause == CAUSE_FETCH_ACCESS)
                world_require(CHECK_GATE_TVAL, hart, execute.tval, base + GATE_CODE);
        }
        command->looks++;
        fence();
        command->acknowledged = GATE_ROUND(gate);
    }
}

static void storm(struct command *command)
{
    u64 address = command->arguments[0];
    while (MAILBOX->gate != GATE_END)
    {
        probe_load(address, &command->probe);
        command->looks++;
    }
}

static void count(u64 times, u32 participants)
{
    for (u64 i = 0; i < times; i++)
    {
        atomic_add(&MAILBOX->counter, 1);
        lock(&MAILBOX->counter_lock);
        MAILBOX->counter_under_lock++;
        unlock(&MAILBOX->counter_lock);
        if (i % 4 == 3)
            barrier_wait(&MAILBOX->meeting, participants);
    }
}

static u64 execute_command(u64 hart, struct command *command)
{
    u64 a0 = command->arguments[0], a1 = command->arguments[1], user = command->arguments[2];
    struct probe *probe = &command->probe;
    switch (command->operation)
    {
    case OP_LOAD: return load(a0, probe, user);
    case OP_STORE: return do_probe(probe_store, a0, a1, (u64)probe, user);
    case OP_ADD: return do_probe(probe_add, a0, a1, (u64)probe, user);
    case OP_RESERVE: return do_probe(probe_reserve, a0, (u64)probe, 0, user);
    case OP_EXECUTE: return do_probe(probe_execute, a0, (u64)probe, 0, user);
    case OP_READ_SLWID: return do_probe(probe_read_slwid, 0, (u64)probe, 0, user);
    case OP_WRITE_SLWID: return do_probe(probe_write_slwid, a0, (u64)probe, 0, user);
    case OP_READ_MLWID: return do_probe(probe_read_mlwid, 0, (u64)probe, 0, user);
    case OP_SET_MLWID: return load_as_world(a0, probe, a1, world_of(hart));
    case OP_SET_MWIDDELEG: return world_call(a0, ECALL_SET_MWIDDELEG);
    case OP_COMPUTE: return compute(part_of(hart), world_of(hart));
    case OP_COUNT: count(a0, (u32)a1); return 0;
    case OP_WATCH: watch(hart, command); return 0;
    case OP_STORM: storm(command); return 0;
    case OP_DMA: return dma_copy(a0, a1, user);
    case OP_FENCE_I: fence_i(); return 0;
    default: return 0;
    }
}

static void world_main(u64 hart)
{
    u64 part = part_of(hart);
    struct command *command = &MAILBOX->commands[hart];
    csr_write(stvec, (u64)world_trap_vector);
    write64(part + PART_SECRET, secret_of(world_of(hart)));
    write32(part + PART_CODE, (u32)CODE_VALUE(world_of(hart)) << 20 | 10 << 7 | 0x13); // li a0, CODE_VALUE
    write32(part + PART_CODE + 4, 0x8067);                                             // ret
    fence_i();
    if (uses_sv39(hart))
        enable_sv39(part);

    for (u64 done = 0;;)
    {
        fence();
        command->done = done;
        while (command->request == done)
            ;
        fence();
        done = command->request;
        if (command->operation == OP_STOP)
        {
            command->done = done;
            for (;;)
                wait_for_interrupt();
        }
        command->result = execute_command(hart, command);
    }
}

// M-mode, on a started hart.
void world_enter(u64 hart)
{
    u64 world = world_of(hart);
    csr_write(pmpaddr0, ~0ul >> 10);
    csr_write(pmpcfg0, 0x1F);
    csr_write(medeleg, 1ul << CAUSE_ECALL_U);
    csr_write(mideleg, 0);
    csr_write(mcounteren, 7);
    csr_write(CSR_MLWID, world);
    if (uses_user_mode(hart))
    {
        csr_write(CSR_MWIDDELEG, 1ul << world | 1ul << other_world(world));
        csr_write(CSR_SLWID, world);
    }
    enter_lower_mode((u64)world_main, hart, part_of(hart) + PART_SIZE, MSTATUS_MPP_S);
}
