// Typed helpers for Block Kit: escaping, limits, and the few shapes the app uses. Pure.
import type {
  ActionsBlock,
  AlertBlock,
  Button,
  ConfirmationDialog,
  ContextBlock,
  HeaderBlock,
  InputBlock,
  KnownBlock,
  ModalView,
  PlainTextElement,
  PlainTextOption,
  SectionBlock,
} from '@slack/types';
import { truncate } from '../i18n/format.js';

/** The limits that text is cut to or counted against (spec/slack.md). */
export const LIMIT = {
  title: 24,
  header: 150,
  sectionText: 3000,
  field: 2000,
  option: 75,
  button: 75,
  alert: 200,
  remark: 3000,
  messageBlocks: 48,
  messageCharacters: 12_000,
  /** In all cells of a table. */
  tableCharacters: 9_900,
  viewBlocks: 100,
} as const;

const WIDE: Record<string, string> = { '*': '＊', _: '＿', '~': '～', '`': '｀' };
const escapeSigns = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const unescapeSigns = (text: string): string =>
  text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');

/**
 * User text in mrkdwn: cannot ping, link or format. Signs that would format become their full-width twins where Slack
 * reads them as such: beside a space, another sign or the end.
 */
export function escapeMrkdwn(text: string): string {
  const wide = (sign: string) => WIDE[sign] ?? sign;
  return escapeSigns(
    text.replace(/(?<![\p{L}\p{N}])[*_~`]/gu, wide).replace(/[*_~`](?![\p{L}\p{N}])/gu, wide),
  );
}

/**
 * A message's top-level text, which Slack reads as mrkdwn too: links to channels that the app makes stay, nothing pings.
 * What a view has escaped already, since the same words stand in its blocks, is not escaped again.
 */
