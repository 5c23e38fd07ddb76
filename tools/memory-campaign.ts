// `npm run campaign:memory`: how much memory
// the translator takes for so many regions that are all alive, and whether a
// guest that rewrites its code over and over makes it grow.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { commandLine } from '../src/machine/command-line.ts';
import { Cpu } from '../src/x86/cpu.ts';
import { sharedPhys, translate } from '../src/x86/fast/fast.ts';
import { TUNING } from '../src/x86/fast/translator.ts';
import { assembleProgram } from '../src/x86/program.ts';
import { EIP, ESP, flat } from '../src/x86/state.ts';

const HELP = `usage: npm run campaign:memory -- [options]

  --regions N    regions that are to be alive at once (default 8000)
  --rewrites N   times that a guest changes its code (default 200000; 0: not
                 tried)
  --help         show this text

Prints what the process holds beside guest RAM, in MB of 10^6 bytes.
Ends with 1 if the regions take over 100 MB, or if rewriting grows.`;

const RAM = 16 * 2 ** 20;
const ORIGIN = 0x1000;
const LIMIT = 100;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Megabytes that the process has in memory, when it has settled: V8 compiles
 * hot functions in the background and needs room for that meanwhile. */
async function resident(): Promise<number> {
  let [last, now] = [Infinity, 0];
  for (let n = 0; n < 20 && Math.abs(last - now) > 0.5; n++) {
    last = now;
    collect();
    await new Promise((resolve) => { setTimeout(resolve, 500); });
    now = process.memoryUsage.rss() / 1e6;
  }
  return now;
}

/** A processor with a program in it, at its first instruction. */
function start(source: string): { cpu: Cpu; t: ReturnType<typeof translate> } {
  const cpu = new Cpu(sharedPhys(RAM));
  flat(cpu.state);
  const { bytes } = assembleProgram(source, { origin: ORIGIN, mode: 32 });
  cpu.phys.writeBytes(ORIGIN, bytes);
  cpu.set(EIP, ORIGIN);
  cpu.set(ESP, RAM - 0x1000);
  return { cpu, t: translate(cpu) };
}

/** `count` functions, no two alike, each called `times` times. */
function functions(count: number, times: number): string {
  const body = (n: number): string => `f${n}: mov ecx, ${2 + n % 3}
l${n}: add eax, ${n * 2654435761 % 65536}
  xor edx, eax
  ror eax, ${1 + n % 31}
  test edx, ${1 << n % 30}
  jz s${n}
  lea ebx, [ebx+edx*4+${n}]
s${n}: dec ecx
  jnz l${n}
  ret`;
  const all = Array.from({ length: count }, (_, n) => n);
  return [`  mov esi, ${times}`, `again: mov edi, ${count}`,
    'next: push esi', '  call dword ptr [table+edi*4-4]', '  pop esi',
    '  dec edi', '  jnz next', '  dec esi', '  jnz again', '  cli', '  hlt',
    ...all.map(body), 'table:', ...all.map((n) => `  .long f${n}`)].join('\n');
}

/** Changes an immediate of a loop, runs the loop, and so on. */
const rewriting = (times: number): string => `  mov esi, ${times}
again: mov dword ptr [patch+1], esi
  mov ecx, 50
patch: mov eax, 0
  add edx, eax
  dec ecx
  jnz patch
  dec esi
  jnz again
  cli
  hlt`;

/** A function and its loop get a region each, but for some that have one
 * for both. */
const FUNCTIONS_A_REGION = 0.56;

async function liveRegions(count: number): Promise<boolean> {
  const many = Math.ceil(count * FUNCTIONS_A_REGION);
  const { cpu, t } = start(functions(many, 2 * TUNING.threshold));
  const bytes = new Map<number, number>();
  t.regions.watcher = (pc, _region, n) => { bytes.set(pc, n); };
  const before = await resident();
  cpu.run();
  const after = await resident();
  const code = [...bytes.values()].reduce((a, b) => a + b, 0);
  const each = (after - before) / bytes.size;
  console.log(`${bytes.size} regions, ${(code / 1e6).toFixed(1)} MB of WebAssembly:`
    + ` the process grew by ${(after - before).toFixed(1)} MB,`
    + ` ${(each * 1000).toFixed(1)} kB each, ${cpu.retired} instructions`);
  return bytes.size >= count && after - before < LIMIT;
}

async function rewritesForEver(times: number): Promise<boolean> {
  const { cpu, t } = start(rewriting(times));
  const goal = times * 200;
  const sizes: number[] = [];
  let stop = 'limit';
  for (let part = 1; part <= 4 && stop === 'limit'; part++) {
    stop = cpu.run(goal * part / 4);
    sizes.push(await resident());
  }
  console.log(`${times} rewrites, ${t.counts.dropped} times code was dropped, table of`
    + ` ${t.table.length}: ${sizes.map((s) => s.toFixed(1)).join(', ')} MB after each quarter`);
  // In the first half V8 is still at work on us.
  const [half = 0, last = 0] = [sizes[1], sizes.at(-1)];
  return last - half < 10;
}

async function main(): Promise<void> {
  const { regions, rewrites } =
    commandLine(HELP, { regions: 8000, rewrites: 200_000 }).values;
  const small = await liveRegions(regions);
  const steady = rewrites === 0 || await rewritesForEver(rewrites);
  if (!small) console.error(`over ${LIMIT} MB, or fewer regions than wanted`);
  if (!steady) console.error('rewriting grows');
  process.exitCode = small && steady ? 0 : 1;
}

await main();
