// Whole modals and Home views at the edges of their limits.
import { describe, expect, it } from 'vitest';
import { validateView } from '../../sandbox/server/validate-view.js';
import { chars, input, type Json, plain, times } from './block-samples.js';

const modal = (more: Json = {}) => ({ type: 'modal', title: plain('T'), blocks: [], ...more });
const VIEW_LIMITS: [string, number, (n: number) => unknown, string][] = [
  ['title', 24, (n) => modal({ title: plain(chars(n)) }), '/title/text'],
  ['submit', 24, (n) => modal({ submit: plain(chars(n)) }), '/submit/text'],
  ['close', 24, (n) => modal({ close: plain(chars(n)) }), '/close/text'],
  ['private_metadata', 3000, (n) => modal({ private_metadata: chars(n) }), '/private_metadata'],
  ['callback_id', 255, (n) => modal({ callback_id: chars(n) }), '/callback_id'],
  ['external_id', 255, (n) => modal({ external_id: chars(n) }), '/external_id'],
  ['blocks', 100, (n) => modal({ blocks: times(n, () => ({ type: 'divider' })) }), '/blocks'],
];

describe('views', () => {
  it.each(VIEW_LIMITS)('%s: %i', (_name, max, build, pointer) => {
    expect(validateView(build(max))).toEqual([]);
    expect(validateView(build(max + 1)).map((issue) => issue.pointer)).toContain(`/view${pointer}`);
  });

  it('needs a submit when there are inputs', () => {
    const blocks = [input({ type: 'datepicker' })];
    expect(validateView(modal({ blocks, submit: plain('Save') }))).toEqual([]);
    expect(validateView(modal({ blocks }))).toEqual([
      { pointer: '/view', message: 'missing required field: submit' },
    ]);
  });

  it('is at most 250 KB of JSON', () => {
    const fill = (n: number) => {
      const texts = times(90, (index) => 'x'.repeat(Math.min(2900, Math.max(1, n - 90 - index * 2899))));
      return { type: 'home', blocks: texts.map((text) => ({ type: 'section', text: plain(text) })) };
    };
    const size = (n: number) => Buffer.byteLength(JSON.stringify(fill(n)));
    const largest = 200_000 + 250 * 1024 - size(200_000);
    expect(size(largest)).toBe(250 * 1024);
    expect(validateView(fill(largest))).toEqual([]);
    expect(validateView(fill(largest + 1)).map((issue) => issue.pointer)).toEqual(['/view']);
  });

  it('takes no modal fields on Home, and knows no other type', () => {
    expect(validateView({ type: 'home', blocks: [] })).toEqual([]);
    expect(validateView({ type: 'home', blocks: [], title: plain('T') })).toHaveLength(1);
    expect(validateView({ type: 'panel', blocks: [] })).toHaveLength(1);
  });
});
