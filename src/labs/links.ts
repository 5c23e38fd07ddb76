import { posix } from 'node:path';
import ts from 'typescript';
import type { Links, SymbolView } from './view.ts';

const TABLE = 'src/xen/table.ts';
const TRAPS = 'src/xen/x86/traps.ts';
const IDT: SymbolView = { symbol: 'enter', file: 'src/x86/trap.ts' };
const DEATH: SymbolView =
  { symbol: 'escalate', file: 'src/x86/trap.ts' };

/** Which function handles what: read from the sources, from the very
 * table and the very switch by which the hypervisor finds them.
 * @param read the text of a file, by its path in the repository */
export function linksOf(read: (path: string) => string): Links {
  return {
    ...callLinks(parse(TABLE, read(TABLE))),
    ...trapLinks(parse(TRAPS, read(TRAPS))),
    'event fault': IDT, 'event trap': IDT, 'event soft': IDT,
    'event external': IDT, 'event shutdown': DEATH,
  };
}

/** The rows of the hypercall table. */
function callLinks(source: ts.SourceFile): Links {
  const imports = importsOf(source);
  const table = nodes(source, ts.isVariableDeclaration)
    .find(({ name }) => name.getText() === 'handlers')?.initializer;
  if (!table || !ts.isObjectLiteralExpression(table)) {
    throw new Error(`${source.fileName}: no table of handlers`);
  }
  return Object.fromEntries(table.properties.flatMap((row) => {
    const handler = ts.isPropertyAssignment(row)
      ? row.initializer.getText() : row.name?.getText() ?? '';
    const link = imports.get(handler);
    const name = row.name?.getText();
    return link && name ? [[`hypercall ${name}`, link]] : [];
  }));
}

const VECTORS = 32;

/** The cases of the switch over an exception's vector. */
function trapLinks(source: ts.SourceFile): Links {
  const home = nodes(source, ts.isFunctionDeclaration)
    .find(({ name }) => name?.text === 'handleTrap');
  const [cases] = home ? nodes(home, ts.isCaseBlock) : [];
  if (!cases) throw new Error(`${source.fileName}: no handleTrap`);
  const link = (clause: ts.CaseOrDefaultClause): SymbolView => {
    const [call] = nodes(clause, ts.isReturnStatement)
      .flatMap((back) => nodes(back, ts.isCallExpression));
    const symbol = call?.expression.getText() ?? 'handleTrap';
    return { symbol, file: source.fileName };
  };
  const other = cases.clauses.find(ts.isDefaultClause);
  const all = Array.from({ length: VECTORS }, (_, vector) => {
    const clause = cases.clauses.find((c) => ts.isCaseClause(c)
      && c.expression.getText() === String(vector)) ?? other;
    return clause ? [[`trap ${vector}`, link(clause)] as const] : [];
  });
  return Object.fromEntries(all.flat());
}

const parse = (path: string, text: string): ts.SourceFile =>
  ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);

/** Where each imported name comes from. */
function importsOf(source: ts.SourceFile): Map<string, SymbolView> {
  const folder = posix.dirname(source.fileName);
  const found = source.statements.filter(ts.isImportDeclaration)
    .flatMap(({ importClause, moduleSpecifier }) => {
      const named = importClause?.namedBindings;
      if (!named || !ts.isNamedImports(named)) return [];
      if (!ts.isStringLiteral(moduleSpecifier)) return [];
      const file = posix.join(folder, moduleSpecifier.text);
      return named.elements.map(({ name, propertyName }) => {
        const symbol = (propertyName ?? name).text;
        return [name.text, { symbol, file }] as const;
      });
    });
  return new Map(found);
}

/** All nodes of a file of one kind, in order. */
function nodes<T extends ts.Node>(
  root: ts.Node, is: (node: ts.Node) => node is T,
): T[] {
  const found: T[] = is(root) ? [root] : [];
  ts.forEachChild(root, (child) => {
    found.push(...nodes(child, is));
  });
  return found;
}
