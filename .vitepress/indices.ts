// The indices: files, names, hypercalls, exercises, and a concordance to Xen,
// all of it read off the program and the comments in it.
import { declarations } from '../src/lit/symbols.ts';
import { exercisesOf } from '../src/lit/exercises.ts';
import { type Block, type Line, visible } from '../src/lit/model.ts';
import { citations } from './citations.ts';
import { type Histories, historiesOf } from './history.ts';
import { currentModel, type PageModel } from './page-model.ts';
import { placeOf } from './places.ts';

export interface IndexPage {
  params: { name: string; title: string };
  content: string;
}

/** All index pages of the book as it stands on disk. */
export function indexPages(): IndexPage[] {
  const model = currentModel();
  const histories = historiesOf(model.program);
  const pages: [name: string, title: string, about: string, body: string][] = [
    ['files', 'Files', 'Every file of the program, where it begins, and the chapters that go on with it.',
      fileIndex(model)],
    ['symbols', 'Names', 'Functions, classes, types and constants that a file exports, where each is defined and which later blocks change it. For members of classes, choose “names” at a block.',
      symbolIndex(model, histories)],
    ['hypercalls', 'Hypercalls', 'By number, then their sub-operations. A name leads to its number; a call without a handler answers that it is not there.',
      hypercallIndex(model, histories)],
    ['exercises', 'Exercises', 'In book order. The name is what `npm run ex -- start` takes.',
      exerciseIndex(model)],
    ['xen', 'Concordance to Xen', 'Names and files of Xen’s own source that comments in ours cite, then its public interface as we define it: a name leads to its definition.',
      concordance(model, histories)],
  ];
  return pages.map(([name, title, about, body]) => ({
    params: { name, title },
    content: `# ${title}\n\n${about}\n\n<div v-pre class="rf-index">\n${body}\n</div>\n`,
  }));
}

const e = (text: string): string => text.replaceAll('&', '&amp;')
  .replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const code = (text: string): string => `<code>${e(text)}</code>`;

/** A link to a block. */
function link(model: PageModel, block: Block, text?: string): string {
  const { href, label } = placeOf(model, block);
  return `<a href="../${e(href)}">${text ?? e(label)}</a>`;
}

/** Links to several, one for each page; `max` of them. */
function links(model: PageModel, blocks: Iterable<Block>, max = 8): string {
  const first = new Map<string, Block>();
  for (const block of [...blocks].sort((a, b) => a.order - b.order)) {
    if (block.kind !== 'solution' && !first.has(block.file)) first.set(block.file, block);
  }
  const all = [...first.values()];
  const more = all.length > max ? `, and ${all.length - max} more` : '';
  return all.slice(0, max).map((b) => link(model, b)).join('; ') + more;
}

function table(heads: string[], rows: string[][]): string {
  const row = (cells: string[], tag: string): string =>
    `<tr>${cells.map((c) => `<${tag}>${c}</${tag}>`).join('')}</tr>`;
  return `<div class="rf-wide" tabindex="0" role="region" aria-label="${e(heads[0] ?? '')}">`
    + `<table><thead>${row(heads, 'th')}</thead>\n`
    + `<tbody>${rows.map((r) => row(r, 'td')).join('\n')}</tbody></table></div>`;
}

const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path);

function fileIndex(model: PageModel): string {
  const touched = new Map<string, Block[]>();
  for (const { path, block } of model.program.steps) {
    if (!path || block.kind === 'show') continue;
    touched.set(path, [...(touched.get(path) ?? []), block]);
  }
  const paths = [...model.program.final.keys()].filter((p) => touched.has(p)).sort();
  const rows = (wanted: string[]): string[][] => wanted.map((path) => {
    const [first, ...rest] = touched.get(path) ?? [];
    const lines = visible(model.program.final.get(path) ?? []).length;
    return [code(path), String(lines), first ? link(model, first) : '',
      links(model, rest.filter((b) => b.file !== first?.file))];
  });
  const heads = ['File', 'Lines', 'Begins in', 'Goes on in'];
  return `<h2 id="program">The program</h2>\n${table(heads, rows(paths.filter((p) => !isTest(p))))}\n`
    + `<h2 id="tests">Its tests</h2>\n${table(heads, rows(paths.filter(isTest)))}`;
}

