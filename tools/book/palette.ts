// A class for each colour of the code, in place of a style for each word: a
// tenth of the size, and e-readers may override it.

export class Palette {
  private readonly classes = new Map<string, string>();

  /** The class for an inline style. */
  classOf(style: string): string {
    const key = style.replace(/\s+/g, '').replace(/;$/, '').toLowerCase();
    const known = this.classes.get(key) ?? `c${this.classes.size}`;
    this.classes.set(key, known);
    return known;
  }

  css(): string {
    return [...this.classes]
      .map(([style, name]) => `.${name} { ${style}; }\n`).join('');
  }
}
