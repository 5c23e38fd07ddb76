import fc from 'fast-check';
import { expect, test } from 'vitest';
import { XS } from '../../xen/public/io/xs-wire.ts';
import { ask } from './client.ts';
import { execute } from './execute.ts';
import { emptyStore } from './init.ts';
import { count, type View } from './store.ts';

const piece = fc.constantFrom(
  '/', 'a', 'data', '@releaseDomain', '\0', '\0', 'T', 'n1', 'b2', '1',
  '2', '/local/domain/1', '/local/domain/2/data', '..', '\xff',
);
const noise = fc.array(piece, { maxLength: 6 }).map(p => p.join(''));
const usual = fc.constantFrom(
  '\0', 'T\0', '1\0', 'a\0', 'a\0b1\0', 'a/b\x001', 'a/b\0t\0',
  '/local/domain/1\0b1\0r2\0', '2\x003\x004\0', 'a\x000\0',
);
const payload = fc.oneof(noise, usual);
const message = fc.record({
  type: fc.nat(24), req: fc.constant(7), payload,
  tx: fc.constantFrom(0, 0, 0, 1),
});

test('noise is answered, and the counts balance', () => {
  const send = fc.tuple(fc.nat(2), message);
  const sends = fc.array(send, { minLength: 20, maxLength: 40 });
  let fine = 0;
  fc.assert(fc.property(sends, list => {
    const store = emptyStore();
    ask(store, 0, XS.MKDIR, '/local/domain/1\0');
    ask(store, 0, XS.SET_PERMS, '/local/domain/1\0b1\0');
    for (const [domid, request] of list) {
      const answer = execute(store, domid, request);
      expect(answer.req).toBe(7);
      fine += Number(answer.type !== XS.ERROR);
    }
    const recount: View = { root: store.live.root, owned: {} };
    count(recount, store.live.root, 1);
    for (const domid of [1, 2]) {
      expect(store.live.owned[domid] ?? 0)
        .toBe(recount.owned[domid] ?? 0);
    }
  }), { numRuns: 1000 });
  expect(fine).toBeGreaterThan(1000);
});
