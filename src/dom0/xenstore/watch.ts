import { homeOf, isBelow, namesOf, parentOf } from './path.ts';
import { may, type Perm } from './perms.ts';
import type { Change } from './store.ts';
import { lookup, type Node } from './tree.ts';

export interface Watch {
  readonly domid: number;
  /** Canonical; or @introduceDomain, @releaseDomain. */
  readonly path: string;
  readonly token: string;
  /** The client gave a relative path and gets such ones back. */
  readonly relative: boolean;
  /** How many levels below the path still count, if given. */
  readonly depth?: number;
}

export interface WatchEvent {
  readonly domid: number;
  readonly path: string;
  readonly token: string;
}

/** The event of a watch for a change at `path`. */
export function eventFor(watch: Watch, path: string): WatchEvent {
  const { domid, token, relative } = watch;
  const home = `${homeOf(domid)}/`;
  const cut = relative && path.startsWith(home) ? home.length : 0;
  return { domid, path: path.slice(cut), token };
}

/** The path to report to a watch; undefined if none. */
function concerns(
  watch: Watch, by: Change, before: Node,
): string | undefined {
  const { path, op } = by;
  if (isBelow(path, watch.path)) {
    const far = namesOf(path).length - namesOf(watch.path).length;
    return far <= (watch.depth ?? far) ? path : undefined;
  }
  const lost = op === 'rm' && isBelow(watch.path, path)
    && lookup(before, watch.path) !== undefined;
  return lost ? watch.path : undefined;
}

function visible(root: Node, path: string, domid: number): boolean {
  const open = (node: Node | undefined): boolean =>
    node !== undefined && may(node.perms, domid, 'read');
  const node = lookup(root, path);
  if (!node) return false;
  return open(node) || open(lookup(root, parentOf(path)));
}

/** The events of one change, in the order of the watches. */
export function eventsOf(
  watches: readonly Watch[], by: Change, before: Node, after: Node,
): WatchEvent[] {
  return watches.flatMap(watch => {
    const path = concerns(watch, by, before);
    if (path === undefined) return [];
    const seen = visible(before, path, watch.domid)
      || visible(after, path, watch.domid);
    return seen ? [eventFor(watch, path)] : [];
  });
}

/** The events of a special name, such as @releaseDomain. */
export function specialEvents(
  watches: readonly Watch[], name: string, perms: readonly Perm[],
): WatchEvent[] {
  return watches
    .filter(w => w.path === name && may(perms, w.domid, 'read'))
    .map(watch => eventFor(watch, name));
}
