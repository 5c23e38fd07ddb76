import { expect, test } from 'vitest';
import { putBytes, takeBytes } from '../../xen/public/io/byte-ring.ts';
import {
  consoleInput, consoleOutput,
} from '../../xen/public/io/console.ts';
import type { Kernel } from '../../xen/public/kernel.ts';
import { serveConsole, typeInto, type Console } from './consoled.ts';

const text = (s: string): Uint8Array => new TextEncoder().encode(s);

function onePage(): { k: Kernel; c: Console; shown: string[] } {
  const bytes = new Uint8Array(4096);
  const view = new DataView(bytes.buffer);
  const shown: string[] = [];
  const k = {
    read32: (at: number) => view.getUint32(at, true),
    write32: (at: number, v: number) => view.setUint32(at, v, true),
    readBytes: (at: number, n: number) => bytes.slice(at, at + n),
    writeBytes: (at: number, data: Uint8Array) => bytes.set(data, at),
    hostWrite: (_: number, data: Uint8Array) =>
      void shown.push(new TextDecoder().decode(data)),
  } as unknown as Kernel;
  const c = {
    domid: 1, page: 0, port: 1, awake: false, broken: false,
    input: new Uint8Array(0),
  };
  return { k, c, shown };
}

test('what is typed too fast waits, and arrives', () => {
  const { k, c } = onePage();
  const typed = 'echo ring-fence\n'.repeat(200);
  typeInto(c, text(typed));
  let got = '';
  for (let visits = 0; serveConsole(k, c); visits++) {
    expect(visits).toBeLessThan(10);
    const bytes = takeBytes(k, consoleInput(0), 700)!;
    got += new TextDecoder().decode(bytes);
  }
  while (got.length < typed.length) {
    const bytes = takeBytes(k, consoleInput(0), 700)!;
    got += new TextDecoder().decode(bytes);
  }
  expect(got).toBe(typed);
});

test('output reaches the terminal; a liar is left alone', () => {
  const { k, c, shown } = onePage();
  putBytes(k, consoleOutput(0), text('hello'));
  expect(serveConsole(k, c)).toBe(true);
  expect(shown).toEqual(['hello']);
  k.write32(consoleOutput(0).prod, 0xdead_beef);
  expect(serveConsole(k, c)).toBe(false);
  expect(c.broken).toBe(true);
  expect(serveConsole(k, c)).toBe(false);
});
