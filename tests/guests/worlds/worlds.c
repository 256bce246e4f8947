// One hart per world: quad-worlds (4) and octa-worlds (8). Hart 0 in the trusted world programs the checker, gives the
// commands, and checks what the others observe.
#include "worlds.h"

#define GATE_ROUNDS 200
#define GATE_ERROR_ROUNDS 40
#define RECORDS 24
#define STORM_RECORDS 40
#define COPY_SIZE 8192
#define RACES 8
#define RACE_COPIES 8

// First 8 bytes of the SHA-256 of each world's sorted numbers, computed elsewhere (see README.md).
static const u64 digests[8] = {
    0x10eec2f8ac7be345ul,
    0xa9396748ea8571eful,
    0x975b9c0caa09495ful,
    0x3481d83ea0d7295eul,
    0x459d534394af11f8ul,
    0xf577616371ff4433ul,
    0x67796c89aa8126aful,
    0x35666ac2bede1795ul,
};

// In .data, which belongs to the trusted world.
#define TRUSTED_WORD 0x7A057ED
static volatile u64 trusted_word = TRUSTED_WORD;

_Static_assert(HARTS == WORLDS, "one hart per world");

static u64 hart_of(u64 world) { return world + 1; }
static u64 victim_of(u64 world) { return (world + 1) % TRUSTED; }
static u64 memory_of(u64 world) { return part_of(hart_of(world)); }
static struct probe *probe_of(u64 hart) { return &MAILBOX->commands[hart].probe; }

static void expect(int check, u64 hart, u64 got, u64 expected)
{
    if (got != expected)
        fail(check, hart, got, expected);
}

// --- compute

static u32 next_number(u32 x)
{
    x ^= x << 13;
    x ^= x >> 17;
    return x ^ x << 5;
}

static void check_numbers(u64 world)
{
    const u32 *numbers = (const u32 *)(memory_of(world) + PART_NUMBERS);
    u64 hart = hart_of(world), sum = 0, expected = 0;
    u32 x = 0x9E3779B9u * (u32)(world + 1);
    for (u32 i = 0; i < NUMBERS; i++)
    {
        x = next_number(x);
        expected += x;
        sum += numbers[i];
        if (i > 0 && numbers[i - 1] > numbers[i])
            fail(CHECK_SORTED, hart, numbers[i - 1], numbers[i]);
    }
    expect(CHECK_SUM, hart, sum, expected);
}

static void compute(void)
{
    stage("compute in every world");
    for (u64 hart = 1; hart < HARTS; hart++)
        send(hart, OP_COMPUTE, 0, 0, 0);
    for (u64 world = 0; world < TRUSTED; world++)
    {
        wait_done(hart_of(world));
        expect(CHECK_DIGEST, hart_of(world), MAILBOX->commands[hart_of(world)].result, digests[world]);
        check_numbers(world);
    }
    stage_done();

    stage("count in the mailbox");
    for (u64 hart = 1; hart < HARTS; hart++)
        send(hart, OP_COUNT, 64, HARTS - 1, 0);
    for (u64 hart = 1; hart < HARTS; hart++)
        wait_done(hart);
    require(CHECK_COUNTER, MAILBOX->counter, 64 * (HARTS - 1));
    require(CHECK_COUNTER_UNDER_LOCK, MAILBOX->counter_under_lock, 64 * (HARTS - 1));
    stage_done();
}

// --- refusals without bus errors

