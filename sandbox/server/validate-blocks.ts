// Rules of every block by type, which surface takes it, and the rules that span a whole list of blocks.
import { dataTableBlock, dataVisualizationBlock, tableBlock } from './validate-data-blocks.js';
import { elementOf } from './validate-elements.js';
import { LIMITS } from './validate-limits.js';
import { anyText, httpUrl, id, plainText, requireOneOf, url } from './validate-objects.js';
import { richTextBlock } from './validate-rich-text.js';
import {
  countCodePoints,
  flag,
  type Issue,
  isObject,
  type Json,
  list,
  literal,
  object,
  objectsIn,
  oneOf,
  type Report,
  type Rule,
  runRule,
  string,
} from './validate-rules.js';

export type Surface = 'message' | 'modal' | 'home';

const EVERYWHERE: Surface[] = ['message', 'modal', 'home'];

function block(type: string, required: Record<string, Rule>, optional: Record<string, Rule> = {}): Rule {
  return object({ required: { type: literal(type), ...required }, optional: { block_id: id, ...optional } });
}

const inputBlock: Rule = object({
  required: { type: literal('input'), label: plainText(LIMITS.label), element: elementOf('input') },
  optional: { block_id: id, hint: plainText(LIMITS.hint), optional: flag, dispatch_action: flag },
  also: (value, pointer, report) => {
    if (value.dispatch_action === true && isObject(value.element) && value.element.type === 'file_input') {
      report(`${pointer}/dispatch_action`, 'file_input cannot dispatch actions');
    }
  },
});

const sectionBlock: Rule = object({
  required: { type: literal('section') },
  optional: {
    block_id: id,
    text: anyText(LIMITS.text),
    fields: list(anyText(LIMITS.fieldText), { max: LIMITS.fields }),
    accessory: elementOf('accessory'),
    expand: flag,
  },
  also: (value, pointer, report) => {
    if (!value.text && !value.fields) report(pointer, 'must define either `text` or `fields`');
  },
});

const imageBlock: Rule = object({
  required: { type: literal('image'), alt_text: string({ max: LIMITS.altText }) },
  optional: {
    block_id: id,
    title: plainText(LIMITS.altText),
    image_url: httpUrl,
    slack_file: object({ optional: { id, url: httpUrl } }),
  },
  also: (value, pointer, report) => requireOneOf(value, ['image_url', 'slack_file'], pointer, report),
});

/** Each block type: where it may stand and its rule. */
export const BLOCKS: Record<string, { surfaces: Surface[]; rule: Rule }> = {
  header: { surfaces: EVERYWHERE, rule: block('header', { text: plainText(LIMITS.header) }) },
  section: { surfaces: EVERYWHERE, rule: sectionBlock },
  divider: { surfaces: EVERYWHERE, rule: block('divider', {}) },
  context: {
    surfaces: EVERYWHERE,
    rule: block('context', { elements: list(elementOf('context'), { max: LIMITS.context }) }),
  },
  actions: {
    surfaces: EVERYWHERE,
    rule: block('actions', { elements: list(elementOf('actions'), { max: LIMITS.actions }) }),
  },
  input: { surfaces: EVERYWHERE, rule: inputBlock },
  image: { surfaces: EVERYWHERE, rule: imageBlock },
  rich_text: { surfaces: EVERYWHERE, rule: richTextBlock },
  video: {
    surfaces: EVERYWHERE,
    rule: block(
      'video',
      {
        alt_text: string({ max: LIMITS.altText }),
        title: plainText(199),
        thumbnail_url: httpUrl,
        video_url: httpUrl,
      },
      {
        author_name: string({ max: 49 }),
        description: plainText(200),
        provider_icon_url: httpUrl,
        provider_name: string({ max: 75 }),
        title_url: url,
      },
    ),
  },
  file: { surfaces: ['message'], rule: block('file', { external_id: id, source: oneOf('remote') }) },
  markdown: {
    surfaces: ['message'],
    rule: block('markdown', { text: string({ max: LIMITS.markdownCharacters }) }),
  },
  table: { surfaces: ['message'], rule: tableBlock },
  data_visualization: { surfaces: ['message'], rule: dataVisualizationBlock },
  data_table: { surfaces: ['message', 'modal'], rule: dataTableBlock },
  alert: {
    surfaces: ['modal'],
    rule: block(
      'alert',
      { text: anyText(LIMITS.alertText) },
      { level: oneOf('default', 'info', 'warning', 'error', 'success') },
    ),
  },
};

