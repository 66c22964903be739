// Commands, clicks, modals and events with a real Bolt app, the same over Socket Mode and signed HTTP.
import type { App } from '@slack/bolt';
import type { KnownBlock, ModalView } from '@slack/types';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GENERAL, type Harness, REP, startHarness } from './support.js';

function buildModal(callbackId: string, blocks: KnownBlock[]): ModalView {
  return {
    type: 'modal',
    callback_id: callbackId,
    title: { type: 'plain_text', text: 'Form' },
    submit: { type: 'plain_text', text: 'Save' },
    blocks,
  };
}

const NAME: KnownBlock = {
  type: 'input',
  block_id: 'name',
  label: { type: 'plain_text', text: 'Name' },
  element: { type: 'plain_text_input', action_id: 'name' },
};

describe.each(['socket', 'http'] as const)('over %s', (transport) => {
  let harness: Harness;
  const seen: Record<string, unknown[]> = {};
  beforeAll(async () => {
    harness = await startHarness(transport, (app: App) => {
      app.command('/probe', async ({ ack, body, client }) => {
        await ack();
        await client.views.open({ trigger_id: body.trigger_id, view: buildModal('form', [NAME]) });
      });
      app.view('form', async ({ ack, view }) => {
        seen.form = [...(seen.form ?? []), view.state.values];
        await ack();
      });
    });
  });
  afterAll(() => harness.close());
  beforeEach(() => harness.sandbox.reset());

  it('opens a modal by command and closes it on submit', async () => {
    const { sandbox } = harness;
    const result = await sandbox.command(REP, '/probe', 'x', GENERAL);
    expect(result).toMatchObject({ ok: true, status: 'acked' });
    const [view] = await sandbox.waitFor(() => sandbox.views(REP));
    expect(view?.callback_id).toBe('form');
    expect(await sandbox.submit(REP, { name: '王' })).toMatchObject({ ok: true });
    expect(sandbox.views(REP)).toEqual([]);
    expect(seen.form?.at(-1)).toEqual({ name: { name: { type: 'plain_text_input', value: '王' } } });
  });
});
