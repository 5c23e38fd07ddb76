import { expect, test } from 'vitest';
import { Keyboard } from './keyboard.ts';

function keyboard() {
  const seen = { irqs: 0, a20: true, resets: 0 };
  const kbd = new Keyboard(
    (level) => { if (level) seen.irqs++; },
    (level) => { seen.a20 = level; }, () => { seen.resets++; });
  const all = (): number[] => {
    const bytes = [];
    while ((kbd.read(4) & 1) !== 0) bytes.push(kbd.read(0));
    return bytes;
  };
  return { kbd, seen, all };
}

test('typing gives codes of 1981', () => {
  const { kbd, seen, all } = keyboard();
  kbd.type('aB\n');
  expect(seen.irqs).toBeGreaterThan(0);
  expect(all()).toEqual([
    0x1e, 0x9e, 0x2a, 0x30, 0xb0, 0xaa, 0x1c, 0x9c]);
});

test('or those of the second set, without translation', () => {
  const { kbd, all } = keyboard();
  kbd.write(4, 0x60);
  kbd.write(0, 0x01);
  kbd.type('a');
  expect(all()).toEqual([0x1c, 0xf0, 0x1c]);
});

test('self-tests, identity, configuration', () => {
  const { kbd, all } = keyboard();
  [0xaa, 0xab, 0x20].forEach((c) => kbd.write(4, c));
  expect(all()).toEqual([0x55, 0, 0x65]);
  [0xff, 0xf2, 0xee, 0xed, 0].forEach((c) => kbd.write(0, c));
  expect(all()).toEqual(
    [0xfa, 0xaa, 0xfa, 0xab, 0x83, 0xee, 0xfa, 0xfa]);
});

test('the address line and the reset wire', () => {
  const { kbd, seen } = keyboard();
  kbd.write(4, 0xd1);
  kbd.write(0, 0xdd);
  expect(seen.a20).toBe(false);
  kbd.write(4, 0xdf);
  expect([seen.a20, seen.resets]).toEqual([true, 0]);
  kbd.write(4, 0xfe);
  expect(seen.resets).toBe(1);
});
