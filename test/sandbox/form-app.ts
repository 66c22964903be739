// An app whose command opens a form, and whose listeners do what the running test tells them.
import type { App, BlockAction, SlackViewAction } from '@slack/bolt';
import type { KnownBlock, ModalView } from '@slack/types';
import type { View } from '../../sandbox/server/protocol.js';
import { GENERAL, type Harness, REP } from './support.js';

export const plain = (text: string) => ({ type: 'plain_text' as const, text });
export const option = (value: string) => ({ text: plain(value), value });

/** A form with these blocks. */
export function modal(blocks: KnownBlock[], more: Partial<ModalView> = {}): ModalView {
  return { type: 'modal', callback_id: 'form', title: plain('Form'), submit: plain('Save'), blocks, ...more };
}

/** A text input named by its block_id; its action_id is `text`. */
export function text(
  blockId: string,
  more: { initial_value?: string; optional?: boolean; dispatch?: boolean } = {},
): KnownBlock {
  return {
    type: 'input',
    block_id: blockId,
    label: plain(blockId),
    optional: more.optional ?? false,
    dispatch_action: more.dispatch ?? false,
    element: {
      type: 'plain_text_input',
      action_id: 'text',
      ...(more.initial_value === undefined ? {} : { initial_value: more.initial_value }),
    },
  };
}

/** What the next handler does; each test sets its own. */
export interface Script {
  trigger?: (body: { trigger_id: string }) => Promise<unknown>;
  action?: (body: BlockAction) => Promise<unknown>;
  submit?: (body: SlackViewAction) => unknown;
}

export interface FormApp {
  script: Script;
  submissions: SlackViewAction['view'][];
  closed: unknown[];
}

/** Forgets what the last test did. */
export function clearForm(form: FormApp): void {
  form.script = {};
  form.submissions.length = 0;
  form.closed.length = 0;
}

/** Adds the listeners of the form app. */
export function registerForm(app: App, form: FormApp): void {
  app.command('/probe', async ({ ack, body }) => {
    await ack();
    await form.script.trigger?.(body);
  });
  app.action(/.*/, async ({ ack, body }) => {
    await ack();
    await form.script.action?.(body as BlockAction);
  });
  app.view('form', async ({ ack, body, view }) => {
    form.submissions.push(view);
    const answer = form.script.submit?.(body);
    await (answer === undefined ? ack() : ack(answer as never));
  });
  app.view({ callback_id: 'form', type: 'view_closed' }, async ({ ack, body }) => {
    form.closed.push(body);
    await ack();
  });
  app.options('search', async ({ ack, body }) => {
    form.submissions.push(body.view as never);
    await ack({ options: [option(`found-${body.value}`)] });
  });
}

/** Opens a form for the rep and waits until it is there. */
export async function openForm({ sandbox, client }: Harness, form: FormApp, view: ModalView): Promise<View> {
  form.script.trigger = ({ trigger_id }) => client.views.open({ trigger_id, view });
  await sandbox.command(REP, '/probe', '', GENERAL);
  return await sandbox.waitFor(() => sandbox.views(REP).at(-1));
}
