import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitepress';
import dark from 'shiki/themes/github-dark.mjs';
import light from 'shiki/themes/github-light-high-contrast.mjs';
import { chaptersDir, readBook, sidebar } from './book.ts';
import { ringfenceBlocks } from './markdown/blocks.ts';
import { diagrams } from './markdown/diagrams.ts';
import { chapterHead } from './markdown/chapter-head.ts';
import {
  Maker, pageDataServer, startWithBuild, writePageData,
} from './page-data.ts';
import { asides } from './markdown/asides.ts';
import { quickly } from './markdown/highlighter.ts';
import { writeOffline } from './offline/write.ts';
import { withPolicy } from './policy.ts';
import { prose, sectionsOf, weightOf } from './search.ts';

const book = readBook();
const maker = new Maker();

// A data URI, because a link in the head does not follow a relative base.
const icon = 'data:image/svg+xml,' + encodeURIComponent(
  readFileSync(join(chaptersDir, 'public', 'favicon.svg'), 'utf8'));

/** Comments dark (or light) enough on the colours of changed lines. */
const themes = {
  light: { ...light, colorReplacements: { '#66707b': '#4d5761' } },
  dark: { ...dark, colorReplacements: { '#818e99': '#9aa6b1', '#6a737d': '#9aa6b1' } },
};

const languageAlias = { hint: 'md' };

const indexLinks = {
  text: 'Indices', link: '/indices', collapsed: true,
  items: [
    { text: 'Files', link: '/indices/files' },
    { text: 'Names', link: '/indices/symbols' },
    { text: 'Hypercalls', link: '/indices/hypercalls' },
    { text: 'Exercises', link: '/indices/exercises' },
    { text: 'Concordance to Xen', link: '/indices/xen' },
  ],
};

export default defineConfig({
  title: 'Ringfence',
  titleTemplate: ':title · Ringfence',
  description:
    'A textbook you can run: build a Xen-compatible hypervisor, and the '
    + 'machine under it, line by line in TypeScript.',
  lang: 'en-GB',
  srcDir: 'chapters',
  srcExclude: ['**/*.solutions.md'],
  base: './',
  cleanUrls: false,
  // Each link in sight would fetch its whole chapter.
  router: { prefetchLinks: false },
  lastUpdated: false,
  // theme/dark.ts does it for less.
  appearance: { disableTransition: false },
  ignoreDeadLinks: false,
  head: [
    ['link', { rel: 'icon', type: 'image/svg+xml', href: icon }],
    ['meta', { name: 'theme-color', content: '#c77700' }],
  ],
  markdown: {
    lineNumbers: false,
    theme: themes,
    languageAlias,
    shikiSetup: (shiki) => quickly(shiki, themes, languageAlias),
    config(md) {
      md.use(chapterHead, book);
      md.use(ringfenceBlocks, book);
      md.use(diagrams);
      md.use(asides);
    },
  },
  themeConfig: {
    logo: { src: '/favicon.svg', width: 24, height: 24 },
    nav: [
      { text: 'Read', link: '/prologue' },
      { text: 'Lab', link: '/lab' },
      { text: 'Teach', link: '/teach' },
      { text: 'Index', link: '/indices' },
    ],
    sidebar: [...sidebar(book), indexLinks],
    outline: { level: [2, 3], label: 'In this chapter' },
    search: {
      provider: 'local',
      options: {
        detailedView: true,
        _render: prose,
        miniSearch: {
          _splitIntoSections: sectionsOf,
          searchOptions: { boostDocument: weightOf },
        },
      },
    },
    docFooter: { prev: 'Before', next: 'Next' },
    footer: {
      message: 'Text CC BY 4.0, code MIT.',
    },
  },
  transformHtml: withPolicy,
  async buildEnd(site) {
    await writePageData(site.outDir, maker);
    writeOffline(site.outDir);
  },
  vite: {
    resolve: {
      alias: [{
        // What the default theme itself imports by these names.
        find: /^\.\/(?:components\/)?(VPNav|VPSidebarItem)\.vue$/,
        replacement: join(import.meta.dirname, 'theme', 'at-rest', '$1.ts'),
      }],
    },
    plugins: [pageDataServer(), startWithBuild(maker)],
    worker: { format: 'es' },
    server: { fs: { allow: ['..'] } },
    // What exercises fetch when they are opened: found only then, it would
    // make the dev server load the page anew, and close them.
    optimizeDeps: {
      include: [
        'codemirror', '@codemirror/commands', '@codemirror/lang-javascript',
        '@codemirror/lint', '@codemirror/view', '@vitest/expect',
        '@vitest/runner', '@vitest/spy', 'diff', 'fast-check', 'markdown-it',
        'sucrase', 'typescript', 'yaml',
      ],
    },
    build: { chunkSizeWarningLimit: 2000 },
  },
});
