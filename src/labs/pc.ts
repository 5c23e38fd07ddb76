import type { Entry } from '../machine/replay.ts';
import { type Ending, Pc, pcHash, type SavedPc } from
  '../x86/pc/board.ts';
import { type PcInput, PcMachine } from '../x86/pc/rewind.ts';
import type { Cpu } from '../x86/cpu.ts';
import { Translator } from '../x86/fast/translator.ts';
import { assembleProgram, type Program } from '../x86/program.ts';
import { OF, readEflags } from '../x86/flags.ts';
import { CPL, CR2, CS, EIP, SEG } from '../x86/state.ts';
import type { Event } from '../x86/trap.ts';
import { FAULT } from '../x86/vectors.ts';
import {
  faultName, type Happening, hex, type Listing, type Rig, type Tenant,
} from './rig.ts';
import { codePlace, peek } from './peek.ts';
import { Story, Telling } from './story.ts';
import type { CounterView, Stop } from './view.ts';

const MIB = 2 ** 20;

/** What a PC on the bench is made with. */
export interface PcSetup {
  /** Puts a program into it and sets the processor. */
  readonly load: (pc: Pc) => void;
  readonly memoryMiB?: number;
  readonly translated?: boolean;
  readonly listing?: Listing;
  /** The registers of x87 and SSE are worth a look. */
  readonly floats?: boolean;
  /** What is typed on it without the reader. */
  readonly log?: readonly Entry<PcInput>[];
}

const KINDS = {
  fault: 'fault', trap: 'trap', soft: 'trap', external: 'interrupt',
} as const;

/** An event of a processor that has no hypervisor. */
export function happening(cpu: Cpu, event: Event): Happening {
  const { vector, cause, code } = event;
  const name = cause === 'soft' ? `int ${hex(vector)}`
    : cause === 'external' ? `interrupt ${hex(vector)}`
    : faultName(vector);
  const args: [string, string][] = [];
  if (code !== undefined) args.push(['error code', hex(code)]);
  const page = vector === FAULT.PF && cause === 'fault';
  if (page) args.push(['address', hex(cpu.get(CR2))]);
  return {
    at: cpu.retired, handled: cpu.retired, kind: KINDS[cause], name,
    vector, args, ring: cpu.get(CPL),
    from: (cpu.get(SEG[CS].base) + cpu.get(EIP)) >>> 0,
    result: 'through the IDT', outcome: 'delivered',
    favour: cause === 'soft' ? 'guest' : 'machine',
    key: `event ${cause}`,
  };
}

/** Opcodes by which a program asks for an interrupt: INT3, INTO and
 * INT1, with their vectors, and INT n. */
const ASKS = new Map([[0xcc, 3], [0xce, 4], [0xf1, 1]]);
const INT = 0xcd;

/** What the instruction to come asks for, if it asks. */
function asked(cpu: Cpu): Happening | undefined {
  const at = codePlace(cpu);
  const opcode = peek(cpu, at) ?? 0;
  const vector = opcode === INT
    ? peek(cpu, at + 1) ?? undefined : ASKS.get(opcode);
  const idle = opcode === 0xce && (readEflags(cpu) & OF) === 0;
  if (vector === undefined || idle) return undefined;
  const [code, next] = [undefined, 0];
  return happening(cpu, { vector, code, cause: 'soft', next });
}

/** Tells a story of what a processor's IDT is asked for. */
function listen(cpu: Cpu, events: Story<Happening>): void {
  cpu.watcher = (event) => events.tell(happening(cpu, event));
  const step = cpu.step.bind(cpu);
  cpu.step = (): void => {
    const [before, told] = [cpu.retired, asked(cpu)];
    step();
    if (told && cpu.retired > before) events.tell(told);
  };
}

/** A PC that knows why it stopped. */
class LabPc extends PcMachine {
  ending: Ending = 'limit';

  constructor(pc: Pc, private readonly events: Story<Happening>) {
    super(pc);
  }

  override restore(saved: SavedPc): void {
    super.restore(saved);
    this.ending = 'limit';
  }

