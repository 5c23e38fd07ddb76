import { condition } from '../flags.ts';
import { conditions } from '../opcodes.ts';
import {
  jumpRelative, type Meaning, read, write,
} from '../operands.ts';

const jump = (code: number): Meaning => (b, i) => {
  b.if(condition(b, code), () => jumpRelative(b, i));
};

const set = (code: number): Meaning => (b, i) =>
  write(b, i, 0, condition(b, code));

const move = (code: number): Meaning => (b, i) => {
  const value = read(b, i, 1);
  b.if(condition(b, code), () => write(b, i, 0, value));
};

export const conditional: Record<string, Meaning> =
  Object.fromEntries(conditions.flatMap((name, code) => [
    [`j${name}`, jump(code)],
    [`set${name}`, set(code)],
    [`cmov${name}`, move(code)],
  ]));
