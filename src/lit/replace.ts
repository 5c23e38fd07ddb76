import ts from 'typescript';

/** Puts a function from another module in the place of a file's own,
 * keeping all line numbers. `Class.method` replaces a method: the
 * other module exports a function named like the method. Pure. */
export function replaceSymbol(
  path: string, text: string, symbol: string, module: string,
): string {
  const source = ts.createSourceFile(
    path, text, ts.ScriptTarget.Latest, true);
  const [outer = '', inner] = symbol.split('.', 2);
  const node = findTop(source, outer);
  if (!node) throw new Error(`${path} declares no ${symbol}`);
  const from = JSON.stringify(module);
  if (inner !== undefined) {
    return `${text}import { ${inner} as replaced_ } from ${from};\n`
      + `(${outer}.prototype as any).${inner} = replaced_;\n`;
  }
  const start = node.getStart(source);
  const gone = text.slice(start, node.end).replace(/[^\n]+/g, '');
  const end = isExported(node) ? `export { ${outer} };\n` : '';
  return text.slice(0, start) + gone + text.slice(node.end)
    + `import { ${outer} } from ${from};\n${end}`;
}

/** The statement that declares a name at a file's top level. */
function findTop(
  source: ts.SourceFile, name: string,
): ts.Statement | undefined {
  return source.statements.find((s) => {
    if (ts.isFunctionDeclaration(s) || ts.isClassDeclaration(s)) {
      return s.name?.text === name;
    }
    return ts.isVariableStatement(s)
      && s.declarationList.declarations.some((d) =>
        ts.isIdentifier(d.name) && d.name.text === name);
  });
}

function isExported(node: ts.Statement): boolean {
  return ts.canHaveModifiers(node)
    && (ts.getModifiers(node) ?? []).some((m) =>
      m.kind === ts.SyntaxKind.ExportKeyword);
}
