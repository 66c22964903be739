// Each Block Kit limit at its exact edge: the largest allowed passes, one more is refused at the right place.
import { describe, expect, it } from 'vitest';
import { type Surface, validateBlocks } from '../../sandbox/server/validate-blocks.js';
import { validateView } from '../../sandbox/server/validate-view.js';

type Json = Record<string, unknown>;

const chars = (n: number) => '款'.repeat(n);
const plain = (text: string) => ({ type: 'plain_text', text });
const times = <T>(n: number, make: (index: number) => T) =>
  Array.from({ length: n }, (_, index) => make(index));
const option = (text = 'a', value = 'a') => ({ text: plain(text), value });
const section = (more: Json = {}) => ({ type: 'section', text: { type: 'mrkdwn', text: 'x' }, ...more });
const actions = (...elements: Json[]) => ({ type: 'actions', elements });
const button = (more: Json = {}) => ({ type: 'button', text: plain('Go'), ...more });
const input = (element: Json, more: Json = {}) => ({ type: 'input', label: plain('L'), element, ...more });
const select = (more: Json) => actions({ type: 'static_select', ...more });
const confirm = (more: Json) => actions(button({ confirm: { text: plain('Sure?'), ...more } }));
const rawRow = (n: number, text = 'c') => times(n, () => ({ type: 'raw_text', text }));
const pie = (n: number, more: Json = {}) => ({
  type: 'data_visualization',
  title: 'Chart',
  chart: { type: 'pie', segments: times(n, (index) => ({ label: `s${index}`, value: 1 })) },
  ...more,
});
const line = (n: number) => ({
  type: 'data_visualization',
  title: 'Chart',
  chart: {
    type: 'line',
    series: times(n, (index) => ({ name: `s${index}`, data: [{ label: 'a', value: 1 }] })),
    axis_config: { categories: ['a'] },
  },
});

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

