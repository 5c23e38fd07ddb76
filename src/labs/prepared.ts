import { echoSource } from '../guests/pv-echo.ts';
import { helloSource } from '../guests/pv-hello.ts';
import { pvImage } from '../guests/pv-image.ts';
import { nameSource } from '../guests/pv-name.ts';
import { upcallSource } from '../guests/pv-upcall.ts';
import { Translator } from '../x86/fast/translator.ts';
import { readEflags, OF } from '../x86/flags.ts';
import { loadFlat } from '../x86/pc/image.ts';
import { CPL, FPU_SW, SEG, TR } from '../x86/state.ts';
import { FAULT } from '../x86/vectors.ts';
import type { Moment } from './bench.ts';
import { GRANTING, MAPPING, PRIVILEGED } from './guests.ts';
import { hostRig } from './host.ts';
import { assembleListed, type PcSetup, pcRig } from './pc.ts';
import { codePlace } from './peek.ts';
import {
  DEVICES, LETTERS, PAGING, PLAIN, withKernel,
} from './programs.ts';
import type { Happening, Rig } from './rig.ts';

/** A machine with a program, and where one begins to look. All of
 * them run the finished program of the book. */
export interface Lab {
  readonly id: string;
  /** Slug of its chapter. */
  readonly chapter: string;
  readonly title: string;
  /** What to look at. */
  readonly about: string;
  readonly make: () => Rig;
  readonly moment: Moment;
}

/** The instruction at a label is the next one. */
const at = (label: string): Moment => ({
  state: ({ cpu, listing }) =>
    codePlace(cpu) === listing?.symbols.get(label),
});

const event = (is: (e: Happening) => boolean): Moment =>
  ({ event: is });
const fault = (vector: number): Moment => event(
  (e) => e.kind === 'fault' && e.vector === vector);
/** A hypercall of the guest, not of domain 0. */
const call = (name: string, command?: string): Moment => event((e) =>
  e.kind === 'hypercall' && e.domain !== 0 && e.name === name
  && (command === undefined || e.args[0]?.[1] === command));

/** The translator has counted so many of something. */
const translated = (
  count: keyof Translator['counts'], n: number,
): Moment => ({
  state: ({ cpu }) => cpu.translator instanceof Translator
    && cpu.translator.counts[count] >= n,
});

const ORIGIN = 0x8000;

/** A PC with a program at `ORIGIN`, in flat protected mode. */
function bare(source: string, more: Partial<PcSetup> = {}): Rig {
  const { bytes, listing } = assembleListed(source, ORIGIN);
  const load: PcSetup['load'] = (pc) =>
    loadFlat(pc, bytes, ORIGIN, false);
  return pcRig({ load, listing, memoryMiB: 1, ...more });
}

const GUEST_AT = 0x10_0000;

/** A host with one of our guests. */
function guest(name: string, source: string, bss = 0): Rig {
  const { listing } = assembleListed(source, GUEST_AT);
  return hostRig({
    name, image: pvImage(source, { at: GUEST_AT, bss }), listing,
    translated: true,
  });
}

const FAST = { translated: true };
const INEXACT = 0x20;

const before: readonly Lab[] = [
  {
    id: 'greeting', chapter: 'prologue', title: 'A guest that greets',
    about: 'It asked Xen, Xen told domain 0, and domain 0 printed it. '
      + 'Nothing here looks at your clock: run it again, and compare.',
    make: () => guest('echo', echoSource),
    moment: {
      state: ({ cpu, output }) => cpu.get(CPL) === 1
        && output.past().length > 0,
    },
  },
];

