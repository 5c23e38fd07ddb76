// parse5's tree, written as XHTML that both an e-reader's XML parser and a
// browser's HTML parser read alike.
import type { DefaultTreeAdapterTypes as Tree } from 'parse5';

const VOID = new Set([
  'area', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta',
  'source', 'track', 'wbr',
]);
const SPACES: Readonly<Record<string, string>> = {
  'http://www.w3.org/2000/svg': 'http://www.w3.org/2000/svg',
  'http://www.w3.org/1998/Math/MathML': 'http://www.w3.org/1998/Math/MathML',
};

/** Text for XML: escaped, without the characters that it forbids. */
export function escaped(text: string): string {
  return text
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replaceAll('&', '&amp;').replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

export function isElement(node: Tree.Node): node is Tree.Element {
  return 'tagName' in node;
}

export function isText(node: Tree.Node): node is Tree.TextNode {
  return node.nodeName === '#text';
}

/** Writes nodes; comments are left out. */
export function xhtml(nodes: readonly Tree.ChildNode[]): string {
  return nodes.map((node) => {
    if (isText(node)) return escaped(node.value);
    return isElement(node) ? element(node) : '';
  }).join('');
}

function element(node: Tree.Element): string {
  const name = node.tagName;
  const parent = node.parentNode;
  const foreign = SPACES[node.namespaceURI];
  const outer = parent && 'namespaceURI' in parent ? parent.namespaceURI : '';
  const space = foreign && outer !== node.namespaceURI
    && !node.attrs.some((a) => a.name === 'xmlns') ? ` xmlns="${foreign}"` : '';
  const attrs = node.attrs
    .filter((a) => /^[A-Za-z_][\w.-]*$/.test(a.name) && !a.name.startsWith('v-'))
    .map((a) => ` ${a.prefix ? `${a.prefix}:` : ''}${a.name}="${escaped(a.value)}"`)
    .join('');
  if (VOID.has(name)) return `<${name}${space}${attrs} />`;
  return `<${name}${space}${attrs}>${xhtml(node.childNodes)}</${name}>`;
}

/** The text of a node and all below. */
export function textOf(node: Tree.Node): string {
  if (isText(node)) return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}
