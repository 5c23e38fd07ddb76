import ts from 'typescript';
import type { Line } from './model.ts';

/** A named declaration: lines from 0, `end` is past the last. */
export interface Declaration {
  /** Qualified: `Cpu.step`, `outer.inner`. */
  readonly name: string;
  /** With the comment that belongs to it. */
  readonly start: number;
  readonly end: number;
  readonly kind: string;
}

const cache = new WeakMap<readonly Line[], Declaration[]>();

/** Every declaration of a file; empty for unknown languages. */
export function declarations(
  path: string, lines: readonly Line[],
): readonly Declaration[] {
  let found = cache.get(lines);
  if (!found) {
    const texts = lines.map((line) => line.text);
    found = /\.[cm]?[jt]sx?$/.test(path)
      ? scriptDeclarations(path, texts.join('\n'))
      : labelDeclarations(texts);
    cache.set(lines, found);
  }
  return found;
}

/** The line ranges that a qualified name stands for. */
export function findSymbol(
  path: string, lines: readonly Line[], name: string,
): Declaration[] {
  return declarations(path, lines).filter((d) => d.name === name);
}

/** The innermost declaration around a line (from 0). */
export function enclosing(
  path: string, lines: readonly Line[], at: number,
): Declaration | undefined {
  return declarations(path, lines)
    .filter((d) => d.start <= at && at < d.end)
    .reduce<Declaration | undefined>((best, d) =>
      !best || d.end - d.start <= best.end - best.start ? d : best,
    undefined);
}

function scriptDeclarations(path: string, text: string): Declaration[] {
  const source = ts.createSourceFile(
    path, text, ts.ScriptTarget.Latest, false);
  const found: Declaration[] = [];
  const visit = (
    node: ts.Node, prefix: string, outer: ts.Node,
  ): void => {
    const name = nameOf(node);
    const whole = ts.isVariableDeclaration(node) ? outer : node;
    const inner = name ? prefix + name : prefix;
    if (name) found.push(rangeOf(source, whole, inner, node));
    const next = name ? `${inner}.` : prefix;
    const top = ts.isVariableStatement(node) ? node
      : ts.isVariableDeclarationList(node) ? outer : node;
    ts.forEachChild(node, (child) => visit(child, next, top));
  };
  visit(source, '', source);
  return found;
}

function nameOf(node: ts.Node): string | undefined {
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)
    || ts.isInterfaceDeclaration(node) || ts.isEnumMember(node)
    || ts.isTypeAliasDeclaration(node) || ts.isEnumDeclaration(node)
    || ts.isModuleDeclaration(node) || ts.isVariableDeclaration(node)
    || ts.isMethodDeclaration(node) || ts.isPropertySignature(node)
    || ts.isPropertyDeclaration(node) || ts.isMethodSignature(node)
    || ts.isAccessor(node) || ts.isPropertyAssignment(node)) {
    return node.name ? plainName(node.name) : undefined;
  }
  return undefined;
}

function plainName(name: ts.Node): string | undefined {
  if (ts.isIdentifier(name) || ts.isPrivateIdentifier(name)) {
    return name.text;
  }
  const literal = ts.isStringLiteral(name) || ts.isNumericLiteral(name);
  return literal ? name.text : undefined;
}

function rangeOf(
  source: ts.SourceFile, whole: ts.Node, name: string, node: ts.Node,
): Declaration {
  const line = (at: number): number =>
    source.getLineAndCharacterOfPosition(at).line;
  let start = line(whole.getStart(source));
  const comments = ts.getLeadingCommentRanges(
    source.text, whole.getFullStart()) ?? [];
  for (const comment of comments.reverse()) {
    const touches = line(comment.end) >= start - 1;
    const own = comment.hasTrailingNewLine
      && line(comment.pos) >= line(whole.getFullStart());
    const first = source.text.slice(
      source.getPositionOfLineAndCharacter(line(comment.pos), 0),
      comment.pos).trim() === '';
    if (!touches || !own || !first) break;
    start = line(comment.pos);
  }
  const end = line(whole.getEnd()) + 1;
  return { name, start, end, kind: ts.SyntaxKind[node.kind] };
}

/** Assembler: a label reaches to the next label that is not local. */
function labelDeclarations(texts: readonly string[]): Declaration[] {
  const found: Declaration[] = [];
  texts.forEach((text, start) => {
    const name = /^([A-Za-z_]\w*):/.exec(text)?.[1];
    if (!name) return;
    const rest = texts.findIndex((t, i) =>
      i > start && /^[A-Za-z_]\w*:/.test(t));
    const end = rest < 0 ? texts.length : rest;
    found.push({ name, start, end, kind: 'Label' });
  });
  return found;
}
