import { expect, test } from 'vitest';
import { Serial } from './serial.ts';

function port() {
  let said = '';
  const levels: boolean[] = [];
  const serial = new Serial(
    (byte) => { said += String.fromCharCode(byte); },
    (level) => { if (levels.at(-1) !== level) levels.push(level); });
  return { serial, levels, said: () => said };
}

test('what is written is sent, what is received is read', () => {
  const { serial, said } = port();
  for (const c of 'hi') serial.write(0, c.charCodeAt(0));
  expect(said()).toBe('hi');
  expect(serial.read(5)).toBe(0x60);
  serial.receive(0x21);
  expect(serial.read(5)).toBe(0x61);
  expect(serial.read(0)).toBe(0x21);
  expect(serial.read(5)).toBe(0x60);
});

test('interrupts: received before empty, and only if let out', () => {
  const { serial, levels } = port();
  serial.write(1, 3);
  expect(levels).toEqual([false]);
  serial.write(4, 8);
  expect(levels.at(-1)).toBe(true);
  serial.receive(1);
  expect(serial.read(2) & 15).toBe(4);
  serial.read(0);
  expect(serial.read(2) & 15).toBe(2);
  expect(serial.read(2) & 15).toBe(1);
  expect(levels.at(-1)).toBe(false);
});

test('divisor, scratch, loopback', () => {
  const { serial, said } = port();
  serial.write(3, 0x83);
  serial.write(0, 1);
  expect([serial.read(0), serial.read(1)]).toEqual([1, 0]);
  serial.write(3, 3);
  serial.write(7, 0x5a);
  expect(serial.read(7)).toBe(0x5a);
  serial.write(4, 0x1f);
  serial.write(0, 0x41);
  expect([said(), serial.read(0), serial.read(6)])
    .toEqual(['', 0x41, 0xf0]);
});
