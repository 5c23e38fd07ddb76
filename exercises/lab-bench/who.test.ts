import { expect, test } from 'vitest';
import { Bench } from '#book/labs/bench.ts';
import { findLab } from '#book/labs/prepared.ts';
import { lastWrite } from './who.ts';

function atEnd(id: string) {
  const lab = findLab(id);
  if (!lab) throw new Error('no such lab');
  const bench = new Bench(lab.make(), lab.moment);
  bench.order({ do: 'moment' });
  while (!bench.work(10_000));
  const place = (name: string): number =>
    bench.rig.listing?.symbols.get(name) ?? NaN;
  return { bench, place };
}

test('the key that went too far', () => {
  const { bench, place } = atEnd('who-did-it');
  const found = lastWrite(bench, place('told'));
  expect(bench.now()).toBe(found);
  const here = () => bench.view().code.find((c) => c.current)?.text;
  expect(here()).toBe('mov BYTE PTR [esi],al');
  bench.order({ do: 'step', n: 1 });
  while (!bench.work(10_000));
  expect(bench.view().registers.find((r) => r.name === 'esi')?.value)
    .toBe(place('told') + 3);
});

test('nobody did it', () => {
  const { bench, place } = atEnd('who-did-it');
  expect(lastWrite(bench, place('next'))).toBeUndefined();
  expect(bench.now()).toBe(0);
  expect(bench.work(1)).toBe(true);
});
