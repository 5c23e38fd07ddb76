import { readFileSync } from 'node:fs';
import { allSteps } from '../../machine/record/template.ts';
import { StraightWriter } from '../../machine/record/straight.ts';
import { load, trace } from '../bare.ts';
import { explain } from '../explain.ts';
import { EIP } from '../state.ts';
import { onPaper } from './paper.ts';

const [file = ''] = process.argv.slice(2);
const cpu = load(readFileSync(file, 'utf8'));
const places = new Map<number, { said: number; left: number }>();
let [executed, said, left, bytes] = [0, 0, 0, 0];
for (const insn of trace(cpu)) {
  const at = cpu.get(EIP);
  let place = places.get(at);
  if (!place) {
    const template = onPaper(insn, cpu.state);
    bytes += new StraightWriter(EIP).write(template).bytes.length;
    place = {
      said: explain(insn).filter((l) => / = i32\./.test(l)).length,
      left: [...allSteps(template.steps)].filter((step) =>
        step.kind === 'let' && step.node.uses > 0).length,
    };
    places.set(at, place);
  }
  executed++;
  said += place.said;
  left += place.left;
}
console.log(`instructions executed: ${executed}`);
console.log(`meanings asked on paper: ${places.size}`);
console.log(`operations said: ${said}, left on paper: ${left}`);
console.log(`bytes of WebAssembly: ${bytes}`);
