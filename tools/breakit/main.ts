// npm run break: takes every refusal of the validation code away, one at a
// time, and runs the attack that it stops.
import { parseArgs } from 'node:util';
import { checkIntact, checkLines, checkLists, type Lists, type Outcome } from './gate.ts';
import { listRefusals, unlisted } from './lines.ts';
import { exemptions } from '../../src/xen/attacks/exempt.ts';
import { openArena } from './program.ts';

const USAGE = `usage: npm run break -- [options]
  Takes each refusal of the hypervisor away, one at a time, also where a
  value is mended instead. Without it its attack must reach something that
  a guest must not reach; with it the attack must be refused.
  --only TEXT   only lines whose name contains TEXT: mm.ts#getL2e
  --every N     only every Nth line: a quick look
  --list        name the lines and their attacks, and run nothing
  --quiet       print only what is wrong, and the sum
  --help        this text
`;

interface Options {
  readonly only: string;
  readonly every: number;
  readonly list: boolean;
  readonly quiet: boolean;
}

function options(): Options | undefined {
  const { values } = parseArgs({ options: {
    only: { type: 'string', default: '' }, every: { type: 'string', default: '1' },
    list: { type: 'boolean', default: false }, quiet: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  } });
  if (values.help) return undefined;
  const every = Number(values.every);
  if (!Number.isInteger(every) || every < 1) throw new Error('--every takes a number from 1');
  return { only: values.only, every, list: values.list, quiet: values.quiet };
}

function printList({ refusals, attacks }: Lists): void {
  for (const [chapter, list] of refusals) {
    console.log(`${chapter}: ${list.length} refusals`);
    for (const r of list) {
      const attack = Object.values(attacks).flat().find((a) => a.stops.includes(r.id));
      const exemption = exemptions.find((e) => e.line === r.id);
      console.log(`  ${r.id}  ${r.text}\n    ${attack?.name ?? exemption?.why ?? 'nothing'}`);
    }
  }
}

function tell(o: Outcome, quiet: boolean): void {
  if (o.problem) console.log(`FAIL ${o.subject}: ${o.problem}`);
  else if (!quiet && o.kind !== 'intact') {
    console.log(`ok   ${o.subject}: ${o.reached ?? 'exempt'}`);
  }
}

function run({ only, every, list, quiet }: Options): number {
  const root = process.cwd();
  const arena = openArena(root);
  const lists: Lists = { refusals: listRefusals(root), attacks: arena.attacks, exemptions };
  if (list) {
    printList(lists);
    return 0;
  }
  let n = 0;
  const wanted = (id: string): boolean => id.includes(only) && n++ % every === 0;
  const counts = { attack: 0, exempt: 0, intact: 0, list: 0, failed: 0 };
  const hear = (o: Outcome): void => {
    counts[o.kind]++;
    if (o.problem) counts.failed++;
    tell(o, quiet);
  };
  checkLists(lists).forEach(hear);
  for (const file of unlisted(root)) {
    hear({ subject: file, chapter: '', kind: 'list', problem: 'refuses, and is in no list' });
  }
  for (const o of checkIntact(lists, arena)) hear(o);
  for (const o of checkLines(lists, arena, wanted)) hear(o);
  if (counts.attack + counts.exempt === 0) throw new Error(`no line matches “${only}”`);
  console.log(`${counts.attack} lines with an attack, ${counts.exempt} exempt, `
    + `${counts.intact} attacks refused by the whole program, ${counts.failed} failed`);
  return counts.failed;
}

try {
  const chosen = options();
  if (chosen) process.exitCode = run(chosen) > 0 ? 1 : 0;
  else process.stdout.write(USAGE);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
