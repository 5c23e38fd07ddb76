import { expect, test } from 'vitest';
import { echoSource } from '../../guests/pv-echo.ts';
import { pvImage } from '../../guests/pv-image.ts';
import {
  Diverged, type Entry, follow, Timeline,
} from '../../machine/replay.ts';
import { stateHash } from '../../xen/snapshot.ts';
import { runHost, startHost } from './host.ts';
import { type HostInput, HostMachine, momentOf } from './machine.ts';

const request = {
  name: 'echo', uuid: '00000000-0000-0000-0000-000000000001',
  memoryMiB: 4, maxmemMiB: 4, vcpus: 1, paused: false, cmdline: '',
  kernel: { name: 'echo', bytes: pvImage(echoSource) },
};

function power() {
  let said = '';
  const host = startHost({
    ramMiB: 80,
    onOutput: bytes => { said += String.fromCharCode(...bytes); },
  });
  const machine = new HostMachine(host, [request]);
  return { host, machine, said: () => said };
}

const bytes = (text: string): number[] =>
  [...new TextEncoder().encode(text)];

function session(seed: number) {
  const { host, machine, said } = power();
  const log: Entry<HostInput>[] = [];
  const give = (what: Omit<HostInput, 'time' | 'idle'>): void => {
    const all = { ...momentOf(host), ...what };
    log.push({ at: machine.now(), what: all });
    machine.input(all);
  };
  let state = seed;
  const below = (n: number): number => {
    state = Math.imul(state, 1_103_515_245) + 12_345 >>> 0;
    return (state >>> 8) % n;
  };
  give({ create: 0 });
  for (let n = 0; runHost(host, 1 + below(9000)) !== 'ended'; n++) {
    if (below(30) === 0) give({ keys: bytes('ring') });
    if (n === 400) give({ keys: bytes('fence\rq\r') });
  }
  const end = { at: machine.now(), ...momentOf(host) };
  return { log, end, said: said(), hash: stateHash(host.xen) };
}

test.each([1, 2])('a session replays, seed %i', seed => {
  const first = session(seed);
  const { host, machine, said } = power();
  follow(machine, first.log, first.end.at);
  machine.input(first.end);
  expect(said()).toBe(first.said);
  expect(stateHash(host.xen)).toBe(first.hash);
  expect(first.log.length).toBeGreaterThan(5);
}, 60_000);

test('back and forth, and no other run', () => {
  const { log, end } = session(4);
  const { host, machine } = power();
  const line = new Timeline(
    machine, log, { wide: 500, fine: 50, most: 8 });
  line.seek(end.at);
  const seen = new Map<number, string>();
  for (let n = 0; n < 10; n++) {
    line.back(1 + n * 17);
    seen.set(line.now(), stateHash(host.xen));
  }
  for (const [at, hash] of [...seen].reverse()) {
    expect(line.seek(at)).toBe(at);
    expect(stateHash(host.xen)).toBe(hash);
  }
  const late = log.map(({ at, what }) =>
    ({ at, what: { ...what, time: what.time + 1 } }));
  expect(() => follow(power().machine, late, end.at))
    .toThrow(Diverged);
}, 120_000);
