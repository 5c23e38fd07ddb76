import { expect, test } from 'vitest';
import { echoSource } from '../guests/pv-echo.ts';
import { pvImage } from '../guests/pv-image.ts';
import { BadImage, loadFlat } from '../x86/pc/image.ts';
import { BadCommand, Bench } from './bench.ts';
import { droppedRig } from './dropped.ts';
import { assembleListed, pcRig } from './pc.ts';
import { findLab } from './prepared.ts';
import { withKernel } from './programs.ts';
import { BenchServer } from './server.ts';
import type { BenchCommand, BenchReport, BenchView } from './view.ts';

function open(id: string) {
  const lab = findLab(id);
  if (!lab) throw new Error(`no lab ${id}`);
  const bench = new Bench(lab.make(), lab.moment);
  const go = (command: BenchCommand): BenchView => {
    bench.order(command);
    for (let n = 0; !bench.work(10_000); n++) {
      if (n > 1000) throw new Error('it takes too long');
    }
    return bench.view();
  };
  const label = (name: string): number =>
    bench.rig.listing?.symbols.get(name) ?? NaN;
  return { bench, go, label };
}

test('a bench is served by messages that can be cloned', () => {
  const reports: BenchReport[] = [];
  const server = new BenchServer(
    (report) => { reports.push(structuredClone(report)); });
  const settle = (): void => { while (server.turn(1000)); };
  server.receive({ id: 1, ask: 'open', lab: 'nothing' });
  server.receive({ id: 2, ask: 'open', lab: 'overflow' });
  settle();
  server.receive({ id: 3, ask: 'command', command: { do: 'run' } });
  server.receive({ id: 4, ask: 'command',
    command: { do: 'step', n: -1 } });
  server.receive({ id: 5, ask: 'open', lab: { name: 'x.asm', on: 'pc',
    bytes: new TextEncoder().encode('again: jmp again') } });
  settle();
  server.receive({ id: 6, ask: 'command', command: { do: 'run' } });
  expect(server.turn(1000)).toBe(true);
  server.receive({ id: 7, ask: 'command', command: { do: 'stop' } });
  settle();
  const told = reports.map((r) => `${r.id} ${r.tell}${
    r.tell === 'view' && r.done ? ', done' : ''}`);
  expect(told).toEqual(['1 refused', '2 opened', '2 view, done',
    '3 view, done', '4 refused', '5 opened', '5 view, done', '6 view',
    '6 view, done', '7 view, done']);
});

const register = (view: BenchView, name: string) =>
  view.registers.find((r) => r.name === name);

test('what changed since the stop before is marked', () => {
  const { go } = open('push-esp');
  const before = go({ do: 'moment' });
  const after = go({ do: 'step', n: 1 });
  const marked = after.registers.filter((r) => r.changed);
  expect(marked.map((r) => r.name)).toEqual(['esp', 'eip']);
  const stack = after.code.find((line) => line.current);
  expect(stack).toMatchObject({ text: 'pop ebx', line: 6 });
  expect(register(go({ do: 'step', n: 1 }), 'ebx')?.value)
    .toBe(register(before, 'esp')?.value);
});

test('the registers of x87 and SSE, where a lab is about them', () => {
  expect(open('overflow').go({ do: 'moment' }).floats).toBe(undefined);
  const { go } = open('a-third');
  const third = go({ do: 'moment' }).floats;
  expect(third?.stack[0]).toMatchObject({ name: 'st0', place: 7,
    tag: 'valid', bits: '3ffdaaaaaaaaaaaaaaab', value: String(1 / 3) });
  const set = third?.status.filter((f) => f.value !== 0);
  expect(set?.map((f) => [f.name, f.value]))
    .toEqual([['PE', 1], ['C1', 1], ['TOP', 7]]);
  go({ do: 'step', n: 1 });
  const popped = go({ do: 'step', n: 1 }).floats;
  expect(popped?.stack.every((r) => r.tag === 'empty')).toBe(true);
  expect(popped?.stack.filter((r) => r.changed).map((r) => r.place))
    .toEqual([7]);
  const end = go({ do: 'run' }).floats;
  const all = [...end?.xmm ?? [], ...end?.words ?? []];
  expect(all.filter((r) => r.changed).map((r) => r.name))
    .toEqual(['xmm0', 'mxcsr']);
});

