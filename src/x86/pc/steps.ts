import { readFileSync } from 'node:fs';
import { Timeline } from '../../machine/replay.ts';
import { Pc, pcHash } from './board.ts';
import { assembled, loadFlat } from './image.ts';
import { PcMachine } from './rewind.ts';

const [file = ''] = process.argv.slice(2);
const pc = new Pc({
  memory: 64 * 2 ** 20, serial: () => {}, ports: new Map(),
});
const image = assembled(readFileSync(file), 0x8000, false);
loadFlat(pc, image, 0x8000, false);

let copied = 0, executed = 0;
const copy = pc.phys.copy.bind(pc.phys);
pc.phys.copy = (pfn) => {
  copied++;
  return copy(pfn);
};
class Counted extends PcMachine {
  override runTo(n: number): boolean {
    const before = this.now();
    const done = super.runTo(n);
    executed += this.now() - before;
    return done;
  }
}

const log = Array.from('constantine', (keys, i) =>
  ({ at: 500_000 * (i + 1), what: { keys } }));
const line = new Timeline(
  new Counted(pc), log, { wide: 100_000, fine: 50, most: 64 });

const report = (what: string): void => {
  console.log(`${what}: ${executed} instructions, ${copied} pages`);
  executed = 0;
  copied = 0;
};
line.seek(5_900_000);
const hash = pcHash(pc);
report('there');
for (let n = 0; n < 1000; n++) line.back(1);
report('1,000 steps back');
line.forward(1000);
report('and forward');
line.seek(1000);
report('near the beginning');
line.seek(5_900_000);
report('and there again');
console.log(`the same state: ${pcHash(pc) === hash ? 'yes' : 'no'}`);
