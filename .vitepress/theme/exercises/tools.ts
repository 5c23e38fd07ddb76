// The libraries that the book's own tools are built on, as a CommonJS module of the
// book gets them.
import MarkdownIt from 'markdown-it';
import * as diff from 'diff';
import * as yaml from 'yaml';

export const tools: Readonly<Record<string, unknown>> =
  { diff, yaml, 'markdown-it': MarkdownIt };
