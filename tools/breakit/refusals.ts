// Every refusal in the hypervisor's validation code, found in the syntax
// tree. A refusal is the smallest condition on which the code turns a guest
// away, and taking it away is to replace that condition, so that everything
// else still runs. Which conditions those are:
//
// - of an `if` whose branch ends in a refusal, each operand of `||`;
// - of an `if` whose branch ends well, and after which only the refusal is left,
//   each operand of `&&`;
// - of `condition ? refusal : …` and the reverse, the same;
// - of a predicate's `return a && b`, each operand;
// - a `default:` that refuses;
// - a call whose value nobody uses and which refuses by throwing;
// - `condition ? value : mended`, and a call of a function that mends: what is
//   not turned away is made harmless, and left as it came if that is gone.
//
// What ends in a refusal: a negative errno, -1, false, undefined, an error
// that is handed on, a thrown Errno or GrantError, or the end of the domain.
// An `Error` is no refusal: it is the hypervisor's own BUG().
import ts from 'typescript';

export interface Refusal {
  /** `mm.ts#getPageType#1`: file, function, and which one of it. */
  readonly id: string;
  readonly file: string;
  readonly symbol: string;
  /** The statement that it stands in, on one line. */
  readonly statement: string;
  /** What is taken away. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** What then stands in its place. */
  readonly instead: string;
  /** Where the function starts and ends, to show it. */
  readonly from: number;
  readonly to: number;
}

type Scope = ts.FunctionLikeDeclaration;

/** All refusals of a file. `throwing` names functions that refuse by
 * throwing, see `throwingFunctions`. */
export function refusalsOf(
  file: string, text: string, throwing: ReadonlySet<string>,
): Refusal[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = new Map<string, Found>();
  const take = (node: ts.Node, instead: string): void => {
    const [start, end] = [node.getStart(source), node.getEnd()];
    found.set(`${start}-${end}`, { node, start, end, instead });
  };
  const conditions = (node: ts.Expression, refusing: boolean): void => {
    for (const atom of atoms(node, refusing)) {
      take(atom.node, atom.refusing ? 'false' : 'true');
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCatchClause(node)) return;
    if (ts.isIfStatement(node)) fromIf(node, conditions);
    if (ts.isConditionalExpression(node)) {
      fromChoice(node, conditions);
      fromMended(node, take, source);
    }
    if (ts.isCallExpression(node)) fromMending(node, take, source);
    if (ts.isReturnStatement(node)) fromPredicate(node, conditions);
    if (ts.isCaseOrDefaultClause(node)) fromClause(node, take, source);
    if (ts.isExpressionStatement(node)) fromCall(node, throwing, take);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return number(file, source, found);
}

interface Found {
  readonly node: ts.Node;
  readonly start: number;
  readonly end: number;
  readonly instead: string;
}

function number(
  file: string, source: ts.SourceFile, found: Map<string, Found>,
): Refusal[] {
  const counts = new Map<string, number>();
  const inOrder = [...found.values()].sort((a, b) => a.start - b.start || b.end - a.end);
  return inOrder.map(({ node, start, end, instead }) => {
    const owner = namedOwner(node);
    const n = (counts.get(owner.name) ?? 0) + 1;
    counts.set(owner.name, n);
    const statement = statementOf(node);
    return {
      id: `${file.split('/').slice(-2).join('/')}#${owner.name}#${n}`,
      file, symbol: owner.name, start, end, instead,
      statement: oneLine(statement.getText(source)),
      text: oneLine(source.text.slice(start, end)),
      from: owner.node.getStart(source, false), to: owner.node.getEnd(),
    };
  });
}

const oneLine = (text: string): string =>
  text.replace(/\/\/[^\n]*/g, '').replace(/\s+/g, ' ').trim();

/** The program text without one refusal. */
export const without = (text: string, { start, end, instead }: Refusal): string =>
  text.slice(0, start) + instead + text.slice(end);

interface Atom {
  readonly node: ts.Expression;
  readonly refusing: boolean;
}

function bare(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node)
    ? bare(node.expression) : node;
}

const isBinary = (node: ts.Expression, kind: ts.SyntaxKind): node is ts.BinaryExpression =>
  ts.isBinaryExpression(node) && node.operatorToken.kind === kind;

/** The smallest parts of a condition that make it stricter: if it is true
 * for a refusal (`refusing`), parts of `||`, otherwise parts of `&&`. */
