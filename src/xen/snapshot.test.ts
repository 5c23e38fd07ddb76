import { expect, test } from 'vitest';
import { runXen, type XenOptions } from './boot.ts';
import type { Xen } from './common/xen.ts';
import { restoreXen, saveXen, stateHash } from './snapshot.ts';

const options: XenOptions = {
  ramBytes: 0x100_0000, dom0Bytes: 0x10_0000,
  program: {
    init: () => ({ n: 0 }),
    dispatch: (k, state) => {
      const s = state as { n: number };
      k.write32(0x1000, s.n);
      k.hypercall(29, 1n);
      return s.n++ < 20;
    },
  },
};

function startWith(xen: Xen): Xen {
  xen.cpu.charge(12_345);
  return xen;
}

import { startXen } from './boot.ts';

test('restored machines go on as if nothing had happened', () => {
  const straight = startWith(startXen(options));
  let broken = startWith(startXen(options));
  for (let i = 1; i < 8; i++) {
    const until = 12_345 + i * 6000;
    runXen(straight, until);
    runXen(broken, until);
    broken = restoreXen(saveXen(broken), options);
    expect(stateHash(broken)).toBe(stateHash(straight));
  }
  straight.phys.write8(0x20_0000, 1);
  expect(stateHash(broken)).not.toBe(stateHash(straight));
}, 60_000);

test('only data may hang from the root', () => {
  const xen = startXen(options);
  Object.assign(xen.root, { oops: () => 1 });
  expect(() => stateHash(xen)).toThrow();
});
