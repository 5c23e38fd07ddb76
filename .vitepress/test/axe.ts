// What axe finds serious or critical on a page, one line each.
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const path = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface Finding {
  id: string;
  impact: string | null;
  nodes: { html: string; failureSummary?: string }[];
}

export async function axe(page: Page): Promise<string[]> {
  await page.addScriptTag({ path });
  const findings = await page.evaluate(async () => {
    const { axe: tool } = window as unknown as {
      axe: { run(): Promise<{ violations: Finding[] }> };
    };
    return (await tool.run()).violations;
  });
  return findings
    .filter((f) => f.impact === 'serious' || f.impact === 'critical')
    .map((f) => `${f.id}: ${f.nodes[0]?.html ?? ''} ${f.nodes[0]?.failureSummary ?? ''}`);
}
