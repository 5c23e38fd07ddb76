import { printPlace, visible } from './model.ts';
import { fence, programOf } from './try.ts';

const { final } = programOf({
  'one.md': fence('ts new=src/cpu.ts',
    'export class Cpu {', '  pc = 0;', '  // <<state>>', '',
    '  step(): void {', '    this.pc += 1;', '  }', '}'),
  'two.md': fence('ts edit=src/cpu.ts#Cpu.step',
    'this.pc += 1; // [!code --]', 'this.pc += 2; // [!code ++]')
    + fence('ts slot=state', 'halted = false;'),
});
for (const line of visible(final.get('src/cpu.ts') ?? [])) {
  console.log(`${printPlace(line).padEnd(20)} ${line.text}`);
}