function symbolIndex(model: PageModel, histories: Histories): string {
  const exported = new Set([...model.program.final].flatMap(([path, lines]) =>
    declarations(path, lines).filter((d) => !d.name.includes('.')
      && lines.slice(d.start, d.end).some((l) => /^export /.test(l.text)))
      .map((d) => `${path}#${d.name}`)));
  const all = [...histories].filter(([key, n]) => n.alive && exported.has(key) && !isTest(n.path))
    .map(([, n]) => n)
    .sort((a, b) => a.name.localeCompare(b.name, 'en') || a.path.localeCompare(b.path, 'en'));
  const letters = new Map<string, string[]>();
  for (const { name, path, born, blocks } of all) {
    const letter = (/[A-Za-z]/.exec(name)?.[0] ?? '#').toUpperCase();
    const changed = blocks.filter((b) => b !== born && b.order > born.order);
    const item = `<li>${code(name)} <span>${e(path.replace(/^src\//, ''))}</span> ${link(model, born)}`
      + `${changed.length > 0 ? `; changed: ${changed.map((b) => link(model, b)).join(', ')}` : ''}</li>`;
    letters.set(letter, [...(letters.get(letter) ?? []), item]);
  }
  const jump = [...letters.keys()].sort().map((l) => `<a href="#letter-${l.toLowerCase()}">${l}</a>`);
  return `<p class="rf-letters">${jump.join(' ')}</p>\n${[...letters].sort(([a], [b]) => a < b ? -1 : 1)
    .map(([l, items]) => `<h2 id="letter-${l.toLowerCase()}">${l}</h2>\n<ul>\n${items.join('\n')}\n</ul>`)
    .join('\n')}`;
}

/** A constant table's entries, `name: number`, in order. */
function entries(
  model: PageModel, path: string, table: string,
): { name: string; value: string; line: Line }[] {
  const lines = model.program.final.get(path) ?? [];
  const range = declarations(path, lines).find((d) => d.name === table);
  if (!range) return [];
  return lines.slice(range.start, range.end).flatMap((line) =>
    [...line.text.replace(/\/\*.*?\*\/|\/\/.*/g, '').matchAll(/\b(\w+): (-?0x[\da-f_]+|-?\d+)/g)]
      .map(([, name = '', value = '']) => ({ name, value, line })));
}

const CALLS = 'src/xen/public/xen.ts';
const TABLE = 'src/xen/table.ts';

function hypercallIndex(model: PageModel, histories: Histories): string {
  const table1 = entries(model, CALLS, 'HYPERVISOR');
  const handlers = handlersOf(model);
  const rows = table1.map(({ name, value, line }) => {
    const handler = handlers.get(name);
    const defined = handler && [...histories.values()].find((n) =>
      n.name === handler.name && n.alive && n.kind !== 'PropertyAssignment'
      && !isTest(n.path) && n.path.startsWith('src/xen/'));
    return [value, link(model, line.block, code(name)),
      handler ? code(handler.name) : 'none',
      defined ? link(model, defined.born) : '',
      handler ? link(model, handler.line.block) : ''];
  });
  return `<h2 id="calls">Calls</h2>\n${table(
    ['Number', 'Call', 'Handler', 'Defined in', 'Joins the table in'], rows)}\n`
    + `<h2 id="operations">Sub-operations</h2>\n${operations(model)}`;
}

function handlersOf(model: PageModel): Map<string, { name: string; line: Line }> {
  const lines = visible(model.program.final.get(TABLE) ?? []);
  const start = lines.findIndex((l) => l.text.includes('handlers:'));
  const end = lines.findIndex((l, i) => i > start && l.text.startsWith('}'));
  const found = lines.slice(start + 1, end).flatMap((line) => {
    const [, name, handler] = /^\s*(\w+)(?:: (\w+))?,/.exec(line.text) ?? [];
    return name === undefined ? [] : [[name, { name: handler ?? name, line }] as const];
  });
  return new Map(found);
}