static void refuse_silently(u64 world, u64 user)
{
    u64 hart = hart_of(world), victim = victim_of(world);
    u64 own = address_for(hart, memory_of(world)), other = address_for(hart, memory_of(victim));
    struct probe *probe = probe_of(hart);

    expect(CHECK_OWN_LOAD, hart, command(hart, OP_LOAD, own + PART_SECRET, 0, user), secret_of(world));
    expect(CHECK_OWN_EXECUTE, hart, command(hart, OP_EXECUTE, own + PART_CODE, 0, user), CODE_VALUE(world));

    expect(CHECK_SILENT_LOAD, hart, command(hart, OP_LOAD, other + PART_SECRET, 0, user), 0);
    expect(CHECK_SILENT_CAUSE, hart, probe->cause, CAUSE_NONE);
    command(hart, OP_STORE, other + PART_SECRET, 0xBAD, user);
    expect(CHECK_SILENT_CAUSE, hart, probe->cause, CAUSE_NONE);
    expect(CHECK_SILENT_STORE, hart, read64(memory_of(victim) + PART_SECRET), secret_of(victim));
    expect(CHECK_SILENT_ADD, hart, command(hart, OP_ADD, other + PART_SECRET, 0xBAD, user), 0);
    expect(CHECK_SILENT_CAUSE, hart, probe->cause, CAUSE_NONE);
    expect(CHECK_SILENT_ADD, hart, read64(memory_of(victim) + PART_SECRET), secret_of(victim));
    expect(CHECK_SILENT_RESERVE, hart, command(hart, OP_RESERVE, other + PART_SECRET, 0, user), 0);

    command(hart, OP_EXECUTE, other + PART_CODE, 0, user);
    expect(CHECK_SILENT_FETCH_CAUSE, hart, probe->cause, CAUSE_ILLEGAL);
    expect(CHECK_SILENT_FETCH_TVAL, hart, probe->tval, 0);
    expect(CHECK_SILENT_FETCH_EPC, hart, probe->epc, other + PART_CODE);

    // Readable for all, writable for none of them.
    u64 text = address_for(hart, (u64)&text_word), word = text_word;
    expect(CHECK_TEXT_LOAD, hart, command(hart, OP_LOAD, text, 0, user), word);
    command(hart, OP_STORE, text, 0xBAD, user);
    expect(CHECK_TEXT_STORE, hart, text_word, word);
    expect(CHECK_TEXT_ADD, hart, command(hart, OP_ADD, text, 1, user), word);
    expect(CHECK_TEXT_ADD, hart, text_word, word);

    expect(CHECK_DATA_LOAD, hart, command(hart, OP_LOAD, address_for(hart, (u64)&trusted_word), 0, user), 0);
    expect(CHECK_DATA_LOAD, hart, trusted_word, TRUSTED_WORD);
    expect(CHECK_REGISTER_LOAD, hart, command(hart, OP_LOAD, WG_PERM(SLOT_MAILBOX), 0, user), 0);
    command(hart, OP_STORE, WG_PERM(SLOT_TRUSTED), ~0ul, user);
    expect(CHECK_REGISTER_STORE, hart, read64(WG_PERM(SLOT_TRUSTED)), PERM_RW(TRUSTED));

    // The last word of a world's memory and the first one of its neighbour's.
    u64 border = WORLD_BASE(world + 1);
    write32(border - 4, 0x11111111);
    write32(border, 0x22222222);
    expect(CHECK_CROSSING_LOAD, hart, command(hart, OP_LOAD, address_for(hart, border - 4), 0, user), 0x11111111);
    command(hart, OP_STORE, address_for(hart, border - 4), 0xAAAAAAAABBBBBBBBul, user);
    expect(CHECK_CROSSING_STORE, hart, read32(border - 4), 0xBBBBBBBB);
    expect(CHECK_CROSSING_STORE, hart, read32(border), 0x22222222);

    expect(CHECK_OUTSIDER, hart, read64(memory_of(world) + PART_SECRET), secret_of(world));
}

// --- records and interrupts

static void set_flags(u32 flags)
{
    for (u64 world = 0; world <= TRUSTED; world++)
        write32(WG_CFG(SLOT_WORLD(world)), CFG_TOR | flags);
    fence();
}

static void expect_record(u64 world, u64 cause, u64 address)
{
    expect(CHECK_RECORD_CAUSE, hart_of(world), recorded_cause, cause | world);
    expect(CHECK_RECORD_ADDRESS, hart_of(world), recorded_address, address >> 2);
}

