// Shiki, as VitePress has it, but quicker and always the same. Each text is
// coloured once, though VitePress renders a page for the reader's browser, for
// the prerendering and for the search; and the regular expressions of a
// grammar search a line once, though two themes ask for it.
import { bundledLanguages } from 'shiki/langs';
import type { Highlighter, ThemeRegistration } from 'shiki';
import { createBundledHighlighter } from 'shiki/core';
import { createOnigurumaEngine } from 'shiki/engine/oniguruma';
import { takeMarks } from './marks.ts';

/** What is said behind the language of a fence whose lines come and go. */
export const EDIT = 'edit';

type Engine = Awaited<ReturnType<typeof createOnigurumaEngine>>;
type Scanner = ReturnType<Engine['createScanner']>;
type Match = ReturnType<Scanner['findNextMatchSync']>;

/** Counts texts: what was found in one is forgotten at the next. */
let turn = 0;

function searchOnce(scanner: Scanner): Scanner {
  let known = new Map<string, Match>();
  let since = turn;
  return Object.assign(Object.create(scanner) as Scanner, {
    findNextMatchSync(...[string, start, options]: Parameters<Scanner['findNextMatchSync']>) {
      if (since !== turn) [known, since] = [new Map(), turn];
      const text = typeof string === 'string' ? string : string.content;
      const key = `${start} ${options} ${text}`;
      const found = known.get(key);
      if (found !== undefined) return found;
      const match = scanner.findNextMatchSync(string, start, options);
      known.set(key, match);
      return match;
    },
  });
}

async function engine(): Promise<Engine> {
  const real = await createOnigurumaEngine(import('shiki/wasm'));
  return {
    createString: (text) => real.createString(text),
    createScanner: (patterns) => searchOnce(real.createScanner(patterns)),
  };
}

/** For `markdown.shikiSetup`: puts ours in the place of VitePress's own. */
export async function quickly(
  theirs: Highlighter, themes: Record<'light' | 'dark', ThemeRegistration>,
  langAlias: Record<string, string>,
): Promise<void> {
  const make = createBundledHighlighter({
    langs: bundledLanguages, themes: {}, engine,
  });
  const ours = await make({
    langs: Object.values(langAlias), langAlias, themes: Object.values(themes),
  });
  // Resolved here, else they are at every call.
  const resolved = Object.fromEntries(Object.entries(themes)
    .map(([scheme, theme]) => [scheme, ours.getTheme(theme)]));
  const made = new Map<string, string>();
  const codeToHtml: Highlighter['codeToHtml'] = (code, options) => {
    const key = [options.lang, options.meta?.__raw, code].join('\n');
    const known = made.get(key);
    if (known !== undefined) return known;
    turn += 1;
    const marked = options.meta?.__raw?.includes(EDIT) ? takeMarks(code) : undefined;
    const html = ours.codeToHtml(marked?.plain ?? code, {
      ...options, themes: resolved,
      transformers: [...options.transformers ?? [], ...marked ? [marked.shows] : []],
      // Otherwise a busy machine leaves the end of a line without colours.
      tokenizeTimeLimit: 0,
    });
    made.set(key, html);
    return html;
  };
  Object.assign(theirs, {
    codeToHtml,
    loadLanguage: ours.loadLanguage,
    getLoadedLanguages: ours.getLoadedLanguages,
  });
}
