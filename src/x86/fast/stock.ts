import type { Lessons } from './shapes.ts';

/** What a translator can know before it has seen an instruction. */
export interface Stock extends Lessons {
  /** The way in which it was recorded. */
  readonly way: string;
  /** The tree of decisions: the arena's last words, and the root's
   * place. */
  readonly tree: Int32Array;
  readonly root: number;
  /** The frozen templates of all shapes. */
  readonly texts: Uint8Array;
  /** A module with all handlers, and how many they are. */
  readonly module: Uint8Array;
  readonly handlers: number;
}

/** Where a part begins that is behind so many bytes. */
const aligned = (length: number): number => (length + 3) & ~3;

/** A stock as bytes: the lengths of four parts, and the parts, which
 * are a JSON text, the tree, the module, and the templates. */
export function pack(stock: Stock): Uint8Array {
  const { tree, module, texts, ...rest } = stock;
  const text = new TextEncoder().encode(JSON.stringify(rest));
  const words = new Uint8Array(tree.buffer, tree.byteOffset,
    tree.byteLength);
  const parts = [text, words, module, texts];
  const head = new Uint32Array(parts.map(({ length }) => length));
  const all = [new Uint8Array(head.buffer), ...parts];
  const size = all.reduce((sum, { length }) =>
    sum + aligned(length), 0);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of all) {
    bytes.set(part, at);
    at += aligned(part.length);
  }
  return bytes;
}

/** What `pack` has made. */
export function unpack(bytes: Uint8Array): Stock {
  const { buffer } = new Uint8Array(bytes);
  const lengths = [...new Uint32Array(buffer, 0, 4)];
  let at = 16;
  const [text, tree, module, texts] = lengths.map((length) => {
    const part = new Uint8Array(buffer, at, length);
    at += aligned(length);
    return part;
  }) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  return {
    ...JSON.parse(new TextDecoder().decode(text)) as Stock,
    module, texts,
    tree: new Int32Array(buffer, tree.byteOffset, tree.length >> 2),
  };
}
