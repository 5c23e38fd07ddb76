// What the service worker and a page tell each other, and the list of files
// that the worker keeps.
export interface SiteFiles {
  /** path from the site's root → the start of its content's SHA-256; under
   * `packed/` a file of that name is the content, compressed with gzip */
  files: Record<string, string>;
  /** Of all files but those below, compressed. */
  bytes: number;
  /** Large ones that few readers need: kept once one of them was used. */
  later: { paths: string[]; bytes: number };
}

export type KeepReport =
  | { kind: 'keeping'; left: number; total: number }
  | { kind: 'kept'; files: number; bytes: number }
  | { kind: 'failed'; reason: string };
