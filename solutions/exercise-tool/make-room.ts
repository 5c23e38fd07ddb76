import ts from 'typescript';

/** Puts a function from another module in the place of a file's. */
export function replaceSymbol(
  path: string, text: string, symbol: string, module: string,
): string {
  const source = ts.createSourceFile(
    path, text, ts.ScriptTarget.Latest, true);
  const node = source.statements.find((s) =>
    ts.isFunctionDeclaration(s) && s.name?.text === symbol);
  if (!node) throw new Error(`${path} has no function ${symbol}`);
  const start = node.getStart(source);
  const removed = text.slice(start, node.end);
  const again = removed.startsWith('export')
    ? `export { ${symbol} };\n` : '';
  return text.slice(0, start) + removed.replace(/[^\n]+/g, '')
    + text.slice(node.end)
    + `import { ${symbol} } from '${module}';\n${again}`;
}
