// Memory-bound work over 8 MiB: a dependent pointer walk through a random cycle (every step another line, most steps
// another page) and strided sums. Shows what translation and cache misses cost; prints its checksum.
#include "guest.h"

#ifndef SCALE
#define SCALE 4
#endif

#define AREA (DRAM_BASE + 0x1000000)
#define WORDS (8ul * 1024 * 1024 / 8)

// The checksum at SCALE 4.
#define EXPECTED 0x83084a18a408ul

static u64 random_state = 0x9E3779B97F4A7C15ul;

static u64 random_next(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

int main(void)
{
    volatile u64 *words = (volatile u64 *)AREA;
    u64 instructions = csr_read(minstret);

    // Sattolo's shuffle leaves one single cycle through all words.
    for (u64 i = 0; i < WORDS; i++)
        words[i] = i;
    for (u64 i = WORDS - 1; i > 0; i--)
    {
        u64 j = (random_next() >> 11) % i;
        u64 t = words[i];
        words[i] = words[j];
        words[j] = t;
    }

    u64 sum = 0, at = 0;
    for (int round = 0; round < SCALE; round++)
    {
        for (u64 i = 0; i < WORDS; i++)
        {
            at = words[at];
            sum = (sum << 1 | sum >> 63) ^ at;
        }
        for (u64 stride = 1; stride <= 4096; stride *= 8)
            for (u64 start = 0; start < stride && start < 8; start++)
                for (u64 i = start; i < WORDS; i += stride)
                    sum += words[i] * (stride + 1);
    }

    print("memory-bound: checksum %x\n", sum);
    print("memory-bound: instructions %u\n", csr_read(minstret) - instructions);
    if (SCALE == 4 && sum != EXPECTED)
    {
        print("memory-bound: wrong checksum, %x expected\n", EXPECTED);
        return 1;
    }
    return 0;
}
