// What the world guests share: the memory map that the wgChecker enforces, the mailbox, the commands of the worlds.
//
// Hart 0 stays in M-mode, in the trusted world (the highest number), and gives commands through the mailbox. All other
// harts run in S-mode with mlwid = their world; depending on their number they also use U-mode, or Sv39.
#ifndef WORLDS_H
#define WORLDS_H

#include "guest.h"
#include "checks.h"

#ifndef WORLDS
#define WORLDS 4
#endif

#define TRUSTED (WORLDS - 1)

// --- DRAM as the policy divides it (4 KiB granules)

#define TEXT_BASE DRAM_BASE
#define DATA_BASE 0x80100000ul
#define MAILBOX_BASE 0x80200000ul
#define MAILBOX_SIZE 0x10000ul
#define GATE_BASE 0x80210000ul // granted and revoked by slot SLOT_GATE; otherwise the trusted world's
#define GATE_SIZE 0x4000ul
#define WORLD_BASE(world) (0x80400000ul + (u64)(world) * 0x100000)
#define WORLD_SIZE 0x100000ul
#define DRAM_END ((u64)DRAM_BASE + DRAM_SIZE)

// Each hart has a part of its world's memory.
#define PART_SIZE 0x10000ul
#define PART_TABLES 0x0     // three page tables, used by harts with Sv39
#define PART_SECRET 0x3000  // a word that no other world may read
#define PART_CODE 0x3100    // a function that no other world may execute
#define PART_NUMBERS 0x4000 // what OP_COMPUTE sorts
#define NUMBERS 4096

#define GATE_DATA 0x8           // the word that changes each round
#define GATE_WORDS 0x40         // one word per hart, written while granted
#define GATE_CODE 0x1000        // a function, executed while granted
#define CODE_VALUE(world) (0x500 + (world))
#define GATE_CODE_VALUE 0x7A5

static inline u64 secret_of(u64 world) { return 0x5EC12E7000000000ul + world * 0x1111 + 1; }

// Hart 0 is in the trusted world. With as many harts as worlds, hart i is in world i - 1; with more, they share.
static inline u64 world_of(u64 hart) { return hart == 0 ? TRUSTED : (hart - 1) % WORLDS; }
static inline u64 part_of(u64 hart) { return WORLD_BASE(world_of(hart)) + (hart == 0 ? 0xF : (hart - 1) / WORLDS) * PART_SIZE; }

static inline int uses_user_mode(u64 hart) { return hart % 3 == 2; }
static inline int uses_sv39(u64 hart) { return hart % 3 == 0 && hart != 0; }

// Harts with Sv39 see DRAM a second time at ALIAS_BASE, and commands give them those addresses: what they report as
// tval must be virtual.
#define ALIAS_BASE 0x1000000000ul
static inline u64 address_for(u64 hart, u64 address) { return uses_sv39(hart) ? address - DRAM_BASE + ALIAS_BASE : address; }

// --- mailbox: readable and writable by all worlds

enum operation
{
    OP_LOAD, OP_STORE, OP_ADD, OP_RESERVE, OP_EXECUTE, // probe of arguments[0], with arguments[1]; in U-mode if arguments[2]
    OP_READ_SLWID, OP_WRITE_SLWID, OP_READ_MLWID,      // probes of CSRs, likewise
    OP_SET_MLWID,                                      // load of arguments[0] as world arguments[1] and back
    OP_SET_MWIDDELEG,
    OP_COMPUTE,
    OP_COUNT,
    OP_WATCH,
    OP_STORM,
    OP_FENCE_I,
    OP_DMA,
    OP_STOP,
};

struct command
{
    volatile u64 request; // number of the command, written last by hart 0
    volatile u64 done;    // the same number, written last by the world
    volatile u64 operation;
    volatile u64 arguments[4];
    volatile u64 result;
    struct probe probe;
    volatile u64 acknowledged; // last round seen by OP_WATCH
    volatile u64 looks;        // complete observations made by OP_WATCH and OP_STORM
} __attribute__((aligned(128)));

// What the DMA engine reads and writes back (Soc.Devices.Dma.DmaEngine).
struct descriptor
{
    u64 source;
    u64 destination;
    u32 length;
    u32 flags;
    volatile u32 status; // bit 0 done, bit 1 error
    volatile u32 written;
};

#define DMA_RING 16

