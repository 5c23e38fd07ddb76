// The runtime on Linux: the same sizes, n=... m=... r=..., as words; one line
// for each repetition with the thread's CPU time in nanoseconds.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "bench.h"

u32 rep_extra;

void fail(const char *why)
{
    fprintf(stderr, "fail %s\n", why);
    exit(1);
}

static unsigned long long cpu_time(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static u32 option(int count, char **words, char name, u32 value)
{
    for (int i = 1; i < count; i++)
        if (words[i][0] == name && words[i][1] == '=')
            value = strtoul(words[i] + 2, 0, 10);
    return value;
}

int main(int count, char **words)
{
    struct sizes sizes = {
        option(count, words, 'n', 1), option(count, words, 'm', 1),
    };
    u32 times = option(count, words, 'r', 1), sum = 0;
    prepare(&sizes);
    for (u32 i = 0; i < times; i++) {
        unsigned long long start = cpu_time();
        sum = mix(sum, repetition(i));
        printf("time %llu\n", cpu_time() - start);
    }
    printf("checksum %08x\n", sum);
    return 0;
}