/** Every `XOP.name` of the public interface with its uses. */
function operations(model: PageModel): string {
  const uses = usesOf(model);
  const rows = publicTables(model).filter(({ table: t }) => /OP$|CTL$|^MMUEXT$/.test(t))
    .flatMap(({ path, table: t }) => entries(model, path, t).map(({ name, value, line }) =>
      [value, link(model, line.block, code(`${t}.${name}`)),
        links(model, uses.get(`${t}.${name}`) ?? [])]));
  return table(['Number', 'Operation', 'Used in'], rows);
}

function publicTables(model: PageModel): { path: string; table: string }[] {
  return [...model.program.final].filter(([path]) =>
    path.startsWith('src/xen/public/') && !isTest(path))
    .flatMap(([path, lines]) => declarations(path, lines)
      .filter((d) => d.kind === 'VariableDeclaration' && !d.name.includes('.'))
      .map((d) => ({ path, table: d.name })));
}

/** The blocks that name `X.y` or `X` outside its own definition. */
function usesOf(model: PageModel): Map<string, Set<Block>> {
  const uses = new Map<string, Set<Block>>();
  for (const [path, lines] of model.program.final) {
    if (!/^src\/(xen|dom0|guests)\//.test(path) || isTest(path)) continue;
    if (path.startsWith('src/xen/public/')) continue;
    for (const line of lines) {
      if (/^\s*(import|export) .* from |^\s*[\w, ]+\} from /.test(line.text)) continue;
      for (const [name] of line.text.matchAll(/\b[A-Z]\w*(?:\.\w+)?\b/g)) {
        uses.set(name, (uses.get(name) ?? new Set()).add(line.block));
      }
    }
  }
  return uses;
}

function exerciseIndex(model: PageModel): string {
  const titles = new Map(model.program.book.chapters.map((c) => [c.slug, c.title]));
  return table(['Exercise', 'Name', 'Chapter', 'Replaces'],
    exercisesOf(model.program).map((x) => [
      link(model, x.block, e(x.title)), code(x.id), e(titles.get(x.slug) ?? x.slug),
      x.replaces ? `${code(x.replaces.symbol)} in ${code(x.replaces.path)}` : '–']));
}

function concordance(model: PageModel, histories: Histories): string {
  const cited = citations(model.program.final);
  const row = ([name, at]: [string, { name: string; line: Line }[]]): string[] =>
    [code(name), at.map(({ name: ours, line }) =>
      `${ours ? `${code(ours)}, ` : ''}${link(model, line.block)}`).join('; ')];
  const sorted = <T>(map: ReadonlyMap<string, T>): [string, T][] =>
    [...map].sort(([a], [b]) => a.localeCompare(b, 'en'));
  return `<h2 id="names">Xen’s names</h2>\n${table(['In Xen', 'In the book'], sorted(cited.names).map(row))}\n`
    + `<h2 id="files">Xen’s files</h2>\n${table(['In Xen', 'In the book'], sorted(cited.files).map(row))}\n`
    + `<h2 id="interface">The public interface</h2>\n${publicIndex(model, histories)}`;
}

function publicIndex(model: PageModel, histories: Histories): string {
  const uses = usesOf(model);
  const files = new Map<string, string[]>();
  for (const { path, table: t } of publicTables(model)) {
    files.set(path, [...(files.get(path) ?? []), t]);
  }
  return [...files].sort(([a], [b]) => a.localeCompare(b, 'en')).map(([path, tables]) => {
    const rows = tables.flatMap((t) => {
      const own = histories.get(`${path}#${t}`);
      const members = entries(model, path, t);
      const head = [own ? link(model, own.born, code(t)) : code(t), links(model, uses.get(t) ?? [], 4)];
      return [head, ...members.map(({ name, line }) => [
        link(model, line.block, code(`${t}.${name}`)),
        links(model, uses.get(`${t}.${name}`) ?? [], 4)])];
    });
    return `<h3 id="${e(path.replace(/[^\w]+/g, '-'))}">${code(path)}</h3>\n${
      table(['Name', 'Used in'], rows)}`;
  }).join('\n');
}
