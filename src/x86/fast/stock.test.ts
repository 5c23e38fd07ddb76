import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freeze, thawLazies } from '../../machine/record/frozen.ts';
import { Lazies } from '../../machine/record/lazy.ts';
import { constNode, type Node } from '../../machine/record/node.ts';
import { HandlerWriter } from '../../machine/tiers/handler.ts';
import { AT, TWIG } from '../../machine/tiers/layout.ts';
import { load } from '../bare.ts';
import type { Cpu } from '../cpu.ts';
import { readEflags } from '../flags.ts';
import { CO, EIP, GPR, layout, SR, ZR } from '../state.ts';
import { Contexts } from './contexts.ts';
import { beginWith } from './fast.ts';
import { lazies } from './shapes.ts';
import { pack, type Stock, unpack } from './stock.ts';
import { study } from './study.ts';
import type { Translator } from './translator.ts';
import { twinOf } from './twin.ts';

let stock: Stock;
beforeAll(() => { stock = study(); });
afterAll(() => beginWith(undefined));

/** All that a program could notice. */
const seen = (cpu: Cpu): unknown => ({
  gprs: GPR.map((field) => cpu.get(field)), eip: cpu.get(EIP),
  flags: readEflags(cpu), retired: cpu.retired,
});

/** Runs a program with and without; every 500 instructions something
 * may happen to the translator. */
function together(
  text: string, happens = (_t: Translator): void => {},
): Translator {
  const slow = load(text);
  beginWith(stock);
  const { cpu, translator } = twinOf(slow);
  for (let n = 500; n <= 20_000; n += 500) {
    const why = slow.run(n);
    expect(cpu.run(n)).toBe(why);
    expect(seen(cpu)).toEqual(seen(slow));
    happens(translator);
    if (why !== 'limit') break;
  }
  const storage = ({ phys: { size }, phys }: Cpu): Uint8Array =>
    phys.readBytes(0, size);
  expect(Buffer.compare(storage(cpu), storage(slow))).toBe(0);
  return translator;
}

test('what is kept is what was learned', () => {
  const bytes = pack(stock);
  expect(Buffer.compare(pack(unpack(bytes)), bytes)).toBe(0);
  expect(stock.handlers).toBeGreaterThan(1000);
});

test('a remembered shape is the one that was learned', () => {
  expect(Buffer.compare(pack(study()), pack(stock))).toBe(0);
  const { all } = new Contexts(load('hlt').state, stock);
  let text = '';
  for (const { template } of all) {
    text += JSON.stringify(freeze(template));
  }
  expect(Buffer.compare(Buffer.from(text), stock.texts)).toBe(0);
});

test('each handler is in the module', () => {
  const { all } = new Contexts(load('hlt').state, stock);
  for (const { handler, template } of all) {
    expect(handler === 0).toBe(template.foreign);
    if (template.foreign || handler % 7 !== 0) continue;
    const body = new HandlerWriter(EIP);
    body.write(template);
    const bytes = Buffer.from(body.bytes.view());
    expect(Buffer.from(stock.module).includes(bytes)).toBe(true);
  }
});

test('kinds have other numbers where others came before', () => {
  const other = new Lazies([ZR, SR, CO]);
  other.kindOf([constNode('i32', 5)], 0);
  const byId = new Map(layout.fields.map((f) => [`${f.ty}${f.id}`, f]));
  const ground = thawLazies(stock.lazies, { lazies: other,
    field: (ty, id) => byId.get(`${ty}${id}`)! });
  const { kinds } = lazies.known;
  expect(ground.kinds.length).toBeGreaterThan(10);
  ground.kinds.forEach(({ id, trees, leaves }, n) => {
    expect(id).toBe(n + 1);
    expect(leaves).toBe(kinds[n]?.leaves);
    expect(textOf(trees)).toEqual(textOf(kinds[n]?.trees ?? []));
  });
});

const textOf = (trees: readonly Node[]): string =>
  JSON.stringify(trees, ['kind', 'name', 'value', 'temp', 'args']);

test.each(['fib', 'sieve', 'copy', 'spill', 'rings', 'kernel',
  'tasks', 'v86', 'triple'])('%s', (name) => {
  together(readFileSync(`src/guests/${name}.asm`, 'utf8'));
});

/** How many shapes it has learned since. */
const learned = ({ contexts }: Translator): number =>
  contexts.all.length - stock.shapes.length;

const LOOP = `mov ecx, 1000
  again: add eax, [ecx*4+0x5000]
  dec ecx
  jne again
  hlt`;

test('of a usual program, nothing has to be learned', () => {
  expect(learned(together(LOOP))).toBe(0);
});

test('what is unusual is learned as ever', () => {
  const odd = 'again: rcl byte ptr [0x5000], 3\nbswap edx\n';
  expect(learned(together(LOOP.replace('again:', odd)))).toBe(2);
});

test('a stock outlives that all else is forgotten', () => {
  const { counts, arena } = together(LOOP, (t) => {
    t.arena.set(AT.free, AT.ram);
    t.arena.clearPages();
    t.byMap.forEach(({ map }) => t.arena.clearMap(map));
  });
  expect(counts.clears).toBeGreaterThan(2);
  const add = stock.root + TWIG.NEXT + 4 * 0x03;
  const kept = stock.tree.at((add - AT.ram) >> 2);
  expect(kept).not.toBe(0);
  expect(arena.get(add)).toBe(kept);
});
