// A virtual machine's program, in VS-mode under page tables of its own. Everything that it keeps is in its private memory.
#include "hypervisor.h"

#define ROOT (PRIVATE_BASE + 0x1000)
#define MIDDLE (PRIVATE_BASE + 0x2000)
#define LEAF (PRIVATE_BASE + 0x3000)
#define ALIASED (PRIVATE_BASE + 0x4000)
#define TOUCHED 40
#define ROUNDS 20

static u64 call(u64 number, u64 a, u64 b)
{
    register u64 a0 __asm__("a0") = a;
    register u64 a1 __asm__("a1") = b;
    register u64 a7 __asm__("a7") = number;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a7) : "memory");
    return a0;
}

static void check(int condition, u64 code)
{
    if (!condition)
        call(CALL_DONE, code, 0);
}

void vm_main(u64 number)
{
    const u64 leaf = PTE_V | PTE_R | PTE_W | PTE_A | PTE_D;
    write64(ROOT + 8 * 0, entry_to(0, leaf));
    write64(ROOT + 8 * 1, entry_to(0x40000000, leaf));
    write64(ROOT + 8 * 2, entry_to(0x80000000, leaf | PTE_X));
    write64(ROOT + 8 * 3, entry_to(MIDDLE, PTE_V));
    write64(MIDDLE, entry_to(LEAF, PTE_V));
    write64(LEAF, entry_to(ALIASED, PTE_V | PTE_R | PTE_W));
    csr_write(satp, SV39 | ROOT >> 12);
    csr_write(stvec, (u64)vm_vector);
    write64(ALIAS, number * 0x0101010101010101ul);
    check(read64(ALIASED) == number * 0x0101010101010101ul, 1);
    check((read64(LEAF) & (PTE_A | PTE_D)) == (PTE_A | PTE_D), 2);

    // Every store to the device, and every look at its status, is the hypervisor's.
    print("hello from %u\n", number);

    // Time begins when the machine does.
    check(csr_read(time) < MTIME_HZ, 3);
    csr_set(sie, SIP_STIP | SIP_SSIP);
    csr_set(sstatus, 2);
    csr_write(CSR_STIMECMP, csr_read(time) + 100);
    while (read64(ALIAS + 8) == 0)
        wait_for_interrupt();

    for (u64 round = 0; round < ROUNDS; round++)
    {
        for (u64 page = 0; page < TOUCHED; page++)
        {
            u64 at = PRIVATE_BASE + 0x10000 + page * 0x1000 + 8 * round;
            write64(at, number << 32 | round);
            check(read64(at) == (number << 32 | round), 4);
        }
        u64 shown = call(CALL_YIELD, 0, 0);
        check(read64(WINDOW_BASE) == shown, 5);
        check(read64(ALIAS) == number * 0x0101010101010101ul, 6);
    }

    // The window cannot be written: the hypervisor skips the store and raises a software interrupt.
    u64 before = read64(WINDOW_BASE);
    write64(WINDOW_BASE, ~before);
    check(read64(WINDOW_BASE) == before, 7);
    check(read64(ALIAS + 16) == 1, 8);
    check(read64(ALIAS + 8) == 1, 9);

    // A text on the stack, read by the hypervisor with HLV.
    char text[] = "these words are read as the machine would read them";
    call(CALL_SAY, (u64)text, sizeof text - 1);
    call(CALL_DONE, 0, 0);
    for (;;)
        ;
}
