// Modals: triggers, the stack, versions, and typed values across updates.
import { setTimeout as sleep } from 'node:timers/promises';
import type { KnownBlock, ModalView } from '@slack/types';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clearForm, type FormApp, modal, openForm, plain, registerForm, text } from './form-app.js';
import { type Harness, REP, startHarness } from './support.js';

describe.each(['socket', 'http'] as const)('modals over %s', (transport) => {
  let harness: Harness;
  const form: FormApp = { script: {}, submissions: [], closed: [] };
  const { submissions } = form;
  const open = (view: ModalView) => openForm(harness, form, view);
  beforeAll(async () => {
    harness = await startHarness(transport, (app) => registerForm(app, form));
  });
  afterAll(() => harness.close());
  beforeEach(async () => {
    clearForm(form);
    await harness.sandbox.reset();
  });

  it('takes a trigger once and within three seconds', async () => {
    const { sandbox, client } = harness;
    const codes: string[] = [];
    const tryOpen = (trigger_id: string) =>
      client.views.open({ trigger_id, view: modal([text('a')]) }).then(
        () => codes.push('ok'),
        (error) => codes.push(error.data.error),
      );
    form.script.trigger = async ({ trigger_id }) => {
      await tryOpen(trigger_id);
      await tryOpen(trigger_id);
    };
    await sandbox.command(REP, '/probe');
    await sandbox.waitFor(() => codes.length === 2);
    form.script.trigger = async ({ trigger_id }) => {
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
    form.script.trigger = push;
    await sandbox.command(REP, '/probe');
    await sandbox.waitFor(() => codes.length === 1);
    await open(modal([button]));
    form.script.action = push;
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
    form.script.action = ({ view: now }) =>
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

  it('begins an input anew whose block has no id of its own, even when it is drawn as it was', async () => {
    const { client, sandbox } = harness;
    const { block_id: _, ...nameless } = text('nameless', { initial_value: 'first' });
    const view = await open(modal([nameless as KnownBlock, text('go', { dispatch: true })]));
    const before = view.blocks[0]?.block_id ?? '';
    form.script.action = ({ view: now }) =>
      client.views.update({
        view_id: now?.id ?? '',
        view: modal([nameless as KnownBlock, text('go', { dispatch: true })]),
      });
    await sandbox.act({
      as: REP,
      container: { type: 'view', view_id: view.id },
      action: { block_id: 'go', action_id: 'text', value: 'now' },
      state: { values: { [before]: { text: 'typed' } } },
    });
    await sandbox.waitFor(() => sandbox.views(REP)[0]?.hash !== view.hash);
    const after = sandbox.views(REP)[0];
    expect(after?.blocks[0]?.block_id).not.toBe(before);
    expect(Object.values(after?.state.values ?? {}).map((block) => block.text?.value)).toEqual([
      'first',
      'now',
    ]);
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
});
