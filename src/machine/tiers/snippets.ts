import type { Kind } from '../record/lazy.ts';
import type { Node } from '../record/node.ts';
import type { Template } from '../record/template.ts';

/** A number that differs from one use of a template to the next: a
 * value that follows from the instruction, the variable of a register
 * that a hole names, its address, how much of the budget its block
 * has left, and, at some depth of nesting, the way out. */
export type Gap =
  | { readonly is: 'value'; readonly node: Node }
  | { readonly is: 'register'; readonly hole: number }
  | { readonly is: 'pc' }
  | { readonly is: 'unspent' }
  | { readonly is: 'exit'; readonly depth: number };

/** Where a gap was filled while code was written. */
export interface Mark {
  readonly gap: Gap;
  readonly from: number;
  readonly to: number;
}

/** Bytes that stay as they are, and the gap behind them. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly gap: Gap | undefined;
}

/** A template as WebAssembly, and of which kind lazy fields are
 * then. */
export interface Snippet {
  readonly pieces: readonly Piece[];
  readonly after: Kind | undefined | 'same';
}

/** Cuts what was written out of the bytes, at its marks. */
export function cut(
  code: Uint8Array, start: number, marks: readonly Mark[],
): Piece[] {
  const pieces: Piece[] = [];
  let at = start;
  for (const { gap, from, to } of marks) {
    pieces.push({ bytes: code.slice(at, from), gap });
    at = to;
  }
  return [...pieces, { bytes: code.slice(at), gap: undefined }];
}

/** Snippets by template, and by all that decides how it is written. */
export class Snippets {
  /** How lazy fields get their values, by kind. */
  readonly kinds = new Map<Kind, Uint8Array>();
  private readonly all = new Map<Template, Map<number, Snippet>>();
  private count = 0;

  constructor(private readonly most = 20_000) {}

  get(template: Template, key: number): Snippet | undefined {
    return this.all.get(template)?.get(key);
  }

  set(template: Template, key: number, snippet: Snippet): void {
    if (++this.count > this.most) {
      this.all.clear();
      this.count = 1;
    }
    const found = this.all.get(template) ?? new Map<number, Snippet>();
    this.all.set(template, found.set(key, snippet));
  }
}
