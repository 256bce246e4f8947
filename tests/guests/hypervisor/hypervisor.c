// A hypervisor in HS-mode with two virtual machines on one hart: demand paging and exchange of pages by the second stage, an emulated UART,
// preemption, virtual timers and software interrupts, hypercalls whose texts are read with HLV.
#include "hypervisor.h"

#define MACHINES 2
#define LINE 80
#define SLICE 2000 // ticks of time

struct vm
{
    // Known to switch.S.
    u64 pc;
    u64 x[31];
    u64 host_stack;

    u64 number;
    u64 vsstatus, vsie, vstvec, vsscratch, vsepc, vscause, vstval, vsatp, vstimecmp, hvip, hstatus, sstatus, timedelta;
    u64 pages, yields, preemptions, emulated;
    int done;
    int length;
    char line[LINE];
};

struct tables
{
    u64 root[2048]; // four pages, aligned to 16 KiB
    u64 middle[512];
    u64 private[512];
    u64 window_middle[512];
    u64 window[512];
};

static struct vm machines[MACHINES];
static struct tables tables[MACHINES] __attribute__((aligned(16384)));
static u64 frames[MACHINES][PRIVATE_PAGES][512] __attribute__((aligned(4096)));
static u64 windows[2][512] __attribute__((aligned(4096)));

static inline void hfence_gvma(void) { __asm__ volatile(".insn r 0x73, 0, 0x31, x0, x0, x0" : : : "memory"); }
static inline void hfence_vvma(void) { __asm__ volatile(".insn r 0x73, 0, 0x11, x0, x0, x0" : : : "memory"); }

static inline u64 hlv_bu(u64 address)
{
    u64 value;
    __asm__ volatile(".insn i 0x73, 4, %0, %1, 0x601" : "=r"(value) : "r"(address) : "memory");
    return value;
}

static inline u64 hlvx_hu(u64 address)
{
    u64 value;
    __asm__ volatile(".insn i 0x73, 4, %0, %1, 0x643" : "=r"(value) : "r"(address) : "memory");
    return value;
}

static void stop(const struct vm *vm, const char *what, u64 a, u64 b)
{
    print("hypervisor: machine %u: %s (%x, %x)\n", vm->number, what, a, b);
    finish(1);
}

static void create(struct vm *vm, struct tables *t, u64 number)
{
    const u64 page = PTE_V | PTE_R | PTE_W | PTE_U | PTE_A | PTE_D;
    vm->number = number;
    vm->pc = (u64)vm_main;
    FRAME_X((struct trap_frame *)vm, X_A0) = number;
    vm->x[1] = PRIVATE_BASE + PRIVATE_PAGES * 0x1000;
    vm->vstimecmp = ~0ul;
    vm->hstatus = HSTATUS_SPV | HSTATUS_SPVP;
    vm->sstatus = SSTATUS_SPP;
    vm->timedelta = -csr_read(time);

    // The two megabytes with the program; private memory and the window page by page; nothing where the devices are.
    t->root[0x80000000ul >> 30] = entry_to((u64)t->middle, PTE_V);
    t->middle[0] = entry_to(0x80000000, PTE_V | PTE_R | PTE_X | PTE_U | PTE_A);
    t->root[PRIVATE_BASE >> 30] = entry_to((u64)t->window_middle, PTE_V);
    t->window_middle[0] = entry_to((u64)t->private, PTE_V);
    t->window_middle[(WINDOW_BASE >> 21) & 511] = entry_to((u64)t->window, PTE_V);
    t->window[0] = entry_to((u64)windows[0], page & ~(u64)PTE_W);
}

static void load(const struct vm *vm)
{
    csr_write(CSR_VSSTATUS, vm->vsstatus);
    csr_write(CSR_VSIE, vm->vsie);
    csr_write(CSR_VSTVEC, vm->vstvec);
    csr_write(CSR_VSSCRATCH, vm->vsscratch);
    csr_write(CSR_VSEPC, vm->vsepc);
    csr_write(CSR_VSCAUSE, vm->vscause);
    csr_write(CSR_VSTVAL, vm->vstval);
    csr_write(CSR_VSATP, vm->vsatp);
    csr_write(CSR_HTIMEDELTA, vm->timedelta);
    csr_write(CSR_VSTIMECMP, vm->vstimecmp);
    csr_write(CSR_HVIP, vm->hvip);
    csr_write(CSR_HSTATUS, vm->hstatus);
    csr_write(CSR_HGATP, SV39 | (vm->number << 44) | (u64)tables[vm - machines].root >> 12);
    csr_write(sstatus, vm->sstatus);
}