static void records(void)
{
    stage("records and interrupts");
    require(CHECK_SILENT_RECORD, read64(WG_ERRCAUSE) | read64(WG_ERRADDR), 0);
    set_flags(CFG_IR | CFG_IW);
    plic_enable(0, PLIC_SOURCE_WGCHECKER);
    csr_set(mie, MIP_MEIP);
    for (u64 i = 0; i < RECORDS; i++)
    {
        u64 world = i % TRUSTED, hart = hart_of(world);
        u64 address = memory_of(victim_of(world)) + PART_SECRET + 8 * i;
        command(hart, i % 2 ? OP_STORE : OP_LOAD, address_for(hart, address), 0xBAD, 0);
        while (checker_interrupts == i)
            ;
        expect_record(world, ERRCAUSE_IP | (i % 2 ? ERRCAUSE_W : ERRCAUSE_R), address);
    }
    require(CHECK_RECORD_INTERRUPTS, checker_interrupts, RECORDS);

    // Without an interrupt handler the first record stays until software clears it.
    csr_clear(mie, MIP_MEIP);
    u64 first = memory_of(victim_of(0)) + PART_SECRET, second = memory_of(victim_of(1)) + PART_SECRET;
    command(hart_of(0), OP_LOAD, address_for(hart_of(0), first), 0, 0);
    await_record();
    command(hart_of(1), OP_STORE, address_for(hart_of(1), second), 0xBAD, 0);
    require(CHECK_RECORD_FIRST, read64(WG_ERRCAUSE), ERRCAUSE_IP | ERRCAUSE_R); // WID 0
    require(CHECK_RECORD_FIRST, read64(WG_ERRADDR), first >> 2);
    forget_records();
    stage_done();

    stage("records of harts that violate at once");
    MAILBOX->gate = 0;
    for (u64 world = 0; world < TRUSTED; world++)
        send(hart_of(world), OP_STORM, address_for(hart_of(world), memory_of(victim_of(world)) + PART_SECRET + 8 * world), 0, 0);
    for (u64 i = 0; i < STORM_RECORDS; i++)
    {
        u64 cause;
        while (!((cause = read64(WG_ERRCAUSE)) & ERRCAUSE_IP))
            if (MAILBOX->failure)
                report_worlds_failure();
        u64 address = read64(WG_ERRADDR), world = cause & 0xFF;
        expect(CHECK_RECORD_WHOLE, 0, world < TRUSTED, 1);
        expect(CHECK_RECORD_WHOLE, hart_of(world), cause, ERRCAUSE_IP | ERRCAUSE_R | world);
        expect(CHECK_RECORD_WHOLE, hart_of(world), address << 2, memory_of(victim_of(world)) + PART_SECRET + 8 * world);
        clear_record();
    }
    MAILBOX->gate = GATE_END;
    for (u64 hart = 1; hart < HARTS; hart++)
        wait_done(hart);
    set_flags(0);
    forget_records();

    // The line was high while nobody listened: take what the interrupt controller still holds.
    u32 source;
    while ((source = plic_claim(0)) != 0)
        plic_complete(0, source);
    stage_done();
}

// --- refusals with bus errors

static void expect_error(int check, u64 hart, u64 cause, u64 tval)
{
    expect(check, hart, probe_of(hart)->cause, cause);
    expect(CHECK_ERROR_TVAL, hart, probe_of(hart)->tval, tval);
}

