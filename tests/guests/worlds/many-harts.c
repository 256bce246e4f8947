// Many harts share few worlds: all are started by software interrupts, count together with atomics, a lock and barriers, and
// watch the gate while hart 0 reprograms the checker under them.
#include "worlds.h"

#define COUNTS 16
#define ROUNDS 24
#define ERROR_ROUNDS 8

int main(void)
{
    print("many-harts: %u harts in %u worlds\n", (u64)HARTS, (u64)WORLDS);

    stage("policy");
    check_reset_state();
    program_policy();
    stage_done();

    stage("start all harts");
    start_worlds();
    stage_done();

    stage("count");
    for (u64 hart = 1; hart < HARTS; hart++)
        send(hart, OP_COUNT, COUNTS, HARTS - 1, 0);
    for (u64 hart = 1; hart < HARTS; hart++)
        wait_done(hart);
    require(CHECK_COUNTER, MAILBOX->counter, COUNTS * (HARTS - 1));
    require(CHECK_COUNTER_UNDER_LOCK, MAILBOX->counter_under_lock, COUNTS * (HARTS - 1));
    stage_done();

    stage("revoke and grant");
    run_gate(ROUNDS, ERROR_ROUNDS);
    stage_done();

    stage("stop");
    for (u64 hart = 1; hart < HARTS; hart++)
        command(hart, OP_STOP, 0, 0, 0);
    stage_done();
    print("many-harts: pass\n");
    return 0;
}