static void store(struct vm *vm)
{
    vm->vsstatus = csr_read(CSR_VSSTATUS);
    vm->vsie = csr_read(CSR_VSIE);
    vm->vstvec = csr_read(CSR_VSTVEC);
    vm->vsscratch = csr_read(CSR_VSSCRATCH);
    vm->vsepc = csr_read(CSR_VSEPC);
    vm->vscause = csr_read(CSR_VSCAUSE);
    vm->vstval = csr_read(CSR_VSTVAL);
    vm->vsatp = csr_read(CSR_VSATP);
    vm->vstimecmp = csr_read(CSR_VSTIMECMP);
    vm->hvip = csr_read(CSR_HVIP);
    vm->hstatus = csr_read(CSR_HSTATUS);
    vm->sstatus = csr_read(sstatus);
}

static void put_character(struct vm *vm, char c)
{
    if (c == '\n' || vm->length == LINE - 1)
    {
        vm->line[vm->length] = 0;
        print("[machine %u] %s\n", vm->number, vm->line);
        vm->length = 0;
        return;
    }
    vm->line[vm->length++] = c;
}

// The instruction at which the machine stopped: htinst has it without its address, HLVX reads it whole.
static u32 instruction(const struct vm *vm)
{
    u32 bits = (u32)hlvx_hu(vm->pc);
    if ((bits & 3) == 3)
        bits |= (u32)hlvx_hu(vm->pc + 2) << 16;
    u64 shown = csr_read(CSR_HTINST);
    if ((bits & 3) == 3 && shown != 0 && ((bits ^ shown) & 0x7F) != 0)
        stop(vm, "htinst is another instruction", shown, bits);
    return bits;
}

// One byte to or from the UART: the transmitter is always ready.
static void emulate(struct vm *vm, u64 address, int is_store)
{
    u32 bits = instruction(vm);
    if ((bits & 3) != 3)
        stop(vm, "an access of a device by a compressed instruction", bits, address);
    if (is_store)
    {
        u32 source = (bits >> 20) & 31;
        if (address == UART_BASE)
            put_character(vm, source == 0 ? 0 : (char)vm->x[source - 1]);
    }
    else
    {
        u32 target = (bits >> 7) & 31;
        if (target != 0)
            vm->x[target - 1] = address == UART_BASE + 5 ? 0x60 : 0;
    }
    vm->emulated++;
    vm->pc += 4;
}

static void page_fault(struct vm *vm, struct tables *t, u64 cause)
{
    u64 address = csr_read(CSR_HTVAL) << 2 | (csr_read(stval) & 3);
    if (address >= PRIVATE_BASE && address < PRIVATE_BASE + PRIVATE_PAGES * 0x1000)
    {
        u64 page = (address - PRIVATE_BASE) >> 12;
        if (t->private[page] != 0)
            stop(vm, "a page that it has is refused", address, csr_read(stval));
        t->private[page] = entry_to((u64)frames[vm - machines][page], PTE_V | PTE_R | PTE_W | PTE_U | PTE_A | PTE_D);
        vm->pages++;
        hfence_gvma();
    }
    else if (address >= UART_BASE && address < UART_BASE + 8)
    {
        emulate(vm, address, cause == CAUSE_STORE_GUEST_PAGE);
    }
    else if ((address & ~0xFFFul) == WINDOW_BASE && cause == CAUSE_STORE_GUEST_PAGE)
    {
        vm->pc += (instruction(vm) & 3) == 3 ? 4 : 2;
        vm->hvip |= VSSIP;
    }
    else
    {
        stop(vm, "an address that nobody has", address, vm->pc);
    }
}