static void refuse_with_errors(u64 world, u64 user)
{
    u64 hart = hart_of(world), victim = victim_of(world);
    u64 own = address_for(hart, memory_of(world)), other = address_for(hart, memory_of(victim));

    expect(CHECK_OWN_LOAD, hart, command(hart, OP_LOAD, own + PART_SECRET, 0, user), secret_of(world));
    forget_records();
    command(hart, OP_LOAD, other + PART_SECRET, 0, user);
    expect_error(CHECK_ERROR_LOAD, hart, CAUSE_LOAD_ACCESS, other + PART_SECRET);
    expect(CHECK_RECORD_CAUSE, hart, await_record(), ERRCAUSE_BE | ERRCAUSE_R | world);
    expect(CHECK_RECORD_ADDRESS, hart, read64(WG_ERRADDR), (memory_of(victim) + PART_SECRET) >> 2);
    command(hart, OP_STORE, other + PART_SECRET + 8, 0xBAD, user);
    expect_error(CHECK_ERROR_STORE, hart, CAUSE_STORE_ACCESS, other + PART_SECRET + 8);
    command(hart, OP_ADD, other + PART_SECRET, 0xBAD, user);
    expect_error(CHECK_ERROR_ADD, hart, CAUSE_STORE_ACCESS, other + PART_SECRET);
    command(hart, OP_RESERVE, other + PART_SECRET, 0, user);
    expect_error(CHECK_ERROR_RESERVE, hart, CAUSE_LOAD_ACCESS, other + PART_SECRET);
    command(hart, OP_EXECUTE, other + PART_CODE, 0, user);
    expect_error(CHECK_ERROR_FETCH, hart, CAUSE_FETCH_ACCESS, other + PART_CODE);
    expect(CHECK_ERROR_UNCHANGED, hart, read64(memory_of(victim) + PART_SECRET), secret_of(victim));

    u64 border = WORLD_BASE(world + 1), crossing = address_for(hart, border - 4);
    write32(border - 4, 0x11111111);
    write32(border, 0x22222222);
    command(hart, OP_LOAD, crossing, 0, user);
    expect_error(CHECK_ERROR_LOAD, hart, CAUSE_LOAD_ACCESS, crossing + 4);
    command(hart, OP_STORE, crossing, 0xAAAAAAAABBBBBBBBul, user);
    expect_error(CHECK_ERROR_STORE, hart, CAUSE_STORE_ACCESS, crossing + 4);
    expect(CHECK_ERROR_UNCHANGED, hart, read32(border - 4), 0x11111111);
    expect(CHECK_ERROR_UNCHANGED, hart, read32(border), 0x22222222);

    u64 text = address_for(hart, (u64)&text_word), word = text_word;
    expect(CHECK_TEXT_LOAD, hart, command(hart, OP_LOAD, text, 0, user), word);
    command(hart, OP_ADD, text, 1, user);
    expect_error(CHECK_ERROR_TEXT_ADD, hart, CAUSE_STORE_ACCESS, text);
    expect(CHECK_ERROR_UNCHANGED, hart, text_word, word);
}

static void for_each_view(void (*action)(u64 world, u64 user))
{
    for (u64 world = 0; world < TRUSTED; world++)
    {
        action(world, 0);
        if (uses_user_mode(hart_of(world)))
            action(world, 1);
    }
}

// --- harts that change their world

static void switch_mlwid(u64 world)
{
    u64 hart = hart_of(world), other = victim_of(world);
    u64 own_secret = address_for(hart, memory_of(world)) + PART_SECRET;
    u64 other_secret = address_for(hart, memory_of(other)) + PART_SECRET;
    for (int i = 0; i < 4; i++)
    {
        expect(CHECK_SWITCH_BACK, hart, command(hart, OP_LOAD, own_secret, 0, 0), secret_of(world));
        expect(CHECK_SWITCH_AWAY, hart, command(hart, OP_SET_MLWID, own_secret, other, 0), 0);
        expect(CHECK_SWITCH_OTHER, hart, command(hart, OP_SET_MLWID, other_secret, other, 0), secret_of(other));
        expect(CHECK_SWITCH_AWAY, hart, command(hart, OP_LOAD, other_secret, 0, 0), 0);
    }
}

