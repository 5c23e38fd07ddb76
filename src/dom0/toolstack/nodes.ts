import { XS } from '../../xen/public/io/xs-wire.ts';
import { ask } from '../xenstore/client.ts';
import { homeOf } from '../xenstore/path.ts';
import type { Store } from '../xenstore/session.ts';
import type { Guest } from './guest.ts';

/** Keys below /local/domain/N that a PV guest may read. */
export function readable(g: Guest): [string, string | number][] {
  const kib = (mib: number): number => mib * 1024;
  const cpus = Array.from({ length: g.vcpus }, (_, i) =>
    [`cpu/${i}/availability`, 'online'] as [string, string]);
  return [
    ['vm', `/vm/${g.uuid}`], ['name', g.name], ['domid', g.domid],
    ...cpus,
    ['memory/static-max', kib(g.maxmemMiB)],
    ['memory/target', kib(g.memoryMiB)],
    ['device', ''], ['control', ''],
    ['control/platform-feature-multiprocessor-suspend', 1],
    ['control/platform-feature-xs_reset_watches', 1],
    ['console/ring-ref', g.console.mfn],
    ['console/port', g.console.remotePort],
    ['console/limit', 1_048_576], ['console/type', 'xenconsoled'],
    ['store/ring-ref', g.store.mfn],
    ['store/port', g.store.remotePort],
  ];
}

/** Keys that the guest itself may write. */
export const WRITABLE: readonly string[] = [
  'control/shutdown', 'device/suspend/event-channel', 'data',
  'drivers', 'feature', 'attr', 'error',
];

export function writeNodes(store: Store, g: Guest): void {
  const home = homeOf(g.domid);
  const set = (path: string, value: string | number, perms: string) => {
    ask(store, 0, XS.WRITE, `${path}\0${value}`);
    ask(store, 0, XS.SET_PERMS, `${path}\0${perms}`);
  };
  const read = `n0\0r${g.domid}\0`;
  set(home, '', read);
  for (const [key, value] of readable(g)) {
    set(`${home}/${key}`, value, read);
  }
  for (const key of WRITABLE) {
    set(`${home}/${key}`, '', `n${g.domid}\0`);
  }
  set(`/vm/${g.uuid}`, '', read);
  set(`/vm/${g.uuid}/name`, g.name, read);
  set(`/vm/${g.uuid}/uuid`, g.uuid, read);
  set(`/vm/${g.uuid}/image/ostype`, 'linux', read);
}