function atoms(condition: ts.Expression, refusing: boolean): Atom[] {
  const node = bare(condition);
  if (ts.isPrefixUnaryExpression(node)
    && node.operator === ts.SyntaxKind.ExclamationToken) {
    const inner = atoms(node.operand, !refusing);
    return inner.length === 1 && inner[0]!.node === bare(node.operand)
      ? [{ node, refusing }] : inner;
  }
  const [splits, joins] = [ts.SyntaxKind.BarBarToken, ts.SyntaxKind.AmpersandAmpersandToken];
  const [split, join] = refusing ? [splits, joins] : [joins, splits];
  if (isBinary(node, split)) {
    return [...atoms(node.left, refusing), ...atoms(node.right, refusing)];
  }
  if (isBinary(node, join)) {
    const inner = [node.left, node.right].filter((side) => divides(side, refusing));
    return [{ node, refusing }, ...inner.flatMap((side) => atoms(side, refusing))];
  }
  const meant = ts.isIdentifier(node) ? constant(node) : undefined;
  if (meant && isLogical(meant) && isOnlyAsked(node as ts.Identifier)) {
    return atoms(meant, refusing);
  }
  if (isDeed(node)) return [];
  // An error that is forgiven is no condition for being accepted.
  if (!refusing && ts.isIdentifier(node) && node.text === 'error') return [];
  return [{ node, refusing }];
}

function divides(side: ts.Expression, refusing: boolean): boolean {
  const parts = atoms(side, refusing);
  return parts.length !== 1 || parts[0]!.node !== bare(side);
}

const isLogical = (node: ts.Expression): boolean => {
  const inner = bare(node);
  return isBinary(inner, ts.SyntaxKind.BarBarToken)
    || isBinary(inner, ts.SyntaxKind.AmpersandAmpersandToken);
};

/** The last operand of a predicate may do what the others allow. */
const isDeed = (node: ts.Expression): boolean => ts.isCallExpression(node)
  && ts.isPropertyAccessExpression(node.expression)
  && node.expression.name.text === 'delete';

/** Whether a name is used in conditions alone, so that replacing a part of
 * its value changes nothing but what is refused. */
function isOnlyAsked(name: ts.Identifier): boolean {
  const scope = functionOf(name);
  let only = scope !== undefined;
  const visit = (node: ts.Node): void => {
    const declares = ts.isVariableDeclaration(node.parent) && node.parent.name === node;
    if (ts.isIdentifier(node) && node.text === name.text && !declares && !isAsked(node)) {
      only = false;
    }
    ts.forEachChild(node, visit);
  };
  if (scope?.body) ts.forEachChild(scope.body, visit);
  return only;
}

function isAsked(name: ts.Node): boolean {
  let node = name;
  while (ts.isPrefixUnaryExpression(node.parent) || ts.isParenthesizedExpression(node.parent)
    || ts.isBinaryExpression(node.parent)) node = node.parent;
  return (ts.isIfStatement(node.parent) && node.parent.expression === node)
    || (ts.isConditionalExpression(node.parent) && node.parent.condition === node);
}

/** What a `const` of the same function was given. */
function constant(name: ts.Identifier): ts.Expression | undefined {
  for (let node: ts.Node = name; node.parent; node = node.parent) {
    if (!ts.isBlock(node.parent)) continue;
    for (const statement of node.parent.statements) {
      if (!ts.isVariableStatement(statement)) continue;
      for (const d of statement.declarationList.declarations) {
        if (ts.isIdentifier(d.name) && d.name.text === name.text) return d.initializer;
      }
    }
    if (ts.isFunctionLike(node.parent.parent)) return undefined;
  }
  return undefined;
}

function refuses(node: ts.Expression | undefined): boolean {
  if (!node) return false;
  const value = bare(node);
  if (value.kind === ts.SyntaxKind.FalseKeyword) return true;
  if (ts.isIdentifier(value)) return ['undefined', 'error', 'rc'].includes(value.text);
  if (!ts.isPrefixUnaryExpression(value)
    || value.operator !== ts.SyntaxKind.MinusToken) return false;
  const { operand } = value;
  return ts.isIdentifier(operand) ? /^E[A-Z0-9]+$/.test(operand.text)
    : ts.isNumericLiteral(operand) && operand.text === '1';
}

const REFUSALS = new Set(['Errno', 'GrantError']);

function thrown(node: ts.ThrowStatement): boolean {
  const { expression } = node;
  return ts.isNewExpression(expression) && ts.isIdentifier(expression.expression)
    && REFUSALS.has(expression.expression.text);
}

type Exit = 'refused' | 'accepted' | 'none';