static void switch_slwid(u64 world)
{
    u64 hart = hart_of(world), other = victim_of(world);
    u64 own_secret = memory_of(world) + PART_SECRET, other_secret = memory_of(other) + PART_SECRET;
    u64 delegated = 1ul << world | 1ul << other, lowest = world < other ? world : other;
    struct probe *probe = probe_of(hart);

    command(hart, OP_SET_MWIDDELEG, delegated, 0, 0);
    for (int i = 0; i < 4; i++)
    {
        command(hart, OP_WRITE_SLWID, world, 0, 0);
        expect(CHECK_USER_DELEGATED, hart, command(hart, OP_LOAD, own_secret, 0, 1), secret_of(world));
        expect(CHECK_USER_DELEGATED, hart, command(hart, OP_LOAD, other_secret, 0, 1), 0);
        command(hart, OP_WRITE_SLWID, other, 0, 0);
        expect(CHECK_SLWID_VALUE, hart, command(hart, OP_READ_SLWID, 0, 0, 0), other);
        expect(CHECK_USER_DELEGATED, hart, command(hart, OP_LOAD, own_secret, 0, 1), 0);
        expect(CHECK_USER_DELEGATED, hart, command(hart, OP_LOAD, other_secret, 0, 1), secret_of(other));
        expect(CHECK_OWN_LOAD, hart, command(hart, OP_LOAD, own_secret, 0, 0), secret_of(world));
    }
    command(hart, OP_WRITE_SLWID, TRUSTED, 0, 0);
    expect(CHECK_SLWID_LEGALISED, hart, command(hart, OP_READ_SLWID, 0, 0, 0), lowest);
    command(hart, OP_READ_SLWID, 0, 0, 1);
    expect(CHECK_SLWID_TRAP, hart, probe->cause, CAUSE_ILLEGAL);
    command(hart, OP_READ_MLWID, 0, 0, 0);
    expect(CHECK_MLWID_TRAP, hart, probe->cause, CAUSE_ILLEGAL);

    command(hart, OP_WRITE_SLWID, other, 0, 0);
    expect(CHECK_USER_DELEGATED, hart, command(hart, OP_LOAD, own_secret, 0, 1), 0);
    command(hart, OP_SET_MWIDDELEG, 0, 0, 0);
    expect(CHECK_USER_UNDELEGATED, hart, command(hart, OP_LOAD, own_secret, 0, 1), secret_of(world));
    command(hart, OP_READ_SLWID, 0, 0, 0);
    expect(CHECK_SLWID_TRAP, hart, probe->cause, CAUSE_ILLEGAL);

    command(hart, OP_SET_MWIDDELEG, delegated, 0, 0);
    command(hart, OP_WRITE_SLWID, world, 0, 0);
}

static void switch_worlds(void)
{
    stage("harts change their world");
    for (u64 world = 0; world < TRUSTED; world++)
    {
        // A hart with Sv39 would close its own page tables.
        if (!uses_sv39(hart_of(world)))
            switch_mlwid(world);
        if (uses_user_mode(hart_of(world)))
            switch_slwid(world);
    }
    stage_done();
}

// --- DMA

static void wait_dma_interrupt(u64 before)
{
    while (dma_interrupts == before)
        ;
    require(CHECK_DMA_INTERRUPT, dma_interrupts, before + 1);
}

static void copy(u64 source, u64 destination, u64 status)
{
    u64 before = dma_interrupts;
    u64 got = command(hart_of(0), OP_DMA, source, destination, COPY_SIZE);
    expect(CHECK_DMA_STATUS, hart_of(0), got & (DESCRIPTOR_DONE | DESCRIPTOR_ERROR), status);
    wait_dma_interrupt(before);
}

static void expect_bytes(int check, u64 address, const void *expected)
{
    for (u64 at = 0; at < COPY_SIZE; at += 8)
        expect(check, 0, read64(address + at), expected ? read64((u64)expected + at) : 0);
}

