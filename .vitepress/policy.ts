// The content-security policy of every page. Nothing comes from elsewhere;
// inline scripts are named by their hashes; styles are inline because each
// token of code carries its two colours.
import { createHash } from 'node:crypto';

const INLINE = /<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g;

function hashes(html: string): string[] {
  return [...html.matchAll(INLINE)].map(([, text = '']) =>
    `'sha256-${createHash('sha256').update(text).digest('base64')}'`);
}

function policy(scripts: readonly string[]): string {
  return [
    `default-src 'none'`,
    // The translator makes WebAssembly; an exercise's modules are made from
    // their text.
    ['script-src', `'self'`, `'wasm-unsafe-eval'`, `'unsafe-eval'`,
      ...new Set(scripts)].join(' '),
    `worker-src 'self'`,
    `style-src 'self' 'unsafe-inline'`,
    `img-src 'self' data: blob:`,
    `font-src 'self' data:`,
    `connect-src 'self'`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
}

/** The finished page with its policy. Throws where it has no place for it. */
export function withPolicy(html: string): string {
  const head = '<meta charset="utf-8">';
  if (!html.includes(head)) throw new Error('a page without a charset');
  const tag = '<meta http-equiv="Content-Security-Policy" content="'
    + `${policy(hashes(html))}">`;
  return html.replace(head, () => `${head}\n    ${tag}`);
}
