// `::: aside` … `:::` is a margin note: beside the text on a wide screen, in
// it on a narrow one.
import type { MarkdownRenderer } from 'vitepress';

type Rule = Parameters<MarkdownRenderer['block']['ruler']['before']>[2];

const OPEN = /^:::\s*aside\s*$/;
const CLOSE = /^:::\s*$/;

export function asides(md: MarkdownRenderer): void {
  const rule: Rule = (state, start, end, silent) => {
    const line = (n: number): string => state.src.slice(
      state.bMarks[n]! + state.tShift[n]!, state.eMarks[n]);
    if (!OPEN.test(line(start))) return false;
    if (silent) return true;
    let last = start + 1;
    while (last < end && !CLOSE.test(line(last))) last++;
    if (last >= end) return false;
    const open = state.push('aside_open', 'aside', 1);
    open.attrs = [['class', 'rf-aside'], ['role', 'note']];
    open.map = [start, last];
    const { lineMax } = state;
    state.lineMax = last;
    state.md.block.tokenize(state, start + 1, last);
    state.lineMax = lineMax;
    state.push('aside_close', 'aside', -1);
    state.line = last + 1;
    return true;
  };
  md.block.ruler.before('fence', 'aside', rule,
    { alt: ['paragraph', 'reference', 'blockquote', 'list'] });
}