test('breakpoints stop a run, and a slice too far is undone', () => {
  const { bench, go, label } = open('hot-loop');
  const address = label('even');
  go({ do: 'breakpoint', address, on: true });
  const first = go({ do: 'run' });
  expect(first.where.stop).toBe('breakpoint');
  expect(first.code.find((line) => line.current)?.address)
    .toBe(address);
  const second = go({ do: 'run' });
  expect(second.where.now).toBeGreaterThan(first.where.now);
  expect(second.where.end).toBeGreaterThan(second.where.now);
  go({ do: 'breakpoint', address, on: false });
  const hash = bench.rig.hash();
  expect(go({ do: 'run' }).where.state).toBe('waiting');
  go({ do: 'seek', at: second.where.now });
  expect(bench.rig.hash()).toBe(hash);
});

test('events of the machine: forward, back, and what they were', () => {
  const { go } = open('not-in-ring-3');
  const [call, fault] = [1, 2].map(() => go({ do: 'run to event' }));
  expect(call?.code.find((line) => line.current)?.text)
    .toBe('int 0x80');
  expect(fault?.events.shown.slice(0, 2)).toMatchObject([
    { name: 'int 0x80', ring: 3, outcome: 'delivered', past: true },
    { name: '#GP', args: [['error code', '0x0']], past: false },
  ]);
  expect(go({ do: 'back to event' }).where).toEqual(
    { ...call?.where, end: fault?.where.end,
      places: expect.anything() as unknown, stop: 'asked',
      why: expect.anything() as unknown });
});

test('a walk that ends, and the same walk after the handler', () => {
  const { go } = open('first-page-fault');
  go({ do: 'moment' });
  go({ do: 'look', walk: 0x4_0000 });
  const before = go({ do: 'step', n: 1 }).walk;
  expect(before).toMatchObject({ paging: 'two levels', page: null,
    tlb: { data: null } });
  expect(before.broken).toContain('not present');
  expect(before.parts.map((p) => p.value)).toEqual([0, 0x40, 0]);
  const after = go({ do: 'run to event' }).walk;
  expect(after).toMatchObject({ page: 0x4_0000, broken: null });
  expect(after.steps[1]).toMatchObject({ accessed: true, dirty: true });
  expect(after.accesses.every((a) => a.fault === null)).toBe(true);
});

test('a refused hypercall on a host, with its frame', () => {
  const { bench, go } = open('a-table-to-write');
  const view = go({ do: 'moment' });
  const next = view.events.shown.find((e) => !e.past);
  expect(next).toMatchObject({ name: 'update_va_mapping', ring: 1,
    domain: 1, result: '-EINVAL', favour: 'hypervisor' });
  expect(next?.at).toBe(view.where.now);
  const here = view.code.find((line) => line.current);
  expect(here).toMatchObject({ text: 'int 0x82', address: next?.from });
  const inside = go({ do: 'seek', at: next?.handled ?? 0 });
  expect(inside.privilege.cpl).toBe(0);
  const tables = view.walk.steps.map((step) => step.table?.type);
  expect(tables).toEqual([undefined, 'l2', 'l1']);
  expect(view.walk.frame).toMatchObject({ owner: 1, type: 'writable' });
  const name = 'hypercall update_va_mapping';
  expect(view.counters.some((c) => c.name === name)).toBe(false);
  go({ do: 'step', n: 1 });
  expect(bench.view().counters).toContainEqual({ name, value: 1 });
}, 60_000);

test('input in the past: what was known to come is forgotten', () => {
  const { bench, go } = open('first-letter');
  const first = go({ do: 'run to', at: 10_000 });
  expect(first.console)
    .toBe('Type, and I repeat. The line q ends.\r\n');
  go({ do: 'seek', at: 5_000 });
  bench.order({ do: 'input', bytes: [...Buffer.from('ring\rq\r')] });
  expect(bench.view().where.end).toBe(5_000);
  const last = go({ do: 'run' });
  expect(last.where).toMatchObject({ state: 'ended', stop: 'ended' });
  expect(last.console).toContain('ring\r');
  const hash = bench.rig.hash();
  go({ do: 'seek', at: 5_100 });
  const again = go({ do: 'run' });
  expect(again.console).toBe(last.console);
  expect(again.events).toEqual(last.events);
  expect(bench.rig.hash()).toBe(hash);
}, 60_000);

