import { defineConfig } from 'vitepress';
import { readBook, sidebar } from './book.ts';
import { ringfenceBlocks } from './markdown/blocks.ts';
import { diagrams } from './markdown/diagrams.ts';
import { chapterHead } from './markdown/chapter-head.ts';
import { pageDataServer, writePageData } from './page-data.ts';

const book = readBook();

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
  lastUpdated: false,
  ignoreDeadLinks: false,
  head: [
    ['link', { rel: 'icon', type: 'image/svg+xml', href: '/favicon.svg' }],
    ['meta', { name: 'theme-color', content: '#c77700' }],
  ],
  markdown: {
    lineNumbers: false,
    theme: { light: 'github-light-high-contrast', dark: 'github-dark' },
    languageAlias: { hint: 'md' },
    config(md) {
      md.use(chapterHead, book);
      md.use(ringfenceBlocks, book);
      md.use(diagrams);
    },
  },
  themeConfig: {
    logo: '/favicon.svg',
    nav: [
      { text: 'Read', link: '/prologue' },
      { text: 'Lab', link: '/lab' },
      { text: 'Teach', link: '/teach' },
    ],
    sidebar: sidebar(book),
    outline: { level: [2, 3], label: 'In this chapter' },
    search: { provider: 'local', options: { detailedView: true } },
    docFooter: { prev: 'Before', next: 'Next' },
    footer: {
      message: 'Text CC BY 4.0, code MIT.',
    },
  },
  buildEnd(site) {
    writePageData(site.outDir);
  },
  vite: {
    plugins: [pageDataServer()],
    worker: { format: 'es' },
    server: { fs: { allow: ['..'] } },
    build: { chunkSizeWarningLimit: 2000 },
  },
});
