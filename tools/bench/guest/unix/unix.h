// A very small Unix: two processes, files in memory, pipes between them.
// kernel.c holds what its calls do; machine.c runs it on the bare machine,
// linux.c inside a Linux process.
#ifndef UNIX_H
#define UNIX_H

#include "../bench.h"

enum {
    SYS_GETPID, SYS_OPEN, SYS_CLOSE, SYS_READ, SYS_WRITE, SYS_STAT,
    SYS_SBRK, SYS_YIELD, SYS_EXIT, SYS_COUNT
};

enum {
    PAGE = 4096, PROCESSES = 2, FILES = 8, HEAP_PAGES = 64,
    FAILED = 0xffffffff
};

struct file {
    struct inode *inode;
    u32 offset;
};

struct process {
    u32 id, heap, heap_pages, exited, result;
    struct file files[FILES];
};

struct stat {
    u32 inode, size, directory;
};

// ---- kernel.c -----------------------------------------------------------

extern struct process processes[PROCESSES];
extern struct process *current;

void kernel_prepare(void);
// Makes both processes new; heap[i] is where the heap of process i begins.
void kernel_start(const u32 *heaps);
u32 system_call(u32 number, u32 a, u32 b, u32 c);

// ---- What kernel.c wants ------------------------------------------------

// Lets the other process run until it gives way.
void give_way(void);
// The current process has exited: does not come back.
void leave(void);
// Whether a process may name these bytes.
int user_bytes(u32 at, u32 size);
// The current process gives pages of its heap back.
void release_pages(u32 from, u32 pages);

// ---- user.c -------------------------------------------------------------

// The program of both processes; `id` says which one this is.
u32 user_main(u32 id, u32 rounds, u32 seed, u32 heap);

#endif
