import type { Ty } from '../fields.ts';
import { Body } from './body.ts';
import { Bytes, TYPE } from './encode.ts';

/** Parameters and results of a function. */
export interface Signature {
  readonly from: readonly Ty[];
  readonly to: readonly Ty[];
}

/** A function of a module. */
export interface Func {
  readonly type: number;
  readonly body: Body;
  /** What those outside know it by. */
  readonly name?: string;
  /** What profilers call it. */
  readonly label?: string;
  /** Its place in the table, if the module has that. */
  readonly slot?: number;
  /** More places of it. */
  readonly also?: readonly number[];
}

export interface Import {
  readonly name: string;
  readonly type: number;
}

/** What a module consists of. It shares the memory, and the table if
 * it wants. */
export interface ModuleParts {
  readonly table?: boolean;
  readonly types: readonly Signature[];
  readonly imports: readonly Import[];
  readonly functions: readonly Func[];
}

function section(
  out: Bytes, id: number, count: number, fill: (b: Bytes) => void,
): void {
  if (count === 0) return;
  const inside = new Bytes();
  inside.u(count);
  fill(inside);
  out.byte(id);
  out.u(inside.length);
  out.append(inside);
}

function types(out: Bytes, list: readonly Signature[]): void {
  for (const { from, to } of list) {
    out.byte(0x60);
    for (const side of [from, to]) {
      out.u(side.length);
      for (const ty of side) out.byte(TYPE[ty]);
    }
  }
}

function imports(
  out: Bytes, list: readonly Import[], table: boolean,
): void {
  out.name('m');
  out.name('memory');
  out.byte(2);
  out.byte(0);
  out.u(1);
  if (table) {
    out.name('m');
    out.name('table');
    out.byte(1);
    out.byte(0x70);
    out.byte(0);
    out.u(1);
  }
  for (const { name, type } of list) {
    out.name('m');
    out.name(name);
    out.byte(0);
    out.u(type);
  }
}

/** The custom section that names functions (appendix §7.4.1). */
function labels(
  out: Bytes, functions: readonly Func[], first: number,
): void {
  const inside = new Bytes();
  const named = functions.filter(({ label }) => label !== undefined);
  inside.u(named.length);
  functions.forEach(({ label }, n) => {
    if (label === undefined) return;
    inside.u(first + n);
    inside.name(label);
  });
  const section = new Bytes();
  section.name('name');
  section.byte(1);
  section.u(inside.length);
  section.append(inside);
  out.byte(0);
  out.u(section.length);
  out.append(section);
}

const I32_CONST = 0x41, END = 0x0b;

/** Functions with their places in the table (§5.5.12). */
function elements(
  out: Bytes, functions: readonly Func[], first: number,
): void {
  const placed = functions.filter(({ slot }) => slot !== undefined);
  section(out, 9, placed.length, (b) => functions.forEach((f, n) => {
    if (f.slot === undefined) return;
    b.u(0);
    b.byte(I32_CONST);
    b.s(f.slot);
    b.byte(END);
    b.u(1);
    b.u(first + n);
  }));
}

/** A module as bytes (core specification §5.5). */
export function encodeModule(parts: ModuleParts): Uint8Array {
  const { functions } = parts;
  const first = parts.imports.length;
  const named = functions.filter(({ name }) => name !== undefined);
  const out = new Bytes();
  for (const byte of [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]) out.byte(byte);
  section(out, 1, parts.types.length, (b) => types(b, parts.types));
  const { table = false } = parts;
  section(out, 2, first + (table ? 2 : 1),
    (b) => imports(b, parts.imports, table));
  section(out, 3, functions.length, (b) =>
    functions.forEach(({ type }) => b.u(type)));
  section(out, 7, named.length, (b) => functions.forEach((f, n) => {
    if (f.name === undefined) return;
    b.name(f.name);
    b.byte(0);
    b.u(first + n);
  }));
  if (table) elements(out, functions, first);
  section(out, 10, functions.length, (b) =>
    functions.forEach(({ body }) => body.finish(b)));
  labels(out, functions, first);
  return out.view().slice();
}
