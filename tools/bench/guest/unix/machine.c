// The small Unix on the bare machine: segments, gates, page tables, page
// faults, and the switch from one process to the other.
#include "unix.h"
#include "../guest.h"

enum {
    KERNEL_CODE = 0x08, KERNEL_DATA = 0x10, USER_CODE = 0x1b,
    USER_DATA = 0x23, TASK = 0x28
};
enum { PRESENT = 1, WRITABLE = 2, USER = 4 };
enum {
    TEXT_AT = 0x40000000, HEAP_AT = 0x50000000, STACK_END = 0x60000000,
    STACK_PAGES = 4, KERNEL_TABLES = 4, FRAMES = 160
};

typedef u32 page[PAGE / 4];

// ---- Frames -------------------------------------------------------------

static page frames[FRAMES] __attribute__((aligned(PAGE)));
static page zeros __attribute__((aligned(PAGE)));
static u32 *free_frames[FRAMES];
static u32 frames_left;

static u32 *take_frame(void)
{
    if (frames_left == 0) fail("out of frames");
    u32 *frame = free_frames[--frames_left], *to = frame, count = PAGE / 4;
    rep_extra += count - 1;
    __asm__ volatile("cld; rep stosl"
        : "+D"(to), "+c"(count) : "a"(0) : "memory");
    return frame;
}

static void give_frame(u32 *frame)
{
    free_frames[frames_left++] = frame;
}

// ---- Page tables --------------------------------------------------------

static page kernel_tables[KERNEL_TABLES] __attribute__((aligned(PAGE)));
static page kernel_directory __attribute__((aligned(PAGE)));
static u32 *directories[PROCESSES];
extern u8 user_load[], user_size[];

static void load_directory(u32 *directory)
{
    __asm__ volatile("mov %0, %%cr3" : : "r"(directory) : "memory");
}

static void forget_page(u32 at)
{
    __asm__ volatile("invlpg (%0)" : : "r"(at) : "memory");
}

// The entry for an address; its table is there.
static u32 *entry_of(u32 *directory, u32 at)
{
    u32 *table = (u32 *)(directory[at >> 22] & ~(PAGE - 1));
    return &table[at >> 12 & 1023];
}

static void drop(u32 *entry)
{
    u32 *frame = (u32 *)(*entry & ~(PAGE - 1));
    if (*entry && frame != zeros) give_frame(frame);
    *entry = 0;
}

static u32 *new_directory(void)
{
    static const u32 areas[] = { TEXT_AT, HEAP_AT, STACK_END - PAGE };
    u32 *directory = take_frame();
    for (u32 i = 0; i < KERNEL_TABLES; i++)
        directory[i] = kernel_directory[i];
    for (u32 i = 0; i < 3; i++)
        directory[areas[i] >> 22] =
            (u32)take_frame() | USER | WRITABLE | PRESENT;
    for (u32 at = 0; at < (u32)user_size; at += PAGE)
        *entry_of(directory, TEXT_AT + at) =
            ((u32)user_load + at) | USER | PRESENT;
    return directory;
}

static void free_directory(u32 *directory)
{
    static const u32 areas[] = { HEAP_AT, STACK_END - PAGE };
    for (u32 i = 0; i < 2; i++) {
        u32 *table = entry_of(directory, areas[i] & ~0x3fffff);
        for (u32 k = 0; k < PAGE / 4; k++) drop(&table[k]);
        give_frame(table);
    }
    give_frame(entry_of(directory, TEXT_AT));
    give_frame(directory);
}

static void start_paging(void)
{
    for (u32 i = 0; i < KERNEL_TABLES; i++) {
        for (u32 k = 0; k < PAGE / 4; k++)
            kernel_tables[i][k] = (i << 22 | k << 12) | WRITABLE | PRESENT;
        kernel_directory[i] = (u32)kernel_tables[i] | WRITABLE | PRESENT;
    }
    load_directory(kernel_directory);
    u32 cr0;
    __asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
    cr0 |= 0x80010000; // paging, and its protection for the kernel too
    __asm__ volatile("mov %0, %%cr0" : : "r"(cr0) : "memory");
}

// ---- Segments and gates -------------------------------------------------

struct pointer {
    u16 limit;
    u32 base;
} __attribute__((packed));

static struct {
    u32 link, esp0, ss0, rest[22];
    u16 trap, bitmap;
} task;

static u32 gdt[6][2], idt[129][2];
extern const u32 trap_entries[32];
extern void system_call_entry(void);

static void set_gate(u32 vector, u32 entry, u32 kind)
{
    idt[vector][0] = KERNEL_CODE << 16 | (entry & 0xffff);
    idt[vector][1] = (entry & 0xffff0000) | kind << 8;
}

extern void load_segments(
    const struct pointer *gdt, const struct pointer *idt);

static void start_segments(void)
{
    static const u32 rights[] = { 0, 0xcf9a00, 0xcf9200, 0xcffa00,
        0xcff200 };
    for (u32 i = 1; i < 5; i++) {
        gdt[i][0] = 0xffff;
        gdt[i][1] = rights[i];
    }
    u32 at = (u32)&task;
    gdt[5][0] = (at & 0xffff) << 16 | (sizeof task - 1);
    gdt[5][1] = (at & 0xff000000) | 0x8900 | (at >> 16 & 0xff);
    task.ss0 = KERNEL_DATA;
    task.bitmap = sizeof task;
    for (u32 i = 0; i < 32; i++) set_gate(i, trap_entries[i], 0x8e);
    set_gate(0x80, (u32)system_call_entry, 0xef);
    struct pointer g = { sizeof gdt - 1, (u32)gdt };
    struct pointer i = { sizeof idt - 1, (u32)idt };
    load_segments(&g, &i);
}

