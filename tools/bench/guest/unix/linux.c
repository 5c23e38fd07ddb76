// The small Unix inside a Linux process: a call is a call, a process has a
// context of its own. For the checksum; its time says nothing.
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include "unix.h"

static ucontext_t contexts[PROCESSES], back;
static u8 stacks[PROCESSES][1 << 16];
static u32 rounds, heaps[PROCESSES];

void prepare(const struct sizes *sizes)
{
    rounds = sizes->n;
    kernel_prepare();
    for (u32 i = 0; i < PROCESSES; i++) {
        void *heap = mmap(0, HEAP_PAGES * PAGE, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (heap == MAP_FAILED) fail("no memory");
        heaps[i] = (u32)heap;
    }
}

static void go(ucontext_t *from, u32 to)
{
    current = &processes[to];
    swapcontext(from, &contexts[to]);
}

void give_way(void)
{
    u32 id = current->id;
    go(&contexts[id], 1 - id);
}

void leave(void)
{
    u32 id = current->id;
    if (processes[1 - id].exited) swapcontext(&contexts[id], &back);
    else go(&contexts[id], 1 - id);
}

int user_bytes(u32 at, u32 size)
{
    return at != 0 && at + size >= at;
}

void release_pages(u32 from, u32 pages)
{
    memset((void *)from, 0, pages * PAGE);
}

static void begin(u32 id, u32 seed)
{
    user_main(id, rounds, seed, heaps[id]);
}

u32 repetition(u32 seed)
{
    kernel_start(heaps);
    for (u32 i = 0; i < PROCESSES; i++) {
        getcontext(&contexts[i]);
        contexts[i].uc_stack.ss_sp = stacks[i];
        contexts[i].uc_stack.ss_size = sizeof stacks[i];
        contexts[i].uc_link = 0;
        makecontext(&contexts[i], (void (*)(void))begin, 2, i, seed);
    }
    go(&back, 0);
    return mix(processes[0].result, processes[1].result);
}
