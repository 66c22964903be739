// Submitting: the shape of every input, what is refused, the four answers, closing, and options of external selects.
import type { KnownBlock, ModalView } from '@slack/types';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clearForm, type FormApp, modal, openForm, option, plain, registerForm, text } from './form-app.js';
import { GENERAL, type Harness, REP, startHarness } from './support.js';

describe.each(['socket', 'http'] as const)('submissions over %s', (transport) => {
  let harness: Harness;
  const form: FormApp = { script: {}, submissions: [], closed: [] };
  const { submissions, closed } = form;
  const open = (view: ModalView) => openForm(harness, form, view);
  beforeAll(async () => {
    harness = await startHarness(transport, (app) => registerForm(app, form));
  });
  afterAll(() => harness.close());
  beforeEach(async () => {
    clearForm(form);
    await harness.sandbox.reset();
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
    form.script.submit = () => ({ response_action: 'errors', errors: { a: 'no' } });
    expect(await sandbox.submit(REP, { text: 'x' })).toMatchObject({
      ok: false,
      status: 'acked',
      errors: { a: 'no' },
    });
    expect(sandbox.views(REP)[0]).toMatchObject({
      errors: { a: 'no' },
      state: { values: { a: { text: { value: 'x' } } } },
    });
    form.script.submit = () => ({ response_action: 'errors', errors: { d: 'no' } });
    expect(await sandbox.submit(REP)).toMatchObject({ ok: false, status: 'error' });
    form.script.submit = () => ({ response_action: 'errors', errors: {} });
    expect(await sandbox.submit(REP)).toMatchObject({ ok: false, status: 'error' });
    expect(sandbox.views(REP)).toHaveLength(1);
  });

  it('updates, pushes and clears by the acknowledgement, and refuses an invalid view', async () => {
    const { sandbox } = harness;
    await open(modal([text('a')]));
    form.script.submit = () => ({
      response_action: 'update',
      view: modal([text('a'), text('b', { optional: true })]),
    });
    expect(await sandbox.submit(REP, { a: { text: 'kept' } })).toMatchObject({ ok: true });
    expect(sandbox.views(REP)[0]?.state.values.a?.text?.value).toBe('kept');
    form.script.submit = () => ({
      response_action: 'update',
      view: { ...modal([]), title: plain('x'.repeat(25)) },
    });
    expect(await sandbox.submit(REP)).toMatchObject({ ok: false, status: 'error' });
    form.script.submit = () => ({ response_action: 'push', view: modal([text('c')]) });
    await sandbox.submit(REP);
    expect(sandbox.views(REP)).toHaveLength(2);
    await sandbox.submit(REP, { text: 'x' });
    expect(sandbox.views(REP)).toHaveLength(3);
    expect(await sandbox.submit(REP, { text: 'x' })).toMatchObject({
      ok: false,
      status: 'error',
      message: expect.stringContaining('push_limit_reached'),
    });
    expect(sandbox.views(REP)).toHaveLength(3);
    form.script.submit = () => ({ response_action: 'clear' });
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
