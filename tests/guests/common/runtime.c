// The runtime behind guest.h: console, finisher, timer, interrupt controller, traps, locks.
#include "guest.h"

#include <stdarg.h>

#define UART_THR (UART_BASE + 0)
#define UART_LSR (UART_BASE + 5)
#define UART_LSR_THRE 0x20

#define CLINT_MSIP(hart) (CLINT_BASE + 4 * (hart))
#define CLINT_MTIMECMP(hart) (CLINT_BASE + 0x4000 + 8 * (hart))
#define CLINT_MTIME (CLINT_BASE + 0xBFF8)

// PLIC contexts are numbered as on 'virt': 2 * hart is its M-mode, 2 * hart + 1 its S-mode.
#define PLIC_PRIORITY(source) (PLIC_BASE + 4 * (source))
#define PLIC_ENABLE(context, source) (PLIC_BASE + 0x2000 + 0x80 * (context) + 4 * ((source) / 32))
#define PLIC_THRESHOLD(context) (PLIC_BASE + 0x200000 + 0x1000 * (context))
#define PLIC_CLAIM(context) (PLIC_BASE + 0x200004 + 0x1000 * (context))

volatile u64 start_slot[HARTS];

void finish(int code)
{
    write32(FINISHER_BASE, code == 0 ? 0x5555 : ((u32)code << 16) | 0x3333);
    for (;;)
        wait_for_interrupt();
}

static void put(char c)
{
    while (!(*(volatile u8 *)UART_LSR & UART_LSR_THRE))
        ;
    *(volatile u8 *)UART_THR = (u8)c;
}

static void put_number(u64 value, u32 base)
{
    char digits[20];
    int count = 0;
    do
    {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    while (count > 0)
        put(digits[--count]);
}

void print(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    for (; *format; format++)
    {
        if (*format != '%')
        {
            put(*format);
            continue;
        }
        switch (*++format)
        {
        case 's':
            for (const char *s = va_arg(arguments, const char *); *s; s++)
                put(*s);
            break;
        case 'c': put((char)va_arg(arguments, int)); break;
        case 'x': put_number(va_arg(arguments, u64), 16); break;
        case 'u': put_number(va_arg(arguments, u64), 10); break;
        case 'd':
        {
            s64 value = va_arg(arguments, s64);
            if (value < 0)
                put('-');
            put_number(value < 0 ? -(u64)value : (u64)value, 10);
            break;
        }
        default: put(*format); break;
        }
    }
    va_end(arguments);
}

u64 mtime(void) { return read64(CLINT_MTIME); }
void set_timer(u64 hart, u64 when) { write64(CLINT_MTIMECMP(hart), when); }

void start_hart(u64 hart, void (*function)(u64))
{
    start_slot[hart] = (u64)function;
    fence();
    write32(CLINT_MSIP(hart), 1);
}

void plic_enable(u64 hart, u32 source)
{
    u64 context = 2 * hart;
    write32(PLIC_PRIORITY(source), 1);
    write32(PLIC_THRESHOLD(context), 0);
    write32(PLIC_ENABLE(context, source), read32(PLIC_ENABLE(context, source)) | (1u << (source % 32)));
}

u32 plic_claim(u64 hart) { return read32(PLIC_CLAIM(2 * hart)); }
void plic_complete(u64 hart, u32 source) { write32(PLIC_CLAIM(2 * hart), source); }

void lock(spin_lock *lock)
{
    for (;;)
    {
        if (__atomic_exchange_n(&lock->held, 1, __ATOMIC_ACQUIRE) == 0)
            return;
        while (lock->held)
            ;
    }
}

void unlock(spin_lock *lock) { __atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE); }

void barrier_wait(barrier *barrier, u32 participants)
{
    u32 round = barrier->round;
    fence();
    if (__atomic_add_fetch(&barrier->arrived, 1, __ATOMIC_ACQ_REL) == participants)
    {
        barrier->arrived = 0;
        __atomic_store_n(&barrier->round, round + 1, __ATOMIC_RELEASE);
        return;
    }
    while (barrier->round == round)
        ;
    fence();
}

__attribute__((weak)) void on_interrupt(u64 hart, u64 number)
{
    print("hart %u: interrupt %u without a handler\n", hart, number);
    finish(0xFFFE);
}

__attribute__((weak)) void on_unexpected_trap(struct trap_frame *frame, u64 cause, u64 tval)
{
    print("hart %u: unexpected trap, cause %u tval %x pc %x\n", csr_read(mhartid), cause, tval, frame->pc);
    finish(0xFFFF);
}

__attribute__((weak)) void on_ecall(struct trap_frame *frame)
{
    on_unexpected_trap(frame, csr_read(mcause), 0);
}

void trap_m(struct trap_frame *frame)
{
    u64 cause = csr_read(mcause);
    if (cause & CAUSE_INTERRUPT)
    {
        on_interrupt(csr_read(mhartid), cause & ~CAUSE_INTERRUPT);
        return;
    }
    if (FRAME_X(frame, X_T6) == PROBE_MAGIC)
    {
        FRAME_X(frame, X_T0) = cause;
        FRAME_X(frame, X_T1) = csr_read(mtval);
        FRAME_X(frame, X_T2) = frame->pc;
        FRAME_X(frame, X_A0) = 0;
        frame->pc = FRAME_X(frame, X_T5);
        return;
    }
    if (cause == CAUSE_ECALL_S || cause == CAUSE_ECALL_U)
    {
        frame->pc += 4;
        on_ecall(frame);
        return;
    }
    on_unexpected_trap(frame, cause, csr_read(mtval));
}

void *memcpy(void *to, const void *from, u64 size)
{
    u8 *t = to;
    const u8 *f = from;
    if ((((u64)t | (u64)f) & 7) == 0)
        for (; size >= 8; size -= 8, t += 8, f += 8)
            *(u64 *)t = *(const u64 *)f;
    while (size-- > 0)
        *t++ = *f++;
    return to;
}

void *memset(void *to, int value, u64 size)
{
    u8 *t = to;
    u64 word = 0x0101010101010101ul * (u8)value;
    if (((u64)t & 7) == 0)
        for (; size >= 8; size -= 8, t += 8)
            *(u64 *)t = word;
    while (size-- > 0)
        *t++ = (u8)value;
    return to;
}

int memcmp(const void *a, const void *b, u64 size)
{
    const u8 *x = a, *y = b;
    for (; size > 0; size--, x++, y++)
        if (*x != *y)
            return *x - *y;
    return 0;
}
