// Runs single numeric instructions on this machine's own processor.
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

enum { WINDOW = 256, PAGE = 4096, IMAGE = 512 };

struct machine {
  uint32_t regs[8]; // in the order of their numbers; not ESP
  uint32_t eflags;
  uint8_t memory[WINDOW];
  uint8_t image[IMAGE]; // as FXSAVE has it
};
struct test { uint8_t code[16]; uint32_t length; struct machine m; };
struct result { uint32_t trap; struct machine m; };

// What `start` loads and `after` saves.
uint32_t regs[9];
uint64_t stack;
uint8_t image[IMAGE] __attribute__((aligned(16)));
uint8_t *code;
static uint8_t *window;
static uint32_t trap;
static sigjmp_buf back;
void start(void), after(void);

// The stack pointer is the harness's own throughout.
__asm__(".text\n.globl start, after\nstart:\n"
  "push %rbx\n push %rbp\n mov %rsp, stack\n fxrstor image\n"
  "mov regs+32, %eax\n push %rax\n popfq\n"
  "mov regs, %eax\n mov regs+4, %ecx\n mov regs+8, %edx\n"
  "mov regs+12, %ebx\n mov regs+20, %ebp\n"
  "mov regs+24, %esi\n mov regs+28, %edi\n jmp *code\n"
  "after:\n fxsave image\n"
  "mov %eax, regs\n mov %ecx, regs+4\n mov %edx, regs+8\n"
  "mov %ebx, regs+12\n mov %ebp, regs+20\n"
  "mov %esi, regs+24\n mov %edi, regs+28\n"
  "pushfq\n pop %rax\n mov %eax, regs+32\n fninit\n"
  "mov stack, %rsp\n pop %rbp\n pop %rbx\n ret\n");

static const uint8_t order[8] = {
  REG_RAX, REG_RCX, REG_RDX, REG_RBX,
  REG_RSP, REG_RBP, REG_RSI, REG_RDI,
};

// An instruction trapped: its state is in the signal's frame.
static void handler(int signal, siginfo_t *info, void *context) {
  mcontext_t *m = &((ucontext_t *)context)->uc_mcontext;
  for (int n = 0; n < 8; n++) regs[n] = m->gregs[order[n]];
  regs[8] = m->gregs[REG_EFL];
  trap = m->gregs[REG_TRAPNO];
  memcpy(image, m->fpregs, IMAGE);
  siglongjmp(back, 1);
}

static void put(const struct test *t) {
  memcpy(code, t->code, t->length);
  uint8_t *jump = code + t->length;
  int32_t distance = (uint8_t *)after - (jump + 5);
  jump[0] = 0xe9;
  memcpy(jump + 1, &distance, 4);
  memcpy(regs, t->m.regs, 36);
  memcpy(window, t->m.memory, WINDOW);
  memcpy(image, t->m.image, IMAGE);
}

static void run(const struct test *t, struct result *r) {
  put(t);
  trap = 1;
  if (sigsetjmp(back, 1) == 0) start();
  static const uint32_t mxcsr = 0x1f80;
  __asm__ volatile("fninit\n ldmxcsr %0" : : "m"(mxcsr));
  r->trap = trap;
  memcpy(r->m.regs, regs, 36);
  memcpy(r->m.memory, window, WINDOW);
  memcpy(r->m.image, image, IMAGE);
}

static uint8_t *map(uintptr_t at) {
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
  int prot = PROT_READ | PROT_WRITE | PROT_EXEC;
  void *p = mmap((void *)at, PAGE, prot, flags, -1, 0);
  if (p == MAP_FAILED) exit(3);
  return p;
}

// float WINDOW CODE: addresses in hex; tests on standard input.
int main(int argc, char **argv) {
  if (argc < 3) return 2;
  window = map(strtoul(argv[1], NULL, 16));
  code = map(strtoul(argv[2], NULL, 16));
  struct sigaction action = { .sa_sigaction = handler };
  action.sa_flags = SA_SIGINFO;
  int signals[] = { SIGSEGV, SIGFPE, SIGILL, SIGBUS };
  for (int n = 0; n < 4; n++) sigaction(signals[n], &action, NULL);
  struct test t;
  struct result r;
  while (fread(&t, sizeof t, 1, stdin) == 1) {
    run(&t, &r);
    if (fwrite(&r, sizeof r, 1, stdout) != 1) return 2;
  }
  return 0;
}
