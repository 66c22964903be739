// Turns what a person typed or chose into state values, refusing what their client could not have offered.
import { presentFile, readFileType } from './files.js';
import type { GivenValue, GivenValues, StateValue, StateValues } from './protocol.js';
import type { Slack } from './slack.js';
import { isObject, type Json } from './validate-rules.js';
import { buildValue, listFields, listOptions, STATEFUL } from './view-state.js';
import type { StoredView } from './world.js';

/** The client could not have sent this: a forged or outdated value. */
export class RefusedValue extends Error {}

/** Where options offered by the app to one person for one external select are remembered. */
export function offeredKey(user: string, blockId: string, actionId: string): string {
  return `${user}|${blockId}|${actionId}`;
}

function pickOption(slack: Slack, user: string, blockId: string, element: Json, given: unknown): unknown {
  const wanted = isObject(given) ? given.value : given;
  if (wanted === null || wanted === undefined || wanted === '') return null;
  const offered = slack.offered.get(offeredKey(user, blockId, String(element.action_id))) ?? [];
  const initial = [
    element.initial_option,
    ...(Array.isArray(element.initial_options) ? element.initial_options : []),
  ];
  const option = [...listOptions(element), ...offered, ...initial].find(
    (entry) => isObject(entry) && entry.value === wanted,
  );
  if (!option) throw new RefusedValue(`not among the options: ${JSON.stringify(wanted)}`);
  return option;
}

function pickFiles(slack: Slack, user: string, element: Json, given: unknown[]): unknown {
  const files = given.map((entry) => {
    const id = isObject(entry) ? entry.id : entry;
    const file = typeof id === 'string' ? slack.store.world.files[id] : undefined;
    if (!file || file.user !== user) throw new RefusedValue(`no such file: ${String(id)}`);
    const allowed = element.filetypes;
    if (Array.isArray(allowed) && !allowed.includes(readFileType(file.name))) {
      throw new RefusedValue(`file type not accepted: ${file.name}`);
    }
    return presentFile(file);
  });
  const most = typeof element.max_files === 'number' ? element.max_files : 10;
  if (files.length > most) throw new RefusedValue(`no more than ${most} files`);
  return files;
}

function checkId(slack: Slack, type: string, id: unknown): void {
  const { users, channels } = slack.store.world;
  const known = type.includes('users') ? users : channels;
  if (typeof id === 'string' && !Object.hasOwn(known, id)) throw new RefusedValue(`unknown: ${id}`);
}

/** One element's state value from what was given; throws RefusedValue. */
export function readGiven(
  slack: Slack,
  user: string,
  blockId: string,
  element: Json,
  given: GivenValue,
): StateValue {
  const type = String(element.type);
  const field = STATEFUL[type];
  if (!field) throw new RefusedValue(`${type} holds no value`);
  const inner: unknown = isObject(given) ? given[field.key] : given;
  const list = Array.isArray(inner) ? inner : inner === null || inner === undefined ? [] : [inner];
  switch (field.kind) {
    case 'option':
      return buildValue(element, pickOption(slack, user, blockId, element, inner));
    case 'options':
      return buildValue(
        element,
        list.map((entry) => pickOption(slack, user, blockId, element, entry)),
      );
    case 'files':
      return buildValue(element, pickFiles(slack, user, element, list));
    case 'id':
      checkId(slack, type, inner);
      return buildValue(element, inner);
    case 'ids':
      for (const id of list) checkId(slack, type, id);
      return buildValue(element, list);
    case 'date':
      if (typeof inner === 'string' && !isCalendarDate(inner)) throw new RefusedValue(`not a date: ${inner}`);
      return buildValue(element, inner);
    case 'text':
      return buildValue(element, typeof inner === 'number' ? String(inner) : inner);
    default:
      return buildValue(element, inner);
  }
}

function isCalendarDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Values over a list of blocks: what was held, overlaid with what was given; throws RefusedValue. */
export function overlayGiven(
  slack: Slack,
  user: string,
  blocks: StoredView['blocks'],
  held: StateValues,
  given: GivenValues,
): StateValues {
  const values = structuredClone(held);
  for (const [blockId, actions] of Object.entries(given)) {
    for (const [actionId, value] of Object.entries(actions)) {
      const field = listFields(blocks).find(
        (entry) => entry.blockId === blockId && entry.actionId === actionId,
      );
      if (!field) throw new RefusedValue(`no such input: ${blockId} / ${actionId}`);
      values[blockId] = {
        ...values[blockId],
        [actionId]: readGiven(slack, user, blockId, field.element, value),
      };
    }
  }
  return values;
}
