// Reads and rewrites PDF files as Chromium writes them: one cross-reference
// table, every object uncompressed but for its streams. Tags are a small
// object for each run of text, so most of such a file is their bare text; in
// object streams (ISO 32000-1 §7.5.7) it is a fraction of that.
import { deflateSync } from 'node:zlib';

export interface PdfFile {
  /** What stands between `obj` and `endobj`, by number. */
  readonly objects: ReadonlyMap<number, Buffer>;
  readonly root: number;
  readonly info: number;
}

/** Throws where the file is not built as described above. */
export function readPdf(bytes: Uint8Array): PdfFile {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const tail = file.subarray(-1024).toString('latin1');
  const start = Number(/startxref\s+(\d+)/.exec(tail)?.[1] ?? NaN);
  const trailer = /trailer\s*<<([\s\S]*?)>>/.exec(tail)?.[1] ?? '';
  const ref = (key: string): number =>
    Number(new RegExp(`/${key} (\\d+) 0 R`).exec(trailer)?.[1] ?? NaN);
  const size = Number(/\/Size (\d+)/.exec(trailer)?.[1] ?? NaN);
  const head = `xref\n0 ${size}\n`;
  if (file.toString('latin1', start, start + head.length) !== head) {
    throw new Error('the browser wrote a PDF with another kind of cross-reference table');
  }
  const entries = offsets(file, start + head.length, size);
  const sorted = entries.toSorted((a, b) => a.offset - b.offset);
  const objects = new Map(sorted.map(({ number, offset }, i) =>
    [number, bodyAt(file, number, offset, sorted[i + 1]?.offset ?? start)]));
  return { objects, root: ref('Root'), info: ref('Info') };
}

function offsets(
  file: Buffer, table: number, size: number,
): { number: number; offset: number }[] {
  return Array.from({ length: size }, (_, number) => {
    const entry = file.toString('latin1', table + number * 20, table + number * 20 + 18);
    return { number, offset: entry.endsWith('n') ? Number(entry.slice(0, 10)) : 0 };
  }).filter(({ offset }) => offset > 0);
}

function bodyAt(file: Buffer, number: number, from: number, to: number): Buffer {
  const head = `${number} 0 obj`;
  if (file.toString('latin1', from, from + head.length) !== head) {
    throw new Error(`the browser wrote a PDF without object ${number} where it says`);
  }
  const end = file.lastIndexOf('endobj', to);
  return file.subarray(from + head.length + 1, end);
}

/** How many pages there are, and on which one each named place is. */
export function pagesOf(
  pdf: PdfFile,
): { count: number; pageOf: Map<string, number> } {
  const text = (number: number): string =>
    pdf.objects.get(number)?.toString('latin1') ?? '';
  const link = (from: string, key: string): number =>
    Number(new RegExp(`/${key} (\\d+) 0 R`).exec(from)?.[1] ?? NaN);
  const root = text(pdf.root);
  const order = new Map<number, number>();
  const visit = (number: number): void => {
    const kids = /\/Kids \[([^\]]*)\]/.exec(text(number))?.[1];
    if (kids === undefined) order.set(number, order.size + 1);
    else for (const [, kid] of kids.matchAll(/(\d+) 0 R/g)) visit(Number(kid));
  };
  visit(link(root, 'Pages'));
  const places = text(link(root, 'Dests'))
    .matchAll(/\/([^\s/[\]]+)\s*\[(\d+) 0 R/g);
  return {
    count: order.size,
    pageOf: new Map([...places].map(([, name = '', page]) =>
      [name, order.get(Number(page)) ?? 0])),
  };
}

/** The titles of the outline; none where the browser made none. */
export function outlineOf(pdf: PdfFile): string[] {
  return [...pdf.objects.values()].flatMap((body) => {
    const text = body.subarray(0, 2000).toString('latin1');
    const title = /^\s*<<\/Title \(((?:\\.|[^\\)])*)\)\s*\/Dest /.exec(text)?.[1];
    return title === undefined ? [] : [title.replace(/\\(.)/g, '$1')];
  });
}

/** Whether it says what is a heading, a paragraph, a figure. */
export function isTagged(pdf: PdfFile): boolean {
  const root = pdf.objects.get(pdf.root)?.toString('latin1') ?? '';
  return root.includes('/Marked true') && root.includes('/StructTreeRoot');
}

const GROUP = 200;

/** The same file with its small objects compressed. */
export function packPdf(pdf: PdfFile): Buffer {
  const numbers = [...pdf.objects.keys()].sort((a, b) => a - b);
  const isStream = (n: number): boolean =>
    pdf.objects.get(n)?.subarray(-16).toString('latin1').trimEnd().endsWith('endstream') ?? false;
  const small = numbers.filter((n) => !isStream(n));
  const writer = new Writer((numbers.at(-1) ?? 0) + 1);
  for (const n of numbers) {
    if (isStream(n)) writer.object(n, pdf.objects.get(n) ?? Buffer.alloc(0));
  }
  for (let at = 0; at < small.length; at += GROUP) {
    writer.group(small.slice(at, at + GROUP), pdf.objects);
  }
  return writer.end(pdf);
}

/** A file as it grows, and where each object went. */
class Writer {
  private readonly chunks: Buffer[] = [];
  private length = 0;
  private readonly places: [kind: number, where: number, index: number][] = [];

  constructor(private next: number) {
    this.write(Buffer.from('%PDF-1.5\n%\xe2\xe3\xcf\xd3\n', 'latin1'));
  }

  private write(bytes: Buffer): void {
    this.chunks.push(bytes);
    this.length += bytes.length;
  }

  object(number: number, body: Buffer): void {
    this.places[number] = [1, this.length, 0];
    this.write(Buffer.from(`${number} 0 obj\n`));
    this.write(body);
    this.write(Buffer.from('\nendobj\n'));
  }

  private stream(number: number, words: string, content: Buffer): void {
    const data = deflateSync(content, { level: 9 });
    this.object(number, Buffer.concat([
      Buffer.from(`<<${words}/Filter/FlateDecode/Length ${data.length}>>stream\n`),
      data, Buffer.from('\nendstream')]));
  }

  group(numbers: readonly number[], objects: ReadonlyMap<number, Buffer>): void {
    const self = this.next++;
    let [head, at] = ['', 0];
    const bodies = numbers.flatMap((n, index) => {
      const body = objects.get(n) ?? Buffer.alloc(0);
      this.places[n] = [2, self, index];
      head += `${n} ${at} `;
      at += body.length + 1;
      return [body, Buffer.from('\n')];
    });
    this.stream(self, `/Type/ObjStm/N ${numbers.length}/First ${head.length}`,
      Buffer.concat([Buffer.from(head), ...bodies]));
  }

  /** The table of all places, itself a stream (§7.5.8). */
  end({ root, info }: PdfFile): Buffer {
    const self = this.next++;
    const start = this.length;
    this.places[self] = [1, start, 0];
    const rows = Buffer.alloc(this.next * 7);
    for (let n = 0; n < this.next; n++) {
      const [kind, where, index] = this.places[n] ?? [0, 0, 0];
      rows.writeUInt8(kind, n * 7);
      rows.writeUInt32BE(where, n * 7 + 1);
      rows.writeUInt16BE(index, n * 7 + 5);
    }
    this.stream(self, `/Type/XRef/Size ${this.next}/W[1 4 2]`
      + `/Root ${root} 0 R/Info ${info} 0 R`, rows);
    this.write(Buffer.from(`startxref\n${start}\n%%EOF\n`));
    return Buffer.concat(this.chunks);
  }
}
