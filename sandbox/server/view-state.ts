// `state.values`: what each input holds, in Slack's exact shape per element type, and how typed values survive updates.
import { isDeepStrictEqual } from 'node:util';
import type { Block, StateValue, StateValues } from './protocol.js';
import { elementsOf } from './validate-blocks.js';
import { isObject, type Json, objectsIn } from './validate-rules.js';

type ValueKey = Exclude<keyof StateValue, 'type' | 'timezone'>;
type Kind = 'text' | 'option' | 'options' | 'id' | 'ids' | 'date' | 'time' | 'instant' | 'files' | 'rich';

/** For every element that holds a value: its field in state, its initial field, and the kind of value. */
export const STATEFUL: Record<string, { key: ValueKey; initial?: string; kind: Kind }> = {
  plain_text_input: { key: 'value', initial: 'initial_value', kind: 'text' },
  number_input: { key: 'value', initial: 'initial_value', kind: 'text' },
  email_text_input: { key: 'value', initial: 'initial_value', kind: 'text' },
  url_text_input: { key: 'value', initial: 'initial_value', kind: 'text' },
  rich_text_input: { key: 'rich_text_value', initial: 'initial_value', kind: 'rich' },
  static_select: { key: 'selected_option', initial: 'initial_option', kind: 'option' },
  external_select: { key: 'selected_option', initial: 'initial_option', kind: 'option' },
  radio_buttons: { key: 'selected_option', initial: 'initial_option', kind: 'option' },
  multi_static_select: { key: 'selected_options', initial: 'initial_options', kind: 'options' },
  multi_external_select: { key: 'selected_options', initial: 'initial_options', kind: 'options' },
  checkboxes: { key: 'selected_options', initial: 'initial_options', kind: 'options' },
  users_select: { key: 'selected_user', initial: 'initial_user', kind: 'id' },
  multi_users_select: { key: 'selected_users', initial: 'initial_users', kind: 'ids' },
  conversations_select: { key: 'selected_conversation', initial: 'initial_conversation', kind: 'id' },
  multi_conversations_select: {
    key: 'selected_conversations',
    initial: 'initial_conversations',
    kind: 'ids',
  },
  channels_select: { key: 'selected_channel', initial: 'initial_channel', kind: 'id' },
  multi_channels_select: { key: 'selected_channels', initial: 'initial_channels', kind: 'ids' },
  datepicker: { key: 'selected_date', initial: 'initial_date', kind: 'date' },
  timepicker: { key: 'selected_time', initial: 'initial_time', kind: 'time' },
  datetimepicker: { key: 'selected_date_time', initial: 'initial_date_time', kind: 'instant' },
  file_input: { key: 'files', kind: 'files' },
};

const LISTS: ReadonlySet<Kind> = new Set(['options', 'ids', 'files']);

/** A state value of the element's type holding `value`; empty is null, or an empty list for multiple choices. */
export function buildValue(element: Json, value: unknown): StateValue {
  const type = String(element.type);
  const state: StateValue = { type };
  const kind = STATEFUL[type];
  if (!kind) return state;
  const empty = LISTS.has(kind.kind) ? [] : null;
  Object.assign(state, { [kind.key]: value === undefined || value === '' ? empty : (value ?? empty) });
  if (type === 'timepicker' && typeof element.timezone === 'string') state.timezone = element.timezone;
  return state;
}

/** What an element holds before anyone touched it. */
export function initialValue(element: Json): StateValue {
  const initial = STATEFUL[String(element.type)]?.initial;
  return buildValue(element, initial === undefined ? undefined : element[initial]);
}

/** The value inside a state value. */
export function readValue(state: StateValue): unknown {
  const key = STATEFUL[state.type]?.key;
  return key === undefined ? undefined : state[key];
}

/** True when nothing is chosen or typed. */
export function isEmptyValue(state: StateValue): boolean {
  const value = readValue(state);
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}

export interface Field {
  block: Block;
  blockId: string;
  actionId: string;
  element: Json;
}

/** The elements of a view that hold values. */
export function listFields(blocks: Block[]): Field[] {
  return blocks.flatMap((block) =>
    elementsOf(block)
      .filter(({ element }) => Object.hasOwn(STATEFUL, String(element.type)))
      .map(({ element }) => ({
        block,
        blockId: block.block_id,
        actionId: String(element.action_id),
        element,
      })),
  );
}

/** The options an element offers by itself (static selects, choices, overflow). */
export function listOptions(element: Json): Json[] {
  const grouped = objectsIn(element.option_groups).flatMap((group) => objectsIn(group.options));
  return [...objectsIn(element.options), ...grouped];
}

function stillOffered(element: Json, held: StateValue): boolean {
  const own = listOptions(element);
  if (own.length === 0) return true;
  const chosen = [
    ...objectsIn(held.selected_options),
    ...(isObject(held.selected_option) ? [held.selected_option] : []),
  ];
  return chosen.every((option) => own.some((entry) => isDeepStrictEqual(entry, option)));
}

/**
 * The values of a view: an element whose block_id, action_id and type are unchanged keeps what it held
 * (its initial value is ignored); every other element starts with its initial value.
 */
export function collectValues(blocks: Block[], before: StateValues = {}): StateValues {
  const values: StateValues = {};
  for (const { blockId, actionId, element } of listFields(blocks)) {
    const held = before[blockId]?.[actionId];
    const keep = held !== undefined && held.type === element.type && stillOffered(element, held);
    const ofBlock = values[blockId] ?? {};
    values[blockId] = ofBlock;
    ofBlock[actionId] = keep ? held : initialValue(element);
  }
  return values;
}
