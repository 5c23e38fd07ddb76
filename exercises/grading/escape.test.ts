import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeXml } from './escape.ts';

const NAMES: Record<string, string> = {
  '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"',
  '&#10;': '\n', '&#13;': '\r', '&#9;': '\t',
};
const back = (text: string): string =>
  text.replace(/&[a-z0-9#]+;/g, (name) => NAMES[name] ?? '!');

test('a report of its own', () => {
  const sly = '"/></testcase><testcase name="all of it"/>';
  expect(escapeXml(sly)).not.toMatch(/["<>]/);
  expect(back(escapeXml(sly))).toBe(sly);
});
test('what was an escape before', () => {
  expect(escapeXml('&lt;')).toBe('&amp;lt;');
  expect(escapeXml("Tom & 'Jerry'")).toMatch(/^Tom &amp; /);
});
test('what is forbidden', () => {
  expect(escapeXml('a\0b\x1bc\ufffed\ud800e\x0b')).toBe('a?b?c?d?e?');
  expect(escapeXml('\u{1f980}')).toBe('\u{1f980}');
});
test('whatever it is', () => {
  fc.assert(fc.property(fc.string({ maxLength: 40 }), (text) => {
    const escaped = escapeXml(`${text}\n\r\t`);
    expect(escaped).not.toMatch(/["<>\n\r\t]/);
    expect(back(escaped)).toBe(`${text}\n\r\t`);
  }), { seed: 1 });
});
