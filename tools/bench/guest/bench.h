// What a workload offers, and what the runtime around it offers to it. The
// same workload is linked with guest.c (bare machine) or host.c (Linux).
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef int16_t s16;
typedef int32_t s32;

// Sizes that the command line asks for: n=..., m=...
struct sizes {
    u32 n, m;
};

// Called once, before the timed part.
void prepare(const struct sizes *sizes);

// One timed repetition. The result is a checksum of everything computed.
u32 repetition(u32 seed);

// Ends the run with a message.
void fail(const char *why) __attribute__((noreturn));

// Iterations of REP beyond one for each instruction, so that counts of
// instructions and counts of iterations can be compared.
extern u32 rep_extra;

// A pseudo-random number (Numerical constants of a full-period generator
// modulo 2^32: the multiplier is 5 modulo 8, the increment odd).
static inline u32 next_random(u32 *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static inline u32 mix(u32 sum, u32 value)
{
    sum ^= value;
    sum = sum << 5 | sum >> 27;
    return sum * 0x9e3779b1u + 1;
}

#endif
