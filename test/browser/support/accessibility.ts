// Runs axe-core in a window and keeps what a person would be stopped by.
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Locator, Page } from 'playwright-core';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

type WithAxe = typeof globalThis & { axe: { run(part: Element, how: RunOptions): Promise<AxeResults> } };

/** Serious and critical findings of what is shown now, or of a part of it, one line each. */
export async function findBarriers(page: Page, part: Locator = page.locator('html')): Promise<string[]> {
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.addScriptTag({ path: AXE });
  const { violations } = await part.evaluate((box) =>
    (globalThis as WithAxe).axe.run(box, { resultTypes: ['violations'] }),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 200)}`));
}
