// What the system calls do, on the bare machine and under Linux alike.
#include "unix.h"

struct process processes[PROCESSES];
struct process *current;

static struct process *other(void)
{
    return &processes[1 - current->id];
}

// ---- Between the kernel and a process -----------------------------------

static void move(u32 to, u32 from, u32 size)
{
    u32 words = size >> 2, bytes = size & 3;
    if (words) rep_extra += words - 1;
    if (bytes) rep_extra += bytes - 1;
    if (words)
        __asm__ volatile("cld; rep movsl"
            : "+D"(to), "+S"(from), "+c"(words) : : "memory");
    if (bytes)
        __asm__ volatile("rep movsb"
            : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
}

static int copy_in(void *to, u32 from, u32 size)
{
    if (!user_bytes(from, size)) return 0;
    move((u32)to, from, size);
    return 1;
}

static int copy_out(u32 to, const void *from, u32 size)
{
    if (!user_bytes(to, size)) return 0;
    move(to, (u32)from, size);
    return 1;
}

// ---- Blocks, by number, in hashed chains --------------------------------

enum { BLOCK = 512, BLOCKS = 96, CHAINS = 16 };

struct buffer {
    struct buffer *next;
    u32 number;
    u8 data[BLOCK];
};

static struct buffer buffers[BLOCKS];
static struct buffer *chains[CHAINS];
static u32 blocks_used;

static struct buffer *block(u32 number)
{
    struct buffer *b = chains[number % CHAINS];
    while (b && b->number != number) b = b->next;
    if (!b) fail("no such block");
    return b;
}

static u32 new_block(void)
{
    if (blocks_used == BLOCKS) fail("the disk is full");
    struct buffer *b = &buffers[blocks_used];
    b->number = blocks_used++;
    b->next = chains[b->number % CHAINS];
    chains[b->number % CHAINS] = b;
    return b->number;
}

// ---- Files and directories ----------------------------------------------

enum { INODES = 40, NAME = 12, DIRECT = 6 };

struct inode {
    u32 number, directory, size;
    u32 blocks[DIRECT];
};

struct entry {
    char name[NAME];
    u32 inode;
};

static struct inode inodes[INODES];
static u32 inodes_used;

static struct inode *new_inode(u32 directory)
{
    struct inode *inode = &inodes[inodes_used];
    inode->number = inodes_used++;
    inode->directory = directory;
    return inode;
}

static u8 *byte_of(struct inode *inode, u32 offset)
{
    return block(inode->blocks[offset / BLOCK])->data + offset % BLOCK;
}

static void append(struct inode *inode, const void *from, u32 size)
{
    const u8 *bytes = from;
    for (u32 i = 0; i < size; i++) {
        u32 at = inode->size++;
        if (at % BLOCK == 0) inode->blocks[at / BLOCK] = new_block();
        *byte_of(inode, at) = bytes[i];
    }
}

static int same_name(const char *entry, const char *name, u32 length)
{
    for (u32 i = 0; i < length; i++)
        if (entry[i] != name[i]) return 0;
    return length == NAME || entry[length] == 0;
}

static struct inode *look_up(
    struct inode *directory, const char *name, u32 length)
{
    for (u32 at = 0; at < directory->size; at += sizeof(struct entry)) {
        struct entry *e = (struct entry *)byte_of(directory, at);
        if (same_name(e->name, name, length)) return &inodes[e->inode];
    }
    return 0;
}

static struct inode *walk(const char *path)
{
    struct inode *inode = &inodes[0];
    while (*path) {
        if (*path == '/') {
            path++;
            continue;
        }
        u32 length = 0;
        while (path[length] && path[length] != '/') length++;
        if (!inode->directory || length > NAME) return 0;
        inode = look_up(inode, path, length);
        if (!inode) return 0;
        path += length;
    }
    return inode;
}

static struct inode *add(
    struct inode *directory, const char *name, u32 is_directory)
{
    struct inode *inode = new_inode(is_directory);
    struct entry entry = { { 0 }, inode->number };
    for (u32 i = 0; i < NAME && name[i]; i++) entry.name[i] = name[i];
    append(directory, &entry, sizeof entry);
    return inode;
}

static void add_files(struct inode *directory, const char *stem, u32 count)
{
    char name[NAME] = { 0 };
    u32 length = 0;
    while (stem[length]) length++;
    for (u32 i = 0; i < count; i++) {
        for (u32 k = 0; k < length; k++) name[k] = stem[k];
        name[length] = 'a' + i;
        struct inode *file = add(directory, name, 0);
        u32 seed = i + length, words = 100 + 60 * (i % 4);
        for (u32 k = 0; k < words; k++) {
            u32 word = next_random(&seed);
            append(file, &word, sizeof word);
        }
    }
}

void kernel_prepare(void)
{
    struct inode *root = new_inode(1);
    add_files(add(root, "bin", 1), "sh", 8);
    add_files(add(root, "etc", 1), "rc", 4);
    struct inode *usr = add(root, "usr", 1);
    add_files(add(usr, "include", 1), "std", 6);
    add_files(add(usr, "lib", 1), "lib", 10);
}

// ---- Pipes: process i reads pipe i --------------------------------------

enum { PIPE = 256 };

struct pipe {
    u32 head, tail;
    u8 data[PIPE];
};

static struct pipe pipes[PROCESSES];

static void wait_for(const u32 *pointer, u32 while_it_is)
{
    while (*pointer == while_it_is) {
        if (other()->exited) fail("nobody is at the other end");
        give_way();
    }
}

static u32 less(u32 a, u32 b) { return a < b ? a : b; }

// Bytes from `at` that neither wrap in the ring nor pass `most`.
static u32 straight(u32 at, u32 size, u32 most)
{
    return less(less(size, most), PIPE - at % PIPE);
}

static u32 read_pipe(struct pipe *pipe, u32 to, u32 size)
{
    u32 done = 0;
    while (done < size) {
        wait_for(&pipe->tail, pipe->head);
        u32 part = straight(pipe->head, size - done,
            pipe->tail - pipe->head);
        if (!copy_out(to + done, &pipe->data[pipe->head % PIPE], part))
            return FAILED;
        pipe->head += part;
        done += part;
    }
    return done;
}

static u32 write_pipe(struct pipe *pipe, u32 from, u32 size)
{
    u32 done = 0;
    while (done < size) {
        wait_for(&pipe->head, pipe->tail - PIPE);
        u32 part = straight(pipe->tail, size - done,
            PIPE - (pipe->tail - pipe->head));
        if (!copy_in(&pipe->data[pipe->tail % PIPE], from + done, part))
            return FAILED;
        pipe->tail += part;
        done += part;
    }
    return done;
}

// ---- The calls ----------------------------------------------------------

enum { FIRST_FILE = 3, PATH = 48 };

static struct inode *walk_user(u32 at)
{
    char path[PATH];
    for (u32 i = 0; i < PATH; i++) {
        if (!user_bytes(at + i, 1)) return 0;
        path[i] = *(const char *)(at + i);
        if (!path[i]) return walk(path);
    }
    return 0;
}

static struct file *open_file(u32 fd)
{
    if (fd < FIRST_FILE || fd >= FILES) return 0;
    struct file *file = &current->files[fd];
    return file->inode ? file : 0;
}

static u32 sys_getpid(u32 a, u32 b, u32 c)
{
    (void)a, (void)b, (void)c;
    return current->id;
}

static u32 sys_open(u32 path, u32 b, u32 c)
{
    (void)b, (void)c;
    struct inode *inode = walk_user(path);
    if (!inode) return FAILED;
    for (u32 fd = FIRST_FILE; fd < FILES; fd++) {
        struct file *file = &current->files[fd];
        if (file->inode) continue;
        file->inode = inode;
        file->offset = 0;
        return fd;
    }
    return FAILED;
}

static u32 sys_close(u32 fd, u32 b, u32 c)
{
    (void)b, (void)c;
    struct file *file = open_file(fd);
    if (!file) return FAILED;
    file->inode = 0;
    return 0;
}

static u32 sys_read(u32 fd, u32 to, u32 size)
{
    if (fd == 0) return read_pipe(&pipes[current->id], to, size);
    struct file *file = open_file(fd);
    if (!file) return FAILED;
    u32 done = 0;
    size = less(size, file->inode->size - file->offset);
    while (done < size) {
        u32 part = less(size - done, BLOCK - file->offset % BLOCK);
        u8 *from = byte_of(file->inode, file->offset);
        if (!copy_out(to + done, from, part)) return FAILED;
        file->offset += part;
        done += part;
    }
    return done;
}

static u32 sys_write(u32 fd, u32 from, u32 size)
{
    if (fd == 1) return write_pipe(&pipes[1 - current->id], from, size);
    struct file *file = open_file(fd);
    if (!file) return FAILED;
    u32 done = 0;
    size = less(size, file->inode->size - file->offset);
    while (done < size) {
        u32 part = less(size - done, BLOCK - file->offset % BLOCK);
        u8 *to = byte_of(file->inode, file->offset);
        if (!copy_in(to, from + done, part)) return FAILED;
        file->offset += part;
        done += part;
    }
    return done;
}

static u32 sys_stat(u32 path, u32 to, u32 c)
{
    (void)c;
    struct inode *inode = walk_user(path);
    if (!inode) return FAILED;
    struct stat s = { inode->number, inode->size, inode->directory };
    return copy_out(to, &s, sizeof s) ? 0 : FAILED;
}

static u32 sys_sbrk(u32 more, u32 b, u32 c)
{
    (void)b, (void)c;
    u32 pages = current->heap_pages + more;
    if (pages > HEAP_PAGES) return FAILED;
    if (pages < current->heap_pages)
        release_pages(current->heap + pages * PAGE,
            current->heap_pages - pages);
    current->heap_pages = pages;
    return 0;
}

static u32 sys_yield(u32 a, u32 b, u32 c)
{
    (void)a, (void)b, (void)c;
    if (!other()->exited) give_way();
    return 0;
}

static u32 sys_exit(u32 result, u32 b, u32 c)
{
    (void)b, (void)c;
    current->exited = 1;
    current->result = result;
    leave();
    return 0;
}

static u32 (*const calls[SYS_COUNT])(u32, u32, u32) = {
    [SYS_GETPID] = sys_getpid, [SYS_OPEN] = sys_open,
    [SYS_CLOSE] = sys_close, [SYS_READ] = sys_read,
    [SYS_WRITE] = sys_write, [SYS_STAT] = sys_stat,
    [SYS_SBRK] = sys_sbrk, [SYS_YIELD] = sys_yield,
    [SYS_EXIT] = sys_exit,
};

u32 system_call(u32 number, u32 a, u32 b, u32 c)
{
    if (number >= SYS_COUNT) return FAILED;
    return calls[number](a, b, c);
}

void kernel_start(const u32 *heaps)
{
    for (u32 i = 0; i < PROCESSES; i++) {
        struct process fresh = { i, heaps[i], 0, 0, 0, { { 0, 0 } } };
        processes[i] = fresh;
        pipes[i].head = pipes[i].tail = 0;
    }
}
