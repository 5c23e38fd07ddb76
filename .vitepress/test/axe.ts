// What axe finds serious or critical on a page, one line each.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const source = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Finding {
  id: string;
  impact: string | null;
  nodes: { html: string; failureSummary?: string }[];
}

/** Leaves one token of each look and place; the others become the plain text
 * of their line, which keeps its width. What is wrong with one token is wrong
 * with all that look like it, and axe needs seconds for a thousand. And shows
 * blocks outside the window, which the browser does not draw before. */
function thinCode(): void {
  for (const block of document.querySelectorAll<HTMLElement>('.rf-block')) {
    block.style.contentVisibility = 'visible';
  }
  const seen = new Set<string>();
  for (const token of document.querySelectorAll('.shiki .line span')) {
    const block = token.closest('.rf-block')?.className ?? '';
    const context = token.closest('.rf-context') ? 'context' : '';
    const look = [token.getAttribute('style'), token.className, block,
      context, token.closest('.line')?.className,
      token.closest('pre')?.className].join('|');
    if (seen.has(look)) token.replaceWith(token.textContent ?? '');
    else seen.add(look);
  }
  for (const line of document.querySelectorAll('.shiki .line')) {
    if (line.childElementCount > 0 || line.className !== 'line') line.normalize();
    else line.replaceWith(line.textContent ?? '');
  }
  for (const code of document.querySelectorAll('.shiki code')) code.normalize();
}

/** The page's policy forbids script tags from outside: axe is evaluated.
 * `where` names what is looked at, if it is not the whole page. */
export async function axe(page: Page, where = 'html'): Promise<string[]> {
  await page.evaluate(thinCode);
  await page.evaluate(source);
  const findings = await page.evaluate(async (root) => {
    const { axe: tool } = window as unknown as {
      axe: { run(root: string, options: object): Promise<{ violations: Finding[] }> };
    };
    // It need not describe what is right.
    return (await tool.run(root, { resultTypes: ['violations'] })).violations;
  }, where);
  return findings
    .filter((f) => f.impact === 'serious' || f.impact === 'critical')
    .map((f) => `${f.id}: ${f.nodes[0]?.html ?? ''} ${f.nodes[0]?.failureSummary ?? ''}`);
}
