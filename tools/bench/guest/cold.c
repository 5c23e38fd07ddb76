// Much code that runs seldom: each of many generated functions is called once
// in a repetition. n is not used: how many there are was settled when they
// were generated.
#include "bench.h"
#include "cold.h"

static u32 words[COLD_WORDS];

void prepare(const struct sizes *sizes)
{
    u32 seed = 7;
    (void)sizes;
    for (u32 i = 0; i < COLD_WORDS; i++) words[i] = next_random(&seed);
}

u32 repetition(u32 seed)
{
    u32 sum = seed;
    for (u32 i = 0; i < COLD_COUNT; i++)
        sum = mix(sum, cold_functions[i](sum, words));
    return sum;
}
