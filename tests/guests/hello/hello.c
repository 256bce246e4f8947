// One hart: prints a line, waits for one machine timer interrupt in WFI, passes.
#include "guest.h"

static volatile u64 timer_interrupts;

void on_interrupt(u64 hart, u64 number)
{
    if (number != INTERRUPT_TIMER)
    {
        print("hello: interrupt %u instead of the timer's\n", number);
        finish(1);
    }
    timer_interrupts++;
    set_timer(hart, ~0ul);
}

int main(void)
{
    print("hello from hart %u\n", csr_read(mhartid));
    u64 start = mtime();
    set_timer(0, start + MTIME_HZ / 10000);
    csr_set(mie, MIP_MTIP);
    csr_set(mstatus, MSTATUS_MIE);
    while (timer_interrupts == 0)
        wait_for_interrupt();
    csr_clear(mstatus, MSTATUS_MIE);
    if (mtime() < start + MTIME_HZ / 10000)
    {
        print("hello: the timer interrupt came too early\n");
        return 2;
    }
    if (timer_interrupts != 1)
    {
        print("hello: %u timer interrupts instead of 1\n", timer_interrupts);
        return 3;
    }
    print("timer interrupt taken, pass\n");
    return 0;
}
