// A function is written, called, written anew and called again without FENCE.I.
#include "paging.h"

__attribute__((aligned(64))) u32 code_buffer[2];

__attribute__((noinline)) static void write_code(u32 value)
{
    volatile u32 *code = code_buffer;
    code[0] = value << 20 | 10 << 7 | 0x13; // li a0, value
    code[1] = 0x8067;                       // ret
}

int main(void)
{
    u64 (*function)(void) = (u64(*)(void))(u64)code_buffer;
    write_code(1);
    fence_i();
    u64 first = function();
    write_code(2);
    ONLY_FIXED(fence_i());
    u64 second = function();
    ONLY_FIXED(if (second != 2) return 2);
    return first == 1 && second != 0 ? 0 : 1;
}
