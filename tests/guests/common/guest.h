// What every guest shares: the memory map, register numbers, and the small runtime.
// Addresses follow the 'virt' board, so that the guests without WorldGuard also run on qemu-system-riscv64 -M virt.
#ifndef GUEST_H
#define GUEST_H

#ifndef HARTS
#define HARTS 1
#endif

#define HART_STACK 8192

#define DRAM_BASE 0x80000000
#define DRAM_SIZE 0x10000000

#define FINISHER_BASE 0x00100000
#define CLINT_BASE 0x02000000
#define WGCHECKER_BASE 0x06000000
#define PLIC_BASE 0x0C000000
#define UART_BASE 0x10000000
#define DMA_BASE 0x10010000

#define PLIC_SOURCE_WGCHECKER 15
#define PLIC_SOURCE_DMA 20

#define MTIME_HZ 10000000

#define CSR_MLWID 0x390
#define CSR_MWIDDELEG 0x748
#define CSR_SLWID 0x190

#define MSTATUS_MIE 0x8
#define MSTATUS_MPP_MASK 0x1800
#define MSTATUS_MPP_S 0x800
#define MSTATUS_MPP_U 0x0
#define MIP_MSIP 0x8
#define MIP_MTIP 0x80
#define MIP_MEIP 0x800
#define SSTATUS_SPP 0x100

#define CAUSE_FETCH_ACCESS 1
#define CAUSE_ILLEGAL 2
#define CAUSE_LOAD_ACCESS 5
#define CAUSE_STORE_ACCESS 7
#define CAUSE_ECALL_U 8
#define CAUSE_ECALL_S 9
#define CAUSE_NONE (-1)
#define CAUSE_INTERRUPT (1ul << 63)
#define INTERRUPT_TIMER 7
#define INTERRUPT_EXTERNAL 11

#define PROBE_MAGIC 0x50524f4245

#ifndef __ASSEMBLER__

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
typedef signed int s32;
typedef signed long s64;

#define CSR_NAME(x) #x
#define CSR_TEXT(x) CSR_NAME(x)
#define csr_read(csr) ({ u64 v_; __asm__ volatile("csrr %0, " CSR_TEXT(csr) : "=r"(v_) : : "memory"); v_; })
#define csr_write(csr, v) ({ u64 v_ = (v); __asm__ volatile("csrw " CSR_TEXT(csr) ", %0" : : "r"(v_) : "memory"); })
#define csr_set(csr, v) ({ u64 v_ = (v); __asm__ volatile("csrs " CSR_TEXT(csr) ", %0" : : "r"(v_) : "memory"); })
#define csr_clear(csr, v) ({ u64 v_ = (v); __asm__ volatile("csrc " CSR_TEXT(csr) ", %0" : : "r"(v_) : "memory"); })

static inline void fence(void) { __asm__ volatile("fence iorw, iorw" : : : "memory"); }
static inline void fence_i(void) { __asm__ volatile("fence.i" : : : "memory"); }
static inline void wait_for_interrupt(void) { __asm__ volatile("wfi" : : : "memory"); }

static inline u32 read32(u64 address) { return *(volatile u32 *)address; }
static inline u64 read64(u64 address) { return *(volatile u64 *)address; }
static inline void write32(u64 address, u32 value) { *(volatile u32 *)address = value; }
static inline void write64(u64 address, u64 value) { *(volatile u64 *)address = value; }

// What a trap vector saves: pc first, then x1..x31 at their own index.
struct trap_frame { u64 pc; u64 x[31]; };
#define FRAME_X(frame, n) ((frame)->x[(n) - 1])
enum { X_T0 = 5, X_T1 = 6, X_T2 = 7, X_A0 = 10, X_A1 = 11, X_A7 = 17, X_T5 = 30, X_T6 = 31 };

// What a probe observed: cause is CAUSE_NONE when the access retired.
struct probe { u64 cause; u64 tval; u64 epc; };

u64 probe_load(u64 address, struct probe *probe);
void probe_store(u64 address, u64 value, struct probe *probe);
u64 probe_add(u64 address, u64 value, struct probe *probe);
u64 probe_reserve(u64 address, struct probe *probe);
u64 probe_execute(u64 address, struct probe *probe);
u64 probe_read_slwid(u64 unused, struct probe *probe);
u64 probe_write_slwid(u64 value, struct probe *probe);
u64 probe_read_mlwid(u64 unused, struct probe *probe);

_Noreturn void enter_lower_mode(u64 pc, u64 argument, u64 stack, u64 mode);

// Hooks of the M-mode trap handler. The defaults end the run with a message.
void on_interrupt(u64 hart, u64 number);
void on_ecall(struct trap_frame *frame);
void on_unexpected_trap(struct trap_frame *frame, u64 cause, u64 tval);

extern volatile u64 start_slot[HARTS];
void start_hart(u64 hart, void (*function)(u64 hart));

// Ends the run: 0 passes, any other code fails with that code (16 bits).
_Noreturn void finish(int code);

// print understands %s %c %d %u %x (64-bit arguments, unpadded) and %%.
void print(const char *format, ...);

u64 mtime(void);
void set_timer(u64 hart, u64 when);

typedef struct { volatile u32 held; } spin_lock;
void lock(spin_lock *lock);
void unlock(spin_lock *lock);

typedef struct { volatile u32 arrived; volatile u32 round; } barrier;
void barrier_wait(barrier *barrier, u32 participants);

static inline u64 atomic_add(volatile u64 *p, u64 v) { return __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST); }

void plic_enable(u64 hart, u32 source);
u32 plic_claim(u64 hart);
void plic_complete(u64 hart, u32 source);

void *memcpy(void *to, const void *from, u64 size);
void *memset(void *to, int value, u64 size);
int memcmp(const void *a, const void *b, u64 size);

#endif
#endif
