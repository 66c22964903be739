// Modals: triggers, stack, versions, typed values across updates, what a submission carries and how it is answered.

import { setTimeout as sleep } from 'node:timers/promises';
import type { App, BlockAction, SlackViewAction } from '@slack/bolt';
import type { KnownBlock, ModalView } from '@slack/types';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { View } from '../../sandbox/server/protocol.js';
import { GENERAL, type Harness, REP, startHarness } from './support.js';

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const option = (value: string) => ({ text: plain(value), value });

function modal(blocks: KnownBlock[], more: Partial<ModalView> = {}): ModalView {
  return { type: 'modal', callback_id: 'form', title: plain('Form'), submit: plain('Save'), blocks, ...more };
}

function text(
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
interface Script {
  trigger?: (body: { trigger_id: string }) => Promise<unknown>;
  action?: (body: BlockAction) => Promise<unknown>;
  submit?: (body: SlackViewAction) => unknown;
}

describe.each(['socket', 'http'] as const)('modals over %s', (transport) => {
  let harness: Harness;
  let script: Script = {};
  const submissions: SlackViewAction['view'][] = [];
  const closed: unknown[] = [];
  beforeAll(async () => {
    harness = await startHarness(transport, (app: App) => {
      app.command('/probe', async ({ ack, body }) => {
        await ack();
        await script.trigger?.(body);
      });
      app.action(/.*/, async ({ ack, body }) => {
        await ack();
        await script.action?.(body as BlockAction);
      });
      app.view('form', async ({ ack, body, view }) => {
        submissions.push(view);
        const answer = script.submit?.(body);
        await (answer === undefined ? ack() : ack(answer as never));
      });
      app.view({ callback_id: 'form', type: 'view_closed' }, async ({ ack, body }) => {
        closed.push(body);
        await ack();
      });
      app.options('search', async ({ ack, body }) => {
        submissions.push(body.view as never);
        await ack({ options: [option(`found-${body.value}`)] });
      });
    });
  });
  afterAll(() => harness.close());
  beforeEach(async () => {
    script = {};
    submissions.length = 0;
    closed.length = 0;
    await harness.sandbox.reset();
  });

  const open = async (view: ModalView): Promise<View> => {
    const { sandbox, client } = harness;
    script.trigger = ({ trigger_id }) => client.views.open({ trigger_id, view });
    await sandbox.command(REP, '/probe', '', GENERAL);
    return await sandbox.waitFor(() => sandbox.views(REP).at(-1));
  };

  it('takes a trigger once and within three seconds', async () => {
    const { sandbox, client } = harness;
    const codes: string[] = [];
    const tryOpen = (trigger_id: string) =>
      client.views.open({ trigger_id, view: modal([text('a')]) }).then(
        () => codes.push('ok'),
        (error) => codes.push(error.data.error),
      );
    script.trigger = async ({ trigger_id }) => {
      await tryOpen(trigger_id);
      await tryOpen(trigger_id);
    };
    await sandbox.command(REP, '/probe');
    await sandbox.waitFor(() => codes.length === 2);
    script.trigger = async ({ trigger_id }) => {
      await sleep(3_100);
      await tryOpen(trigger_id);
    };
    await sandbox.command(REP, '/probe');
    await sandbox.waitFor(() => codes.length === 3);
    expect(codes).toEqual(['ok', 'exchanged_trigger_id', 'expired_trigger_id']);
  });

  it('stacks three modals and no fourth, and only from an open modal', async () => {
    const { sandbox, client } = harness;
    const button: KnownBlock = {
      type: 'actions',
      elements: [{ type: 'button', action_id: 'more', text: plain('More') }],
    };
    const codes: string[] = [];
    const push = ({ trigger_id }: { trigger_id: string }) =>
      client.views.push({ trigger_id, view: modal([button]) }).then(
        () => codes.push('ok'),
        (error) => codes.push(error.data.error),
      );
    script.trigger = push;
    await sandbox.command(REP, '/probe');
    await sandbox.waitFor(() => codes.length === 1);
    await open(modal([button]));
    script.action = push;
    for (let count = 2; count <= 4; count += 1) {
      const top = sandbox.views(REP).at(-1);
      if (!top) throw new Error('no modal');
      await sandbox.click(REP, top, 'more');
      await sandbox.waitFor(() => codes.length === count);
    }
    expect(codes).toEqual(['not_found', 'ok', 'ok', 'push_limit_reached']);
    const stack = sandbox.views(REP);
    expect(stack).toHaveLength(3);
    expect(stack[2]).toMatchObject({ root_view_id: stack[0]?.id, previous_view_id: stack[1]?.id });
  });

  it('keeps typed values where block_id and action_id stay, and only there', async () => {
    const { client, sandbox } = harness;
    const view = await open(
      modal([text('kept', { initial_value: 'first' }), text('renamed-1'), text('go', { dispatch: true })]),
    );
    script.action = ({ view: now }) =>
      client.views.update({
        view_id: now?.id ?? '',
        hash: now?.hash ?? '',
        view: modal([
          text('kept', { initial_value: 'second' }),
          text('renamed-2', { initial_value: 'fresh' }),
          text('go', { dispatch: true }),
        ]),
      });
    await sandbox.act({
      as: REP,
      container: { type: 'view', view_id: view.id },
      action: { block_id: 'go', action_id: 'text', value: 'now' },
      state: { values: { kept: { text: 'typed' }, 'renamed-1': { text: 'lost' } } },
    });
    await sandbox.waitFor(() => sandbox.views(REP)[0]?.hash !== view.hash);
    await sandbox.submit(REP);
    const values = submissions[0]?.state.values;
    expect(values?.kept?.text?.value).toBe('typed');
    expect(values?.['renamed-2']?.text?.value).toBe('fresh');
    expect(values?.go?.text?.value).toBe('now');
    expect(Object.keys(values ?? {})).toEqual(['kept', 'renamed-2', 'go']);
  });

  it('ignores a new initial value even when nothing was typed', async () => {
    const { client, sandbox } = harness;
    const view = await open(modal([text('a', { initial_value: 'first' })]));
    await client.views.update({ view_id: view.id, view: modal([text('a', { initial_value: 'second' })]) });
    expect(sandbox.views(REP)[0]?.state.values.a?.text?.value).toBe('first');
  });

  it('refuses an update of an older version', async () => {
    const { client } = harness;
    const view = await open(modal([text('a')]));
    const update = (hash: string) =>
      client.views
        .update({ view_id: view.id, hash, view: modal([text('b')]) })
        .catch((error) => error.data.error);
    const first = await update(view.hash);
    expect(first).toMatchObject({ ok: true });
    expect(first.view.hash).not.toBe(view.hash);
    expect(await update(view.hash)).toBe('hash_conflict');
  });

  it('submits every kind of input in its own shape', async () => {
    const { sandbox } = harness;
    const input = (blockId: string, element: object): KnownBlock =>
      ({
        type: 'input',
        block_id: blockId,
        optional: true,
        label: plain(blockId),
        element: { action_id: 'x', ...element },
      }) as KnownBlock;
    const options = [option('a'), option('b')];
    const blocks = [
      input('text', { type: 'plain_text_input' }),
      input('number', { type: 'number_input', is_decimal_allowed: true }),
      input('select', { type: 'static_select', options }),
      input('multi', { type: 'multi_static_select', options }),
      input('radio', { type: 'radio_buttons', options, initial_option: option('b') }),
      input('boxes', { type: 'checkboxes', options }),
      input('date', { type: 'datepicker' }),
      input('time', { type: 'timepicker' }),
      input('user', { type: 'users_select' }),
      input('users', { type: 'multi_users_select' }),
      input('channel', { type: 'channels_select' }),
      input('conversation', { type: 'conversations_select', initial_conversation: GENERAL }),
      input('files', { type: 'file_input' }),
    ];
    await open(modal(blocks));
    await sandbox.submit(REP);
    const empty = Object.fromEntries(
      Object.entries(submissions[0]?.state.values ?? {}).map(([id, value]) => [id, value.x]),
    );
    expect(empty).toEqual({
      text: { type: 'plain_text_input', value: null },
      number: { type: 'number_input', value: null },
      select: { type: 'static_select', selected_option: null },
      multi: { type: 'multi_static_select', selected_options: [] },
      radio: { type: 'radio_buttons', selected_option: option('b') },
      boxes: { type: 'checkboxes', selected_options: [] },
      date: { type: 'datepicker', selected_date: null },
      time: { type: 'timepicker', selected_time: null },
      user: { type: 'users_select', selected_user: null },
      users: { type: 'multi_users_select', selected_users: [] },
      channel: { type: 'channels_select', selected_channel: null },
      conversation: { type: 'conversations_select', selected_conversation: GENERAL },
      files: { type: 'file_input', files: [] },
    });
    await open(modal(blocks));
    const file = sandbox.upload(REP, 'slip.pdf', 'pdf');
    const given = {
      text: '甲',
      number: 1.5,
      select: 'b',
      multi: ['a', 'b'],
      radio: 'a',
      boxes: ['b'],
      date: '2026-12-31',
      time: '09:30',
      user: REP,
      users: [REP],
      channel: GENERAL,
      files: [file.id],
    };
    await sandbox.submit(
      REP,
      Object.fromEntries(Object.entries(given).map(([id, value]) => [id, { x: value }])),
    );
    const full = submissions[1]?.state.values;
    expect(full?.number?.x?.value).toBe('1.5');
    expect(full?.multi?.x?.selected_options).toEqual(options);
    expect(full?.date?.x?.selected_date).toBe('2026-12-31');
    expect(full?.files?.x?.files).toMatchObject([{ id: file.id, name: 'slip.pdf', size: 3 }]);
  });

  it('refuses what the form could not have offered', async () => {
    const { sandbox } = harness;
    const block: KnownBlock = {
      type: 'input',
      block_id: 's',
      label: plain('S'),
      element: { type: 'static_select', action_id: 's', options: [option('a')] },
    };
    await open(modal([block]));
    expect(await sandbox.submit(REP, { s: 'forged' })).toMatchObject({ ok: false, status: 'error' });
    expect(await sandbox.submit(REP, { s: { other: 'x' } })).toMatchObject({ ok: false, status: 'error' });
    expect(submissions).toEqual([]);
  });

  it('checks required fields before the app is asked, in the reader’s language', async () => {
    const { sandbox } = harness;
    await open(modal([text('a')]));
    const result = await sandbox.submit(REP);
    expect(result).toMatchObject({ ok: false, errors: { a: '请填写此必填字段。' } });
    expect(submissions).toEqual([]);
  });

  it('shows field errors on inputs and refuses errors on anything else', async () => {
    const { sandbox } = harness;
    await open(modal([text('a'), { type: 'divider', block_id: 'd' }]));
    script.submit = () => ({ response_action: 'errors', errors: { a: 'no' } });
    expect(await sandbox.submit(REP, { text: 'x' })).toMatchObject({
      ok: false,
      status: 'acked',
      errors: { a: 'no' },
    });
    expect(sandbox.views(REP)[0]).toMatchObject({
      errors: { a: 'no' },
      state: { values: { a: { text: { value: 'x' } } } },
    });
    script.submit = () => ({ response_action: 'errors', errors: { d: 'no' } });
    expect(await sandbox.submit(REP)).toMatchObject({ ok: false, status: 'error' });
    script.submit = () => ({ response_action: 'errors', errors: {} });
    expect(await sandbox.submit(REP)).toMatchObject({ ok: false, status: 'error' });
    expect(sandbox.views(REP)).toHaveLength(1);
  });

  it('updates, pushes and clears by the acknowledgement, and refuses an invalid view', async () => {
    const { sandbox } = harness;
    await open(modal([text('a')]));
    script.submit = () => ({
      response_action: 'update',
      view: modal([text('a'), text('b', { optional: true })]),
    });
    expect(await sandbox.submit(REP, { a: { text: 'kept' } })).toMatchObject({ ok: true });
    expect(sandbox.views(REP)[0]?.state.values.a?.text?.value).toBe('kept');
    script.submit = () => ({
      response_action: 'update',
      view: { ...modal([]), title: plain('x'.repeat(25)) },
    });
    expect(await sandbox.submit(REP)).toMatchObject({ ok: false, status: 'error' });
    script.submit = () => ({ response_action: 'push', view: modal([text('c')]) });
    await sandbox.submit(REP);
    expect(sandbox.views(REP)).toHaveLength(2);
    script.submit = () => ({ response_action: 'clear' });
    await sandbox.submit(REP, { text: 'x' });
    expect(sandbox.views(REP)).toEqual([]);
  });

  it('tells of a closed modal only when asked', async () => {
    const { sandbox } = harness;
    await open(modal([text('a')]));
    await sandbox.dismiss(REP);
    await open(modal([text('a')], { notify_on_close: true }));
    await sandbox.dismiss(REP);
    expect(closed).toMatchObject([{ type: 'view_closed', is_cleared: false }]);
    expect(sandbox.views(REP)).toEqual([]);
  });

  it('asks for options without typed values and accepts only what was offered', async () => {
    const { sandbox } = harness;
    const search: KnownBlock = {
      type: 'input',
      block_id: 's',
      label: plain('S'),
      element: { type: 'external_select', action_id: 'search', min_query_length: 1 },
    };
    const view = await open(modal([text('a', { initial_value: 'typed' }), search]));
    const ask = (value: string) =>
      sandbox.options({
        as: REP,
        container: { type: 'view', view_id: view.id },
        block_id: 's',
        action_id: 'search',
        value,
      });
    expect(await ask('')).toMatchObject({ ok: true, options: [] });
    expect(submissions).toEqual([]);
    expect(await ask('华')).toMatchObject({ ok: true, options: [option('found-华')] });
    expect(submissions[0]?.state.values).toEqual({});
    expect(await sandbox.submit(REP, { search: 'found-x' })).toMatchObject({ ok: false, status: 'error' });
    expect(await sandbox.submit(REP, { search: 'found-华' })).toMatchObject({ ok: true });
  });
});
