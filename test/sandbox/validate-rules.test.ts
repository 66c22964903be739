// Each Block Kit rule that is not a number: blocks that pass, and the same blocks with one thing wrong.
import { describe, expect, it } from 'vitest';
import { type Surface, validateBlocks } from '../../sandbox/server/validate-blocks.js';
import {
  actions,
  button,
  input,
  line,
  option,
  pie,
  plain,
  rawRow,
  section,
  select,
} from './block-samples.js';

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
