import ts from 'typescript';

/** Puts a function from another module in the place of a file's. */
export function replaceSymbol(
  path: string, text: string, symbol: string, module: string,
): string {
  const source = ts.createSourceFile(
    path, text, ts.ScriptTarget.Latest, true);
  throw new Error(`yours: ${source.text} ${symbol} ${module}`);
}
