import { AT, RECORD } from '../../machine/tiers/layout.ts';
import { EQ, type Push, Words } from '../../machine/wasm/words.ts';
import { RF } from '../flags.ts';
import { CR2 } from '../state.ts';
import { FAULT } from '../vectors.ts';
import { NUMBERS } from './refill.ts';

/** `raise(record) → 1`: a page fault had stopped the record's
 * instruction, and has been raised; 0: there was none, or it is still
 * to be raised, with its page forgotten. */
export function raise(): Words {
  const f = new Words(1);
  const [code, at] = [f.local('i32'), f.local('i32')];
  const did = f.local('i32');
  f.let(code, f.word(AT.fault));
  const none = f.join(EQ, f.of(code), f.num(-1));
  f.when(none, () => f.give(f.num(0)));
  f.let(at, f.word(AT.faultAt));
  const call = (number: number, ...told: readonly Push[]): void => {
    for (const push of told) push();
    f.call(number);
    f.setLocal(did);
  };
  call(NUMBERS.flushPage, f.of(at));
  f.when(f.word(AT.watched), () => f.give(f.num(0)));
  call(NUMBERS.entering, f.num(FAULT.PF), f.of(code), f.num(RF),
    f.at(f.of(0), RECORD.PC), f.word(AT.context));
  f.when(f.isZero(f.of(did)), () => {
    f.put(f.num(0), AT.fault, f.of(code));
    f.put(f.num(0), AT.faultAt, f.of(at));
    f.give(f.num(0));
  });
  f.put(f.num(0), AT.fault, f.num(-1));
  f.put(f.num(0), 8 * CR2.id, f.of(at));
  f.put(f.num(0), AT.raised, f.of(code));
  f.put(f.num(0), AT.raisedAt, f.of(at));
  f.num(1)();
  return f;
}