/** Whether a statement ends the domain. */
function crashes(node: ts.Statement): boolean {
  const value = ts.isExpressionStatement(node) || ts.isReturnStatement(node)
    ? node.expression : undefined;
  return value !== undefined && ts.isCallExpression(value)
    && ts.isIdentifier(value.expression) && value.expression.text === 'crashDomain';
}

/** How a statement leaves its function, if it does. */
function exit(node: ts.Statement | undefined): Exit {
  if (!node) return 'none';
  if (ts.isBlock(node)) {
    const how = exit(node.statements.at(-1));
    return how !== 'none' && node.statements.some(crashes) ? 'refused' : how;
  }
  if (crashes(node)) return 'refused';
  if (ts.isReturnStatement(node)) return refuses(node.expression) ? 'refused' : 'accepted';
  if (ts.isThrowStatement(node)) return thrown(node) ? 'refused' : 'none';
  return 'none';
}

type Conditions = (node: ts.Expression, refusing: boolean) => void;

function fromIf(node: ts.IfStatement, conditions: Conditions): void {
  const how = exit(node.thenStatement);
  if (how === 'refused') return conditions(node.expression, true);
  if (how !== 'accepted' || !ts.isBlock(node.parent)) return;
  const { statements } = node.parent;
  const rest = statements.slice(statements.indexOf(node) + 1);
  const others = rest.slice(0, -1).every((s) => exit(s) === 'none'
    && !(ts.isIfStatement(s) && exit(s.thenStatement) !== 'none'));
  if (others && exit(rest.at(-1)) === 'refused') conditions(node.expression, false);
}

function fromChoice(node: ts.ConditionalExpression, conditions: Conditions): void {
  const returned = ts.isReturnStatement(node.parent) || ts.isArrowFunction(node.parent);
  const [yes, no] = [node.whenTrue, node.whenFalse].map((side) => refuses(side)
    && (returned || bare(side).getText() !== 'undefined'));
  if (yes !== no) conditions(node.condition, yes === true);
}

function fromPredicate(node: ts.ReturnStatement, conditions: Conditions): void {
  const scope = functionOf(node);
  if (scope?.type?.kind !== ts.SyntaxKind.BooleanKeyword || !node.expression) return;
  if (isBinary(bare(node.expression), ts.SyntaxKind.AmpersandAmpersandToken)) {
    conditions(node.expression, false);
  }
}

function fromClause(
  node: ts.CaseOrDefaultClause, take: (node: ts.Node, instead: string) => void,
  source: ts.SourceFile,
): void {
  const [only] = node.statements;
  if (!only || node.statements.length > 1) return;
  const value = ts.isReturnStatement(only) ? only.expression : undefined;
  if (exit(only) !== 'refused' || value?.getText(source).includes('error')) return;
  const truth = value?.kind === ts.SyntaxKind.FalseKeyword;
  take(only, truth ? 'return true;' : value ? 'return 0;' : 'return;');
}

/** `dpl(d) < 1 ? withDpl(d, 1) : d`, or the reverse: one side is what the
 * condition asks about, or what the other side mends. */
function fromMended(
  node: ts.ConditionalExpression, take: (node: ts.Node, instead: string) => void,
  source: ts.SourceFile,
): void {
  const [yes, no] = [bare(node.whenTrue), bare(node.whenFalse)];
  for (const [kept, mended] of [[yes, no], [no, yes]] as const) {
    if (!isPlace(kept) || isPlace(mended) || refuses(mended)) continue;
    const name = kept.getText(source);
    const asked = mentions(node.condition, name, source)
      || (ts.isCallExpression(mended) && mentions(mended, name, source));
    if (asked) take(node, name);
  }
}

function mentions(node: ts.Node, name: string, source: ts.SourceFile): boolean {
  return (isPlace(node) && node.getText(source) === name)
    || node.forEachChild((child) => mentions(child, name, source) || undefined) === true;
}

const isPlace = (node: ts.Node): boolean =>
  (ts.isIdentifier(node) && node.text !== 'undefined') || ts.isPropertyAccessExpression(node);

/** Functions that give back what they are given, made harmless. */
const MENDING = new Set(['fixupSelector', 'safeFlags']);

function fromMending(
  node: ts.CallExpression, take: (node: ts.Node, instead: string) => void,
  source: ts.SourceFile,
): void {
  const { expression: of, arguments: [given] } = node;
  if (given && ts.isIdentifier(of) && MENDING.has(of.text)) {
    take(node, `(${given.getText(source)})`);
  }
}

/** Functions that throw, but are called for what they do. */
const DEEDS = new Set(['createDomain']);

