// Who may import whom. The machine knows no architecture, an architecture no
// hypervisor, the hypervisor's common part no architecture; dom0 sees the
// hypervisor's public interface and nothing else of it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? sources(path) : [path];
    })
    .filter((path) => path.endsWith('.ts') && !/\.(test|kit)\.ts$/.test(path));
}

function importsOf(from: string): Import[] {
  const text = readFileSync(join(root, from), 'utf8');
  const source = ts.createSourceFile(from, text, ts.ScriptTarget.Latest);
  return source.statements.flatMap((s) => {
    const named = ts.isImportDeclaration(s) || ts.isExportDeclaration(s);
    if (!named || !s.moduleSpecifier || !ts.isStringLiteral(s.moduleSpecifier)) return [];
    const name = s.moduleSpecifier.text;
    if (!name.startsWith('.')) return [];
    const to = normalize(join(dirname(from), name)).replaceAll('\\', '/');
    return [{ from, to, typeOnly: isTypeOnly(s) }];
  });
}

function isTypeOnly(s: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(s)) return s.isTypeOnly;
  const clause = s.importClause;
  if (!clause) return false;
  const named = clause.namedBindings;
  return clause.phaseModifier === ts.SyntaxKind.TypeKeyword
    || (!clause.name && named !== undefined && ts.isNamedImports(named)
      && named.elements.every((e) => e.isTypeOnly));
}

const all = sources('src').flatMap(importsOf);

/** Imports from a room that lead elsewhere than it may. */
function strays(
  room: RegExp, allowed: readonly RegExp[], typesFrom: readonly RegExp[] = [],
): string[] {
  return all
    .filter(({ from }) => room.test(from))
    .filter(({ to, typeOnly }) => ![...allowed, ...(typeOnly ? typesFrom : [])]
      .some((r) => r.test(to)))
    .map(({ from, to }) => `${from} imports ${to}`);
}

const machine = /^src\/machine\//;
const x86 = /^src\/x86\//;
const pub = /^src\/xen\/public\//;
const common = /^src\/xen\/common\//;

test('every import leads to a file', () => {
  expect(all.filter(({ to }) => !existsSync(join(root, to)))).toEqual([]);
  expect(all.length).toBeGreaterThan(100);
});

test('machine imports nothing of ours', () => {
  expect(strays(machine, [machine])).toEqual([]);
});

test('an architecture imports the machine', () => {
  expect(strays(x86, [x86, machine])).toEqual([]);
});

test('the public interface imports itself only', () => {
  expect(strays(pub, [pub])).toEqual([]);
});

// src/xen/arch.ts names the architecture of this build, as the `asm/` folder
// of Xen's headers does; common reaches an architecture through it alone.
test('xen/common knows no architecture', () => {
  const arch = /^src\/xen\/arch\.ts$/;
  expect(strays(common, [common, pub, arch], [machine])).toEqual([]);
});

test('xen/x86 imports common, its architecture and the machine', () => {
  expect(strays(/^src\/xen\/x86\//, [/^src\/xen\/x86\//, common, pub, x86, machine])).toEqual([]);
});

// xl is also the program that starts the simulated host, looks at it from
// outside (`--trace exec`) and takes it back and forth (`--record`, `replay`);
// what runs inside dom0 may not.
test('dom0 uses the public interface; only xl starts, traces and rewinds the host', () => {
  const dom0 = /^src\/dom0\//;
  expect(strays(/^src\/dom0\/(?!xl\/)/, [dom0, pub])).toEqual([]);
  expect(strays(/^src\/dom0\/xl\//, [dom0, pub, x86, machine, /^src\/xen\/(boot|arch|snapshot)\.ts$/], [common])).toEqual([]);
});

test('nobody imports the labs or the literate tool', () => {
  const others = /^src\/(?!lit\/|labs\/)/;
  expect(all.filter(({ from, to }) => others.test(from) && /^src\/(lit|labs)\//.test(to))).toEqual([]);
});
