import type { Field } from '../fields.ts';
import { Body } from './body.ts';
import { OP } from './encode.ts';

const AND = 0x71, OR = 0x72, EQZ = 0x45;
export const ADD = 0x6a, SUB = 0x6b, SHL = 0x74;
export const SHRU = 0x76, XOR = 0x73;
export const EQ = 0x46, NE = 0x47, GTU = 0x4b, GEU = 0x4f;

/** Puts a word on the stack. */
export type Push = () => void;

/** A function whose arithmetic is written as expressions. */
export class Words extends Body {
  num(n: number): Push { return () => this.i32(n); }
  of(local: number): Push { return () => this.getLocal(local); }

  /** The word at an address; or so many bits, without a sign. */
  at(address: Push, offset = 0, bits: 8 | 16 | 32 = 32): Push {
    return () => {
      address();
      this[`load${bits}` as const](offset);
    };
  }
  word(at: number): Push { return this.at(this.num(0), at); }
  field(f: Field<'i32'>): Push { return this.word(8 * f.id); }

  /** The first with the second, that with the third, and so on. */
  join(code: number, first: Push, ...more: readonly Push[]): Push {
    return () => {
      first();
      for (const push of more) {
        push();
        this.op(code);
      }
    };
  }
  and(a: Push, ...more: readonly Push[]): Push {
    return this.join(AND, a, ...more);
  }
  or(a: Push, ...more: readonly Push[]): Push {
    return this.join(OR, a, ...more);
  }
  not(a: Push): Push { return this.join(XOR, a, this.num(-1)); }
  shl(a: Push, by: number): Push {
    return this.join(SHL, a, this.num(by));
  }
  shr(a: Push, by: number): Push {
    return this.join(SHRU, a, this.num(by));
  }
  isZero(a: Push): Push {
    return () => {
      a();
      this.op(EQZ);
    };
  }

  let(local: number, value: Push): void {
    value();
    this.setLocal(local);
  }
  put(address: Push, offset: number, value: Push): void {
    address();
    value();
    this.store32(offset);
  }
  when(c: Push, then: () => void, otherwise?: () => void): void {
    c();
    this.open(OP.if);
    then();
    if (otherwise) {
      this.op(OP.else);
      otherwise();
    }
    this.close();
  }
  give(value: Push): void {
    value();
    this.op(OP.return);
  }
}

/** With alignment, for `Body.memory`. */
export const LOAD8U = [0x2d, 0] as const, STORE8 = [0x3a, 0] as const;

/** Fills memory: place, byte, how many. Copies it: place, from where,
 * how many. */
export const FILL = [0xfc, 11, 0] as const;
export const COPY = [0xfc, 10, 0, 0] as const;

/** What is used of 64 bits, and of doubles. */
export const I64 = {
  const: 0x42, eq: 0x51, or: 0x84, shl: 0x86, shru: 0x88, wrap: 0xa7,
  extendU: 0xad,
} as const;
export const F64 = {
  const: 0x44, add: 0xa0, fromI32U: 0xb8, toI32U: [0xfc, 3],
  load: [0x2b, 3], store: [0x39, 3],
} as const;