/** The interactive elements of a block, with their pointer inside it. */
export function elementsOf(value: Json): { element: Json; path: string }[] {
  const found: { element: Json; path: string }[] = [];
  if (isObject(value.accessory)) found.push({ element: value.accessory, path: '/accessory' });
  if (isObject(value.element)) found.push({ element: value.element, path: '/element' });
  if (value.type === 'actions') {
    objectsIn(value.elements).forEach((element, index) => {
      found.push({ element, path: `/elements/${index}` });
    });
  }
  return found;
}

function checkIds(blocks: Json[], pointer: string, report: Report): void {
  const blockIds = new Set<unknown>();
  blocks.forEach((value, index) => {
    if (value.block_id !== undefined) {
      if (blockIds.has(value.block_id)) {
        report(`${pointer}/${index}/block_id`, `block_id already exists: ${JSON.stringify(value.block_id)}`);
      }
      blockIds.add(value.block_id);
    }
    const actionIds = new Set<unknown>();
    for (const { element, path } of elementsOf(value)) {
      if (element.action_id === undefined) continue;
      if (actionIds.has(element.action_id)) {
        report(
          `${pointer}/${index}${path}/action_id`,
          `action_id already exists: ${JSON.stringify(element.action_id)}`,
        );
      }
      actionIds.add(element.action_id);
    }
  });
}

function checkWhole(surface: Surface, blocks: Json[], pointer: string, report: Report): void {
  const ofType = (type: string) => blocks.filter((value) => value.type === type);
  const elements = blocks.flatMap(elementsOf).map(({ element }) => element);
  if (elements.filter((element) => element.focus_on_load === true).length > 1) {
    report(pointer, 'only one element can be focused on load');
  }
  if (surface !== 'modal' && elements.some((element) => element.type === 'file_input')) {
    report(pointer, 'unsupported type: file_input');
  }
  if (surface !== 'message') return;
  if (ofType('table').length > 1) report(pointer, 'only one table block is allowed');
  if (ofType('data_visualization').length > LIMITS.chartsPerMessage) {
    report(pointer, `no more than ${LIMITS.chartsPerMessage} data_visualization blocks allowed`);
  }
  const markdown = ofType('markdown').map((value) => (typeof value.text === 'string' ? value.text : ''));
  if (countCodePoints(markdown.join('')) > LIMITS.markdownCharacters) {
    report(pointer, `markdown blocks must be less than ${LIMITS.markdownCharacters + 1} characters in all`);
  }
  if (areBlocksTooLong(blocks)) {
    report(pointer, `must be less than ${LIMITS.messageBlocksCharacters + 1} characters in all`);
  }
}

/** True when a message's blocks, serialised, exceed what Slack takes (`msg_blocks_too_long`). */
export function areBlocksTooLong(blocks: unknown): boolean {
  return countCodePoints(JSON.stringify(blocks)) > LIMITS.messageBlocksCharacters;
}

/** Everything Slack would refuse in a list of blocks shown on a surface; empty when it is valid. */
export function validateBlocks(surface: Surface, blocks: unknown, pointer = '/blocks'): Issue[] {
  const max = surface === 'message' ? LIMITS.blocksPerMessage : LIMITS.blocksPerView;
  const one: Rule = (value, at, report) => {
    if (!isObject(value)) return report(at, 'must provide an object');
    const type = value.type;
    const known = typeof type === 'string' && Object.hasOwn(BLOCKS, type) ? BLOCKS[type] : undefined;
    if (!known?.surfaces.includes(surface)) return report(`${at}/type`, `unsupported type: ${String(type)}`);
    known.rule(value, at, report);
  };
  const all: Rule = (value, at, report) => {
    list(one, { min: 0, max })(value, at, report);
    checkIds(objectsIn(value), at, report);
    checkWhole(surface, objectsIn(value), at, report);
  };
  return runRule(all, blocks, pointer);
}
