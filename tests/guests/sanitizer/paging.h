// Page tables of the sanitizer's guests: identity for all that a guest needs (two gigapages), and a window of 4 KiB pages whose
// entries the guests change. Each guest plants one bug; built with -DFIXED it is the same guest without it.
#ifndef PAGING_H
#define PAGING_H

#include "guest.h"

#ifdef FIXED
#define ONLY_FIXED(statement) statement
#define ONLY_PLANTED(statement)
#else
#define ONLY_FIXED(statement)
#define ONLY_PLANTED(statement) statement
#endif

#define WINDOW 0xC0000000ul
#define WINDOW_PAGE(i) (WINDOW + 4096ul * (i))

#define PTE_V 0x01ul
#define PTE_RW 0x06ul
#define PTE_X 0x08ul
#define PTE_AD 0xC0ul
#define PTE_PAGE (PTE_V | PTE_RW | PTE_AD)

#define VALUE_A 0xAAAA
#define VALUE_B 0xBBBB

struct tables { u64 root[512], middle[512], leaf[512]; };

extern struct tables tables;
extern u64 frame_a[512], frame_b[512];

static inline u64 entry_of(const void *frame, u64 flags) { return (u64)frame >> 12 << 10 | flags; }
static inline u64 satp_of(const struct tables *t, u64 asid) { return 8ul << 60 | asid << 44 | (u64)t >> 12; }
static inline void sfence(void) { __asm__ volatile("sfence.vma" : : : "memory"); }
static inline void sfence_va(u64 va) { __asm__ volatile("sfence.vma %0" : : "r"(va) : "memory"); }
static inline void sfence_asid(u64 asid) { __asm__ volatile("sfence.vma zero, %0" : : "r"(asid) : "memory"); }

void build(struct tables *t);
void open_memory(void);

// Goes to S-mode with these tables and calls the function on this hart's stack; never returns.
_Noreturn void supervise(u64 hart, const struct tables *t, void (*function)(u64 hart));

// The instructions that the tests look for.
u64 stale_access(u64 address);
void change_entry(u64 *entry, u64 value);

#endif
