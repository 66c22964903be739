// What handler tests do again and again: look at the top window, click, choose, put a message where it can be clicked.
import type { InteractionResult, Message, OptionObject, View } from '../../sandbox/server/protocol.js';
import type { NoticeKind, NoticePayload } from '../../src/domain/notices/notice.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { renderNotice } from '../../src/jobs/render-notice.js';
import type { PersonKey } from './company.js';
import type { SandboxedCompany } from './sandboxed-company.js';

/** A message and how to read it again. */
export interface Posted {
  readonly channel: string;
  readonly ts: string;
  read(): Message;
}

/** Everything a person sees in a window or message, as text to search in. */
export const words = (shown: View | Message): string => JSON.stringify(shown.blocks ?? []);

export function windowsOf(world: SandboxedCompany) {
  const { sandbox } = world;

  const top = (who: string): View => {
    const view = sandbox.views(who).at(-1);
    if (!view) throw new Error(`${who} has no window open`);
    return view;
  };

  /** Posts blocks into a channel, a person's DM by default, as delivery would. */
  async function post(blocks: unknown[], channel: string, text = 'a message'): Promise<Posted> {
    const { ts = '' } = await world.client.chat.postMessage({ channel, text, blocks: blocks as never[] });
    const read = () => {
      const message = sandbox.messages(channel).find((one) => one.ts === ts);
      if (!message) throw new Error('the message is gone');
      return message;
    };
    read();
    return { channel, ts, read };
  }

  const snapshot = (who: string, channel: string): string =>
    JSON.stringify([
      sandbox.views(who).map(({ id, blocks, private_metadata }) => [id, blocks, private_metadata]),
      sandbox.history(who, channel),
    ]);

  /** A click is acknowledged before anything is done about it: waits until the person sees something of it. */
  async function seen(
    who: string,
    channel: string,
    act: () => Promise<InteractionResult>,
  ): Promise<InteractionResult> {
    const before = snapshot(who, channel);
    const result = await act();
    await sandbox.waitFor(() => snapshot(who, channel) !== before, 5_000, 'an answer to the click');
    return result;
  }

  return {
    top,
    post,

    /** Renders a notice from the facts of now, in the company's language. */
    async render<K extends NoticeKind>(kind: K, payload: NoticePayload<K>, to: PersonKey | null = null) {
      const system = await world.company.system();
      const person = to && (await world.company.as(to)).actor;
      return renderNotice({ ...system, locale: 'zh-CN', t: translator('zh-CN'), person }, kind, payload);
    },

    /** Clicks in a message and waits for an answer that the person sees. */
    click: (who: string, posted: Posted, action: string, given = {}): Promise<InteractionResult> =>
      seen(who, posted.channel, () =>
        sandbox.click(who, { channel: posted.channel, message: posted.read() }, action, given),
      ),

    /** Clicks in a message where nothing is to be seen of it at once: delivery rewrites the message later. */
    clickUnseen: (who: string, posted: Posted, action: string): Promise<InteractionResult> =>
      sandbox.click(who, { channel: posted.channel, message: posted.read() }, action),

    clickTop: (who: string, action: string, given = {}): Promise<InteractionResult> =>
      seen(who, sandbox.dm(who), () => sandbox.click(who, top(who), action, given)),

    /** A button out of nowhere, in the person's DM: opens what it opens, also with a forged value. */
    async press(who: string, action: string, value: string): Promise<InteractionResult> {
      const element = { type: 'button', action_id: action, text: { type: 'plain_text', text: 'go' } };
      const blocks = [{ type: 'actions', elements: [{ ...element, ...(value && { value }) }] }];
      const posted = await post(blocks, sandbox.dm(who));
      return seen(who, posted.channel, () =>
        sandbox.click(who, { channel: posted.channel, message: posted.read() }, action),
      );
    },

    /** The block of a field, whatever stands after `|` in its id. */
    block(who: string, field: string) {
      const found = top(who).blocks.find((one) => String(one.block_id).split('|')[0] === field);
      if (!found) throw new Error(`no field ${field}`);
      return found;
    },

    /** Types into fields by name. */
    fill(who: string, values: Record<string, string | string[]>) {
      return Object.fromEntries(
        Object.entries(values).map(([field, value]) => {
          const block = top(who).blocks.find((one) => String(one.block_id).split('|')[0] === field);
          if (!block) throw new Error(`no field ${field} in ${words(top(who))}`);
          const element = block.element as { action_id: string };
          return [String(block.block_id), { [element.action_id]: value }];
        }),
      );
    },

    /** Asks for the options of a select and chooses one by its text. */
    async choose(who: string, field: string, query: string, text = query): Promise<InteractionResult> {
      const view = top(who);
      const block = view.blocks.find((one) => String(one.block_id).split('|')[0] === field);
      const element = block?.element as { action_id: string } | undefined;
      if (!block || !element) throw new Error(`no field ${field}`);
      const place = { block_id: String(block.block_id), action_id: element.action_id };
      const answer = await sandbox.options({
        as: who,
        container: { type: 'view', view_id: view.id },
        ...place,
        value: query,
      });
      const offered: OptionObject[] = 'options' in answer ? (answer.options ?? []) : [];
      const option = offered.find((one) => one.text.text.includes(text));
      if (!option) throw new Error(`${text} is not offered: ${JSON.stringify(offered)}`);
      return seen(who, sandbox.dm(who), () =>
        sandbox.click(who, view, element.action_id, { ...place, value: option.value ?? '' }),
      );
    },

    /** What only this person was told last. */
    told(who: string, channel: string): string {
      const own = sandbox.history(who, channel).filter((message) => message.ephemeral === true);
      return own.at(-1)?.text ?? '';
    },
  };
}
