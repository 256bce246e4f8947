# Entry of every hart, the M-mode trap vector, and the probes (accesses that may be refused).
#
# Each hart has HART_STACK bytes above stacks_start: the upper 2 KiB are its trap stack (mscratch), the rest is for C code.
# Hart 0 clears .bss and calls main; its return value is the exit code. Every other hart waits in WFI until its
# software interrupt is raised and its start slot holds a function, calls it with its own number, and waits again.

#include "guest.h"

#if HARTS * HART_STACK > 0xE0000
#error "the stacks do not fit into the data region of guest.ld"
#endif

    .section .text.start, "ax"
    .globl _start
_start:
    csrw    mie, zero
    csrw    mstatus, zero
    la      t0, trap_vector_m
    csrw    mtvec, t0
    csrr    tp, mhartid
    li      t0, HARTS
    bgeu    tp, t0, not_ours

    addi    t0, tp, 1
    li      t1, HART_STACK
    mul     t0, t0, t1
    la      t1, stacks_start
    add     t0, t0, t1
    csrw    mscratch, t0
    addi    sp, t0, -2048
    bnez    tp, secondary

    la      t0, bss_start
    la      t1, bss_end
1:  bgeu    t0, t1, 2f
    sd      zero, 0(t0)
    addi    t0, t0, 8
    j       1b
2:  call    main
    call    finish

secondary:
    li      t0, MIP_MSIP
    csrw    mie, t0
1:  wfi
    csrr    t0, mip
    andi    t0, t0, MIP_MSIP
    beqz    t0, 1b
    slli    t0, tp, 2
    li      t1, CLINT_BASE
    add     t0, t0, t1
    sw      zero, 0(t0)
    fence
    la      t0, start_slot
    slli    t1, tp, 3
    add     s0, t0, t1
    ld      t0, 0(s0)
    beqz    t0, 1b
    sd      zero, 0(s0)
    csrw    mie, zero
    mv      a0, tp
    jalr    t0
    j       secondary

# Harts that this guest was not built for sleep for good.
not_ours:
    wfi
    j       not_ours

# Saves all registers in struct trap_frame, calls trap_m(frame), restores. mscratch holds the top of the trap stack.
    .text
    .balign 4
    .globl trap_vector_m
trap_vector_m:
    csrrw   sp, mscratch, sp
    addi    sp, sp, -272
    sd      x1, 8(sp)
    .irp n, 3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    sd      x\n, 8*\n(sp)
    .endr
    addi    t0, sp, 272
    csrrw   t0, mscratch, t0
    sd      t0, 16(sp)
    csrr    t1, mepc
    sd      t1, 0(sp)
    mv      a0, sp
    call    trap_m
    ld      t1, 0(sp)
    csrw    mepc, t1
    ld      x1, 8(sp)
    .irp n, 3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    ld      x\n, 8*\n(sp)
    .endr
    ld      sp, 16(sp)
    mret

# Probes: result in a0, struct probe through the last argument. A trap taken while t6 holds the magic number is answered
# by the M-mode handler: t0 = cause, t1 = tval, t2 = epc, a0 = 0, and the hart goes on at t5. t0 = -1 says "no trap".
.macro PROBE name, access:vararg
    .globl  \name
    .balign 4
\name:
    li      t6, PROBE_MAGIC
    la      t5, 1f
    li      t0, -1
    mv      t3, ra
    \access
1:  mv      ra, t3
    li      t6, 0
    .endm

.macro PROBE_END info
    sd      t0, 0(\info)
    sd      t1, 8(\info)
    sd      t2, 16(\info)
    ret
.endm

PROBE probe_load, ld a0, 0(a0)
PROBE_END a1
PROBE probe_store, sd a1, 0(a0)
PROBE_END a2
PROBE probe_add, amoadd.d a0, a1, (a0)
PROBE_END a2
PROBE probe_reserve, lr.d a0, (a0)
PROBE_END a1
PROBE probe_execute, jalr a0
PROBE_END a1
PROBE probe_read_slwid, csrr a0, CSR_SLWID
PROBE_END a1
PROBE probe_write_slwid, csrw CSR_SLWID, a0
PROBE_END a1
PROBE probe_read_mlwid, csrr a0, CSR_MLWID
PROBE_END a1

# enter_lower_mode(pc, argument, stack, mode bits of mstatus): leaves M-mode for good.
    .globl  enter_lower_mode
enter_lower_mode:
    csrw    mepc, a0
    li      t0, MSTATUS_MPP_MASK
    csrc    mstatus, t0
    csrs    mstatus, a3
    mv      a0, a1
    mv      sp, a2
    li      ra, 0
    mret
