// What a bench of the book's own tools shows, and what it is asked: plain
// data, since it travels between a page and its worker.

/** A line of a file on the bench; lines count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** A file that the reader works on. */
export interface LabFile {
  readonly path: string;
  readonly text: string;
  /** It is shown, and only the tool changes it. */
  readonly fixed?: true;
}

/** How a line or a cell is drawn; a word or a mark stands beside. */
export type Tone = 'added' | 'removed' | 'grey' | 'good' | 'bad';

export interface Row {
  readonly text: string;
  readonly tone?: Tone;
  readonly number?: number;
  /** Who wrote it. */
  readonly place?: Place;
}

export interface Finding {
  readonly message: string;
  readonly place?: Place;
}

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
  readonly place?: Place;
}

export type Part =
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'lines'; readonly title: string;
    readonly rows: readonly Row[] }
  | { readonly kind: 'findings'; readonly findings: readonly Finding[] }
  | { readonly kind: 'table'; readonly title: string;
    readonly head: readonly string[];
    readonly rows: readonly (readonly Cell[])[] }
  | { readonly kind: 'text'; readonly title: string;
    readonly text: string };

export interface PanelView {
  readonly id: string;
  readonly title: string;
  readonly parts: readonly Part[];
}

/** What the tool makes of the files. */
export interface Picture {
  readonly ok: boolean;
  /** One sentence, read out whenever it changes. */
  readonly verdict: string;
  readonly panels: readonly PanelView[];
  /** A place between a first and a last step. */
  readonly dial?: {
    readonly label: string; readonly max: number;
    readonly at: number; readonly told: string;
  };
  /** Files that the tool has written. */
  readonly files?: readonly LabFile[];
}

/** A prepared change of the files, and back. */
export interface Try {
  readonly name: string;
  readonly changes: readonly {
    readonly file: string; readonly from: string; readonly to: string;
  }[];
}

/** What a page has to know of a lab before it shows anything. */
export interface ToolLabView {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly files: readonly LabFile[];
  readonly tries: readonly Try[];
  /** What the tool can be told to do. */
  readonly commands: readonly { readonly id: string;
    readonly name: string }[];
  readonly choice?: { readonly label: string;
    readonly options: readonly string[] };
}

/** What is asked of it. */
export interface Asked {
  readonly files: readonly LabFile[];
  /** Undefined: at its end. */
  readonly dial?: number | undefined;
  readonly choice?: string | undefined;
  readonly command?: string | undefined;
}

/** The book's modules, loaded, as one lab uses them. */
export interface ToolDesk {
  look(asked: Asked): Promise<Picture>;
}
