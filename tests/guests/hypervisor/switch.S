# From HS-mode into a virtual machine and back, and the machine's own trap vector.
#include "hypervisor.h"

# run_vm(vm): struct vm begins with pc and x1..x31. Comes back at the first trap to HS-mode.
    .text
    .globl  run_vm
run_vm:
    addi    sp, sp, -128
    sd      ra, 0(sp)
    sd      gp, 8(sp)
    sd      tp, 16(sp)
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11
    sd      s\n, 24+8*\n(sp)
    .endr
    sd      sp, 256(a0)
    csrw    sscratch, a0
    la      t0, leave
    csrw    stvec, t0
    ld      t0, 0(a0)
    csrw    sepc, t0
    .irp n, 1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    ld      x\n, 8*\n(a0)
    .endr
    ld      a0, 80(a0)
    sret

    .balign 4
leave:
    csrrw   a0, sscratch, a0
    .irp n, 1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    sd      x\n, 8*\n(a0)
    .endr
    csrr    t0, sscratch
    sd      t0, 80(a0)
    csrr    t0, sepc
    sd      t0, 0(a0)
    ld      sp, 256(a0)
    ld      ra, 0(sp)
    ld      gp, 8(sp)
    ld      tp, 16(sp)
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11
    ld      s\n, 24+8*\n(sp)
    .endr
    addi    sp, sp, 128
    ret

# Trap vector of VS-mode: counts interrupts in the page at ALIAS (8: timer, 16: software), stops on anything else.
    .balign 4
    .globl  vm_vector
vm_vector:
    addi    sp, sp, -32
    sd      t0, 0(sp)
    sd      t1, 8(sp)
    sd      t2, 16(sp)
    csrr    t0, scause
    bgez    t0, unexpected
    slli    t0, t0, 1
    srli    t0, t0, 1
    li      t1, ALIAS
    li      t2, INTERRUPT_SUPERVISOR_TIMER
    beq     t0, t2, timer
    li      t2, INTERRUPT_SUPERVISOR_SOFTWARE
    bne     t0, t2, unexpected
    csrci   sip, SIP_SSIP
    addi    t1, t1, 8
    j       count
timer:
    li      t0, -1
    csrw    CSR_STIMECMP, t0
count:
    ld      t0, 8(t1)
    addi    t0, t0, 1
    sd      t0, 8(t1)
    ld      t0, 0(sp)
    ld      t1, 8(sp)
    ld      t2, 16(sp)
    addi    sp, sp, 32
    sret
unexpected:
    csrr    a0, scause
    addi    a0, a0, 100
    li      a7, CALL_DONE
    ecall
