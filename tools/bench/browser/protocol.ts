// What the page tells the Worker, and what the Worker tells the page.

export interface Order {
  readonly image: Uint8Array;
  readonly command: string;
  /** What the translator knows to begin with. */
  readonly stock: Uint8Array;
  /** The Worker sleeps at a mark until this word counts one more. */
  readonly gate: Int32Array<SharedArrayBuffer>;
}

export interface Mark {
  /** performance.now(), in milliseconds. */
  readonly wall: number;
  readonly retired: number;
}

export type Report =
  | { readonly kind: 'mark'; readonly mark: Mark }
  | { readonly kind: 'end'; readonly text: string }
  | { readonly kind: 'error'; readonly message: string };
