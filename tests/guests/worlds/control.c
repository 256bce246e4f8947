// Hart 0's side: starting the worlds, giving commands, the gate, reporting.
#include "worlds.h"

#define STAGE_SECONDS 120ul

static const char *stage_name = "boot";
static u64 sequence[HARTS];

volatile u64 checker_interrupts;
volatile u64 dma_interrupts;
volatile u64 recorded_cause;
volatile u64 recorded_address;

static const char *text_of(int check)
{
    switch (check)
    {
#define CHECK(code, name, text) case code: return text;
    CHECKS(CHECK)
#undef CHECK
    default: return "?";
    }
}

void fail(int check, u64 hart, u64 got, u64 expected)
{
    print("FAIL %u in stage '%s': %s (hart %u: got %x, expected %x)\n", (u64)check, stage_name, text_of(check), hart, got, expected);
    finish(check);
}

void require(int check, u64 got, u64 expected)
{
    if (got != expected)
        fail(check, 0, got, expected);
}

void report_worlds_failure(void)
{
    fence();
    fail((int)MAILBOX->failure, MAILBOX->failure_hart, MAILBOX->failure_got, MAILBOX->failure_expected);
}

// Each stage must end within STAGE_SECONDS of the timer: a machine timer interrupt says otherwise.
void stage(const char *name)
{
    stage_name = name;
    set_timer(0, mtime() + STAGE_SECONDS * MTIME_HZ);
    csr_set(mie, MIP_MTIP);
    csr_set(mstatus, MSTATUS_MIE);
}

void stage_done(void) { print("ok: %s\n", stage_name); }

void on_interrupt(u64 hart, u64 number)
{
    if (number == INTERRUPT_TIMER)
        fail(CHECK_TIMEOUT, hart, mtime(), 0);
    if (number != INTERRUPT_EXTERNAL)
        fail(CHECK_INTERRUPT, hart, number, INTERRUPT_EXTERNAL);
    u32 source = plic_claim(hart);
    switch (source)
    {
    case 0: return;
    case PLIC_SOURCE_WGCHECKER:
        recorded_cause = read64(WG_ERRCAUSE);
        recorded_address = read64(WG_ERRADDR);
        clear_record();
        checker_interrupts++;
        break;
    case PLIC_SOURCE_DMA:
        dma_acknowledge();
        dma_interrupts++;
        break;
    default: fail(CHECK_INTERRUPT, hart, source, PLIC_SOURCE_WGCHECKER);
    }
    plic_complete(hart, source);
}

void send(u64 hart, u64 operation, u64 a0, u64 a1, u64 a2)
{
    struct command *command = &MAILBOX->commands[hart];
    command->operation = operation;
    command->arguments[0] = a0;
    command->arguments[1] = a1;
    command->arguments[2] = a2;
    fence();
    command->request = ++sequence[hart];
}

void wait_done(u64 hart)
{
    struct command *command = &MAILBOX->commands[hart];
    while (command->done != sequence[hart])
        if (MAILBOX->failure)
            report_worlds_failure();
    fence();
}

u64 command(u64 hart, u64 operation, u64 a0, u64 a1, u64 a2)
{
    send(hart, operation, a0, a1, a2);
    wait_done(hart);
    return MAILBOX->commands[hart].result;
}

void start_worlds(void)
{
    memset(MAILBOX, 0, sizeof *MAILBOX);
    for (u64 hart = 1; hart < HARTS; hart++)
        start_hart(hart, world_enter);
    for (u64 hart = 1; hart < HARTS; hart++)
        command(hart, OP_FENCE_I, 0, 0, 0);
}

// --- the gate

static u64 next_random(u64 x)
{
    x ^= x << 13;
    x ^= x >> 7;
    return x ^ x << 17;
}

