// The runtime on the bare machine: sizes from the multiboot command line,
// text to port 0xe9, and a mark to port 0x505 before the first repetition,
// after each, and at the end.
#include "bench.h"
#include "guest.h"

enum { TEXT = 0xe9, MARK = 0x505, LOADED = 0x2badb002 };

u32 rep_extra;

void out8(u16 port, u8 value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

void print(const char *text)
{
    while (*text) out8(TEXT, *text++);
}

void print_hex(u32 value)
{
    for (int shift = 28; shift >= 0; shift -= 4)
        out8(TEXT, "0123456789abcdef"[value >> shift & 15]);
}

static void line(const char *name, u32 value)
{
    print(name);
    print_hex(value);
    print("\n");
}

static void halt(void) __attribute__((noreturn));
static void halt(void)
{
    for (;;) __asm__ volatile("cli; hlt");
}

void fail(const char *why)
{
    print("fail ");
    print(why);
    print("\n");
    out8(MARK, 1);
    halt();
}

// The compiler may call these for the assignment of a struct.
void *memset(void *to, int value, u32 size)
{
    for (u8 *p = to; size--; ) *p++ = value;
    return to;
}

void *memcpy(void *to, const void *from, u32 size)
{
    const u8 *q = from;
    for (u8 *p = to; size--; ) *p++ = *q++;
    return to;
}

// The number behind the last "name=" in the command line.
static u32 option(const char *command, char name, u32 value)
{
    for (const char *p = command; *p; p++) {
        int begins = p == command || p[-1] == ' ';
        if (!begins || p[0] != name || p[1] != '=') continue;
        value = 0;
        for (const char *d = p + 2; *d >= '0' && *d <= '9'; d++)
            value = value * 10 + (*d - '0');
    }
    return value;
}

void guest_main(u32 magic, const u32 *info)
{
    if (magic != LOADED) fail("not started by a multiboot loader");
    const char *command = info[0] & 4 ? (const char *)info[4] : "";
    struct sizes sizes = {
        option(command, 'n', 1), option(command, 'm', 1),
    };
    u32 times = option(command, 'r', 1), sum = 0;
    prepare(&sizes);
    rep_extra = 0;
    out8(MARK, 1);
    for (u32 i = 0; i < times; i++) {
        sum = mix(sum, repetition(i));
        out8(MARK, 1);
    }
    line("rep ", rep_extra);
    line("checksum ", sum);
    print("end\n");
    out8(MARK, 1);
    halt();
}
