import type { Perm } from './perms.ts';
import { apply } from './store.ts';
import type { Store } from './session.ts';

const DOM0: readonly Perm[] = [{ domid: 0, read: false, write: false }];

export function emptyStore(): Store {
  const root = {
    name: '', value: '', perms: DOM0, generation: 1, children: [],
  };
  const store: Store = {
    live: { root, owned: {} }, generation: 1, nextTransaction: 1,
    watches: [], transactions: [], events: [],
    specials: { introduce: DOM0, release: DOM0 },
    introduced: [], targets: {},
  };
  for (const path of ['/tool/xenstored', '/local/domain']) {
    const by = { op: 'mkdir', path, domid: 0 } as const;
    apply(store.live, by, ++store.generation);
  }
  return store;
}
