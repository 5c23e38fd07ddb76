import inspector from 'node:inspector';
import ts from 'typescript';

/** The files that hold validation, by group, under src/xen. */
export const groups: Record<string, readonly string[]> = {
  'entry and guest memory': ['common/hypercall', 'common/multicall',
    'common/guest-access', 'common/domain', 'common/frames'],
  'page tables': ['x86/mm', 'x86/mmu-update', 'x86/mmuext',
    'x86/pt-update', 'x86/va-mapping'],
  'descriptors and callbacks': ['x86/gdt', 'x86/ldt',
    'x86/descriptors', 'x86/callbacks', 'x86/registers'],
  memory: ['common/memory', 'common/exchange'],
  grants: ['common/grant', 'x86/grant'],
  events: ['common/event'],
  'virtual CPUs': ['common/vcpu-op', 'common/sched-op',
    'x86/context', 'x86/iret'],
  'control and the rest': ['common/domctl', 'common/console-io',
    'common/version', 'common/vm-assist', 'x86/physdev'],
};


interface Block { from: number; to: number; count: number }
interface Outcome { text: string; times: number }

/** How often the code at a place has run. */
type Count = (at: ts.Node) => number;

function countIn(blocks: readonly Block[], file: ts.SourceFile): Count {
  return (node) => {
    const at = node.getStart(file);
    const around = blocks.filter((b) => b.from <= at && at < b.to);
    return around.reduce((a, b) =>
      b.to - b.from <= a.to - a.from ? b : a,
    { from: 0, to: Infinity, count: 0 }).count;
  };
}

const lazy = new Set([ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken, ts.SyntaxKind.QuestionQuestionToken]);

/** A loop's condition runs more often than what is around it. */
function inLoop(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isBinaryExpression(parent)) return inLoop(parent);
  return (ts.isWhileStatement(parent) && parent.expression === node)
    || (ts.isForStatement(parent) && parent.condition === node);
}

/** Not a check of the guest's but of the hypervisor's own mind. */
const own = (text: string): boolean =>
  /^if\(.*\)throw new Error\(/.test(text)
    || text.startsWith('if(thrown instanceof ');

/** The counts of the ways on from this node. */
function ways(node: ts.Node, count: Count): number[] {
  if (ts.isIfStatement(node)) {
    const yes = count(node.thenStatement);
    return [yes, node.elseStatement ? count(node.elseStatement)
      : count(node) - yes];
  }
  if (ts.isConditionalExpression(node)) {
    return [count(node.whenTrue), count(node.whenFalse)];
  }
  if (ts.isBinaryExpression(node)
    && lazy.has(node.operatorToken.kind)) {
    const right = count(node.right);
    return inLoop(node) ? [right]
      : [right, count(node.left) - right];
  }
  if (ts.isCaseOrDefaultClause(node) && node.statements[0]) {
    return [count(node.statements[0])];
  }
  return [];
}


function outcomesOf(source: string, blocks: Block[]): Outcome[] {
  const file = ts.createSourceFile(
    'x.js', source, ts.ScriptTarget.ESNext, true);
  const count = countIn(blocks, file);
  const all: Outcome[] = [];
  const visit = (node: ts.Node): void => {
    const text = node.getText(file).replace(/\s+/g, ' ').slice(0, 90);
    if (own(text)) return;
    ways(node, count).forEach((times, i) =>
      all.push({ text: `${i === 0 ? 'yes' : 'no'}: ${text}`, times }));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return all;
}


const session = new inspector.Session();
const sources = new Map<string, string>();

/** Begin to count; before the modules in question are loaded. */
export function startCoverage(): void {
  session.connect();
  session.on('Debugger.scriptParsed', ({ params }) => {
    if (params.url.includes('/src/xen/')) {
      sources.set(params.url, params.scriptId);
    }
  });
  session.post('Debugger.enable');
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage',
    { callCount: true, detailed: true });
}

function sourceOf(scriptId: string): string {
  let source = '';
  session.post('Debugger.getScriptSource', { scriptId },
    (_error, result) => { source = result?.scriptSource ?? ''; });
  return source;
}


/** The outcomes in each file under src/xen. */
function takeCoverage(): Map<string, Outcome[]> {
  const all = new Map<string, Outcome[]>();
  session.post('Profiler.takePreciseCoverage', (_error, taken) => {
    for (const { url, scriptId, functions } of taken.result) {
      if (!sources.has(url)) continue;
      const blocks = functions.flatMap((f) => f.ranges.map((r) =>
        ({ from: r.startOffset, to: r.endOffset, count: r.count })));
      all.set(url.replace(/.*\/src\/xen\//, '').replace('.ts', ''),
        outcomesOf(sourceOf(scriptId), blocks));
    }
  });
  return all;
}

const share = (n: number, of: number): string =>
  `${n} of ${of} (${(100 * n / of).toFixed(1)} %)`;

/** Print what was reached, by group. */
export function printCoverage(list: boolean): void {
  const all = takeCoverage();
  let [reached, total] = [0, 0];
  for (const [group, files] of Object.entries(groups)) {
    const outcomes = files.flatMap((f) => (all.get(f) ?? []).map((o) =>
      ({ ...o, text: `${f} ${o.text}` })));
    const missed = outcomes.filter((o) => o.times <= 0);
    const hit = outcomes.length - missed.length;
    reached += hit;
    total += outcomes.length;
    console.log(`${group.padEnd(26)} ${share(hit, outcomes.length)}`);
    if (list) missed.forEach((o) => console.log(`    ${o.text}`));
  }
  console.log(`branches of the validation: ${share(reached, total)}`);
}