function fromCall(
  node: ts.ExpressionStatement, throwing: ReadonlySet<string>,
  take: (node: ts.Node, instead: string) => void,
): void {
  const call = node.expression;
  if (!ts.isCallExpression(call) || !ts.isIdentifier(call.expression)) return;
  const source = node.getSourceFile();
  const { text } = call.expression;
  const own = source.statements.some((s) => ts.isFunctionDeclaration(s) && s.name?.text === text);
  if (throwing.has(own ? `${source.fileName}#${text}` : text)
    && !isGiven(call.expression) && !DEEDS.has(text)) take(node, ';');
}

/** Whether a name is a parameter or a local constant here, and only looks
 * like a function of another file. */
function isGiven(name: ts.Identifier): boolean {
  for (let at: ts.Node = name.parent; at; at = at.parent) {
    const names = ts.isFunctionLike(at) ? at.parameters.map((p) => p.name)
      : ts.isBlock(at) ? at.statements.filter(ts.isVariableStatement)
        .flatMap((s) => s.declarationList.declarations.map((d) => d.name)) : [];
    if (names.some((n) => ts.isIdentifier(n) && n.text === name.text)) return true;
  }
  return false;
}

function functionOf(node: ts.Node): Scope | undefined {
  for (let at = node.parent; at; at = at.parent) {
    if (ts.isFunctionDeclaration(at) || ts.isArrowFunction(at)
      || ts.isFunctionExpression(at) || ts.isMethodDeclaration(at)) return at;
  }
  return undefined;
}

function statementOf(node: ts.Node): ts.Node {
  for (let at = node; at.parent; at = at.parent) {
    const { parent } = at;
    if (ts.isArrowFunction(parent) && parent.body === at && !ts.isBlock(at)) return at;
    if (ts.isStatement(at) && !ts.isBlock(at)) return at;
  }
  return node;
}

/** The outermost function or constant with a name, which a reader can find. */
function namedOwner(node: ts.Node): { name: string; node: ts.Node } {
  let owner = { name: '?', node };
  for (let at = node; at.parent; at = at.parent) {
    if (ts.isFunctionDeclaration(at) && at.name) owner = { name: at.name.text, node: at };
    if (ts.isVariableStatement(at) && ts.isSourceFile(at.parent)) {
      const [d] = at.declarationList.declarations;
      if (d && ts.isIdentifier(d.name)) owner = { name: d.name.text, node: at };
    }
  }
  return owner;
}

interface Body {
  readonly calls: Set<string>;
  readonly result: boolean;
  throws: boolean;
}

/** Functions with a result that refuse by throwing, themselves or through
 * another of them, by `file#name`, and by name for other files. Only of these
 * can a call whose result is unused be a check. */
export function throwingFunctions(texts: ReadonlyMap<string, string>): Set<string> {
  const bodies = new Map<string, Body>();
  for (const [file, text] of texts) bodiesOf(file, text, bodies);
  const named = new Map([...bodies].map(([key, body]) => [key.split('#')[1]!, body]));
  const called = (file: string, name: string): Body | undefined =>
    bodies.get(`${file}#${name}`) ?? named.get(name);
  for (let changed = true; changed;) {
    changed = false;
    for (const [key, body] of bodies) {
      const [file] = key.split('#');
      if (body.throws || ![...body.calls].some((c) => called(file!, c)?.throws)) continue;
      body.throws = changed = true;
    }
  }
  const keys = [...bodies].filter(([, b]) => b.throws && b.result).map(([key]) => key);
  return new Set(keys.flatMap((key) => [key, key.split('#')[1]!]));
}

function bodiesOf(file: string, text: string, bodies: Map<string, Body>): void {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node, into: Body | undefined): void => {
    const fn = declared(node);
    const body = fn ? { calls: new Set<string>(), throws: false, result: fn.result } : into;
    if (fn && body) bodies.set(`${file}#${fn.name}`, body);
    if (body && ts.isThrowStatement(node) && thrown(node)) body.throws = true;
    if (body && ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      body.calls.add(node.expression.text);
    }
    ts.forEachChild(node, (child) => visit(child, body));
  };
  visit(source, undefined);
}

function declared(node: ts.Node): { name: string; result: boolean } | undefined {
  const isVoid = (f: ts.SignatureDeclaration): boolean =>
    f.type?.kind === ts.SyntaxKind.VoidKeyword;
  if (ts.isFunctionDeclaration(node) && node.name) {
    return { name: node.name.text, result: !isVoid(node) };
  }
  if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name)
    && node.initializer && ts.isArrowFunction(node.initializer)) {
    return { name: node.name.text, result: !isVoid(node.initializer) };
  }
  return undefined;
}
