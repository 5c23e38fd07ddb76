// Runs single instructions on this machine's own processor.
#define _GNU_SOURCE
#include <asm/ldt.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum { WINDOW = 256, PAGE = 4096, BREAKPOINT = 0xcc };

struct machine {
  uint32_t regs[8]; // in the order of their numbers
  uint32_t eflags, eip;
  uint8_t memory[WINDOW];
};

// modes: bit 0 for 16-bit code, bit 1 for a 16-bit stack
struct test {
  uint8_t code[16];
  uint32_t modes;
  struct machine before;
};
struct result { uint32_t trap, error; struct machine after; };

static const uint8_t order[8] = {
  REG_EAX, REG_ECX, REG_EDX, REG_EBX,
  REG_ESP, REG_EBP, REG_ESI, REG_EDI,
};

static struct test *tests;
static struct result *results;
static uint32_t count, running;
static uint8_t *window, *code;
static greg_t flat_cs, flat_ss;

static void save(struct result *to, const greg_t *g) {
  to->trap = g[REG_TRAPNO];
  to->error = g[REG_ERR];
  for (int n = 0; n < 8; n++) to->after.regs[n] = g[order[n]];
  to->after.eflags = g[REG_EFL];
  to->after.eip = g[REG_EIP];
  memcpy(to->after.memory, window, WINDOW);
}

static void load(const struct test *from, greg_t *g) {
  for (int n = 0; n < 8; n++) g[order[n]] = from->before.regs[n];
  g[REG_EFL] = from->before.eflags;
  g[REG_EIP] = from->before.eip;
  // entries 0 and 1 of the local descriptor table, ring 3
  g[REG_CS] = from->modes & 1 ? 0x07 : flat_cs;
  g[REG_SS] = from->modes & 2 ? 0x0f : flat_ss;
  memset(code, BREAKPOINT, PAGE);
  memcpy((void *)from->before.eip, from->code, 16);
  memcpy(window, from->before.memory, WINDOW);
}

static void finish(void) {
  fwrite(results, sizeof *results, count, stdout);
  fflush(stdout);
  _exit(0);
}

// Every instruction ends here: by its fault, or by the trap flag.
static void handler(int signal, siginfo_t *info, void *context) {
  greg_t *g = ((ucontext_t *)context)->uc_mcontext.gregs;
  if (running > 0) save(&results[running - 1], g);
  else flat_cs = g[REG_CS], flat_ss = g[REG_SS];
  if (running == count) finish();
  load(&tests[running++], g);
}

static void *map(uintptr_t at, size_t size) {
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
  int prot = PROT_READ | PROT_WRITE | PROT_EXEC;
  void *p = mmap((void *)at, size, prot, flags, -1, 0);
  if (p == MAP_FAILED) exit(3);
  return p;
}

static void listen(void) {
  static uint8_t stack[65536];
  stack_t alternate = { .ss_sp = stack, .ss_size = sizeof stack };
  sigaltstack(&alternate, NULL);
  struct sigaction action = { .sa_sigaction = handler };
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  int signals[] = { SIGTRAP, SIGSEGV, SIGFPE, SIGILL, SIGBUS };
  for (int n = 0; n < 5; n++) sigaction(signals[n], &action, NULL);
}

// 16-bit code and a 16-bit stack, both from address 0.
static void describe(int entry, int contents) {
  struct user_desc d = { .entry_number = entry, .limit = 0xfffff };
  d.contents = contents;
  d.limit_in_pages = 1;
  if (syscall(SYS_modify_ldt, 1, &d, sizeof d) != 0) exit(3);
}

// harness WINDOW CODE [16]: addresses in hex; tests on standard
// input. With 16, tests may ask for 16-bit segments. Without any
// of these it only shows that such a program runs here.
int main(int argc, char **argv) {
  if (argc < 3) return argc == 1 ? 0 : 2;
  if (argc > 3) describe(0, MODIFY_LDT_CONTENTS_CODE);
  if (argc > 3) describe(1, MODIFY_LDT_CONTENTS_DATA);
  uintptr_t at = strtoul(argv[1], NULL, 16);
  map(at & ~(PAGE - 1) , 2 * PAGE);
  window = (uint8_t *)at;
  code = map(strtoul(argv[2], NULL, 16), PAGE);
  if (fread(&count, 4, 1, stdin) != 1) return 2;
  tests = calloc(count, sizeof *tests);
  results = calloc(count, sizeof *results);
  if (fread(tests, sizeof *tests, count, stdin) != count) return 2;
  listen();
  __asm__ volatile("int3");
  return 2;
}
