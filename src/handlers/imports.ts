// Import: a file in the app's own conversation (shared-files.ts) or in a form, what it is, its columns, its preview, its start and stop.
import type { FilesInfoResponse, WebClient } from '@slack/web-api';
import { z } from 'zod';
import { authorize, can } from '../domain/access.js';
import { DomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { FIELDS, IMPORT_KINDS, type ImportKind } from '../domain/imports/fields.js';
import { loadPreview } from '../domain/imports/import.queries.js';
import { IMPORT_ACTIONS, importableKinds } from '../domain/imports/import-access.js';
import {
  asKind,
  askAboutFile,
  createImport,
  describeImport,
  findOwner,
  loadOwnImport,
  startImport,
  stopImport,
} from '../domain/imports/import-job.service.js';
import { stageImport } from '../domain/imports/import-staging.service.js';
import {
  asksDateOrder,
  type ImportMapping,
  type ImportOptions,
  importOptions,
} from '../domain/imports/mapping.js';
import { sendImportedDrafts } from '../domain/imports/send-drafts.service.js';
import { MAX_FILE_BYTES } from '../sheets/limits.js';
import { isSheetName, openSheet } from '../sheets/read-sheet.js';
import type { Sheet } from '../sheets/sheet.js';
import type { Deps } from './deps.js';
import { describeError } from './errors.js';
import type { Form } from './forms.js';
import { ACTION, OPTIONS, VIEW } from './ids.js';
import { sendSample } from './import-samples.js';
import type { Doors } from './listen.js';
import { type Opener, readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { columnOptions, importMappingModal } from './views/import-mapping-views.js';
import { importFileModal, importPreviewModal, importReadingModal, sentText } from './views/import-views.js';

const jobValue = z.object({ j: z.uuid() });
const fileMetadata = formMetadata({});
const mappingMetadata = formMetadata({ j: z.uuid() });
const previewMetadata = formMetadata({ j: z.uuid(), v: z.number().int() });

/** Plugs in the import conversation. */
export function registerImports(doors: Doors, deps: Deps): void {
  doors.opens(new RegExp(`^import\\.kind\\.(${IMPORT_KINDS.join('|')})$`), (turn) => openMapping(turn, deps));
  doors.action(new RegExp(`^import\\.sample\\.(${IMPORT_KINDS.join('|')})$`), (turn) =>
    sendSample(turn, asKind(kindOf(turn.action.action_id))),
  );
  doors.action(ACTION.importStop, async (turn) => {
    await stopImport(turn.ctx, parseValue(jobValue, turn.value).j);
  });
  doors.action(ACTION.importSend, async (turn) => {
    const sent = await sendImportedDrafts(turn.ctx, parseValue(jobValue, turn.value).j);
    deps.kick();
    await turn.tell(sentText(turn.t, sent));
  });
  doors.opens(ACTION.importNew, openImport);
  doors.options(OPTIONS.importColumn, async ({ ctx, words, metadata }) => {
    const { header } = await loadOwnImport(ctx, parseValue(mappingMetadata, metadata).j);
    return columnOptions(header, words);
  });
  doors.submit(VIEW.importFile, fileMetadata, (turn) => submitFile(turn, deps));
  doors.submit(VIEW.importMapping, mappingMetadata, (turn) => submitMapping(turn, deps));
  doors.submit(VIEW.importPreview, previewMetadata, submitPreview);
}

const kindOf = (actionId: string): string => actionId.slice(actionId.lastIndexOf('.') + 1);

/** Opens the form with a file. @throws DomainError access.denied */
export async function openImport(turn: Opener): Promise<void> {
  const { ctx, t } = turn;
  const [kind = 'customers'] = importableKinds(ctx.actor);
  authorize(ctx.actor, IMPORT_ACTIONS[kind]);
  const metadata = JSON.stringify({ r: newId(ctx.now) } satisfies z.infer<typeof fileMetadata>);
  await showView(turn, importFileModal(t, ctx.actor, metadata));
}

/** Asks in the thread of the person's message what the file is; of other files the message itself is answered. */
export async function noteFile(
  doors: Doors,
  deps: Deps,
  client: WebClient,
  sent: {
    file: NonNullable<FilesInfoResponse['file']>;
    channel: string;
    user: string;
    ts: string | undefined;
  },
): Promise<void> {
  const { file, channel, user, ts } = sent;
  const name = file.name ?? '';
  if (!isSheetName(name)) return;
  const place = ts === undefined ? null : { channel, ts };
  try {
    const ctx = await doors.contexts.of(client, user);
    const found = { slackFileId: file.id ?? '', name, size: file.size ?? 0 };
    if (file.is_external === true) throw new DomainError('file.rejected', { file: name, reason: 'linked' });
    if (found.size > MAX_FILE_BYTES)
      throw new DomainError('file.rejected', { file: name, reason: 'too_big' });
    await askAboutFile(ctx, found, place);
    deps.kick();
  } catch (error) {
    const words = describeError(error, doors.readerFor(user), deps.log);
    const thread = place ? { thread_ts: place.ts } : {};
    await client.chat.postMessage({ channel, text: words.text, ...thread });
  }
}

/** Fetches and opens the file, then asks for its columns; the window that says so is open from the first moment. */
async function openMapping(turn: ActionTurn, deps: Deps): Promise<void> {
  const { ctx, t } = turn;
  const { j } = parseValue(jobValue, turn.value);
  const kind = asKind(kindOf(turn.action.action_id));
  const job = await loadOwnImport(ctx, j);
  authorize(ctx.actor, IMPORT_ACTIONS[kind]);
  await turn.showMeanwhile(importReadingModal(t, job.fileName));
  await turn.show(await drawMapping(turn, deps, j, kind));
}

async function fetchSheet(
  deps: Deps,
  job: { slackFileId: string | null; fileName: string; size: number },
): Promise<Sheet> {
  const bytes = job.slackFileId === null ? null : await deps.download(job.slackFileId, MAX_FILE_BYTES);
  const reason = job.size > MAX_FILE_BYTES ? 'too_big' : 'gone';
  if (bytes === null) throw new DomainError('file.rejected', { file: job.fileName, reason });
  return openSheet(job.fileName, bytes);
}

async function thenClose<T>(sheet: Sheet, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await sheet.close();
  }
}

async function drawMapping(turn: Pick<Turn, 'ctx' | 't'>, deps: Deps, jobId: string, kind: ImportKind) {
  const { ctx, t } = turn;
  const { settings } = ctx.company;
  const known = await loadOwnImport(ctx, jobId);
  const sheet = await fetchSheet(deps, known);
  const sample = await thenClose(sheet, () => firstCells(sheet));
  if (!sample) throw new DomainError('file.rejected', { file: known.fileName, reason: 'no_rows' });
  const { job, mapping, options } = await describeImport(ctx, jobId, kind, { ...sheet, sample });
  const owner = options.ownerId === null ? null : await findOwner(ctx, { id: options.ownerId });
  // Whoever has only their own customers is the owner that comes to mind; it is shown, and may be changed.
  const self = ctx.actor.roles.includes('rep') ? ctx.actor.slackUserId : null;
  return importMappingModal(
    {
      kind,
      fileName: job.fileName,
      sheets: sheet.sheets,
      header: job.header,
      sample: job.sample,
      mapping,
      options,
      ownerSlackId: owner?.slackUserId ?? self,
      currencies: [...new Set([ctx.company.baseCurrency, ...settings.currencies])],
      contractTypes: settings.contractTypes,
      paymentMethods: settings.paymentMethods,
      mayActivate: can(ctx.actor, 'contract.approve'),
      metadata: JSON.stringify({ r: newId(ctx.now), j: jobId } satisfies z.infer<typeof mappingMetadata>),
    },
    t,
    readerOf(turn),
  );
}

/** Null where there is no row below the names. */
async function firstCells(sheet: Sheet): Promise<readonly string[] | null> {
  for await (const { cells } of sheet.rows) return cells;
  return null;
}

async function submitFile(turn: SubmitTurn<z.infer<typeof fileMetadata>>, deps: Deps): Promise<Outcome> {
  const { ctx, form } = turn;
  const kind = form.requiredChoice('kind');
  const [file] = form.files('file');
  if (!file) form.refuse('file', 'text.required', {});
  form.check();
  if (!file) throw new RangeError('a file was checked for');
  const job = await createImport(ctx, asKind(kind), file);
  return { update: await drawMapping(turn, deps, job.id, asKind(kind)) };
}

/** Reads the whole file: what takes longer than the acknowledgement replaces the window when it is there. */
async function submitMapping(
  turn: SubmitTurn<z.infer<typeof mappingMetadata>>,
  deps: Deps,
): Promise<Outcome> {
  const { ctx, form, metadata } = turn;
  const job = await loadOwnImport(ctx, metadata.j);
  const kind = asKind(job.kind);
  const mapping = readMapping(form, kind, job.header.length);
  const options = await readOptions(turn);
  if (options.dateOrder === null && asksDateOrder(kind, mapping, job.sample))
    form.refuse('opt_dates', 'text.required', {});
  form.check();
  const sheet = await fetchSheet(deps, job);
  const ready = await thenClose(sheet, async () => {
    if (sheet.sha256 !== job.sha256) throw new DomainError('import.changed', {});
    return stageImport(ctx, job.id, { mapping, options }, sheet.rows);
  });
  deps.kick();
  const next = JSON.stringify({ r: newId(ctx.now), j: job.id, v: ready.version } satisfies z.infer<
    typeof previewMetadata
  >);
  return { update: importPreviewModal(await loadPreview(ctx, job.id), readerOf(turn), next) };
}

function readMapping(form: Form, kind: ImportKind, columns: number): ImportMapping {
  const chosen = FIELDS[kind].flatMap(({ key }) => {
    const column = Number(form.choice(key) ?? Number.NaN);
    return Number.isInteger(column) && column >= 0 && column < columns ? [[key, column] as const] : [];
  });
  return Object.fromEntries(chosen);
}

async function readOptions({ ctx, form }: SubmitTurn<unknown>): Promise<ImportOptions> {
  const slackUserId = form.choice('opt_owner');
  const owner = slackUserId === null ? null : await findOwner(ctx, { slackUserId });
  if (slackUserId !== null && !owner)
    form.refuse('opt_owner', 'choice.unknown', { value: `<@${slackUserId}>` });
  return importOptions.parse({
    ownerId: owner?.id ?? null,
    dateOrder: form.choice('opt_dates'),
    currency: form.choice('opt_currency'),
    contractType: form.choice('opt_type'),
    method: form.choice('opt_method'),
    inForce: form.choice('opt_status') === 'in_force',
  });
}

async function submitPreview(turn: SubmitTurn<z.infer<typeof previewMetadata>>): Promise<Outcome> {
  const { ctx, t, metadata } = turn;
  const job = await startImport(ctx, metadata.j, metadata.v);
  // No longer a preview: it has begun, or waits for somebody.
  const title = t('imports:title');
  return {
    done: t(job.status === 'waiting' ? 'imports:asked' : 'imports:started', { file: job.fileName }),
    title,
  };
}
