// Calls and branches: Fibonacci numbers by recursion, the queens puzzle, and
// quicksort. n = rounds.
#include "bench.h"

// Each call is a call: else gcc unfolds several levels into one another.
#define CALLED __attribute__((noinline))

CALLED static u32 fib(u32 n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

// Solutions that extend what stands already; each argument is a set of
// columns: taken, and attacked along the two diagonals.
CALLED static u32 queens(u32 all, u32 columns, u32 left, u32 right)
{
    if (columns == all) return 1;
    u32 count = 0, free = all & ~(columns | left | right);
    while (free) {
        u32 here = free & -free;
        free ^= here;
        count += queens(all, columns | here, (left | here) << 1,
            (right | here) >> 1);
    }
    return count;
}

CALLED static void quicksort(s32 *from, s32 *to)
{
    while (to - from > 1) {
        s32 pivot = from[(to - from) / 2];
        s32 *low = from, *high = to - 1;
        while (low <= high) {
            while (*low < pivot) low++;
            while (*high > pivot) high--;
            if (low > high) break;
            s32 swap = *low;
            *low++ = *high;
            *high-- = swap;
        }
        quicksort(from, high + 1);
        from = low;
    }
}

enum { COUNT = 4000 };

static s32 numbers[COUNT];
static u32 rounds;

static u32 sorted(u32 seed)
{
    u32 sum = 0;
    for (u32 i = 0; i < COUNT; i++) numbers[i] = next_random(&seed);
    quicksort(numbers, numbers + COUNT);
    for (u32 i = 1; i < COUNT; i++) {
        if (numbers[i - 1] > numbers[i]) fail("not sorted");
        sum += numbers[i] * i;
    }
    return sum;
}

void prepare(const struct sizes *sizes)
{
    rounds = sizes->n;
}

u32 repetition(u32 seed)
{
    u32 sum = seed;
    for (u32 i = 0; i < rounds; i++) {
        sum = mix(sum, fib(21 + i % 3));
        sum = mix(sum, queens(0x1ff, 0, 0, 0));
        sum = mix(sum, sorted(sum));
    }
    return sum;
}
