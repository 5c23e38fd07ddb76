/** Where things are in the memory that generated code and TypeScript
 * share, in bytes. The processor's state is at 0, RAM above all. */
export const AT = {
  /** What the dispatcher and TypeScript tell each other. */
  context: 0x4000, base: 0x4004, left: 0x4008, record: 0x400c,
  warm: 0x401c, threshold: 0x4010,
  /** The record that jumped last, as far as it is noted. */
  source: 0x4018,
  /** Where the arena is free, and no longer; the record that was
   * decoded last. */
  free: 0x4020, end: 0x4048, decoded: 0x4024,
  /** The translations that the program's accesses go by. */
  view: 0x4014,
  /** Not 0: no walk is usual; and the context's last address. */
  odd: 0x4028, limit: 0x402c,
  /** How many pairs lack a handler that they should have, and the
   * first record of each. */
  wanted: 0x4080,
  /** Not 0: somebody watches each event. What a passage wanted to
   * know, five words; and what is known of that. */
  watched: 0x4030, turn: 0x4034, turns: 0x5000,
  /** The error code of the page fault that stopped an access, or -1,
   * and its address; the last one that was raised without
   * TypeScript. */
  fault: 0x404c, faultAt: 0x4050, raised: 0x4054, raisedAt: 0x4058,
  /** How often records have missed. */
  missed: 0x6000,
  /** Pages of code, by the page's number. */
  pages: 0x8000,
  /** Pages of code that were known once. */
  seen: 0xa000,
  /** The processor's buffers, for data and for instructions. */
  buffer: 0x1_0000, fetches: 0x2_b000,
  /** Translations for the processor itself, and for programs; and
   * which of them are filled. */
  system: 0x4_0000, user: 0x8_0000, shown: 0x3_0000,
  /** What is known of pairs. */
  pairs: 0xc_0000,
  /** Records, and the maps that find them. */
  arena: 0xd_0000,
  /** RAM. */
  ram: 0x200_0000,
} as const;

/** Entries of the translations that generated code looks up. Tags
 * are a page's address, or 1: none. They have 64 bits, whatever the
 * architecture's addresses have. */
export const ENTRY = {
  COUNT: 8192, SHIFT: 5, READ: 0, WRITE: 8, ADDEND: 16,
} as const;

/** An entry of the pages of code: the page's address with the context
 * in its low bits, and the map that finds the page's records. */
export const PAGE_ENTRY = { SHIFT: 3, TAG: 0, MAP: 4 } as const;

/** A page of code as it was known: its address with the context, its
 * frame's number, and its map. Its place is its frame's. */
export const SEEN = {
  COUNT: 1024, SHIFT: 4, TAG: 0, FRAME: 4, MAP: 8,
} as const;

/** Which context follows another: the number of the first, what the
 * way was, in four words, and what is then in AT.context, base, limit
 * and view. */
export const TURN = { COUNT: 64, SHIFT: 6, CONTEXT: 20 } as const;

/** A decoded instruction: the handler that executes it, and the one
 * to call where there is time for two; the record that follows in
 * memory; its address; the record that it jumped to last within its
 * page; the region that begins here and how many instructions that
 * wants to be allowed; how often it was jumped to and its shape, in
 * two bytes each; and what fills the shape's holes. */
export const RECORD = {
  BYTES: 44, HANDLER: 0, PAIR: 4, NEXT: 8, PC: 12, TARGET: 16,
  REGION: 20, NEED: 24, COUNT: 28, SHAPE: 30, LENGTH: 32, WIDE: 36,
} as const;

/** Where in a record the holes are. Those before WIDE have one byte,
 * without a sign, the others have four. The first is the length. */
export const HOLE_AT = [RECORD.LENGTH, 40, 36, 33, 34, 35] as const;

export function holeAt(hole: number): number {
  const at = HOLE_AT[hole];
  if (at === undefined) throw new Error(`a record has no hole ${hole}`);
  return at;
}

/** The most shapes that two bytes tell apart; 0 is none. */
export const MOST_SHAPES = 0xffff;

/** A cell for two shapes: what tells them, and how often they are
 * still to be seen, below 0, or the handler of both. At most so many
 * are wanted at a time, and so many records are looked at in a row. */
export const PAIR = {
  COUNT: 8192, SHIFT: 3, SHAPES: 0, VALUE: 4, MOST: 31, AHEAD: 64,
} as const;

/** A page of code: a word for each byte, with the address of the
 * record that begins there, and a copy of the page. */
export const MAP = { COPY: 4 * 0x1000, BYTES: 5 * 0x1000 } as const;

/** A count of misses. Which it is, some bits of the record's address
 * say, so that records may share one. */
export const MISSED = { COUNT: 2048, SHIFT: 2 } as const;

/** A decision by one byte: the byte's place in the instruction, and
 * for each value where to go on. There is another decision, or, at
 * an odd address less one, a leaf; 0: not known yet. */
export const TWIG = { AT: 0, NEXT: 4, BYTES: 4 + 4 * 256 } as const;

/** How bytes fill a record: its shape and handler, the instruction's
 * length, whether another follows, and parts for the holes. */
export const LEAF = {
  SHAPE: 0, HANDLER: 4, LENGTH: 8, GOES_ON: 12, SIZE: 16, PARTS: 20,
} as const;

/** A part: the hole's place in the record; where in the instruction
 * the word is of which a piece goes there; how far it is shifted to
 * the left, then to the right with its sign, until the piece is where
 * it should be; what is kept of it, and what is added. */
export const PART = {
  BYTES: 24, HOLE: 0, AT: 4, LEFT: 8, RIGHT: 12, MASK: 16, ADD: 20,
} as const;

/** Why the dispatcher came back. */
export const REASON = {
  /** As many instructions as were allowed have retired. */
  LIMIT: 0,
  /** The next instruction is the reference's. */
  FOREIGN: 1,
  /** The next instruction is not decoded. */
  DECODE: 2,
  /** The page of the next instruction is not known. */
  PAGE: 3,
  /** The record was jumped to some times, or often. */
  WARM: 4, HOT: 5,
} as const;
