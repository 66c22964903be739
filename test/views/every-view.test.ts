// Every window and message is held against Slack's limits with the longest data, in both languages, by a test of views.
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildersIn, runs, untested } from '../support/view-builders.js';

it('no window and no message is without one', () => {
  expect(untested(join(import.meta.dirname, '../..'))).toEqual([]);
});

it('finds builders by name and by what they return, whatever their parameters', () => {
  const text = `
export function aModal(t: Translate): ModalView { return x; }
export function told<K extends Kind>(
  { a, b }: { a: (x: string) => string; b: [number] },
  t: Translate,
): Message & { blocks: KnownBlock[] } { return x; }
export const aCard = (facts: Facts, reader: RowReader): Full => x;
export const untyped = (t: Translate) => x;
export function whichMessage(t: Translate) { return x; }
export function line(one: Message): string { return x; }
function innerModal(): ModalView { return x; }
`;
  expect(buildersIn(text)).toEqual(['aModal', 'told', 'aCard', 'whichMessage']);
});

it('takes no import, no other name, and nothing unchecked or in one language for a run', () => {
  const test = "import { aModal } from 'x';\nfor (const l of LOCALES) expectModal(aModal(l));";
  expect(runs(test, 'aModal')).toBe(true);
  expect(runs(test, 'bModal')).toBe(false);
  expect(runs(test.replace('aModal(l)', 'anotherModal(l)'), 'aModal')).toBe(false);
  expect(runs(test.replace('expectModal', 'expect'), 'aModal')).toBe(false);
  expect(runs(test.replace('LOCALES', "['en']"), 'aModal')).toBe(false);
});
