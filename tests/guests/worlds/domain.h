// The ways between M-mode, S-mode and U-mode of firmware-policy.c (domain.S).
#ifndef DOMAIN_H
#define DOMAIN_H

// What a domain asks of the firmware with ecall: the function in a7, its argument in a0.
#define DOMAIN_CONSOLE 1
#define DOMAIN_EXIT 8

#ifndef __ASSEMBLER__

void domain_call(void (*function)(void), u8 *stack);
void domain_left(void);
u64 user_call(u64 (*function)(u64), u64 argument);
void sbi_call(u64 function, u64 argument);
u64 probe_load_byte(u64 address, struct probe *probe);

#endif
#endif
