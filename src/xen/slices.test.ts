import { expect, test } from 'vitest';
import { runXen, startXen } from './boot.ts';
import { handmade } from './handmade.ts';
import { restoreXen, saveXen, stateHash } from './snapshot.ts';

const options = { ramBytes: 0x100_0000 };

function counting() {
  const xen = startXen(options);
  handmade(xen, 'again: inc eax\nmov [0x1000], eax\njmp again');
  handmade(xen, 'again: add ebx, 3\npush ebx\npop ecx\njmp again', 2);
  return xen;
}

test('the pieces of a run do not show', () => {
  const end = 150_000;
  const straight = counting();
  straight.root.charges.slice = 30_000;
  runXen(straight, end);
  let pieces = counting();
  pieces.root.charges.slice = 30_000;
  for (let at = 23_333; at < end; at += 23_333) {
    runXen(pieces, at);
    pieces = restoreXen(saveXen(pieces), options);
  }
  runXen(pieces, end);
  expect(pieces.cpu.retired).toBe(straight.cpu.retired);
  expect(stateHash(pieces)).toBe(stateHash(straight));
}, 60_000);
