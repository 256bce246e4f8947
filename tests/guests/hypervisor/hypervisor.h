// Numbers of the hypervisor extension (privileged ISA, chapter "H"), and what the hypervisor and its virtual machines agree on.
#ifndef HYPERVISOR_H
#define HYPERVISOR_H

#include "guest.h"

#define CSR_STIMECMP 0x14D
#define CSR_VSSTATUS 0x200
#define CSR_VSIE 0x204
#define CSR_VSTVEC 0x205
#define CSR_VSSCRATCH 0x240
#define CSR_VSEPC 0x241
#define CSR_VSCAUSE 0x242
#define CSR_VSTVAL 0x243
#define CSR_VSTIMECMP 0x24D
#define CSR_VSATP 0x280
#define CSR_HSTATUS 0x600
#define CSR_HEDELEG 0x602
#define CSR_HIDELEG 0x603
#define CSR_HTIMEDELTA 0x605
#define CSR_HCOUNTEREN 0x606
#define CSR_HENVCFG 0x60A
#define CSR_HTVAL 0x643
#define CSR_HVIP 0x645
#define CSR_HTINST 0x64A
#define CSR_HGATP 0x680
#define CSR_MENVCFG 0x30A

#define HSTATUS_SPV (1ul << 7)
#define HSTATUS_SPVP (1ul << 8)
#define ENVCFG_STCE (1ul << 63)
#define ENVCFG_ADUE (1ul << 61)
#define VSSIP (1ul << 2)
#define SIP_SSIP (1ul << 1)
#define SIP_STIP (1ul << 5)

#define CAUSE_ECALL_VS 10
#define CAUSE_LOAD_GUEST_PAGE 21
#define CAUSE_STORE_GUEST_PAGE 23
#define INTERRUPT_SUPERVISOR_TIMER 5
#define INTERRUPT_SUPERVISOR_SOFTWARE 1

// Guest physical addresses.
#define PRIVATE_BASE 0x40000000ul // 64 pages, given when they are first touched
#define PRIVATE_PAGES 64
#define WINDOW_BASE 0x50000000ul // a page that the hypervisor exchanges at every yield; read-only

// Guest virtual address of a private page.
#define ALIAS 0xC0000000ul

// Hypercalls, in a7.
#define CALL_YIELD 1 // a0: what the window holds now
#define CALL_SAY 2 // a0: guest virtual address of a text, a1: its length
#define CALL_DONE 3 // a0: the exit code

#define PTE_V 0x01
#define PTE_R 0x02
#define PTE_W 0x04
#define PTE_X 0x08
#define PTE_U 0x10
#define PTE_A 0x40
#define PTE_D 0x80
#define SV39 (8ul << 60)

#ifndef __ASSEMBLER__

static inline u64 entry_to(u64 physical, u64 flags) { return physical >> 12 << 10 | flags; }

// switch.S
struct vm;
void run_vm(struct vm *vm);
void vm_vector(void);

// machine.c
_Noreturn void vm_main(u64 number);

#endif
#endif