const partOne: readonly Lab[] = [
  {
    id: 'trap-and-emulate', chapter: 'first-machine',
    title: 'Trap and emulate, full size',
    about: 'A kernel in ring 1 reads CR0. The processor refuses, and '
      + 'Xen does it instead: with the CR0 that the guest shall see.',
    make: () => guest('privileged', PRIVILEGED),
    moment: event((e) => e.domain === 1 && e.outcome === 'handled'),
  },
  {
    id: 'longest', chapter: 'decoding', title: 'Twelve bytes',
    about: 'A prefix, an opcode, ModRM, SIB, a displacement and an '
      + 'immediate: the next instruction has all of them.',
    make: () => bare(PLAIN.decoding), moment: at('longest'),
  },
  {
    id: 'hidden', chapter: 'disassembling',
    title: 'What a sweep does not see',
    about: 'A byte that is never executed swallows four instructions '
      + 'that are. Scroll the code to one byte before, and compare.',
    make: () => bare(PLAIN.disassembling), moment: at('hidden'),
  },
  {
    id: 'short-and-long', chapter: 'assembler',
    title: 'Short forms and long ones',
    about: 'Two jumps and two additions. Compare how many bytes the '
      + 'assembler spent on each.',
    make: () => bare(PLAIN.assembler), moment: at('near'),
  },
  {
    id: 'push-esp', chapter: 'executing', title: 'PUSH ESP',
    about: 'Which ESP is pushed? Watch the stack, one step at a time.',
    make: () => bare(PLAIN.executing), moment: at('twice'),
  },
  {
    id: 'overflow', chapter: 'flags', title: 'The sign is wrong',
    about: 'An addition has just overflowed: OF is set, CF is not.',
    make: () => bare(PLAIN.flags),
    moment: {
      state: ({ cpu }) => (readEflags(cpu) & OF) !== 0,
    },
  },
  {
    id: 'divide-error', chapter: 'integers', title: 'No such quotient',
    about: 'The next instruction divides, and the quotient needs more '
      + 'than 32 bits. Look where EIP is after the fault.',
    make: () => bare(withKernel(`
        mov edx, 2
        mov eax, 0
        mov ecx, 2
        div ecx                ; 2^33 / 2
        div ecx                ; EDX is still 2
        mov ebx, eax`)),
    moment: fault(FAULT.DE),
  },
  {
    id: 'ring-3', chapter: 'segments', title: 'Entry to ring 3',
    about: 'IRET has just loaded CS with a selector of ring 3. Look '
      + 'at the segment registers, and go one step back.',
    make: () => bare(withKernel('', `
user:   mov ebx, 0x23
        mov ds, ebx            ; ours
        mov ebx, 0x10          ; the kernel's data segment
        mov ds, ebx            ; is not ours to load`)),
    moment: { state: ({ cpu }) => cpu.get(CPL) === 3 },
  },
  {
    id: 'not-in-ring-3', chapter: 'exceptions',
    title: 'Not in ring 3',
    about: 'A program tries to halt the machine. Step once, and look '
      + 'at the new stack: the processor has written down everything.',
    make: () => bare(withKernel('', `
user:   mov eax, 20
        int 0x80               ; asks the kernel to add 22
        hlt                    ; and this it may not`)),
    moment: fault(FAULT.GP),
  },
  {
    id: 'task-switch', chapter: 'tasks', title: 'All registers at once',
    about: 'A far call to a TSS has just exchanged every register. '
      + 'Go one step back and forward again, and watch TR.',
    make: () => bare(withKernel(`
        mov ecx, 3
again:  call 0x30:0            ; the other task
        loop again`)),
    moment: {
      state: ({ cpu }) => cpu.get(SEG[TR].selector) === 0x30,
    },
  },
  {
    id: 'first-page-fault', chapter: 'paging',
    title: 'The first page fault',
    about: 'The next instruction writes to a page that is not there. '
      + 'Look up 0x40000 in the walk, before and after the handler.',
    make: () => bare(PAGING), moment: fault(FAULT.PF),
  },
  {
    id: 'first-tick', chapter: 'devices', title: 'The first tick',
    about: 'The processor sleeps; the timer is about to wake it. Time '
      + 'has jumped, and no instruction was retired meanwhile.',
    make: () => bare(DEVICES),
    moment: event(({ kind }) => kind === 'interrupt'),
  },
  {
    id: 'a-third', chapter: 'numbers', title: 'A third, rounded',
    about: 'One was divided by three. The status word has just said '
      + 'that the result is not exact: look at PE, under x87 and SSE.',
    make: () => bare(PLAIN.numbers, { floats: true }),
    moment: { state: ({ cpu }) => (cpu.get(FPU_SW) & INEXACT) !== 0 },
  },
];

