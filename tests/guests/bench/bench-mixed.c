// Mixed integer work: sorting, hashing, list walking, string and memory copies, multiply and divide, branches.
// Prints its checksum. The same file runs on qemu-system-riscv64 -M virt -bios none, so that speeds can be compared.
#include "guest.h"

#ifndef SCALE
#define SCALE 100
#endif

// The checksum at SCALE 100.
#define EXPECTED 0xab743aa631d82afcul

static u64 random_state;

static u64 random_next(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static u64 mix(u64 sum, u64 value)
{
    sum ^= value;
    sum *= 0x9E3779B97F4A7C15ul;
    return sum ^ (sum >> 29);
}

// --- sorting: quicksort with an insertion sort below 16 elements

#define SORT_COUNT 8192
static u32 sort_data[SORT_COUNT];

static void sort(u32 *a, s64 low, s64 high)
{
    while (high - low > 16)
    {
        u32 pivot = a[low + (high - low) / 2];
        s64 i = low - 1, j = high + 1;
        for (;;)
        {
            do i++; while (a[i] < pivot);
            do j--; while (a[j] > pivot);
            if (i >= j)
                break;
            u32 t = a[i];
            a[i] = a[j];
            a[j] = t;
        }
        if (j - low < high - j)
        {
            sort(a, low, j);
            low = j + 1;
        }
        else
        {
            sort(a, j + 1, high);
            high = j;
        }
    }
    for (s64 i = low + 1; i <= high; i++)
    {
        u32 value = a[i];
        s64 j = i;
        for (; j > low && a[j - 1] > value; j--)
            a[j] = a[j - 1];
        a[j] = value;
    }
}

static u64 run_sort(u64 sum)
{
    for (u32 i = 0; i < SORT_COUNT; i++)
        sort_data[i] = (u32)random_next();
    sort(sort_data, 0, SORT_COUNT - 1);
    for (u32 i = 1; i < SORT_COUNT; i++)
    {
        if (sort_data[i - 1] > sort_data[i])
            finish(2);
        sum = mix(sum, sort_data[i]);
    }
    return sum;
}

// --- hashing: CRC-32 by table and FNV-1a, byte by byte

#define TEXT_SIZE 32768
static u8 text[TEXT_SIZE + 8], copy[TEXT_SIZE + 8];
static u32 crc_table[256];

static u64 run_hash(u64 sum)
{
    for (u32 i = 0; i < 256; i++)
    {
        u32 c = i;
        for (int k = 0; k < 8; k++)
            c = c & 1 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
        crc_table[i] = c;
    }
    u32 crc = ~0u;
    u64 fnv = 0xCBF29CE484222325ul;
    for (u32 i = 0; i < TEXT_SIZE; i++)
    {
        crc = crc_table[(crc ^ text[i]) & 0xFF] ^ (crc >> 8);
        fnv = (fnv ^ text[i]) * 0x100000001B3ul;
    }
    return mix(mix(sum, crc), fnv);
}

// --- lists: insertion at the head, reversal, a dependent walk

#define NODES 4096
struct node { struct node *next; u64 value; u64 spare[2]; };
static struct node nodes[NODES];

static u64 run_list(u64 sum)
{
    struct node *head = 0;
    for (u32 i = 0; i < NODES; i++)
    {
        struct node *n = &nodes[(i * 2731u) % NODES];
        n->value = random_next();
        n->next = head;
        head = n;
    }
    for (int round = 0; round < 6; round++)
    {
        struct node *reversed = 0;
        while (head)
        {
            struct node *next = head->next;
            head->next = reversed;
            reversed = head;
            head = next;
        }
        head = reversed;
        for (struct node *n = head; n; n = n->next)
            sum = (sum << 5 | sum >> 59) + (n->value ^ (u64)round);
    }
    return sum;
}

// --- strings and memory: fill with words, copy, compare, search; aligned and shifted

static u64 run_copy(u64 sum)
{
    static const char *const words[8] = { "hart", "world", "checker", "bus", "translation", "page", "a", "mailbox" };
    u32 length = 0;
    while (length < TEXT_SIZE - 16)
    {
        const char *w = words[random_next() >> 61];
        while (*w)
            text[length++] = (u8)*w++;
        text[length++] = ' ';
    }
    while (length < TEXT_SIZE)
        text[length++] = '.';
    for (u32 shift = 0; shift < 8; shift++)
    {
        memset(copy, (int)shift, sizeof copy);
        memcpy(copy + shift, text, TEXT_SIZE - 8);
        if (memcmp(copy + shift, text, TEXT_SIZE - 8) != 0)
            finish(3);
        sum = mix(sum, copy[random_next() % TEXT_SIZE]);
    }
    u32 found = 0, state = 0;
    for (u32 i = 0; i < TEXT_SIZE; i++)
    {
        u8 c = text[i];
        switch (state)
        {
        case 0: state = c == 'p' ? 1 : 0; break;
        case 1: state = c == 'a' ? 2 : 0; break;
        case 2: state = c == 'g' ? 3 : 0; break;
        default: found += c == 'e'; state = 0; break;
        }
    }
    return mix(sum, found);
}

// --- multiply and divide: modular powers, greatest common divisors, 32x32 matrices

static u64 power(u64 base, u64 exponent, u64 modulus)
{
    u64 result = 1;
    for (base %= modulus; exponent > 0; exponent >>= 1)
    {
        if (exponent & 1)
            result = result * base % modulus;
        base = base * base % modulus;
    }
    return result;
}

static u32 matrix_a[32][32], matrix_b[32][32];

static u64 run_arithmetic(u64 sum)
{
    for (int i = 0; i < 400; i++)
    {
        u64 a = random_next() >> 33, b = (random_next() >> 33) | 1;
        sum = mix(sum, power(a, b, 2147483647));
        while (b != 0)
        {
            u64 t = a % b;
            a = b;
            b = t;
        }
        sum = mix(sum, a);
        s32 x = (s32)random_next(), y = (s32)(random_next() | 1);
        sum = mix(sum, (u64)(s64)(x / y) + (u64)(((s64)x * y) >> 16));
    }
    for (int i = 0; i < 32; i++)
        for (int j = 0; j < 32; j++)
        {
            matrix_a[i][j] = (u32)random_next();
            matrix_b[i][j] = (u32)(random_next() >> 20);
        }
    for (int i = 0; i < 32; i++)
        for (int j = 0; j < 32; j++)
        {
            u32 cell = 0;
            for (int k = 0; k < 32; k++)
                cell += matrix_a[i][k] * matrix_b[k][j];
            sum = mix(sum, cell);
        }
    return sum;
}

// --- branches: a bytecode machine whose program is data

static u64 run_branches(u64 sum)
{
    static u8 program[256];
    for (u32 i = 0; i < sizeof program; i++)
        program[i] = (u8)(random_next() >> 56);
    u64 a = random_next(), b = random_next();
    u8 pc = 0;
    for (int step = 0; step < 60000; step++)
    {
        u8 code = program[pc++];
        switch (code & 15)
        {
        case 0: a += b; break;
        case 1: b ^= a >> 3; break;
        case 2: if (a & 1) pc += 5; break;
        case 3: a = a * 3 + 1; break;
        case 4: b = b << 7 | b >> 57; break;
        case 5: if (b > a) { u64 t = a; a = b; b = t; } break;
        case 6: pc ^= code; break;
        case 7: a -= code; break;
        case 8: b += program[(u8)a]; break;
        case 9: if ((s64)b < 0) b = ~b; break;
        case 10: a ^= a << 13; break;
        case 11: b = (b & ~0xFFul) | code; break;
        case 12: pc += (u8)(b & 3); break;
        case 13: a = a >> 1 | a << 63; break;
        case 14: b -= a; break;
        default: a ^= (u64)step; break;
        }
    }
    return mix(mix(sum, a), b);
}

int main(void)
{
    u64 instructions = csr_read(minstret);
    u64 sum = 0;
    random_state = 0x2545F4914F6CDD1Dul;
    for (int i = 0; i < SCALE; i++)
    {
        sum = run_sort(sum);
        sum = run_copy(sum);
        sum = run_hash(sum);
        sum = run_list(sum);
        sum = run_arithmetic(sum);
        sum = run_branches(sum);
    }
    print("bench-mixed: checksum %x\n", sum);
    print("bench-mixed: instructions %u\n", csr_read(minstret) - instructions);
    if (SCALE == 100 && sum != EXPECTED)
    {
        print("bench-mixed: wrong checksum, %x expected\n", EXPECTED);
        return 1;
    }
    return 0;
}
