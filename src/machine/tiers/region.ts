import type { Template } from '../record/template.ts';
import type { Shape } from './graph.ts';
import type { Strip } from './strip.ts';

/** A decoded instruction of a region. */
export interface Instr {
  readonly template: Template;
  /** What fills the holes. */
  readonly holes: readonly number[];
  readonly pc: number;
  readonly length: number;
  /** It leaves a return address behind. */
  readonly calls: boolean;
  /** Where it was seen to jump, if it does not always jump there. */
  readonly seen: readonly number[];
  /** Its record, if its jumps are to be noted; else 0. */
  readonly noted: number;
  /** Its accesses miss the TLB often. */
  readonly misses: boolean;
  /** How it can be done many times at once. */
  readonly strip: Strip | undefined;
}

/** Where a page of code must be for a region to be valid: a slot in
 * the table of pages, and the map that must stand there. */
export interface CodePage {
  readonly slot: number;
  readonly map: number;
}

/** Instructions that follow one another, within one page. */
export interface Block {
  readonly instrs: readonly Instr[];
  readonly page: CodePage;
  /** Numbers of the blocks that may follow, in this region. */
  readonly next: readonly number[];
}

/** A piece of a program. */
export interface Region {
  readonly blocks: readonly Block[];
  /** The blocks where it may be entered; the first is 0. */
  readonly entries: readonly number[];
  /** How blocks follow one another, from the first on. */
  readonly plain: Shape;
  /** The block that begins at an address. */
  readonly at: ReadonlyMap<number, number>;
}