/** name, surface, blocks that pass, blocks that fail, where */
const RULES: [string, Surface, unknown[], unknown[], string][] = [
  ['known block types', 'message', [{ type: 'divider' }], [{ type: 'carousel_of_horses' }], '/0/type'],
  ['no unknown fields', 'message', [{ type: 'divider' }], [{ type: 'divider', colour: 'red' }], '/0'],
  ['required fields', 'message', [{ type: 'header', text: plain('h') }], [{ type: 'header' }], '/0'],
  [
    'no empty text',
    'message',
    [{ type: 'header', text: plain('h') }],
    [{ type: 'header', text: plain('') }],
    '/0/text/text',
  ],
  ['a section has text or fields', 'message', [section()], [{ type: 'section' }], '/0'],
  [
    'header is plain text',
    'message',
    [{ type: 'header', text: plain('h') }],
    [{ type: 'header', text: { type: 'mrkdwn', text: 'h' } }],
    '/0/text/type',
  ],
  [
    'block_ids are unique',
    'message',
    [section({ block_id: 'a' }), section({ block_id: 'b' })],
    [section({ block_id: 'a' }), section({ block_id: 'a' })],
    '/1/block_id',
  ],
  [
    'action_ids are unique in a block',
    'message',
    [actions(button({ action_id: 'a' })), actions(button({ action_id: 'a' }))],
    [actions(button({ action_id: 'a' }), button({ action_id: 'a' }))],
    '/0/elements/1/action_id',
  ],
  [
    'alert stands in modals only',
    'modal',
    [{ type: 'alert', text: plain('!') }],
    [{ type: 'markdown', text: 'x' }],
    '/0/type',
  ],
  [
    'file_input stands in modals only',
    'message',
    [input({ type: 'datepicker' })],
    [input({ type: 'file_input' })],
    '',
  ],
  ['no table on Home', 'home', [section()], [{ type: 'table', rows: [rawRow(1)] }], '/0/type'],
  ['no chart in a modal', 'modal', [section()], [pie(1)], '/0/type'],
  [
    'no plain_text_input in actions',
    'message',
    [actions(button())],
    [actions({ type: 'plain_text_input' })],
    '/0/elements/0/type',
  ],
  ['no button in an input', 'modal', [input({ type: 'timepicker' })], [input(button())], '/0/element/type'],
  [
    'button style',
    'message',
    [actions(button({ style: 'danger' }))],
    [actions(button({ style: 'green' }))],
    '/0/elements/0/style',
  ],
  [
    'options or groups, one of them',
    'message',
    [select({ options: [option()] })],
    [select({})],
    '/0/elements/0',
  ],
  [
    'not both options and groups',
    'message',
    [select({ options: [option()] })],
    [select({ options: [option()], option_groups: [{ label: plain('g'), options: [option()] }] })],
    '/0/elements/0',
  ],
  [
    'no empty options',
    'message',
    [select({ options: [option()] })],
    [select({ options: [] })],
    '/0/elements/0/options',
  ],
  [
    'the initial option is one of the options',
    'message',
    [select({ options: [option()], initial_option: option() })],
    [select({ options: [option()], initial_option: option('b', 'a') })],
    '/0/elements/0/initial_option',
  ],
  [
    'initial options are among the options',
    'modal',
    [input({ type: 'checkboxes', options: [option()], initial_options: [option()] })],
    [input({ type: 'checkboxes', options: [option()], initial_options: [option('z', 'z')] })],
    '/0/element/initial_options/0',
  ],
  [
    'min_query_length may be 0',
    'modal',
    [input({ type: 'external_select', min_query_length: 0 })],
    [input({ type: 'external_select', min_query_length: -1 })],
    '/0/element/min_query_length',
  ],
  [
    'a date is a date',
    'modal',
    [input({ type: 'datepicker', initial_date: '2026-12-31' })],
    [input({ type: 'datepicker', initial_date: '31.12.2026' })],
    '/0/element/initial_date',
  ],
  [
    'a time is a time',
    'modal',
    [input({ type: 'timepicker', initial_time: '23:59' })],
    [input({ type: 'timepicker', initial_time: '24:00' })],
    '/0/element/initial_time',
  ],
  [
    'number_input says whether decimals',
    'modal',
    [input({ type: 'number_input', is_decimal_allowed: true })],
    [input({ type: 'number_input' })],
    '/0/element',
  ],
  [
    'min_length is not more than max_length',
    'modal',
    [input({ type: 'plain_text_input', min_length: 5, max_length: 5 })],
    [input({ type: 'plain_text_input', min_length: 6, max_length: 5 })],
    '/0/element',
  ],
  [
    'one focus',
    'modal',
    [input({ type: 'datepicker', focus_on_load: true }), input({ type: 'datepicker' })],
    [input({ type: 'datepicker', focus_on_load: true }), input({ type: 'datepicker', focus_on_load: true })],
    '',
  ],
  [
    'file_input does not dispatch',
    'modal',
    [input({ type: 'file_input' })],
    [input({ type: 'file_input' }, { dispatch_action: true })],
    '/0/dispatch_action',
  ],
  [
    'image has one source',
    'message',
    [{ type: 'image', alt_text: 'a', image_url: 'https://x.example/a.png' }],
    [{ type: 'image', alt_text: 'a' }],
    '/0',
  ],
  [
    'urls are absolute',
    'message',
    [actions(button({ url: 'https://x.example' }))],
    [actions(button({ url: 'x.example' }))],
    '/0/elements/0/url',
  ],
  [
    'url options in overflow only',
    'message',
    [section({ accessory: { type: 'overflow', options: [{ ...option(), url: 'https://x.example' }] } })],
    [select({ options: [{ ...option(), url: 'https://x.example' }] })],
    '/0/elements/0/options/0',
  ],
  [
    'mrkdwn choices',
    'modal',
    [input({ type: 'radio_buttons', options: [{ text: { type: 'mrkdwn', text: '*a*' }, value: 'a' }] })],
    [input({ type: 'static_select', options: [{ text: { type: 'mrkdwn', text: '*a*' }, value: 'a' }] })],
    '/0/element/options/0/text/type',
  ],
  [
    'rich text parts',
    'message',
    [
      {
        type: 'rich_text',
        elements: [
          {
            type: 'rich_text_section',
            elements: [
              { type: 'text', text: 'x', style: { bold: true } },
              { type: 'user', user_id: 'U1' },
            ],
          },
        ],
      },
    ],
    [
      {
        type: 'rich_text',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: '' }] }],
      },
    ],
    '/0/elements/0/elements/0/text',
  ],
  [
    'chart labels match the categories',
    'message',
    [line(2)],
    [{ ...line(1), chart: { ...line(1).chart, axis_config: { categories: ['b'] } } }],
    '/0/chart/series/0/data',
  ],
  ['blocks are objects', 'message', [section()], ['text'], '/0'],
];

describe('rules of blocks', () => {
  it.each(RULES)('%s', (_name, surface, good, bad, pointer) => {
    expect(validateBlocks(surface, good)).toEqual([]);
    expect(validateBlocks(surface, bad).map((issue) => issue.pointer)).toContain(`/blocks${pointer}`);
  });

  it('is not fooled by names every object has', () => {
    expect(validateBlocks('message', [{ type: 'constructor' }])).toHaveLength(1);
    expect(
      validateBlocks('message', [{ type: 'section', text: { type: 'toString', text: 'x' } }]),
    ).toHaveLength(1);
  });
});

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