  override input(what: PcInput): void {
    super.input(what);
    this.ending = 'limit';
  }

  override runTo(n: number): boolean {
    this.ending = this.pc.run(n);
    if (this.ending === 'shutdown') this.tellEnd();
    return this.ending === 'limit';
  }

  private tellEnd(): void {
    const { vector, code } = this.pc.cpu.lastTrap ?? { vector: 8 };
    const next = this.pc.cpu.get(EIP);
    const last = happening(
      this.pc.cpu, { vector, code, cause: 'fault', next });
    this.events.tell({
      ...last, name: 'triple fault', result: 'shut down',
      outcome: 'fatal', key: 'event shutdown',
    });
  }
}

/** Where the instructions of a program are. */
export function listingOf(source: string, program: Program): Listing {
  const { symbols, listing } = program;
  const lines = new Map(listing.map((l) => [l.address, l.line]));
  return { source, symbols, lines };
}

/** Assembles a program and says where its lines are. */
export function assembleListed(
  source: string, origin: number, mode: 16 | 32 = 32,
): { bytes: Uint8Array; listing: Listing } {
  const program = assembleProgram(source, { origin, mode });
  return { bytes: program.bytes, listing: listingOf(source, program) };
}

const ENDS: Record<Ending, Stop | undefined> = {
  limit: undefined, halted: 'halted', shutdown: 'shutdown',
  reset: 'shutdown',
};

/** A PC on the bench. */
export function pcRig(setup: PcSetup): Rig {
  const events = new Story<Happening>();
  const output = new Story<string>();
  const pc = newPc(setup, output);
  listen(pc.cpu, events);
  const lab = new LabPc(pc, events);
  const { listing, floats = false, log = [] } = setup;
  return {
    kind: 'pc', cpu: pc.cpu, floats, log, events, output,
    machine: new Telling(lab, [events, output]),
    spacing: { wide: 100_000, fine: 50, most: 48 },
    ...(listing ? { listing } : {}),
    ended: () => ENDS[lab.ending],
    waits: () => lab.ending === 'halted',
    typed: (bytes) => ({ serial: bytes,
      keys: String.fromCharCode(...bytes) }),
    tenants: () => TENANTS, domain: () => undefined,
    frame: () => undefined, counters: () => pcCounters(pc.cpu),
    screen: () => pc.screen.rows(), hash: () => pcHash(pc),
  };
}

function newPc(setup: PcSetup, output: Story<string>): Pc {
  const { load, memoryMiB = 4, translated = false } = setup;
  const say = (byte: number): void =>
    output.tell(String.fromCharCode(byte));
  const pc = new Pc({
    memory: memoryMiB * MIB, serial: say, translated,
    ports: new Map([[0xe9, say]]),
  });
  load(pc);
  // The first look at a screen makes its registers.
  pc.screen.rows();
  return pc;
}

const TENANTS: readonly Tenant[] = [
  { lives: 'kernel', who: 'the system' },
  { lives: 'nobody', who: 'nobody' },
  { lives: 'nobody', who: 'nobody' },
  { lives: 'user', who: 'programs' },
];

/** What the processor of any machine counts. */
export function pcCounters(cpu: Cpu): CounterView[] {
  const { tlb } = cpu.memory.mmu;
  const { misses, flushes } = tlb.counts;
  const fetched = tlb.beside?.counts.misses ?? 0;
  return [
    { name: 'instructions', value: cpu.retired },
    { name: 'time charged beside them', value: cpu.charged },
    { name: 'TLB misses, data', value: misses },
    { name: 'TLB misses, code', value: fetched },
    { name: 'TLB flushes', value: flushes },
    ...translatorCounters(cpu),
  ];
}

/** The translator's work since it was made: to go back does not
 * undo it. */
function translatorCounters({ translator }: Cpu): CounterView[] {
  if (!(translator instanceof Translator)) return [];
  return Object.entries(translator.counts).map(([name, value]) =>
    ({ name: `translator: ${name}`, value }));
}
