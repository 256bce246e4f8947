# The parts of a world's S-mode and U-mode that C cannot say.

#define ECALL_SET_MLWID 1
#include "guest.h"

    .text

# user_call(function, a0, a1, a2): runs a leaf function in U-mode, on the same stack, and returns its result.
    .globl  user_call
user_call:
    addi    sp, sp, -112
    sd      ra, 0(sp)
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11
    sd      s\n, 8*\n+8(sp)
    .endr
    csrw    sscratch, sp
    csrw    sepc, a0
    li      t0, SSTATUS_SPP
    csrc    sstatus, t0
    mv      a0, a1
    mv      a1, a2
    mv      a2, a3
    la      ra, user_done
    sret
user_done:
    ecall

# The only trap that M-mode delegates is U-mode's environment call: user_call ends here.
    .balign 4
    .globl  world_trap_vector
world_trap_vector:
    csrr    t0, scause
    li      t1, CAUSE_ECALL_U
    beq     t0, t1, 1f
    ebreak
1:  csrr    sp, sscratch
    ld      ra, 0(sp)
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11
    ld      s\n, 8*\n+8(sp)
    .endr
    addi    sp, sp, 112
    ret

# load_as_world(address, probe, other, home): a probing load while mlwid = other. Between the two environment calls
# nothing of the home world's memory, the stack included, may be touched.
    .globl  load_as_world
load_as_world:
    mv      t4, ra
    mv      a4, a0
    mv      a0, a2
    li      a7, ECALL_SET_MLWID
    ecall
    mv      a0, a4
    call    probe_load
    mv      a4, a0
    mv      a0, a3
    li      a7, ECALL_SET_MLWID
    ecall
    mv      a0, a4
    jr      t4

# world_call(argument, function): an environment call to M-mode.
    .globl  world_call
world_call:
    mv      a7, a1
    ecall
    ret

# A word among the common constants: every world may read it, none but the trusted one may write it.
    .section .rodata
    .balign 8
    .globl  text_word
text_word:
    .dword  0x7E87