// Three ways to take a grant away: the permissions, the whole slot, or its address.
static void set_gate(u64 round, u64 perm)
{
    u64 closed = perm == 0;
    switch (round / 4 % 3)
    {
    case 0:
        write64(WG_ADDR(SLOT_GATE), napot(GATE_BASE, GATE_SIZE));
        write32(WG_CFG(SLOT_GATE), CFG_NAPOT);
        write64(WG_PERM(SLOT_GATE), perm);
        break;
    case 1:
        write64(WG_ADDR(SLOT_GATE), napot(GATE_BASE, GATE_SIZE));
        if (!closed)
            write64(WG_PERM(SLOT_GATE), perm);
        write32(WG_CFG(SLOT_GATE), closed ? CFG_OFF : CFG_NAPOT);
        break;
    default:
        if (!closed)
            write64(WG_PERM(SLOT_GATE), perm);
        write32(WG_CFG(SLOT_GATE), CFG_NAPOT);
        write64(WG_ADDR(SLOT_GATE), napot(closed ? MAILBOX_BASE : GATE_BASE, GATE_SIZE));
        break;
    }
}

// Grants and revokes the gate `rounds` times silently, then `error_rounds` times with bus errors, while all worlds watch
// it. Each round ends when every world has seen it at least once.
void run_gate(u64 rounds, u64 error_rounds)
{
    static u64 words[HARTS];
    u64 random = 88172645463325252ul;

    memset((void *)GATE_BASE, 0, GATE_SIZE);
    write32(GATE_BASE + GATE_CODE, (u32)GATE_CODE_VALUE << 20 | 10 << 7 | 0x13); // li a0, GATE_CODE_VALUE
    write32(GATE_BASE + GATE_CODE + 4, 0x8067);                                  // ret
    memset(words, 0, sizeof words);
    MAILBOX->gate = 0;
    for (u64 hart = 1; hart < HARTS; hart++)
    {
        MAILBOX->commands[hart].acknowledged = 0;
        MAILBOX->commands[hart].looks = 0;
        send(hart, OP_WATCH, 0, 0, 0);
    }

    for (u64 round = 1; round <= rounds + error_rounds; round++)
    {
        MAILBOX->gate = 0;
        fence();

        u64 gate = round << 32 | GATE_READ(TRUSTED) | GATE_WRITE(TRUSTED);
        u64 perm = 0;
        random = next_random(random);
        for (u64 world = 0; world < TRUSTED; world++)
        {
            u64 choice = round % 2 == 1 ? 3 : round % 4 == 0 ? 0 : random >> (8 + 2 * world) & 3;
            perm |= choice << (2 * world);
            gate |= (choice & 1 ? GATE_READ(world) : 0) | (choice & 2 ? GATE_WRITE(world) : 0);
        }
        if (round % 8 >= 3 && round % 8 <= 6)
            gate |= GATE_FETCH;
        if (round == rounds + 1)
            write32(WG_CFG(SLOT_TRUSTED), CFG_TOR | CFG_ER | CFG_EW);
        if (round > rounds)
            gate |= GATE_BUS_ERRORS;
        write64(GATE_BASE + GATE_DATA, gate_data(round));
        set_gate(round, perm);
        fence();
        MAILBOX->gate = gate;

        for (u64 hart = 1; hart < HARTS; hart++)
            while (MAILBOX->commands[hart].acknowledged != round)
                if (MAILBOX->failure)
                    report_worlds_failure();
        fence();
        for (u64 hart = 1; hart < HARTS; hart++)
        {
            if (gate & GATE_WRITE(world_of(hart)))
                words[hart] = gate;
            u64 word = read64(GATE_BASE + GATE_WORDS + 8 * hart);
            if (word != words[hart])
                fail(CHECK_GATE_WORD, hart, word, words[hart]);
        }
    }

    MAILBOX->gate = GATE_END;
    for (u64 hart = 1; hart < HARTS; hart++)
        wait_done(hart);
    write64(WG_PERM(SLOT_GATE), 0);
    write32(WG_CFG(SLOT_GATE), CFG_OFF);
    write64(WG_ADDR(SLOT_GATE), 0);
    write32(WG_CFG(SLOT_TRUSTED), CFG_TOR);
    forget_records();
}
