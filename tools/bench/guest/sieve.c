// Memory: the sieve of Eratosthenes over bytes, and four streams over words
// (copy, scale, add, triad). n = rounds, m = KiB of each array, up to 2048.
#include "bench.h"

enum { MOST = 2048 << 10 };

static u8 composite[MOST];
static u32 a[MOST / 4], b[MOST / 4], c[MOST / 4];
static u32 rounds, bytes;

void prepare(const struct sizes *sizes)
{
    rounds = sizes->n;
    bytes = sizes->m << 10;
    if (bytes > MOST) fail("m is too big");
    u32 seed = 1;
    for (u32 i = 0; i < bytes / 4; i++) {
        a[i] = next_random(&seed);
        b[i] = i;
        c[i] = 0;
    }
}

static u32 sieve(void)
{
    u32 count = 0;
    for (u32 i = 2; i < bytes; i++) composite[i] = 0;
    for (u32 i = 2; i * i < bytes; i++)
        if (!composite[i])
            for (u32 j = i * i; j < bytes; j += i) composite[j] = 1;
    for (u32 i = 2; i < bytes; i++) count += !composite[i];
    return count;
}

static void copy(u32 *to, const u32 *from, u32 count)
{
    for (u32 i = 0; i < count; i++) to[i] = from[i];
}

static void scale(u32 *to, const u32 *from, u32 by, u32 count)
{
    for (u32 i = 0; i < count; i++) to[i] = from[i] * by;
}

static void add(u32 *to, const u32 *x, const u32 *y, u32 count)
{
    for (u32 i = 0; i < count; i++) to[i] = x[i] + y[i];
}

static void triad(u32 *to, const u32 *x, const u32 *y, u32 by, u32 count)
{
    for (u32 i = 0; i < count; i++) to[i] = x[i] + by * y[i];
}

static u32 total(const u32 *of, u32 count)
{
    u32 sum = 0;
    for (u32 i = 0; i < count; i++) sum += of[i] ^ i;
    return sum;
}

u32 repetition(u32 seed)
{
    u32 sum = seed, count = bytes / 4;
    for (u32 i = 0; i < rounds; i++) {
        sum = mix(sum, sieve());
        copy(c, a, count);
        scale(b, c, i * 2 + 3, count);
        add(c, a, b, count);
        triad(a, b, c, i + 3, count);
        sum = mix(sum, total(a, count));
    }
    return sum;
}
