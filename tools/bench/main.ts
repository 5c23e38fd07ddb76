// npm run bench: our machine beside v86, QEMU and this computer's processor.
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { build, BuildFailed } from './build.ts';
import { chart } from './chart.ts';
import { RunFailed } from './engines/engine.ts';
import { versionOfQemu } from './engines/qemu.ts';
import { versionOfV86 } from './engines/v86.ts';
import { compareCounts, figuresOf, measure, type Runs, whyNot, whyNothing } from './measure.ts';
import { BadUsage, HELP, type Options, parseOptions } from './options.ts';
import { killAll } from './processes.ts';
import { NOTES, ratioTable, timeTable } from './report.ts';
import { type Engine, type Figures, type Row, rowOf, workloadOf } from './stats.ts';
import { job, NAMES, type RowName } from './workloads.ts';

const tell = (text: string): void => { process.stderr.write(`${text}\n`); };

/** Says what is being done: on a terminal in one line, else in lines. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  else tell(text);
}

const clearProgress = (): void => {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
};

/** The engines that can run here; says why others can't. */
function available(engines: readonly Engine[]): Engine[] {
  return engines.filter((engine) => {
    const why = whyNot(engine);
    if (why !== undefined) tell(`bench: without ${engine}: ${why}`);
    return why === undefined;
  });
}

/** Says it if others use this computer: engines that compile in the background
 * then wait longer for their code than they would alone. */
function warnIfBusy(): void {
  const [load = 0] = loadavg();
  if (load > availableParallelism() / 2) {
    tell(`bench: this computer is busy (load ${load.toFixed(1)}): figures will be worse than they are`);
  }
}

/** What figures were made with. */
function setting(engines: readonly Engine[], { rounds, scale }: Options): string {
  const versions = engines.flatMap((engine) =>
    engine === 'v86' ? [`v86 ${versionOfV86()}`] : engine === 'qemu' ? [`QEMU ${versionOfQemu()}`] : []);
  const model = cpus()[0]?.model.trim() ?? 'an unknown processor';
  return [`median, least and most of ${rounds} rounds`, ...(scale === 1 ? [] : [`scale ${scale}`]),
    model, `Node ${process.versions.node}`, ...versions].join(', ');
}

interface Results {
  readonly figures: Map<RowName, Figures>;
  readonly runs: Record<string, Runs>;
  /** How far the counts of ours and v86 lie apart, as parts of the whole. */
  readonly apart: number[];
}

async function runAll(options: Options, engines: readonly Engine[]): Promise<Results> {
  const results: Results = { figures: new Map(), runs: {}, apart: [] };
  for (const name of NAMES) {
    if (!options.rows.some((row) => workloadOf(row) === name)) continue;
    const made = job(name, options.scale);
    progress(`${name}: building`);
    const runs = await measure(made, build(made), engines, options.rounds, progress);
    results.runs[name] = runs;
    for (const [row, figures] of figuresOf(made, runs)) {
      const apart = compareCounts(row, figures);
      if (apart !== undefined) results.apart.push(apart);
      if (options.rows.includes(row)) results.figures.set(row, figures);
    }
  }
  clearProgress();
  return results;
}

/** What is said below the tables. */
function notes(results: Results, note: string): string[] {
  const { apart } = results;
  const percent = (Math.max(...apart) * 100).toPrecision(1);
  const counts = `Instructions: a REP instruction counts once. The counts of ours and v86 differ
by ${percent} % at most (v86 counts late, and faults twice).`;
  return ['', NOTES, ...(apart.length > 0 ? [counts] : []), note];
}

async function bench(options: Options): Promise<void> {
  const engines = available(options.engines);
  if (engines.length === 0) throw new BadUsage('no engine is left');
  const results = await runAll(options, engines);
  const { figures, runs } = results;
  const rows: Row[] = [...figures].map(([name, all]) => rowOf(name, all));
  const note = setting(engines, options);
  if (options.json) console.log(JSON.stringify({ rows }));
  else {
    const ratios = engines.includes('ours') ? [ratioTable(rows), ''] : [];
    console.log([...ratios, timeTable(figures, engines), ...notes(results, note)].join('\n'));
  }
  if (options.svg !== undefined) writeFileSync(options.svg, chart(rows, note));
  if (options.details !== undefined) {
    writeFileSync(options.details, `${JSON.stringify({ setting: note, rows, runs }, null, 1)}\n`);
  }
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) return console.log(HELP);
  const why = whyNothing();
  if (why !== undefined) throw new BuildFailed(`nothing can be built: ${why}`);
  warnIfBusy();
  if (options.browser) {
    const { benchBrowser } = await import('./browser.ts');
    return benchBrowser(options, progress, clearProgress);
  }
  return bench(options);
}

for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]] as const) {
  process.on(signal, () => {
    killAll();
    clearProgress();
    process.exit(code);
  });
}
try {
  await main();
} catch (error) {
  killAll();
  clearProgress();
  const usage = error instanceof BadUsage;
  const known = usage || error instanceof BuildFailed || error instanceof RunFailed;
  if (!known) throw error;
  tell(`bench: ${error.message}${usage ? '; try --help' : ''}`);
  process.exitCode = usage ? 2 : 1;
}
