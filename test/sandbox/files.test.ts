// Files: who may see one, how the app reads and sends one, and that nothing runs as the sandbox's own page.
import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { File } from '../../sandbox/server/protocol.js';
import { APP } from '../../sandbox/server/world.js';
import { FINANCE, GENERAL, type Harness, REP, SECRET, startHarness } from './support.js';

const FORM: ModalView = {
  type: 'modal',
  callback_id: 'form',
  title: { type: 'plain_text', text: 'Form' },
  submit: { type: 'plain_text', text: 'Save' },
  blocks: [
    {
      type: 'input',
      block_id: 'voucher',
      label: { type: 'plain_text', text: 'Voucher' },
      element: { type: 'file_input', action_id: 'voucher', filetypes: ['pdf'], max_files: 1 },
    },
  ],
};

let harness: Harness;
let shared: string[] = [];
beforeAll(async () => {
  harness = await startHarness('socket', (app: App) => {
    app.command('/probe', async ({ ack, body, client }) => {
      await ack();
      await client.views.open({ trigger_id: body.trigger_id, view: FORM });
    });
    app.view('form', async ({ ack }) => ack());
    app.event('file_shared', async ({ event }) => {
      shared.push(event.file_id);
    });
  });
});
afterAll(() => harness.close());
beforeEach(async () => {
  shared = [];
  await harness.sandbox.reset();
});

const asApp = (file: File) =>
  fetch(file.url_private, {
    headers: { authorization: `Bearer ${harness.sandbox.botToken}` },
    redirect: 'manual',
  });
const asUser = (file: File, user: string) => fetch(`${file.url_private}?as=${user}`);

async function openForm(): Promise<void> {
  const { sandbox } = harness;
  await sandbox.command(REP, '/probe');
  await sandbox.waitFor(() => sandbox.views(REP));
}

it('keeps an upload to its owner; the app reads it once it was submitted', async () => {
  const { sandbox, client } = harness;
  const file = sandbox.upload(REP, '水单.pdf', 'slip');
  expect((await asApp(file)).status).toBe(302);
  expect(await client.files.info({ file: file.id }).catch((error) => error.data.error)).toBe(
    'file_not_found',
  );
  await openForm();
  expect(await sandbox.submit(REP, { voucher: [file.id] })).toMatchObject({ ok: true });
  expect(await (await asApp(file)).text()).toBe('slip');
  expect(await client.files.info({ file: file.id })).toMatchObject({
    file: { id: file.id, name: '水单.pdf', channels: [] },
  });
  expect(await (await asUser(file, REP)).text()).toBe('slip');
  expect((await asUser(file, FINANCE)).status).toBe(404);
});

it('gives nothing to a wrong token or a guessed address', async () => {
  const { sandbox } = harness;
  const file = sandbox.upload(REP, 'a.pdf', 'x');
  const wrong = await fetch(file.url_private, {
    headers: { authorization: 'Bearer xoxb-wrong' },
    redirect: 'manual',
  });
  expect(wrong.status).toBe(302);
  expect((await fetch(`${sandbox.url}/files-pri/F0GUESS/a.pdf?as=${REP}`)).status).toBe(404);
});

it('takes only the file types and the number that the input asks for, and only one’s own', async () => {
  const { sandbox } = harness;
  await openForm();
  const mine = sandbox.upload(REP, 'a.pdf', 'x');
  const image = sandbox.upload(REP, 'a.png', 'x');
  const other = sandbox.upload(FINANCE, 'b.pdf', 'x');
  for (const ids of [[image.id], [other.id], [mine.id, sandbox.upload(REP, 'c.pdf', 'x').id]]) {
    expect(await sandbox.submit(REP, { voucher: ids })).toMatchObject({ ok: false, status: 'error' });
  }
  expect(await sandbox.submit(REP, { voucher: [mine.id] })).toMatchObject({ ok: true });
});

it('shares a file with a message: members see it and the app is told', async () => {
  const { sandbox } = harness;
  const file = sandbox.upload(FINANCE, 'a.txt', 'x');
  sandbox.say(FINANCE, SECRET, '', { file_ids: [file.id] });
  await sandbox.waitFor(() => shared.length === 1);
  expect(shared).toEqual([file.id]);
  expect((await asUser(file, REP)).status).toBe(404);
  expect((await asApp(file)).status).toBe(200);
  expect(() => sandbox.say(REP, GENERAL, '', { file_ids: [file.id] })).toThrow(/no such file/);
});

it('takes uploads of the app and posts them to a channel and a thread', async () => {
  const { sandbox, client } = harness;
  const { ts = '' } = await client.chat.postMessage({ channel: GENERAL, text: 'root' });
  await client.filesUploadV2({
    channel_id: GENERAL,
    thread_ts: ts,
    initial_comment: 'the list',
    file: Buffer.from('名,额\n'),
    filename: 'list.csv',
    title: 'List',
  });
  const [, reply] = sandbox.history(REP, GENERAL, ts);
  expect(reply).toMatchObject({
    text: 'the list',
    user: APP.user,
    files: [{ name: 'list.csv', title: 'List', mimetype: 'text/csv' }],
  });
  const [file] = reply?.files ?? [];
  if (!file) throw new Error('no file');
  const response = await asUser(file, REP);
  expect(await response.text()).toBe('名,额\n');
  expect(response.headers.get('content-disposition')).toMatch(/^attachment/);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
});

it('refuses to complete an upload that never came, or came with another length', async () => {
  const { client } = harness;
  const { upload_url: url = '', file_id: id = '' } = await client.files.getUploadURLExternal({
    filename: 'a.csv',
    length: 3,
  });
  const complete = () =>
    client.files.completeUploadExternal({ files: [{ id, title: 'A' }] }).catch((error) => error.data.error);
  expect(await complete()).toBe('posting_to_upload_url_required');
  expect((await fetch(url, { method: 'POST', body: 'four' })).status).toBe(400);
  expect((await fetch(url, { method: 'POST', body: 'abc' })).status).toBe(200);
  expect(await complete()).toMatchObject({ ok: true });
});
