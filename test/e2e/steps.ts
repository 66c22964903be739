// What people do in stories, in few words: open, choose, fill in, submit, click in a message.
import type { Block, GivenValue, Message, View } from '../../sandbox/server/protocol.js';
import type { Sandbox } from '../../sandbox/server/sandbox.js';
import { textOf } from './support.js';

const WAIT_MS = 45_000;

type Choice = NonNullable<Extract<GivenValue, { selected_option?: unknown }>['selected_option']>;

export const typed = (value: string): GivenValue => ({ value });
export const chosenDate = (date: string): GivenValue => ({ selected_date: date });

export interface Person {
  /** Runs a command in the person's own conversation with the app. */
  command(command: string, text?: string): Promise<void>;
  /** The top window, once it holds the words. */
  window(words: string): Promise<View>;
  /** The top window, once it is this form. */
  form(callbackId: string): Promise<View>;
  /** Submits the top window; values by field. */
  submit(values: Record<string, GivenValue>): Promise<void>;
  /** Chooses in a select of the top window: a fixed option, or the first one found for the words. */
  choose(field: string, words: string): Promise<{ selected_option: Choice }>;
  /** Chooses, and the window is redrawn from it. */
  pick(field: string, words: string): Promise<void>;
  /** Clicks a button of the top window. */
  press(actionId: string): Promise<void>;
  close(): Promise<void>;
  /** The newest message in a channel (own conversation if left out) that holds the words. */
  message(words: string, channel?: string): Promise<{ channel: string; message: Message }>;
  /** Clicks a button in a message. */
  click(place: { channel: string; message: Message }, actionId: string, blockId?: string): Promise<void>;
}

/** One person of the sandbox. */
export function person(sandbox: Sandbox, id: string): Person {
  const top = () => sandbox.views(id).at(-1);
  const blockOf = (field: string): Block => {
    const block = top()?.blocks.find((one) => one.block_id.split('|')[0] === field);
    if (!block) throw new Error(`no field ${field} in ${textOf(top())}`);
    return block;
  };
  const elementOf = (field: string): Record<string, unknown> => {
    const { element } = blockOf(field);
    if (typeof element !== 'object' || element === null) throw new Error(`${field} has no element`);
    return { ...element };
  };
  const expectOk = (
    result: { ok: boolean; errors?: Record<string, string>; message?: string },
    what: string,
  ) => {
    if (!result.ok || result.errors) throw new Error(`${what}: ${JSON.stringify(result)}`);
  };
  const self: Person = {
    async command(command, text = '') {
      expectOk(await sandbox.command(id, command, text), `${command} ${text}`);
    },
    window: (words) =>
      sandbox.waitFor(
        () => {
          const view = top();
          return view && textOf(view).includes(words) ? view : undefined;
        },
        WAIT_MS,
        `${id}: a window with “${words}” (now: ${textOf(top()).slice(0, 300)})`,
      ),
    form: (callbackId) =>
      sandbox.waitFor(
        () => {
          const view = top();
          return view?.callback_id === callbackId ? view : undefined;
        },
        WAIT_MS,
        `${id}: the form ${callbackId} (now: ${textOf(top()).slice(0, 300)})`,
      ),
    async submit(values) {
      const state: Record<string, Record<string, GivenValue>> = {};
      for (const [field, value] of Object.entries(values))
        state[blockOf(field).block_id] = { [String(elementOf(field).action_id)]: value };
      expectOk(await sandbox.submit(id, state), 'submit');
    },
    async choose(field, words) {
      const element = elementOf(field);
      if (element.type === 'external_select') {
        const view = top();
        if (!view) throw new Error('no window');
        const { options = [] } = await sandbox.options({
          as: id,
          container: { type: 'view', view_id: view.id },
          block_id: blockOf(field).block_id,
          action_id: String(element.action_id),
          value: words,
        });
        const [found] = options;
        if (!found) throw new Error(`${field}: nothing found for ${words}`);
        return { selected_option: found };
      }
      const options: Choice[] = Array.isArray(element.options) ? element.options : [];
      const found = options.find((option) => option.text.text.includes(words));
      if (!found) throw new Error(`${field} has no option ${words}`);
      return { selected_option: found };
    },
    async pick(field, words) {
      const view = top();
      if (!view) throw new Error('no window');
      const given = await self.choose(field, words);
      const { block_id } = blockOf(field);
      expectOk(
        await sandbox.click(id, view, String(elementOf(field).action_id), { block_id, ...given }),
        field,
      );
      await sandbox.waitFor(() => top()?.hash !== view.hash, WAIT_MS, `${field} to redraw`);
    },
    async press(actionId) {
      const view = top();
      if (!view) throw new Error('no window');
      expectOk(await sandbox.click(id, view, actionId), actionId);
    },
    async close() {
      while (top()) await sandbox.dismiss(id, true);
    },
    async message(words, channel = sandbox.dm(id)) {
      const message = await sandbox.waitFor(
        () => sandbox.history(id, channel).findLast((one) => textOf(one.blocks ?? one.text).includes(words)),
        WAIT_MS,
        `${id}: a message with “${words}” in ${channel}`,
      );
      return { channel, message };
    },
    async click(place, actionId, blockId) {
      expectOk(
        await sandbox.click(id, place, actionId, blockId === undefined ? {} : { block_id: blockId }),
        actionId,
      );
    },
  };
  return self;
}
