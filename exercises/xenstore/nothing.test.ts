import { expect, test } from 'vitest';
import { ask } from '#book/dom0/xenstore/client.ts';
import { emptyStore } from '#book/dom0/xenstore/init.ts';
import type { Store } from '#book/dom0/xenstore/session.ts';
import type { Node } from '#book/dom0/xenstore/tree.ts';
import { XS } from '#book/xen/public/io/xs-wire.ts';
import { schedule, type Step } from './nothing.ts';

const TYPES = {
  read: XS.READ, write: XS.WRITE, mkdir: XS.MKDIR, rm: XS.RM,
  directory: XS.DIRECTORY,
};

function setUp(): Store {
  const store = emptyStore();
  ask(store, 0, XS.WRITE, '/t/a\x001');
  ask(store, 0, XS.WRITE, '/t/b\x002');
  return store;
}

function attempt(store: Store, s: Step, tx: number): string {
  const value = s.op === 'write' ? s.value ?? '' : '';
  try {
    return ask(store, 0, TYPES[s.op], `${s.path}\0${value}`, tx);
  } catch (error) {
    return (error as Error).message;
  }
}

const start = (store: Store): number =>
  parseInt(ask(store, 0, XS.TRANSACTION_START, '\0'));

function values(node: Node, path = ''): string[] {
  const own = `${path}=${node.value}`;
  return [own, ...node.children.flatMap(c =>
    values(c, `${path}/${c.name}`))].sort();
}

function alone(order: readonly number[]) {
  const store = setUp();
  const answers = new Map<Step, string>();
  const steps = schedule();
  for (const who of order) {
    const tx = start(store);
    steps.forEach((s, i) => {
      if (s.who === who) answers.set(steps[i]!, attempt(store, s, tx));
    });
    ask(store, 0, XS.TRANSACTION_END, 'T\0', tx);
  }
  const given = steps.map(s => answers.get(s));
  return { given, values: values(store.live.root) };
}

function together() {
  const store = setUp();
  const tx = [start(store), start(store)];
  const given = schedule().map(s => attempt(store, s, tx[s.who]!));
  ask(store, 0, XS.TRANSACTION_END, 'T\0', tx[0]);
  return {
    given,
    end: () => ask(store, 0, XS.TRANSACTION_END, 'T\0', tx[1]),
  };
}

test('the second transaction is refused', () => {
  expect(together().end).toThrow('EAGAIN');
});

test('alone, in both orders, they get the same answers', () => {
  const { given } = together();
  expect(alone([0, 1]).given).toEqual(given);
  expect(alone([1, 0]).given).toEqual(given);
});

test('both orders leave the same values', () => {
  expect(alone([0, 1]).values).toEqual(alone([1, 0]).values);
});