// Answers a hypercall.
static void answer(struct vm *vm, struct tables *t)
{
    struct trap_frame *frame = (struct trap_frame *)vm;
    vm->pc += 4;
    switch (FRAME_X(frame, X_A7))
    {
    case CALL_YIELD:
    {
        u64 *shown = windows[++vm->yields & 1];
        t->window[0] = entry_to((u64)shown, PTE_V | PTE_R | PTE_U | PTE_A);
        hfence_gvma();
        FRAME_X(frame, X_A0) = shown[0];
        break;
    }
    case CALL_SAY:
        for (u64 i = 0; i < FRAME_X(frame, X_A1); i++)
            put_character(vm, (char)hlv_bu(FRAME_X(frame, X_A0) + i));
        put_character(vm, '\n');
        break;
    case CALL_DONE:
        vm->done = 1;
        if (FRAME_X(frame, X_A0) != 0)
            stop(vm, "a check failed", FRAME_X(frame, X_A0), vm->vstval);
        break;
    default: stop(vm, "an unknown call", FRAME_X(frame, X_A7), 0);
    }
}

// Runs a machine until it has ended, or it is somebody else's turn.
static void turn(struct vm *vm, struct tables *t)
{
    load(vm);
    hfence_vvma();
    csr_write(CSR_STIMECMP, csr_read(time) + SLICE);
    for (;;)
    {
        run_vm(vm);
        u64 cause = csr_read(scause);
        vm->hvip = csr_read(CSR_HVIP);
        if (cause == (CAUSE_INTERRUPT | INTERRUPT_SUPERVISOR_TIMER))
        {
            vm->preemptions++;
            break;
        }
        if ((csr_read(CSR_HSTATUS) & HSTATUS_SPV) == 0)
            stop(vm, "a trap of the hypervisor", cause, csr_read(sepc));
        if (cause == CAUSE_LOAD_GUEST_PAGE || cause == CAUSE_STORE_GUEST_PAGE)
            page_fault(vm, t, cause);
        else if (cause == CAUSE_ECALL_VS)
            answer(vm, t);
        else
            stop(vm, "an unexpected trap", cause, csr_read(stval));
        csr_write(CSR_HVIP, vm->hvip);
        if (vm->done || (cause == CAUSE_ECALL_VS && FRAME_X((struct trap_frame *)vm, X_A7) == CALL_YIELD))
            break;
    }
    u64 hvip = vm->hvip;
    store(vm);
    vm->hvip = hvip;
}

static void hypervisor(u64 unused)
{
    (void)unused;
    csr_write(CSR_HEDELEG, 0xB0FF);
    csr_write(CSR_HIDELEG, 0x444);
    csr_write(CSR_HCOUNTEREN, 7);
    csr_write(CSR_HENVCFG, ENVCFG_STCE | ENVCFG_ADUE);
    csr_write(sie, SIP_STIP);
    windows[0][0] = 0x1111;
    windows[1][0] = 0x2222;
    for (u64 i = 0; i < MACHINES; i++)
        create(&machines[i], &tables[i], i + 1);
    for (int running = MACHINES; running > 0;)
        for (u64 i = 0; i < MACHINES; i++)
            if (!machines[i].done)
            {
                turn(&machines[i], &tables[i]);
                running -= machines[i].done;
            }
    for (u64 i = 0; i < MACHINES; i++)
    {
        struct vm *vm = &machines[i];
        print("machine %u: %u pages given, %u yields, %u accesses of a device\n", vm->number, vm->pages, vm->yields, vm->emulated);
    }
    print("hypervisor: both machines ended, pass\n");
    finish(0);
}

int main(void)
{
    extern u8 stacks_start[];
    csr_write(pmpaddr0, ~0ul >> 10);
    csr_write(pmpcfg0, 0x1F);
    csr_write(medeleg, 0xF0B5FF & ~(1ul << CAUSE_ECALL_S));
    csr_write(mideleg, 0x222);
    csr_write(mcounteren, 7);
    csr_write(CSR_MENVCFG, ENVCFG_STCE | ENVCFG_ADUE);
    enter_lower_mode((u64)hypervisor, 0, (u64)stacks_start + HART_STACK - 2048, MSTATUS_MPP_S);
}
