// WorldGuard as on 'virt' with wg=on: three wgCheckers at the board's addresses. The guest is the firmware: it programs rules as
// OpenSBI does (worldguard.md section 8.3), reads them back, and looks at DRAM, flash and the UART from other worlds.
#include "checkers.h"

#define DRAM_CHECKER 0x06000000
#define FLASH_CHECKER 0x06001000
#define UART_CHECKER 0x06002000
#define SOURCE_DRAM 15
#define SOURCE_FLASH 16
#define SOURCE_UART 17
#define FLASH0 0x20000000
#define FLASH1 0x22000000
#define SECRET 0xC0001000

static void slot(u64 checker, u64 number, u64 address, u64 permissions, u32 configuration)
{
    write64(checker + WG_SLOT_ADDR(number), address);
    write64(checker + WG_SLOT_PERM(number), permissions);
    write32(checker + WG_SLOT_CFG(number), configuration);
}

static void whole(u64 checker, u64 slots, u64 permissions)
{
    for (u64 number = 1; number < slots; number++)
        slot(checker, number, 0, 0, 0);
    write64(checker + WG_SLOT_PERM(slots), permissions);
    write32(checker + WG_SLOT_CFG(slots), WG_TOR);
}

static void expect_slot(int number, u64 checker, u64 which, u64 address, u64 permissions, u32 configuration)
{
    check(number, read64(checker + WG_SLOT_ADDR(which)), address);
    check(number, read64(checker + WG_SLOT_PERM(which)), permissions);
    check(number, read32(checker + WG_SLOT_CFG(which)), configuration);
}

int main(void)
{
    u64 value;
    open_pmp();
    check(1, read32(DRAM_CHECKER + WG_NSLOTS), 16);
    check(2, read32(FLASH_CHECKER + WG_NSLOTS), 16);
    check(3, read32(UART_CHECKER + WG_NSLOTS), 1);

    print("stage 1: bypass after reset is for the trusted world alone\n");
    write64(SECRET, 0x5EC8E7);
    expect_load(4, SECRET, CAUSE_NONE, 0x5EC8E7);
    check(5, world_load(0, SECRET, &value), CAUSE_NONE);
    check(6, value, 0);
    check(7, world_load(TRUSTED, SECRET, &value), CAUSE_NONE);
    check(8, value, 0x5EC8E7);

    print("stage 2: the rules of the firmware, and what they read back\n");
    slot(DRAM_CHECKER, 1, 0x20000000, 0, 0);
    slot(DRAM_CHECKER, 2, 0x30000000, 0xCF, WG_TOR);
    slot(DRAM_CHECKER, 3, 0x30400000, 0xCC, WG_TOR);
    slot(DRAM_CHECKER, 4, 0x40000000, 0xCF, WG_TOR);
    for (u64 number = 5; number < 16; number++)
        slot(DRAM_CHECKER, number, 0, 0, 0);
    write64(DRAM_CHECKER + WG_SLOT_PERM(16), 0);
    write32(DRAM_CHECKER + WG_SLOT_CFG(16), 0);
    whole(FLASH_CHECKER, 16, 0xC3);
    whole(UART_CHECKER, 1, 0xC0);
    expect_slot(10, DRAM_CHECKER, 1, 0x20000000, 0, 0);
    expect_slot(11, DRAM_CHECKER, 2, 0x30000000, 0xCF, 1);
    expect_slot(12, DRAM_CHECKER, 3, 0x30400000, 0xCC, 1);
    expect_slot(13, DRAM_CHECKER, 4, 0x40000000, 0xCF, 1);
    for (u64 number = 5; number < 16; number++)
        expect_slot(14, DRAM_CHECKER, number, 0, 0, 0);
    check(15, read64(DRAM_CHECKER + WG_SLOT_PERM(16)), 0);
    check(16, read64(FLASH_CHECKER + WG_SLOT_PERM(16)), 0xC3);
    check(17, read32(FLASH_CHECKER + WG_SLOT_CFG(16)), 1);
    check(18, read64(UART_CHECKER + WG_SLOT_PERM(1)), 0xC0);
    check(19, read32(UART_CHECKER + WG_SLOT_CFG(1)), 1);
    check(20, read64(DRAM_CHECKER + WG_ERRCAUSE), 0);

    print("stage 3: DRAM of worlds\n");
    check(30, world_store(0, 0xBFFFF000, 0x10), CAUSE_NONE);
    check(31, read64(0xBFFFF000), 0x10);
    check(32, world_store(0, SECRET, 0x11), CAUSE_NONE); // silent: the firmware sets no error flags
    expect_load(33, SECRET, CAUSE_NONE, 0x5EC8E7);
    check(34, world_store(1, SECRET, 0x12), CAUSE_NONE);
    expect_load(35, SECRET, CAUSE_NONE, 0x12);
    check(36, world_load(2, SECRET, &value), CAUSE_NONE);
    check(37, value, 0);

    print("stage 4: both flash banks behind one checker\n");
    write64(FLASH0, 0xF0);
    write64(FLASH1, 0xF1);
    check(40, world_load(0, FLASH0, &value), CAUSE_NONE);
    check(41, value, 0xF0);
    check(42, world_load(0, FLASH1, &value), CAUSE_NONE);
    check(43, value, 0xF1);
    check(44, world_load(1, FLASH1, &value), CAUSE_NONE);
    check(45, value, 0);

    print("stage 5: the UART is the trusted world's; errors, records and interrupts\n");
    plic_enable(0, SOURCE_UART);
    write32(UART_CHECKER + WG_SLOT_CFG(1), WG_TOR | WG_ER | WG_IR);
    check(50, world_load(1, UART_BASE, &value), CAUSE_LOAD_ACCESS);
    expect_interrupt(51, SOURCE_UART);
    value = read64(UART_CHECKER + WG_ERRCAUSE);
    check(52, value & 0xFF, 1);
    check(53, value >> 62, 3);
    check(54, (value >> 8) & 3, 1);
    check(55, read64(UART_CHECKER + WG_ERRADDR), UART_BASE >> 2);
    check(56, world_load(2, UART_BASE, &value), CAUSE_LOAD_ACCESS);
    check(57, read64(UART_CHECKER + WG_ERRCAUSE) & 0xFF, 1); // the first stays
    write64(UART_CHECKER + WG_ERRCAUSE, 0);
    plic_complete(0, SOURCE_UART);
    check(58, world_store(1, UART_BASE, 'x'), CAUSE_NONE); // writes are still silent
    check(59, read64(UART_CHECKER + WG_ERRCAUSE), 0);

    print("stage 6: only the trusted world touches checkers\n");
    check(60, world_store(0, DRAM_CHECKER + WG_SLOT_PERM(2), 0xFF), CAUSE_NONE);
    check(61, read64(DRAM_CHECKER + WG_SLOT_PERM(2)), 0xCF);
    check(62, world_load(0, DRAM_CHECKER + WG_SLOT_PERM(2), &value), CAUSE_NONE);
    check(63, value, 0);

    print("stage 7: DMA by the world of its channel's marker\n");
    write64(DMA_BASE + 0x10008, 0);
    check(70, DMA_CAUSE(dma_copy(0, SECRET, 0xBFFF0000, 64)), 0);
    check(71, read64(0xBFFF0000), 0);
    write64(DMA_BASE + 0x10008, TRUSTED);
    check(72, DMA_CAUSE(dma_copy(0, SECRET, 0xBFFF0000, 64)), 0);
    check(73, read64(0xBFFF0000), 0x12);
    pass("worldguard-virt");
}
