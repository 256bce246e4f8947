# The ways between the firmware in M-mode, a domain in S-mode and its program in U-mode (firmware-policy.c). One hart only.

#include "guest.h"
#include "domain.h"

#define SAVED 112

.macro SAVE
    addi    sp, sp, -SAVED
    sd      ra, 0(sp)
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11
    sd      s\n, 8*(\n+1)(sp)
    .endr
.endm

.macro RESTORE
    ld      ra, 0(sp)
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11
    ld      s\n, 8*(\n+1)(sp)
    .endr
    addi    sp, sp, SAVED
.endm

    .text

# domain_call(function, stack): M-mode calls a function in S-mode with mret; back when it returns.
    .globl  domain_call
domain_call:
    SAVE
    la      t0, firmware_stack
    sd      sp, 0(t0)
    csrw    mepc, a0
    li      t0, MSTATUS_MPP_MASK
    csrc    mstatus, t0
    li      t0, MSTATUS_MPP_S
    csrs    mstatus, t0
    mv      sp, a1
    la      ra, domain_end
    mret
domain_end:
    li      a7, DOMAIN_EXIT
    ecall

# The handler of the exit call lets its mret come here, in M-mode again.
    .globl  domain_left
domain_left:
    la      t0, firmware_stack
    ld      sp, 0(t0)
    RESTORE
    ret

# user_call(function, argument): S-mode calls a function in U-mode with sret, on the same stack; back with its result at its ecall,
# which M-mode has delegated.
    .globl  user_call
user_call:
    SAVE
    csrw    sscratch, sp
    la      t0, user_left
    csrw    stvec, t0
    csrw    sepc, a0
    li      t0, SSTATUS_SPP
    csrc    sstatus, t0
    mv      a0, a1
    la      ra, user_end
    sret
user_end:
    ecall
    .balign 4
user_left:
    csrr    sp, sscratch
    RESTORE
    ret

# sbi_call(function, argument): what a domain asks of the firmware.
    .globl  sbi_call
sbi_call:
    mv      a7, a0
    mv      a0, a1
    ecall
    ret

# probe_load_byte(address, info): as the probes of start.S.
    .globl  probe_load_byte
    .balign 4
probe_load_byte:
    li      t6, PROBE_MAGIC
    la      t5, 1f
    li      t0, -1
    lbu     a0, 0(a0)
1:  li      t6, 0
    sd      t0, 0(a1)
    sd      t1, 8(a1)
    sd      t2, 16(a1)
    ret

    .bss
    .balign 8
firmware_stack:
    .skip   8
