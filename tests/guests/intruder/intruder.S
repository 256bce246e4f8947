// One hart in a world of its own beside somebody else's operating system: every 10 ms it reads and writes a word of the other's memory, further on
// each time, and counts in its own memory how often it got through and how often it was refused. It never ends by itself.

#define CLINT_MTIMECMP 0x02004000
#define CLINT_MTIME 0x0200bff8
#define PERIOD 100000 /* ticks of 10 MHz */
#define VICTIM 0x80000000
#define STEP 0x10008
#define LAST 0x9fff0000

    .section .text.start, "ax"
    .globl _start
_start:
    la t0, refused
    csrw mtvec, t0
    la s0, counters
    li s1, VICTIM
    li s2, STEP
    li s3, LAST
    li s4, CLINT_MTIME
    csrr t0, mhartid
    slli t0, t0, 3
    li s5, CLINT_MTIMECMP
    add s5, s5, t0
    li s6, PERIOD
    li t0, 1 << 7
    csrw mie, t0

again:
    ld t0, 0(s4)
    add t0, t0, s6
    sd t0, 0(s5)
1:
    wfi
    csrr t0, mip
    andi t0, t0, 1 << 7
    beqz t0, 1b

    // A read, then a write; the trap handler goes on behind the refused instruction.
    mv s7, zero
    ld t1, 0(s1)
    sd zero, 0(s1)
    bnez s7, 2f
    ld t0, 0(s0)
    addi t0, t0, 1
    sd t0, 0(s0)
2:
    add s1, s1, s2
    blt s1, s3, again
    li s1, VICTIM
    j again

    .balign 4
refused:
    addi s7, s7, 1
    ld t2, 8(s0)
    addi t2, t2, 1
    sd t2, 8(s0)
    csrr t2, mepc
    lw t3, 0(t2)
    andi t3, t3, 3
    addi t2, t2, 2
    addi t3, t3, -3
    bnez t3, 3f
    addi t2, t2, 2
3:
    csrw mepc, t2
    mret

    .bss
    .balign 16
counters:
    .skip 16
