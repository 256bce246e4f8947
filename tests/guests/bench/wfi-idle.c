// Hart 0 sleeps through a few timer periods and passes; all other harts (up to 4095) stay in WFI from reset on.
// Shows what idle harts cost.
#include "guest.h"

static volatile u64 ticks;

void on_interrupt(u64 hart, u64 number)
{
    if (number != INTERRUPT_TIMER)
        finish(1);
    ticks++;
    set_timer(hart, mtime() + MTIME_HZ / 1000);
}

int main(void)
{
    set_timer(0, mtime() + MTIME_HZ / 1000);
    csr_set(mie, MIP_MTIP);
    csr_set(mstatus, MSTATUS_MIE);
    while (ticks < 10)
        wait_for_interrupt();
    csr_clear(mstatus, MSTATUS_MIE);
    print("wfi-idle: %u timer periods slept, pass\n", ticks);
    return 0;
}
