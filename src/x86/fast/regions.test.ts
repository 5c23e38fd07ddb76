import { expect, test } from 'vitest';
import { load } from '../bare.ts';
import { Values } from '../campaign/values.ts';
import { loadFast } from './blocks.ts';
import { seen } from './twin.kit.ts';

/** Runs a program in both ways, with a look at each cut, and gives
 * the regions that were made. */
function both(source: string, cuts: readonly number[]): number[] {
  const reference = load(source);
  const { cpu, translator } = loadFast(source, 500);
  const made: number[] = [];
  translator.regions.watcher = (pc) => { made.push(pc); };
  for (const cut of cuts) {
    const stop = reference.run(cut);
    expect([cut, cpu.run(cut)]).toEqual([cut, stop]);
    expect([cut, ...seen(cpu)]).toEqual([cut, ...seen(reference)]);
    if (stop !== 'limit') break;
  }
  const [a, b] = [reference, cpu].map(({ phys }) =>
    phys.readBytes(0, 0x1_0000));
  expect(b).toEqual(a);
  return made;
}

const every = (step: number, to: number): number[] =>
  Array.from({ length: Math.ceil(to / step) }, (_, n) => step * n + 1);

/** Cuts from 3000 on, at each of the next 150 instructions. */
const CLOSE = [...Array.from({ length: 150 }, (_, n) => 3000 + n),
  100_000];

const CALLS = `
        mov ecx, 400
again:  mov eax, ecx
        and eax, 7
        call sum
        loop again
        hlt
sum:    test eax, eax       ; 0 + 1 + ... + eax, by recursion
        jz none
        push eax
        dec eax
        call sum
        pop edx
        add eax, edx
none:   ret`;

test('each cut of a recursion', () => {
  expect(both(CALLS, CLOSE).length).toBeGreaterThan(1);
});

test('deeper than the host may call', () => {
  const deep = CALLS.replace('and eax, 7', 'mov eax, 1000');
  expect(both(deep.replace('mov ecx, 400', 'mov ecx, 8'),
    every(7919, 100_000)).length).toBeGreaterThan(1);
});

test('who returns elsewhere', () => {
  const made = both(`
        mov ecx, 600
again:  call where
        inc edx             ; never
there:  inc ebx
        loop again
        hlt
where:  add dword ptr [esp], 1
        ret`, CLOSE);
  expect(made.length).toBeGreaterThan(0);
});

const NESTED = `
        mov ebp, 90
again:  call work
        dec ebp
        jnz again
        hlt
work:   mov ebx, 5
outer:  mov ecx, 11
inner:  add eax, ecx
        xor edx, eax
        loop inner
        test ebx, 1
        jz even
        adc eax, 7
even:   dec ebx
        jnz outer
        ret`;

test('a function with several doors', () => {
  both(NESTED, CLOSE);
  const { cpu, translator } = loadFast(NESTED, 500);
  const doors: number[] = [];
  translator.regions.watcher = (_, { entries }) => {
    doors.push(entries.length);
  };
  expect(cpu.run(100_000)).toBe('halted');
  expect(doors).toContain(3);
});

test.each([0, 1])('flags of one kind or another: %d', (last) => {
  const made = both(`
        mov ecx, 901
again:  mov eax, 5
        test ecx, 1
        jz even
        add eax, 0x7fffffff
even:   lea ebx, [ecx-${last}]
        mov edx, 0
        div ebx
        sub eax, edx
        dec ecx
        jmp again`, [100_000]);
  expect(made.length).toBeGreaterThan(0);
});

test('jumps by a table', () => {
  both(`
        mov ecx, 900
again:  mov eax, ecx
        and eax, 3
        jmp dword ptr [table+eax*4]
a:      add ebx, 1
        jmp next
b:      sub ebx, 3
        jmp next
c:      xor ebx, 5
next:   loop again
        hlt
table:  .long a, b, c, b`, CLOSE);
});

const POINTERS = `
        mov ecx, 1200
again:  mov eax, ecx
        shr eax, 4
        and eax, 7
        call dword ptr [table+eax*4]
        add ebx, edx
        loop again
        hlt
a:      mov edx, 1
        ret
b:      lea edx, [ecx+ebx]
        ret
c:      inc byte ptr [a+1]  ; a is another function now
        ret
d:      xor edx, ebx
        add dword ptr [esp], 2      ; past the addition
        ret
e:      sub edx, ecx
        ret
f:      call b
        ret
table:  .long a, b, a, c, e, f, d, e`;

