import { XS } from '../../xen/public/io/xs-wire.ts';
import { execute } from './execute.ts';
import { XsError } from './path.ts';
import type { Store } from './session.ts';

/** Asks the store as a domain; the answer, or XsError thrown. */
export function ask(
  store: Store, domid: number, type: number, payload: string, tx = 0,
): string {
  const answer = execute(store, domid, { type, req: 0, tx, payload });
  if (answer.type === XS.ERROR) {
    throw new XsError(answer.payload.slice(0, -1));
  }
  return answer.payload;
}
