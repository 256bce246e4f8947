// memory-bound.c after the tables of a GPC that let everybody in have been made and enabled.
#define main memory_bound
#include "memory-bound.c"
#undef main
#include "../checkers/checkers.h"

int main(void)
{
    gpt_make();
    gpc_enable(0x60000000);
    return memory_bound();
}
