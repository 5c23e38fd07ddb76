import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeRequest, encodeRequest, type CreateRequest }
  from './letters.ts';

const letter: CreateRequest = {
  name: 'a', uuid: 'u', memoryMiB: 4, maxmemMiB: 8, vcpus: 1,
  cmdline: 'x=ü', paused: false,
  kernel: { name: 'k', bytes: Uint8Array.of(1, 2, 3) },
  ramdisk: { name: 'r', bytes: new Uint8Array(0) },
};

test('a letter is complete when it is complete', () => {
  const bytes = encodeRequest(letter);
  fc.assert(fc.property(fc.nat(bytes.length + 5), length => {
    const mail = new Uint8Array(bytes.length + 5);
    mail.set(bytes);
    const found = decodeRequest(mail.slice(0, length));
    const whole = { request: letter, length: bytes.length };
    expect(found).toEqual(length < bytes.length ? undefined : whole);
  }));
});