// ---- Traps --------------------------------------------------------------

struct frame {
    u32 es, ds, edi, esi, ebp, unused, ebx, edx, ecx, eax;
    u32 vector, error, eip, cs, eflags, esp, ss;
};

static int heap_or_stack(u32 at)
{
    u32 heap = current->heap_pages * PAGE;
    return at - HEAP_AT < heap
        || at - (STACK_END - STACK_PAGES * PAGE) < STACK_PAGES * PAGE;
}

// A page that is read first is the page of zeros; one that is written gets
// a frame.
static int resolve(u32 at, u32 error)
{
    if (!current || !heap_or_stack(at)) return 0;
    u32 *entry = entry_of(directories[current->id], at);
    int write = (error & 2) != 0, there = (error & 1) != 0;
    if (there && !write) return 0;
    if (there && (*entry & ~(PAGE - 1)) != (u32)zeros) return 0;
    *entry = write ? (u32)take_frame() | USER | WRITABLE | PRESENT
        : (u32)zeros | USER | PRESENT;
    if (there) forget_page(at);
    return 1;
}

void trap(struct frame *frame)
{
    u32 at = 0;
    if (frame->vector == 14) {
        __asm__ volatile("mov %%cr2, %0" : "=r"(at));
        if (resolve(at, frame->error)) return;
    }
    print("exception ");
    print_hex(frame->vector);
    print(" code ");
    print_hex(frame->error);
    print(" at ");
    print_hex(frame->eip);
    print(" address ");
    print_hex(at);
    print("\n");
    fail("an exception that nobody expects");
}

void system_call_trap(struct frame *frame)
{
    frame->eax = system_call(
        frame->eax, frame->ebx, frame->ecx, frame->edx);
}

// ---- Processes ----------------------------------------------------------

enum { STACK = 2048 };

static u32 stacks[PROCESSES][STACK] __attribute__((aligned(16)));
static u32 stopped_at[PROCESSES], back, rounds;
extern void change_stack(u32 *save, u32 load);
extern void trap_return(void);

static void go(u32 *save, u32 to)
{
    current = &processes[to];
    task.esp0 = (u32)(stacks[to] + STACK);
    load_directory(directories[to]);
    change_stack(save, stopped_at[to]);
}

void give_way(void)
{
    u32 id = current->id;
    go(&stopped_at[id], 1 - id);
}

void leave(void)
{
    u32 id = current->id;
    if (!processes[1 - id].exited) go(&stopped_at[id], 1 - id);
    current = 0;
    load_directory(kernel_directory);
    change_stack(&stopped_at[id], back);
}

int user_bytes(u32 at, u32 size)
{
    return at >= TEXT_AT && at + size >= at && at + size <= STACK_END;
}

void release_pages(u32 from, u32 pages)
{
    for (u32 i = 0; i < pages; i++) {
        u32 at = from + i * PAGE;
        u32 *entry = entry_of(directories[current->id], at);
        if (!*entry) continue;
        drop(entry);
        forget_page(at);
    }
}

// A stack as `change_stack` leaves one, with a frame for `trap_return`: the
// process begins in user_main.
static void new_process(u32 id, u32 seed)
{
    directories[id] = new_directory();
    u32 *stack = (u32 *)take_frame() + PAGE / 4;
    *entry_of(directories[id], STACK_END - PAGE) =
        (u32)(stack - PAGE / 4) | USER | WRITABLE | PRESENT;
    const u32 words[] = { 0, id, rounds, seed, HEAP_AT };
    stack -= 5;
    for (u32 i = 0; i < 5; i++) stack[i] = words[i];
    u32 *top = stacks[id] + STACK;
    struct frame *frame = (struct frame *)top - 1;
    struct frame fresh = { .es = USER_DATA, .ds = USER_DATA,
        .eip = (u32)user_main, .cs = USER_CODE, .eflags = 2,
        .esp = STACK_END - 20, .ss = USER_DATA };
    *frame = fresh;
    u32 *saved = (u32 *)frame - 5;
    for (u32 i = 0; i < 4; i++) saved[i] = 0;
    saved[4] = (u32)trap_return;
    stopped_at[id] = (u32)saved;
}

void prepare(const struct sizes *sizes)
{
    rounds = sizes->n;
    kernel_prepare();
    for (u32 i = 0; i < FRAMES; i++) give_frame(frames[i]);
    start_segments();
    start_paging();
}

u32 repetition(u32 seed)
{
    static const u32 heaps[PROCESSES] = { HEAP_AT, HEAP_AT };
    kernel_start(heaps);
    for (u32 i = 0; i < PROCESSES; i++) new_process(i, seed);
    go(&back, 0);
    for (u32 i = 0; i < PROCESSES; i++) free_directory(directories[i]);
    if (frames_left != FRAMES) fail("frames were lost");
    return mix(processes[0].result, processes[1].result);
}