test('calls by a table compare with a few that were seen', () => {
  both(POINTERS, [...CLOSE.slice(0, -1), ...every(997, 20_000)
    .filter((cut) => cut > 4000), 100_000]);
  const { cpu, translator } = loadFast(POINTERS, 500);
  const callees = new Set<number>();
  translator.regions.watcher = (_, { blocks }) => {
    const calls = blocks.flatMap(({ instrs }) => instrs)
      .filter((one) => one.calls);
    for (const { seen } of calls) callees.add(seen.length);
  };
  expect(cpu.run(100_000)).toBe('halted');
  expect(Math.max(...callees)).toBe(4);
});

const AFAR = `
        mov ecx, 6000
again:  mov eax, ecx
        and eax, 1
        call dword ptr [table+eax*4]
back:   add ebx, edx
        cmp ecx, 4000
        jne same
        inc byte ptr [a+1]
same:   loop again
        hlt
table:  .long a, b
fill:   .fill 0x2000 - fill, 0x90
a:      mov edx, 1
        ret
b:      lea edx, [ecx+1]
        ret`;

test('callees in another page, one of which is written anew', () => {
  both(AFAR, [...every(1999, 60_000), 100_000]);
});

test('code that changes itself while it runs', () => {
  both(`
        mov ecx, 2000
again:  mov eax, 1          ; its last byte but three is counted up
        test ecx, 63
        jnz same
        inc byte ptr [again+1]
same:   add ebx, eax
        call there
        loop again
        hlt
there:  test ecx, 127
        jnz quiet
        inc byte ptr [again+1]
quiet:  ret`, [...CLOSE, ...every(1999, 40_000)
    .filter((cut) => cut > 4000), 100_000].sort((a, b) => a - b));
});

test('a division that fails at last', () => {
  const made = both(`
        mov ecx, 3000
again:  mov eax, 77
        xor edx, edx
        div ecx
        add ebx, edx
        dec ecx
        jmp again`, [5000, 100_000]);
  expect(made.length).toBeGreaterThan(0);
});

const CONDITIONS = ['o', 'no', 'b', 'ae', 'e', 'ne', 'be', 'a', 's',
  'ns', 'p', 'np', 'l', 'ge', 'le', 'g'];
const REGISTERS = ['eax', 'edx', 'ebx', 'esi', 'edi'];
const WORK = ['add', 'sub', 'and', 'or', 'xor', 'cmp', 'test', 'adc',
  'sbb', 'mov', 'imul', 'inc', 'shl', 'neg'];

function work(values: Values): string {
  const [a, b] = [0, 1].map(() => REGISTERS[values.below(5)] ?? '');
  const name = WORK[values.below(WORK.length)] ?? '';
  if (name === 'inc' || name === 'neg') return `${name} ${a}`;
  if (name === 'shl') return `shl ${a}, ${values.below(32)}`;
  const at = 0x4000 + 4 * values.below(9);
  if (values.rarely(3)) return `mov [${at}], ${a}`;
  return `${name} ${a}, ${b}`;
}

/** A program of `blocks` pieces that jump to and fro. Every jump back
 * counts ECX down, so it ends. */
function program(values: Values, blocks: number): string {
  const lines = ['mov ecx, 2500'];
  for (let n = 0; n < blocks; n++) {
    lines.push(`b${n}:`);
    for (let k = values.below(4); k >= 0; k--) lines.push(work(values));
    const to = values.below(blocks + 1);
    const test = CONDITIONS[values.below(16)] ?? '';
    if (to > n) lines.push(`j${test} b${to}`);
    else lines.push('dec ecx', 'js out', ...values.rarely(2)
      ? [`j${test} b${to}`] : ['test ecx, 1', `jnz b${to}`]);
  }
  lines.push(`b${blocks}:`, 'dec ecx', 'jns b0', 'out: hlt');
  return lines.join('\n');
}

test('random programs, irreducible ones among them', () => {
  const values = new Values(3);
  let made = 0;
  for (let n = 0; n < 4; n++) {
    const source = program(values, 3 + values.below(12));
    const cuts = Array.from({ length: 12 }, (_, k) =>
      2000 * k + values.below(2000));
    made += both(source, [...cuts, 1_000_000]).length;
  }
  expect(made).toBeGreaterThan(4);
}, 60_000);
