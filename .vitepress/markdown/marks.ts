// What the lines of an edit say at their ends: this one comes, that one goes.
// Shiki's own transformer looks for it in comments, and finds nothing in one
// that goes on in the next line.
import type { ShikiTransformer } from 'shiki';

const MARK = /\s?\/\/ \[!code (\+\+|--)\]$/;

/** The code without these words, and who shows what they said. */
export function takeMarks(code: string): { plain: string; shows: ShikiTransformer } {
  const marks: (string | undefined)[] = [];
  const lines = code.split('\n').map((line) => {
    const sign = MARK.exec(line)?.[1];
    marks.push(sign && (sign === '++' ? 'add' : 'remove'));
    return line.replace(MARK, '');
  });
  return {
    plain: lines.join('\n'),
    shows: {
      name: 'marks',
      line(node, n) {
        const mark = marks[n - 1];
        if (mark) this.addClassToHast(node, ['diff', mark]);
      },
      pre(node) { this.addClassToHast(node, 'has-diff'); },
    },
  };
}
