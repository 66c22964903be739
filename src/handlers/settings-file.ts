// The settings as one file: [导出] sends it to the admin's own conversation, [导入] shows what it would change before it
// does (F103; ux §4.9).
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { DomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { MAX_SETTINGS_FILE, readSettingsFile, type SettingsFile } from '../domain/settings/settings-file.js';
import { exportSettings, importSettings, previewSettings } from '../domain/settings/settings-file.service.js';
import type { Deps } from './deps.js';
import type { Doors } from './listen.js';
import { canPost } from './settings.js';
import { SETTINGS } from './settings-ids.js';
import { readerOf } from './show-view.js';
import type { Outcome } from './submission.js';
import { type ActionTurn, formMetadata, type SubmitTurn, type Turn } from './turns.js';
import { settingsFileForm, settingsPreview } from './views/settings-file-views.js';

const fileMetadata = formMetadata({});
/** `i`, `v`: the file as it was read; `c`: the company's version that it was held against. */
const previewMetadata = formMetadata({ i: z.uuid(), v: z.number().int(), c: z.number().int() });

/** Plugs in both ways. */
export function registerSettingsFile(doors: Doors, deps: Deps): void {
  doors.action(SETTINGS.export, sendFile);
  doors.opens(SETTINGS.import, openImport);
  doors.submit(SETTINGS.import, fileMetadata, (turn) => submitFile(turn, deps));
  doors.submit(SETTINGS.importPreview, previewMetadata, submitPreview);
}

async function sendFile(turn: ActionTurn): Promise<void> {
  const { ctx, t, client } = turn;
  const text = await exportSettings(ctx);
  const { channel } = await client.conversations.open({ users: ctx.actor.slackUserId });
  const words = t('settingsFile:sent');
  await client.filesUploadV2({
    channel_id: channel?.id ?? '',
    initial_comment: words,
    file: Buffer.from(text, 'utf8'),
    filename: `${t('settingsFile:file_name')}-${ctx.today}.json`,
  });
  await turn.tell(words);
}

async function openImport(turn: ActionTurn): Promise<void> {
  authorize(turn.ctx.actor, 'settings.edit');
  await turn.show(settingsFileForm(turn.t, JSON.stringify({ r: newId(turn.ctx.now) })));
}

async function submitFile(turn: SubmitTurn<z.infer<typeof fileMetadata>>, deps: Deps): Promise<Outcome> {
  const { ctx, form } = turn;
  authorize(ctx.actor, 'settings.edit');
  const [chosen] = form.files('file');
  if (!chosen) form.refuse('file', 'text.required', {});
  form.check();
  if (!chosen) throw new RangeError('a file was checked for');
  const bytes = await deps.download(chosen.slackFileId, MAX_SETTINGS_FILE);
  if (bytes === null)
    throw new DomainError('file.rejected', { file: chosen.name, reason: 'too_big' }, 'file');
  const file = readSettingsFile(bytes.toString('utf8'));
  const { plan, shown } = await previewSettings(ctx, file, await unreachableIn(turn, file, deps));
  const state = { r: newId(ctx.now), i: shown.id, v: shown.version, c: shown.company };
  return { update: settingsPreview(plan, ctx.company, JSON.stringify(state), readerOf(turn)) };
}

/** Channels that the file would set and the app cannot post in. */
async function unreachableIn(
  turn: Pick<Turn, 'ctx' | 't' | 'client'>,
  { company }: SettingsFile,
  deps: Deps,
): Promise<string[]> {
  const { financeChannelId, escalationChannelId } = turn.ctx.company;
  const wanted = [company?.financeChannelId, company?.escalationChannelId].filter(
    (id): id is string => typeof id === 'string' && id !== financeChannelId && id !== escalationChannelId,
  );
  const tried = await Promise.all(
    [...new Set(wanted)].map(async (id) => ((await canPost(turn, id, deps)).ok ? [] : [id])),
  );
  return tried.flat();
}

async function submitPreview(turn: SubmitTurn<z.infer<typeof previewMetadata>>): Promise<Outcome> {
  const { ctx, t, metadata } = turn;
  const { changes } = await importSettings(ctx, { id: metadata.i, version: metadata.v, company: metadata.c });
  return { done: t('settingsFile:done', { count: changes.length }) };
}
