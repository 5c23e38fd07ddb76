import { expect, test } from 'vitest';
import {
  BadRecording, fromBase64, readRecording, toBase64, VERSION, Writer,
} from './recording.ts';

function written(...values: unknown[]): string {
  let text = '';
  const writer = new Writer((line) => { text += line; });
  writer.line(
    { ringfence: 'recording', version: VERSION, machine: 'toy' });
  for (const value of values) writer.line(value);
  return text;
}

const read = (text: string) => readRecording('f', text, 'toy');

test('what is written is read', () => {
  const { header, lines, torn } = read(written({ at: 1 }, { at: 2 }));
  expect([header.machine, lines, torn])
    .toEqual(['toy', [{ at: 1 }, { at: 2 }], false]);
  const bytes = Uint8Array.from({ length: 9999 }, (_, n) => n * 7);
  expect(fromBase64(toBase64(bytes))).toEqual(bytes);
});

test('wherever the end is missing, whole lines remain', () => {
  const text = written({ at: 1 }, { at: 2 });
  const [header = ''] = text.split('\n');
  for (let end = header.length + 1; end < text.length; end++) {
    const { lines, torn } = read(text.slice(0, end));
    expect(lines)
      .toEqual([{ at: 1 }, { at: 2 }].slice(0, lines.length));
    expect(torn).toBe(text[end - 1] !== '\n');
  }
});

test('damage is noticed', () => {
  const text = written({ at: 1 }, { at: 2 });
  for (let at = 0; at < text.length - 1; at++) {
    const other = text[at] === '7' ? '8' : '7';
    const bad = text.slice(0, at) + other + text.slice(at + 1);
    expect(() => read(bad)).toThrow(BadRecording);
  }
  const lines = text.split('\n');
  const swapped = [lines[0], lines[2], lines[1], ''].join('\n');
  expect(() => read(swapped)).toThrow('f: is damaged: line 2');
});

test.each([
  ['', 'is not a recording'], ['hello', 'is not a recording'],
  ['hello\n', 'is not a recording'],
])('%j is no recording', (text, message) => {
  expect(() => read(text)).toThrow(`f: ${message}`);
});

test('other versions, other machines', () => {
  let text = '';
  new Writer((line) => { text += line; }).line(
    { ringfence: 'recording', version: VERSION + 1, machine: 'toy' });
  expect(() => read(text)).toThrow(/version 2; this program reads/);
  expect(() => readRecording('f', written(), 'pc'))
    .toThrow('a recording of machine "toy", not "pc"');
});
