// A small Bolt app that has nothing to do with this repository's: a form with every kind of input, one that depends on
// another, a view above it, buttons that answer late or never, and a card with a thread.
import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { type Harness, startHarness } from '../../sandbox/support.js';

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const option = (value: string) => ({ text: plain(value), value });
const input = (id: string, element: object, more: object = {}) => ({
  type: 'input',
  block_id: id,
  label: plain(id),
  element: { action_id: 'x', ...element },
  ...more,
});
const optional = { optional: true };
const button = (id: string, more: object = {}) => ({
  type: 'button',
  action_id: id,
  text: plain(id),
  ...more,
});

/** The form; `kind` decides what its second select offers. */
export function everyInput(kind?: string): ModalView {
  const items = (kind ? [`${kind} 1`, `${kind} 2`] : ['choose a kind first']).map(option);
  const blocks = [
    input('name', { type: 'plain_text_input', max_length: 20 }, { hint: plain('as on the invoice') }),
    input(
      'kind',
      { type: 'static_select', options: ['fruit', 'tool'].map(option) },
      { dispatch_action: true },
    ),
    input(`item|${kind ?? ''}`, { type: 'static_select', options: items }),
    input('found', { type: 'external_select', action_id: 'search', min_query_length: 1 }, optional),
    input('many', { type: 'multi_static_select', options: ['a', 'b', 'c'].map(option) }, optional),
    input('radio', { type: 'radio_buttons', options: ['one', 'two'].map(option) }),
    input('boxes', { type: 'checkboxes', options: ['left', 'right'].map(option) }, optional),
    input('date', { type: 'datepicker' }),
    input('time', { type: 'timepicker' }, optional),
    input('moment', { type: 'datetimepicker' }, optional),
    input('amount', { type: 'number_input', is_decimal_allowed: false, min_value: '1' }),
    input('mail', { type: 'email_text_input' }, optional),
    input('address', { type: 'url_text_input' }, optional),
    input('person', { type: 'users_select' }, optional),
    input('room', { type: 'conversations_select' }, optional),
    input('files', { type: 'file_input', filetypes: ['pdf'], max_files: 2 }, optional),
    input('notes', { type: 'plain_text_input', multiline: true }, optional),
    input(
      'watched',
      {
        type: 'plain_text_input',
        dispatch_action_config: { trigger_actions_on: ['on_character_entered'] },
      },
      { ...optional, dispatch_action: true },
    ),
    input('applied', { type: 'plain_text_input' }, { ...optional, dispatch_action: true }),
    { type: 'alert', level: 'warning', text: plain('Check this twice') },
    { type: 'actions', block_id: 'more', elements: [button('push'), button('slow'), button('silent')] },
  ];
  return {
    type: 'modal',
    callback_id: 'every',
    title: plain('Every input'),
    submit: plain('Save'),
    close: plain('Cancel'),
    blocks: blocks as ModalView['blocks'],
  };
}

const DETOUR: ModalView = {
  type: 'modal',
  callback_id: 'detour',
  title: plain('Detour'),
  submit: plain('Use'),
  blocks: [input('detail', { type: 'plain_text_input' })] as ModalView['blocks'],
};

const CARD = [
  { type: 'section', text: { type: 'mrkdwn', text: '*Card* to decide' } },
  {
    type: 'actions',
    block_id: 'card',
    elements: [
      button('yes', {
        style: 'primary',
        confirm: {
          title: plain('Sure?'),
          text: plain('It cannot be undone.'),
          confirm: plain('Do it'),
          deny: plain('Not yet'),
        },
      }),
      { type: 'overflow', action_id: 'overflow', options: [option('form'), option('nothing')] },
    ],
  },
];

export interface EveryInput extends Harness {
  /** What was submitted, newest last. */
  readonly submitted: Record<string, unknown>[];
}

/** Starts it over Socket Mode with the built page. */
export async function startEveryInput(pageDir: string, clockFile: string): Promise<EveryInput> {
  const submitted: Record<string, unknown>[] = [];
  const register = (app: App) => {
    app.command('/probe', async ({ ack, body, client, command }) => {
      if (command.text === 'silent') return;
      await ack();
      if (command.text === 'card') {
        const { ts = '' } = await client.chat.postMessage({
          channel: body.channel_id,
          text: 'card',
          blocks: CARD as never,
        });
        await client.chat.postMessage({ channel: body.channel_id, text: 'a reply', thread_ts: ts });
        return;
      }
      await client.views.open({ trigger_id: body.trigger_id, view: everyInput() });
    });
    app.action<import('@slack/bolt').BlockAction>(/.*/, async ({ ack, body, action, client, respond }) => {
      const id = 'action_id' in action ? action.action_id : '';
      if (id === 'silent') return;
      if (id === 'slow') await new Promise((resolve) => setTimeout(resolve, 1_000));
      await ack();
      if (id === 'push') await client.views.push({ trigger_id: body.trigger_id, view: DETOUR });
      if (id === 'yes') await respond({ text: 'decided', replace_original: true });
      if (action.type === 'overflow' && action.selected_option.value === 'form')
        await client.views.open({ trigger_id: body.trigger_id, view: everyInput() });
      if (action.type === 'plain_text_input' && body.view)
        await client.views.update({ view_id: body.view.id, view: everyInput() });
      if (action.type !== 'static_select' || action.block_id !== 'kind' || !body.view) return;
      const view = everyInput(action.selected_option.value);
      await client.views.update({ view_id: body.view.id, hash: body.view.hash, view });
    });
    app.options('search', async ({ ack, body }) => ack({ options: [option(`found ${body.value}`)] }));
    app.view('every', async ({ ack, view }) => {
      const { values } = view.state;
      if (values.name?.x?.value === 'taken')
        return ack({ response_action: 'errors', errors: { name: 'That name is taken. Choose another.' } });
      submitted.push(values);
      return ack();
    });
    app.view('detour', async ({ ack }) => ack());
    app.event('app_home_opened', async ({ event, client }) => {
      const view = { type: 'home' as const, blocks: CARD as never };
      await client.views.publish({ user_id: event.user, view });
    });
  };
  const harness = await startHarness('socket', register, { pageDir, clockFile, clockQuietMs: 100 });
  return { ...harness, submitted };
}
