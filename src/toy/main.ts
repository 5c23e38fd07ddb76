import { library } from './guests.ts';
import { makeToy, step, type Toy } from './machine.ts';
import { makeGuest, runGuests } from './monitor.ts';

/** The console: whatever comes out of port 0xe9. */
function print(port: number, byte: number): void {
  if (port === 0xe9) process.stdout.write(String.fromCharCode(byte));
}

function named(name: string): Uint8Array {
  const program = library.get(name);
  if (!program) throw new Error(`there is no program ${name}`);
  return program;
}

/** Alone on the machine, from address zero to HLT. */
function runBare(m: Toy, program: Uint8Array): void {
  m.memory.set(program);
  while (!m.halted) {
    const trap = step(m);
    if (trap) throw trap;
  }
  console.log(`\nretired: ${m.retired}`);
}

/** Together, as guests, each in 4 KiB of its own. */
function runMonitored(m: Toy, names: string[]): void {
  const guests = names.map((name, i) =>
    makeGuest(m, name, 0x1000 * (i + 1), 0x1000, named(name)));
  runGuests(m, guests, 10);
  for (const { name, console: said, ended, ...n } of guests) {
    const counts = `retired ${n.retired}, traps ${n.traps}`;
    console.log(`\n${name}: "${said}" ${ended}; ${counts}`);
  }
}

const words = process.argv.slice(2);
const names = words.filter((word) => !word.startsWith('--'));
const machine = makeToy(0x10000, print);
machine.kind = !words.includes('--unkind');
if (words.includes('--monitor')) runMonitored(machine, names);
else runBare(machine, named(names[0] ?? 'counting'));