// A long transfer out of the gate, revoked while it runs: bytes written after the FENCE must be zero.
static void race(u64 destination)
{
    u64 before = dma_interrupts, end = destination + RACE_COPIES * GATE_SIZE;
    write64(WG_PERM(SLOT_GATE), PERM_RW(0));
    fence();
    memset((void *)destination, 0xEE, RACE_COPIES * GATE_SIZE);
    u64 bytes = dma_bytes();
    dma_start(GATE_BASE, destination, GATE_SIZE, RACE_COPIES);
    while (dma_bytes() == bytes)
        ;
    write64(WG_PERM(SLOT_GATE), 0);
    fence();
    u64 progress = dma_bytes() - bytes;
    wait_dma_interrupt(before);
    for (u64 at = destination + (progress + 7) / 8 * 8; at < end; at += 8)
        expect(CHECK_DMA_REFUSED, 0, read64(at), 0);
    expect(CHECK_DMA_COPY, 0, read64(destination), read64(GATE_BASE));
}

static void dma(void)
{
    u64 own = memory_of(0) + PART_NUMBERS, other = memory_of(1) + PART_NUMBERS, target = WORLD_BASE(0) + PART_SIZE;
    u64 other_target = WORLD_BASE(1) + PART_SIZE;
    stage("DMA for a permitted and a refused world");
    plic_enable(0, PLIC_SOURCE_DMA);
    csr_set(mie, MIP_MEIP);

    dma_set_world(0);
    memset((void *)target, 0xEE, COPY_SIZE);
    copy(own, target, DESCRIPTOR_DONE);
    expect_bytes(CHECK_DMA_COPY, target, (void *)own);

    memset((void *)target, 0xEE, COPY_SIZE);
    copy(other, target, DESCRIPTOR_DONE);
    expect_bytes(CHECK_DMA_REFUSED, target, 0);

    memset((void *)other_target, 0, COPY_SIZE);
    copy(own, other_target, DESCRIPTOR_DONE);
    expect_bytes(CHECK_DMA_DROPPED, other_target, 0);

    dma_set_world(1);
    copy(other, other_target, DESCRIPTOR_DONE);
    expect_bytes(CHECK_DMA_COPY, other_target, (void *)other);

    dma_set_world(0);
    set_flags(CFG_ER | CFG_EW);
    forget_records();
    copy(other, target, DESCRIPTOR_ERROR);
    expect(CHECK_DMA_RECORD, 0, await_record(), ERRCAUSE_BE | ERRCAUSE_R); // WID 0
    expect(CHECK_DMA_RECORD, 0, read64(WG_ERRADDR), other >> 2);
    set_flags(0);
    forget_records();
    stage_done();

    stage("DMA while its source is revoked");
    for (u64 at = 0; at < GATE_SIZE; at += 8)
        write64(GATE_BASE + at, ~at);
    write64(WG_ADDR(SLOT_GATE), napot(GATE_BASE, GATE_SIZE));
    write32(WG_CFG(SLOT_GATE), CFG_NAPOT);
    for (int i = 0; i < RACES; i++)
        race(target);
    write32(WG_CFG(SLOT_GATE), CFG_OFF);
    write64(WG_ADDR(SLOT_GATE), 0);
    stage_done();
}

int main(void)
{
    print("%s: %u harts in %u worlds\n", GUEST_NAME, (u64)HARTS, (u64)WORLDS);

    stage("reset state and policy");
    check_reset_state();
    program_policy();
    stage_done();

    stage("start the worlds");
    start_worlds();
    stage_done();

    compute();

    stage("silent refusals");
    for_each_view(refuse_silently);
    stage_done();

    records();

    stage("bus errors");
    set_flags(CFG_ER | CFG_EW);
    write32(WG_CFG(SLOT_TEXT), CFG_TOR | CFG_EW);
    for_each_view(refuse_with_errors);
    set_flags(0);
    write32(WG_CFG(SLOT_TEXT), CFG_TOR);
    forget_records();
    stage_done();

    switch_worlds();

    stage("revoke and grant while all watch");
    run_gate(GATE_ROUNDS, GATE_ERROR_ROUNDS);
    stage_done();

    dma();

    stage("stop");
    for (u64 hart = 1; hart < HARTS; hart++)
        command(hart, OP_STOP, 0, 0, 0);
    stage_done();
    print("%s: pass\n", GUEST_NAME);
    return 0;
}
