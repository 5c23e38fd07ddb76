// The program of both processes. One asks, the other sorts and answers; in
// between each reads files and uses memory that it has not touched before.
#include "unix.h"

#ifdef GUEST
static inline u32 sys(u32 number, u32 a, u32 b, u32 c)
{
    u32 result;
    __asm__ volatile("int $0x80" : "=a"(result)
        : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
    return result;
}
#else
#define sys system_call
#endif

enum { RECORD = 24, CHUNK = 48 };

static u32 sum_of(const u32 *words, u32 count, u32 sum)
{
    for (u32 i = 0; i < count; i++) sum = mix(sum, words[i]);
    return sum;
}

static void sort(u32 *words, u32 count)
{
    for (u32 i = 1; i < count; i++) {
        u32 word = words[i], k = i;
        for (; k > 0 && words[k - 1] > word; k--) words[k] = words[k - 1];
        words[k] = word;
    }
}

static u32 ask(u32 *seed, u32 sum)
{
    u32 record[RECORD];
    for (u32 i = 0; i < RECORD; i++) record[i] = next_random(seed);
    sys(SYS_WRITE, 1, (u32)record, sizeof record);
    sys(SYS_READ, 0, (u32)record, sizeof record);
    return sum_of(record, RECORD, sum);
}

static u32 answer(u32 sum)
{
    u32 record[RECORD];
    sys(SYS_READ, 0, (u32)record, sizeof record);
    sort(record, RECORD);
    sys(SYS_WRITE, 1, (u32)record, sizeof record);
    return mix(sum, record[RECORD / 2]);
}

static u32 read_file(const char *path, u32 sum)
{
    u32 words[CHUNK], size;
    u32 fd = sys(SYS_OPEN, (u32)path, 0, 0);
    if (fd == FAILED) return mix(sum, fd);
    while ((size = sys(SYS_READ, fd, (u32)words, sizeof words)) != 0)
        sum = sum_of(words, size / sizeof words[0], sum);
    sys(SYS_CLOSE, fd, 0, 0);
    return sum;
}

static u32 look_at(const char *path, u32 sum)
{
    struct stat s;
    u32 failed = sys(SYS_STAT, (u32)path, (u32)&s, 0);
    return failed ? mix(sum, failed) : mix(mix(sum, s.inode), s.size);
}

// Fresh pages: some are only read, some written, some first one, then the
// other.
static u32 use_memory(u32 heap, u32 pages, u32 sum)
{
    sys(SYS_SBRK, pages, 0, 0);
    for (u32 i = 0; i < pages; i++) {
        u32 *words = (u32 *)(heap + i * PAGE);
        if (i % 4 != 1) sum = sum_of(words + i, 16, sum);
        if (i % 4 == 3) continue;
        for (u32 k = 0; k < 32; k++) words[k * 8 + i % 8] += sum + k;
        sum = sum_of(words + 64, 16, sum);
    }
    sys(SYS_SBRK, -pages, 0, 0);
    return sum;
}

u32 user_main(u32 id, u32 rounds, u32 seed, u32 heap)
{
    u32 sum = id;
    for (u32 i = 0; i < rounds; i++) {
        sum = id == 0 ? ask(&seed, sum) : answer(sum);
        sum = mix(sum, sys(SYS_GETPID, 0, 0, 0));
        if (i % 2 == 0) sum = look_at("/usr/include/stdc", sum);
        if (i % 3 == 0) sum = read_file("/usr/lib/libb", sum);
        if (i % 3 == 1) sum = look_at("/bin/nothing", sum);
        if (i % 4 == id) sum = use_memory(heap, 4 + i % 3, sum);
        sys(SYS_YIELD, 0, 0, 0);
    }
    sys(SYS_EXIT, sum, 0, 0);
    return sum;
}
