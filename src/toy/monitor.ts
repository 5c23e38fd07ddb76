import { EAX, load, step, type Toy, type Trap } from './machine.ts';

/** A machine that is there only while somebody runs it. */
export interface Guest {
  readonly name: string;
  readonly base: number;
  readonly limit: number;
  readonly reg: Uint32Array;
  eip: number;
  zf: boolean;
  /** Why it runs no more. */
  ended: string | undefined;
  /** All it has said. */
  console: string;
  retired: number;
  traps: number;
}

/** A guest with `limit` bytes of storage from `base`. */
export function makeGuest(
  m: Toy, name: string, base: number, limit: number,
  program: Uint8Array,
): Guest {
  m.memory.fill(0, base, base + limit);
  m.memory.set(program, base);
  return {
    name, base, limit, reg: new Uint32Array(8), eip: 0, zf: false,
    ended: undefined, console: '', retired: 0, traps: 0,
  };
}

/** From here on the machine is the guest's. */
function enter(m: Toy, g: Guest): void {
  m.reg.set(g.reg);
  m.eip = g.eip;
  m.zf = g.zf;
  Object.assign(m, { ring: 3, base: g.base, limit: g.limit });
}

/** Takes the machine back, and keeps what is the guest's. */
function leave(m: Toy, g: Guest): void {
  g.reg.set(m.reg);
  g.eip = m.eip;
  g.zf = m.zf;
  Object.assign(m, { ring: 0, base: 0, limit: m.memory.length });
}

/** Lets a guest have the machine for some steps. */
export function runSlice(m: Toy, g: Guest, steps: number): void {
  enter(m, g);
  for (let i = 0; i < steps && !g.ended; i++) {
    const trap = step(m);
    if (trap) handle(m, g, trap);
    else g.retired += 1;
  }
  leave(m, g);
}

/** A trap is a question that the guest has asked unknowingly. */
function handle(m: Toy, g: Guest, trap: Trap): void {
  g.traps += 1;
  if (trap.why === 'privileged') emulate(m, g);
  else g.ended = `${trap.why} trap at ${m.eip}`;
}

/** The address so many bytes past eip, as a register holds it. */
function after(m: Toy, bytes: number): number {
  return (m.eip + bytes) >>> 0;
}

/** Does for a guest what the machine would not. */
export function emulate(m: Toy, g: Guest): void {
  switch (load(m, m.eip)) {
    case 0xe6: { // out imm8, al
      const byte = (m.reg[EAX] ?? 0) & 0xff;
      if (load(m, after(m, 1)) === 0xe9) {
        g.console += String.fromCharCode(byte);
        m.out(0xe9, byte);
      }
      m.eip = after(m, 2);
      break;
    }
    case 0xf4: // hlt
      g.ended = 'halted';
      m.eip = after(m, 1);
      break;
    case 0x8c: // mov eax, cs
      m.reg[EAX] = 0x08;
      m.eip = after(m, 2);
      break;
    default:
      g.ended = `privileged trap at ${m.eip}`;
  }
}

/** Runs all guests, in turns of some steps, until all end. */
export function runGuests(
  m: Toy, guests: Guest[], steps: number,
): void {
  while (guests.some((g) => !g.ended)) {
    for (const g of guests) if (!g.ended) runSlice(m, g, steps);
  }
}
