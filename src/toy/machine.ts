/** A computer with nothing left out but the convenience. */
export interface Toy {
  /** Storage: one byte at each address, from zero. */
  readonly memory: Uint8Array;
  /** The mode: 0 may do everything, 3 may not. */
  ring: 0 | 3;
  /** Whether reading cs traps in ring 3. */
  kind: boolean;
  /** The fence: addresses 0 to limit - 1 stand at base. */
  base: number;
  limit: number;
  /** eax ecx edx ebx esp ebp esi edi: the encoding's order. */
  readonly reg: Uint32Array;
  /** Where the next instruction begins. */
  eip: number;
  /** Was the last result zero? */
  zf: boolean;
  /** Set by HLT: there is no next instruction. */
  halted: boolean;
  /** Instructions completed since the machine was made. */
  retired: number;
  /** What the world does with a byte sent to a port. */
  readonly out: (port: number, byte: number) => void;
}

/** A machine with so much storage, and someone to talk to. */
export function makeToy(bytes: number, out: Toy['out']): Toy {
  return {
    memory: new Uint8Array(bytes), reg: new Uint32Array(8),
    ring: 0, kind: true, base: 0, limit: bytes,
    eip: 0, zf: false, halted: false, retired: 0, out,
  };
}

/** The registers that some instruction names without asking. */
export const EAX = 0, ECX = 1, ESI = 6, EDI = 7;

/** The byte at an address; a trap outside the fence. */
export function load(m: Toy, at: number): number {
  return m.memory[locate(m, at)] ?? 0xff;
}

/** Puts a byte at an address; a trap outside the fence. */
export function store(m: Toy, at: number, byte: number): void {
  m.memory[locate(m, at)] = byte;
}

/** The byte at eip, which moves past it. */
function fetch8(m: Toy): number {
  const byte = load(m, m.eip);
  m.eip = (m.eip + 1) >>> 0;
  return byte;
}

/** Four bytes at eip, the lowest first. */
function fetch32(m: Toy): number {
  const low = fetch8(m) | fetch8(m) << 8;
  return (low | fetch8(m) << 16 | fetch8(m) << 24) >>> 0;
}

/** What an instruction does, once its first byte is taken. */
type Meaning = (m: Toy) => void;

/** The instruction set: a meaning for each first byte. */
export const meaning = new Map<number, Meaning>();

/** Runs one instruction, or says why not. */
export function step(m: Toy): Trap | undefined {
  const start = m.eip;
  try {
    const act = meaning.get(fetch8(m));
    if (!act) throw new Trap('undefined');
    act(m);
    m.retired += 1;
    return undefined;
  } catch (trap) {
    m.eip = start;
    if (trap instanceof Trap) return trap;
    throw trap;
  }
}

for (let r = 0; r < 8; r++) {
  // b8+r: mov reg, imm32
  meaning.set(0xb8 + r, (m) => { m.reg[r] = fetch32(m); });
  // 40+r: inc reg
  meaning.set(0x40 + r, (m) => count(m, r, 1));
  // 48+r: dec reg
  meaning.set(0x48 + r, (m) => count(m, r, -1));
}

/** The value of a register. */
function get(m: Toy, r: number): number {
  return m.reg[r] ?? 0;
}

/** Counts a register up or down, around the end if need be. */
function count(m: Toy, r: number, by: number): void {
  m.reg[r] = get(m, r) + by;
  m.zf = get(m, r) === 0;
}

// ac: lodsb. Takes the byte where esi points, and moves on
meaning.set(0xac, (m) => {
  const byte = load(m, get(m, ESI));
  m.reg[EAX] = get(m, EAX) & ~0xff | byte;
  m.reg[ESI] = get(m, ESI) + 1;
});
// aa: stosb. Puts al where edi points, and moves on
meaning.set(0xaa, (m) => {
  store(m, get(m, EDI), get(m, EAX) & 0xff);
  m.reg[EDI] = get(m, EDI) + 1;
});

// 3c: cmp al, imm8
meaning.set(0x3c, (m) => {
  m.zf = (get(m, EAX) & 0xff) === fetch8(m);
});

/** Goes a signed distance from the end of the instruction. */
function jump(m: Toy, byte: number): void {
  m.eip = (m.eip + (byte << 24 >> 24)) >>> 0;
}

// eb: jmp rel8
meaning.set(0xeb, (m) => jump(m, fetch8(m)));
// 75: jnz rel8
meaning.set(0x75, (m) => {
  const byte = fetch8(m);
  if (!m.zf) jump(m, byte);
});

// e6: out imm8, al
meaning.set(0xe6, (m) => {
  const port = fetch8(m);
  privileged(m);
  m.out(port, get(m, EAX) & 0xff);
});
// f4: hlt
meaning.set(0xf4, (m) => {
  privileged(m);
  m.halted = true;
});

/** Where in storage an address is; a trap outside the fence. */
export function locate(m: Toy, at: number): number {
  if (at >= m.limit) throw new Trap('fence');
  return m.base + at;
}

/** Why the machine would not carry out an instruction. */
export class Trap extends Error {
  constructor(readonly why: 'fence' | 'privileged' | 'undefined') {
    super(why);
  }
}

/** Traps unless the machine is in ring 0. */
function privileged(m: Toy): void {
  if (m.ring !== 0) throw new Trap('privileged');
}

// 8c c8: mov eax, cs
meaning.set(0x8c, (m) => {
  if (fetch8(m) !== 0xc8) throw new Trap('undefined');
  if (m.kind) privileged(m);
  m.reg[EAX] = m.ring === 0 ? 0x08 : 0x1b;
});