export function notificationText(text: string): string {
  return text
    .split(/(<#[A-Z0-9]+>)/)
    .map((part, index) => (index % 2 === 1 ? part : escapeSigns(unescapeSigns(part))))
    .join('');
}

export const plain = (text: string, max: number = LIMIT.sectionText): PlainTextElement => ({
  type: 'plain_text',
  text: truncate(text, max),
  emoji: false,
});
export const mrkdwn = (text: string, max: number = LIMIT.sectionText) => ({
  type: 'mrkdwn' as const,
  text: truncate(text, max),
});

/** `text` is mrkdwn: escape what people typed. */
export const section = (text: string, accessory?: SectionBlock['accessory']): SectionBlock => ({
  type: 'section',
  text: mrkdwn(text),
  ...(accessory && { accessory }),
});

/** Label and value pairs in two columns, at most 10; values are escaped here. */
export const fields = (pairs: readonly (readonly [label: string, value: string])[]): SectionBlock => ({
  type: 'section',
  fields: pairs
    .slice(0, 10)
    .map(([label, value]) => mrkdwn(`*${label}*\n${escapeMrkdwn(value) || '—'}`, LIMIT.field)),
});

export const header = (text: string): HeaderBlock => ({ type: 'header', text: plain(text, LIMIT.header) });
export const context = (...texts: string[]): ContextBlock => ({
  type: 'context',
  elements: texts.slice(0, 10).map((text) => mrkdwn(text, LIMIT.field)),
});
export const divider = (): KnownBlock => ({ type: 'divider' });
export const actions = (elements: ActionsBlock['elements'], blockId?: string): ActionsBlock => ({
  type: 'actions',
  elements,
  ...(blockId !== undefined && { block_id: blockId }),
});

/** A notice on top of a modal; modals only. */
export const alert = (text: string, level: AlertBlock['level'] = 'warning'): AlertBlock => ({
  type: 'alert',
  text: plain(text, LIMIT.alert),
  level,
});

export interface ButtonOptions {
  value?: string;
  style?: 'primary' | 'danger';
  confirm?: ConfirmationDialog;
  /** Verb, customer, instalment: what a screen reader says. */
  label?: string;
}
export const button = (actionId: string, text: string, options: ButtonOptions = {}): Button => ({
  type: 'button',
  action_id: actionId,
  text: plain(text, LIMIT.button),
  ...(options.value !== undefined && { value: options.value }),
  ...(options.style && { style: options.style }),
  ...(options.confirm && { confirm: options.confirm }),
  ...(options.label !== undefined && { accessibility_label: truncate(options.label, LIMIT.button) }),
});

export const confirm = (
  title: string,
  text: string,
  yes: string,
  no: string,
  danger = false,
): ConfirmationDialog => ({
  title: plain(title, 100),
  text: plain(text, 300),
  confirm: plain(yes, 30),
  deny: plain(no, 30),
  ...(danger && { style: 'danger' as const }),
});

export const option = (text: string, value: string): PlainTextOption => ({
  text: plain(text, LIMIT.option),
  value,
});

/** Only what is there: `null`, `false` and `undefined` entries fall out. */
export function present<T>(...items: (T | null | false | undefined)[]): T[] {
  return items.filter((item): item is T => item !== null && item !== false && item !== undefined);
}

/** An input block; its block_id is the field's name in the form. */
export const input = (
  blockId: string,
  label: string,
  element: InputBlock['element'],
  options: { optional?: boolean; hint?: string; dispatch?: boolean } = {},
): InputBlock => ({
  type: 'input',
  block_id: blockId,
  label: plain(label, 150),
  element,
  optional: options.optional ?? false,
  ...(options.hint !== undefined && { hint: plain(options.hint, 150) }),
  ...(options.dispatch && { dispatch_action: true }),
});

/** A one-line or multi-line text input. */
export const textInput = (
  options: { initial?: string | null; multiline?: boolean; placeholder?: string; maxLength?: number } = {},
): InputBlock['element'] => {
  // Slack refuses a view whose value is longer than it may become; what was typed too long is told when it is sent.
  const fits = [...(options.initial ?? '')].length <= (options.maxLength ?? LIMIT.remark);
  return {
    type: 'plain_text_input',
    action_id: 'value',
    multiline: options.multiline ?? false,
    ...(options.initial && { initial_value: truncate(options.initial, LIMIT.remark) }),
    ...(options.placeholder !== undefined && { placeholder: plain(options.placeholder, 150) }),
    ...(options.maxLength !== undefined && fits && { max_length: options.maxLength }),
  };
};

/** A select over options known now; none chosen if `initial` is not among them. */
export const selectInput = (
  options: readonly PlainTextOption[],
  initial?: string | null,
  extra: { actionId?: string; placeholder?: string } = {},
): InputBlock['element'] => {
  const chosen = options.find((candidate) => candidate.value === initial);
  return {
    type: 'static_select',
    action_id: extra.actionId ?? 'value',
    options: [...options].slice(0, 100),
    ...(chosen && { initial_option: chosen }),
    ...(extra.placeholder !== undefined && { placeholder: plain(extra.placeholder, 150) }),
  };
};

/** A select whose options are asked for while typing; from the first character, Chinese names are short. */
export const externalSelect = (
  actionId: string,
  extra: { initial?: PlainTextOption | undefined; placeholder?: string } = {},
): InputBlock['element'] => ({
  type: 'external_select',
  action_id: actionId,
  min_query_length: 0,
  ...(extra.initial && { initial_option: extra.initial }),
  ...(extra.placeholder !== undefined && { placeholder: plain(extra.placeholder, 150) }),
});

export const dateInput = (initial?: string | null, actionId = 'value'): InputBlock['element'] => ({
  type: 'datepicker',
  action_id: actionId,
  ...(initial && { initial_date: initial }),
});

export interface ModalOptions {
  callbackId: string;
  title: string;
  blocks: KnownBlock[];
  submit?: string;
  close: string;
  /** Serialised private_metadata: ids and versions, never authority. */
  metadata?: string;
}
export const modal = (options: ModalOptions): ModalView => ({
  type: 'modal',
  callback_id: options.callbackId,
  title: plain(options.title, LIMIT.title),
  close: plain(options.close, LIMIT.title),
  blocks: options.blocks,
  ...(options.submit !== undefined && { submit: plain(options.submit, LIMIT.title) }),
  ...(options.metadata !== undefined && { private_metadata: options.metadata }),
});