const FASTER: readonly Lab[] = [
  {
    id: 'first-handlers', chapter: 'recording',
    title: 'The first handlers',
    about: 'The translator has just recorded the meanings of this '
      + 'loop and made WebAssembly of them. Look at its counters.',
    make: () => bare(PLAIN.recording, FAST),
    moment: translated('handlers', 1),
  },
  {
    id: 'changes-itself', chapter: 'interpreter',
    title: 'A loop that changes itself',
    about: 'A store has just hit decoded instructions, and their '
      + 'records were dropped. The sum grows faster from here on.',
    make: () => bare(PLAIN.interpreter, FAST),
    moment: translated('dropped', 1),
  },
  {
    id: 'hot-loop', chapter: 'regions', title: 'A hot loop',
    about: 'Three blocks that jump to each other, often enough to '
      + 'become one function. Its code is about to be made.',
    make: () => bare(PLAIN.regions, FAST), moment: at('even'),
  },
  {
    id: 'probes', chapter: 'fast-memory', title: 'A probe that misses',
    about: 'Each new page is a miss, and the fifteen accesses after '
      + 'it are none. Compare the counters of misses.',
    make: () => bare(PLAIN['fast-memory'], FAST),
    moment: {
      state: ({ cpu }) => cpu.memory.mmu.tlb.counts.misses >= 3,
    },
  },
  {
    id: 'who-did-it', chapter: 'replay', title: 'Who did it?',
    about: 'The machine is about to shut down, since `told` holds '
      + 'nonsense. The keys that did it were typed long ago: go back.',
    make: () => bare(PLAIN.replay, {
      log: [{ at: 40, what: { keys: 'constantine\n' } }],
    }),
    moment: event(({ outcome }) => outcome === 'fatal'),
  },
];

const partTwo: readonly Lab[] = [
  {
    id: 'first-hypercall', chapter: 'hypercalls',
    title: 'The first hypercall',
    about: 'Ring 1 is about to ask ring 0 for something. Step through '
      + 'the gate, and watch the stack and the segments.',
    make: () => guest('hello', helloSource),
    moment: call('console_io'),
  },
  {
    id: 'first-instruction', chapter: 'building-a-domain',
    title: 'The first instruction of a domain',
    about: 'Domain 0 has built it, and nothing of it has run. ESI '
      + 'points to start_info; look at the memory there.',
    make: () => guest('hello', helloSource),
    moment: { state: ({ cpu }) => cpu.get(CPL) === 1 },
  },
  {
    id: 'a-table-to-write', chapter: 'direct-paging',
    title: 'A page table to write to',
    about: 'The guest asks for a writable mapping of one of its page '
      + 'tables. Look at the type of its frame, and at the answer.',
    make: () => guest('mapping', MAPPING),
    moment: event((e) => e.domain === 1 && e.kind === 'hypercall'
      && e.outcome === 'refused'),
  },
  {
    id: 'upcall', chapter: 'event-channels', title: 'An upcall',
    about: 'The guest sent an event to itself. Xen has just pushed a '
      + 'frame on its stack and pointed EIP to its callback.',
    make: () => guest('upcall', upcallSource), moment: at('upcall'),
  },
  {
    id: 'permit', chapter: 'grant-tables', title: 'Permission to read',
    about: 'No hypercall: the next store is the grant. The table is '
      + 'shared with Xen, which reads it when domain 0 asks.',
    make: () => guest('granting', GRANTING), moment: at('permit'),
  },
  {
    id: 'first-letter', chapter: 'console-rings',
    title: 'A letter in the ring',
    about: 'The guest has put a letter into its console page and is '
      + 'about to ring. Step on until domain 0 has taken it.',
    make: () => guest('echo', echoSource),
    moment: call('event_channel_op', 'send'),
  },
  {
    id: 'question', chapter: 'xenstore', title: 'What is my name?',
    about: 'A question lies in the ring of XenStore, and the guest is '
      + 'about to ring. EDI points to the page.',
    make: () => guest('ariadne', nameSource),
    moment: call('event_channel_op', 'send'),
  },
];

const after: readonly Lab[] = [
  {
    id: 'told-once', chapter: 'lab-bench', title: 'Told once',
    about: 'Three letters are on the line. The marks of all three are '
      + 'known, for the run was here before: it is at the first.',
    make: () => bare(LETTERS, {
      log: [{ at: 40, what: { serial: [0x61, 0x62, 0x63] } }],
    }),
    moment: event(() => true),
  },
];

/** Every prepared lab, in the order of the book. */
export const labs: readonly Lab[] = [
  ...before, ...partOne, ...FASTER, ...partTwo, ...after];

export const findLab = (id: string): Lab | undefined =>
  labs.find((lab) => lab.id === id);