test('commands that make no sense change nothing', () => {
  const { bench, go } = open('overflow');
  go({ do: 'moment' });
  const hash = bench.rig.hash();
  const bad: BenchCommand[] = [
    { do: 'step', n: 0 }, { do: 'step', n: -1 },
    { do: 'back', n: 0.5 }, { do: 'seek', at: NaN },
    { do: 'look', memory: 2 ** 32 }, { do: 'input', bytes: [256] },
  ];
  for (const command of bad) {
    expect(() => bench.order(command)).toThrow(BadCommand);
  }
  expect(bench.rig.hash()).toBe(hash);
  expect(go({ do: 'back', n: 1e9 }).where.now).toBe(0);
});

test('to look leaves no trace', () => {
  const { bench, go } = open('first-page-fault');
  const { rig } = bench;
  const first = rig.hash();
  bench.view();
  expect(rig.hash()).toBe(first);
  go({ do: 'moment' });
  const state = () => [rig.hash(), rig.cpu.memory.mmu.tlb.save()];
  const before = state();
  for (const at of [0, 0x4_0000, 0xb_8000, 0x2_0000, 0xffff_fff8]) {
    go({ do: 'look', memory: at, walk: at, code: at });
    expect(bench.view().memory.bytes.length).toBe(256);
  }
  expect(state()).toEqual(before);
});

test('a trap that the hypervisor deals with', () => {
  const { go } = open('trap-and-emulate');
  const first = go({ do: 'moment' });
  expect(first.code.find((line) => line.current)?.text)
    .toBe('mov eax,cr0');
  expect(first.privilege).toMatchObject({ cpl: 1, domain: 1 });
  const after = go({ do: 'run to event' });
  const told = after.events.shown.filter(
    (e) => e.domain === 1 && e.past).map((e) => [e.name, e.result]);
  expect(told).toEqual([['#GP', 'emulated']]);
  expect(after.registers.find((r) => r.name === 'eax')?.value)
    .toBe(0x8001_003b);
  const end = go({ do: 'run' });
  expect(end.events.shown.filter((e) => e.name === '#GP').length)
    .toBe(4);
  expect(end.where.stop).toBe('ended');
}, 60_000);

/** A program in ring 3 that asks a kernel 500 times. */
const ASKING = withKernel('', `
user:   mov ecx, 500
again:  int 0x80
        dec ecx
        jnz again
        hlt`);

test.each([false, true])('INT n is heard, translated: %s', (fast) => {
  const { bytes, listing } = assembleListed(ASKING, 0x8000);
  const rig = pcRig({
    load: (pc) => loadFlat(pc, bytes, 0x8000, false), listing,
    memoryMiB: 1, translated: fast,
  });
  const bench = new Bench(rig);
  const run = (): void => {
    bench.order({ do: 'run' });
    while (!bench.work(10_000));
  };
  run();
  const heard = rig.events.all().filter((e) => e.name === 'int 0x80');
  expect(heard.length).toBe(500);
  // Under a breakpoint the reference tells the same story again.
  bench.order({ do: 'seek', at: 0 });
  while (!bench.work(10_000));
  bench.order({ do: 'breakpoint', address: 0x10, on: true });
  run();
  expect(rig.events.place()).toBe(rig.events.all().length);
});

test('an image runs where it says that it belongs', () => {
  const guest = pvImage(echoSource);
  const kernel = new Uint8Array(0x1000);
  kernel.set([0x7f, 0x45, 0x4c, 0x46]);
  const header = new DataView(kernel.buffer, 64);
  header.setUint32(0, 0x1bad_b002, true);
  header.setUint32(8, -0x1bad_b002, true);
  const kind = (bytes: Uint8Array): string =>
    droppedRig({ name: 'x', bytes }).kind;
  expect(kind(guest)).toBe('host');
  expect(kind(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46))).toBe('host');
  expect(() => kind(kernel)).toThrow(BadImage);
  expect(() => kind(Uint8Array.of(1, 2, 3))).toThrow(BadImage);
});