struct mailbox
{
    volatile u64 failure; // a check that failed in another world; hart 0 reports it
    volatile u64 failure_hart;
    volatile u64 failure_got;
    volatile u64 failure_expected;
    volatile u64 gate __attribute__((aligned(64))); // see GATE_... below
    volatile u64 counter __attribute__((aligned(64)));
    spin_lock counter_lock;
    volatile u64 counter_under_lock;
    barrier meeting __attribute__((aligned(64)));
    struct descriptor ring[DMA_RING] __attribute__((aligned(64)));
    struct command commands[HARTS];
};

#define MAILBOX ((struct mailbox *)MAILBOX_BASE)

_Static_assert(sizeof(struct mailbox) <= MAILBOX_SIZE, "the mailbox has a fixed place");

// The gate word announces what the checker enforces now. 0 = under change (nothing may be concluded).
#define GATE_READ(world) (1ul << (world))
#define GATE_WRITE(world) (1ul << (8 + (world)))
#define GATE_BUS_ERRORS (1ul << 16)
#define GATE_FETCH (1ul << 17)
#define GATE_ROUND(gate) ((gate) >> 32)
#define GATE_END (~0ul)
static inline u64 gate_data(u64 round) { return 0xDA7A000000000001ul + (round << 8); }

// --- environment calls of a world's S-mode

enum { ECALL_SET_MLWID = 1, ECALL_SET_MWIDDELEG = 2 };

// --- policy.c: the wgChecker

#define SLOTS 16
#define SLOT_TEXT 2
#define SLOT_DATA 3
#define SLOT_MAILBOX 4
#define SLOT_TRUSTED 5
#define SLOT_WORLD(world) (6 + (world))
#define SLOT_GATE 14

#define PERM_R(world) (1ul << (2 * (world)))
#define PERM_W(world) (2ul << (2 * (world)))
#define PERM_RW(world) (3ul << (2 * (world)))

#define CFG_OFF 0
#define CFG_TOR 1
#define CFG_NAPOT 3
#define CFG_ER (1u << 8)
#define CFG_EW (1u << 9)
#define CFG_IR (1u << 10)
#define CFG_IW (1u << 11)

#define ERRCAUSE_R (1ul << 8)
#define ERRCAUSE_W (1ul << 9)
#define ERRCAUSE_BE (1ul << 62)
#define ERRCAUSE_IP (1ul << 63)

#define WG_NSLOTS (WGCHECKER_BASE + 0x08)
#define WG_ERRCAUSE (WGCHECKER_BASE + 0x10)
#define WG_ERRADDR (WGCHECKER_BASE + 0x18)
#define WG_ADDR(slot) (WGCHECKER_BASE + 0x20 + 0x20 * (u64)(slot))
#define WG_PERM(slot) (WGCHECKER_BASE + 0x28 + 0x20 * (u64)(slot))
#define WG_CFG(slot) (WGCHECKER_BASE + 0x30 + 0x20 * (u64)(slot))

static inline u64 napot(u64 base, u64 size) { return (base >> 2) | (size / 8 - 1); }

void check_reset_state(void);
void program_policy(void);
void clear_record(void);
u64 await_record(void);
void forget_records(void);

// --- control.c: hart 0's side

_Noreturn void fail(int check, u64 hart, u64 got, u64 expected);
void require(int check, u64 got, u64 expected);
void stage(const char *name);
void stage_done(void);
void start_worlds(void);
void send(u64 hart, u64 operation, u64 a0, u64 a1, u64 a2);
void wait_done(u64 hart);
u64 command(u64 hart, u64 operation, u64 a0, u64 a1, u64 a2);
void run_gate(u64 rounds, u64 error_rounds);
void report_worlds_failure(void);

extern volatile u64 checker_interrupts;
extern volatile u64 dma_interrupts;
extern volatile u64 recorded_cause;
extern volatile u64 recorded_address;

// --- world.c, world.S: the worlds' side

extern const volatile u64 text_word;
void world_enter(u64 hart);
u64 user_call(void *function, u64 a0, u64 a1, u64 a2);
u64 load_as_world(u64 address, struct probe *probe, u64 other, u64 home);
u64 world_call(u64 argument, u64 function);

// --- dma.c

#define DESCRIPTOR_DONE 1
#define DESCRIPTOR_ERROR 2

void dma_set_world(u64 world);
void dma_acknowledge(void);
void dma_start(u64 source, u64 destination, u64 length, u64 count);
u64 dma_bytes(void);
u64 dma_copy(u64 source, u64 destination, u64 length);

// --- sha256.c

void sha256(const u8 *data, u64 size, u8 digest[32]);

#endif
