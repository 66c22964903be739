// Each Block Kit limit at its exact edge: the largest allowed passes, one more is refused at the right place.
import { describe, expect, it } from 'vitest';
import { type Surface, validateBlocks } from '../../sandbox/server/validate-blocks.js';
import {
  actions,
  button,
  chars,
  confirm,
  input,
  line,
  option,
  pie,
  plain,
  rawRow,
  section,
  segments,
  select,
  times,
} from './block-samples.js';

/** name, surface, the largest allowed number, what to build for a number, where one more is refused */
const LIMITS: [string, Surface, number, (n: number) => unknown[], string][] = [
  ['blocks in a message', 'message', 50, (n) => times(n, () => ({ type: 'divider' })), ''],
  ['blocks in a modal', 'modal', 100, (n) => times(n, () => ({ type: 'divider' })), ''],
  ['blocks in a Home', 'home', 100, (n) => times(n, () => ({ type: 'divider' })), ''],
  ['block_id', 'message', 255, (n) => [{ type: 'divider', block_id: chars(n) }], '/0/block_id'],
  ['action_id', 'message', 255, (n) => [actions(button({ action_id: chars(n) }))], '/0/elements/0/action_id'],
  ['section text', 'message', 3000, (n) => [{ type: 'section', text: plain(chars(n)) }], '/0/text/text'],
  ['fields', 'message', 10, (n) => [{ type: 'section', fields: times(n, () => plain('f')) }], '/0/fields'],
  [
    'field text',
    'message',
    2000,
    (n) => [{ type: 'section', fields: [plain(chars(n))] }],
    '/0/fields/0/text',
  ],
  ['header', 'message', 150, (n) => [{ type: 'header', text: plain(chars(n)) }], '/0/text/text'],
  [
    'input label',
    'modal',
    2000,
    (n) => [input({ type: 'datepicker' }, { label: plain(chars(n)) })],
    '/0/label/text',
  ],
  [
    'input hint',
    'modal',
    2000,
    (n) => [input({ type: 'datepicker' }, { hint: plain(chars(n)) })],
    '/0/hint/text',
  ],
  [
    'placeholder',
    'modal',
    150,
    (n) => [input({ type: 'plain_text_input', placeholder: plain(chars(n)) })],
    '/0/element/placeholder/text',
  ],
  [
    'max_length',
    'modal',
    3000,
    (n) => [input({ type: 'plain_text_input', max_length: n })],
    '/0/element/max_length',
  ],
  [
    'initial value within max_length',
    'modal',
    20,
    (n) => [input({ type: 'plain_text_input', max_length: 20, initial_value: chars(n) })],
    '/0/element/initial_value',
  ],
  [
    'button text',
    'message',
    75,
    (n) => [actions(button({ text: plain(chars(n)) }))],
    '/0/elements/0/text/text',
  ],
  ['button value', 'message', 2000, (n) => [actions(button({ value: chars(n) }))], '/0/elements/0/value'],
  [
    'button url',
    'message',
    3000,
    (n) => [actions(button({ url: `https://x.example/${'a'.repeat(n - 18)}` }))],
    '/0/elements/0/url',
  ],
  [
    'option text',
    'message',
    75,
    (n) => [select({ options: [option(chars(n))] })],
    '/0/elements/0/options/0/text/text',
  ],
  [
    'option value',
    'message',
    75,
    (n) => [select({ options: [option('a', chars(n))] })],
    '/0/elements/0/options/0/value',
  ],
  [
    'option description',
    'message',
    75,
    (n) => [select({ options: [{ ...option(), description: plain(chars(n)) }] })],
    '/0/elements/0/options/0/description/text',
  ],
  [
    'select options',
    'message',
    100,
    (n) => [select({ options: times(n, (index) => option('a', `${index}`)) })],
    '/0/elements/0/options',
  ],
  [
    'option groups',
    'message',
    100,
    (n) => [select({ option_groups: times(n, () => ({ label: plain('g'), options: [option()] })) })],
    '/0/elements/0/option_groups',
  ],
  [
    'group label',
    'message',
    75,
    (n) => [select({ option_groups: [{ label: plain(chars(n)), options: [option()] }] })],
    '/0/elements/0/option_groups/0/label/text',
  ],
  [
    'checkboxes',
    'message',
    10,
    (n) => [actions({ type: 'checkboxes', options: times(n, (index) => option('a', `${index}`)) })],
    '/0/elements/0/options',
  ],
  [
    'radio buttons',
    'message',
    10,
    (n) => [actions({ type: 'radio_buttons', options: times(n, (index) => option('a', `${index}`)) })],
    '/0/elements/0/options',
  ],
  [
    'overflow',
    'message',
    5,
    (n) => [section({ accessory: { type: 'overflow', options: times(n, (i) => option('a', `${i}`)) } })],
    '/0/accessory/options',
  ],
  [
    'confirm title',
    'message',
    100,
    (n) => [confirm({ title: plain(chars(n)) })],
    '/0/elements/0/confirm/title/text',
  ],
  [
    'confirm text',
    'message',
    300,
    (n) => [confirm({ text: plain(chars(n)) })],
    '/0/elements/0/confirm/text/text',
  ],
  [
    'confirm yes',
    'message',
    30,
    (n) => [confirm({ confirm: plain(chars(n)) })],
    '/0/elements/0/confirm/confirm/text',
  ],
  [
    'confirm no',
    'message',
    30,
    (n) => [confirm({ deny: plain(chars(n)) })],
    '/0/elements/0/confirm/deny/text',
  ],
  ['elements in actions', 'message', 25, (n) => [actions(...times(n, () => button()))], '/0/elements'],
  [
    'context',
    'message',
    10,
    (n) => [{ type: 'context', elements: times(n, () => plain('c')) }],
    '/0/elements',
  ],
  ['table rows', 'message', 100, (n) => [{ type: 'table', rows: times(n, () => rawRow(2)) }], '/0/rows'],
  ['table columns', 'message', 20, (n) => [{ type: 'table', rows: [rawRow(n)] }], '/0/rows/0'],
  [
    'table characters',
    'message',
    10_000,
    (n) => [{ type: 'table', rows: [rawRow(1, chars(n))] }],
    '/0/rows/0/0/text',
  ],
  ['tables', 'message', 1, (n) => times(n, () => ({ type: 'table', rows: [rawRow(1)] })), ''],
  [
    'data table rows',
    'message',
    101,
    (n) => [{ type: 'data_table', caption: 'c', rows: times(n, () => rawRow(1)) }],
    '/0/rows',
  ],
  ['pie segments', 'message', 6, (n) => [pie(n)], '/0/chart/segments'],
  ['chart series', 'message', 6, (n) => [line(n)], '/0/chart/series'],
  ['chart title', 'message', 50, (n) => [pie(1, { title: chars(n) })], '/0/title'],
  ['chart label', 'message', 20, (n) => [pie(1, segments(n))], '/0/chart/segments/0/label'],
  ['chart categories', 'message', 20, (n) => [line(1, n)], '/0/chart/axis_config/categories'],
  ['charts', 'message', 2, (n) => times(n, () => pie(1)), ''],
  ['alert', 'modal', 200, (n) => [{ type: 'alert', text: plain(chars(n)) }], '/0/text/text'],
  ['markdown', 'message', 12_000, (n) => [{ type: 'markdown', text: chars(n) }], '/0/text'],
  [
    'markdown in all',
    'message',
    6000,
    (n) => [
      { type: 'markdown', text: chars(6000) },
      { type: 'markdown', text: chars(n) },
    ],
    '',
  ],
  ['files', 'modal', 10, (n) => [input({ type: 'file_input', max_files: n })], '/0/element/max_files'],
  [
    'image alt_text',
    'message',
    2000,
    (n) => [{ type: 'image', image_url: 'https://x.example/i.png', alt_text: chars(n) }],
    '/0/alt_text',
  ],
];

describe('limits of blocks', () => {
  it.each(LIMITS)('%s (%s): %i', (_name, surface, max, build, pointer) => {
    expect(validateBlocks(surface, build(max))).toEqual([]);
    const refused = validateBlocks(surface, build(max + 1)).map((issue) => issue.pointer);
    expect(refused).toContain(`/blocks${pointer}`);
  });

  it('counts code points: an emoji beyond the first plane is one', () => {
    expect(validateBlocks('message', [{ type: 'header', text: plain('🧾'.repeat(150)) }])).toEqual([]);
  });

  it('refuses more than 13,000 characters of serialised blocks', () => {
    const build = (rest: number) => [
      ...times(4, () => ({ type: 'section', text: plain(chars(3000)) })),
      { type: 'section', text: plain(chars(rest)) },
    ];
    const overhead = JSON.stringify(build(1)).length - 1;
    expect(validateBlocks('message', build(13_000 - overhead))).toEqual([]);
    expect(validateBlocks('message', build(13_001 - overhead))).toHaveLength(1);
    expect(validateBlocks('home', build(2_000))).toEqual([]);
  });
});
