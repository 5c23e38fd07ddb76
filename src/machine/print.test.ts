import { expect, test } from 'vitest';
import type { V } from './builder.ts';
import { Layout, State } from './fields.ts';
import { Printer } from './print.ts';

const layout = new Layout();
const X = layout.i32('x');
const make = (): Printer => new Printer(new State(layout));

test('looking at a value', () => {
  const b = make().asBuilder();
  const x = b.get(X) as unknown as number;
  expect(() => x + 1).toThrow('looked at a value');
});

test('letting a value out of its branch', () => {
  const b = make().asBuilder();
  let escaped: V<'i32'> | undefined;
  b.if(b.get(X), () => { escaped = b.get(X); });
  expect(() => b.set(X, escaped ?? b.i32.const(0)))
    .toThrow('left its branch');
});

test('going on after the end', () => {
  const b = make().asBuilder();
  b.if(b.get(X), () => b.trap(0), () => b.jump(b.addr.const(0)));
  expect(() => b.get(X)).toThrow('after the end');
});
