import { expect, test } from 'vitest';
import { seeded, stringFor } from '../objdump/strings.ts';
import { decode } from '../decode.ts';
import { explain } from '../explain.ts';
import { table } from '../opcodes.ts';

test('every meaning can be told to the printer', () => {
  const random = seeded(1);
  const odd: string[] = [];
  for (const row of table) {
    for (let n = 0; n < 20; n++) {
      const bytes = stringFor(row, random);
      const insn = decode((i) => bytes[i] ?? 0, n % 2 ? 16 : 32);
      try {
        explain(insn);
      } catch (error) {
        odd.push(`${insn.mnemonic}: ${String(error)}`);
      }
    }
  }
  expect(odd).toEqual([]);
}, 60_000);
