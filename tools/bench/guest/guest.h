// What the bare machine's runtime offers beside bench.h.
#ifndef GUEST_H
#define GUEST_H

void out8(u16 port, u8 value);
void print(const char *text);
void print_hex(u32 value);

#endif
