// An import in Slack: the question in the thread, its progress and its end, the file, the preview. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { type Actor, can } from '../../domain/access.js';
import type { ApprovalDetails } from '../../domain/approvals/approval.queries.js';
import { LEFT_REASONS, type SentMany } from '../../domain/contracts/sent-many.js';
import type { ImportKind } from '../../domain/imports/fields.js';
import type {
  ImportPreview,
  ImportState,
  PreviewRow,
  ShownError,
} from '../../domain/imports/import.queries.js';
import { importableKinds } from '../../domain/imports/import-access.js';
import { formatPlainNumber, truncate } from '../i18n/format.js';
import type { Translate, WordKey } from '../i18n/index.js';
import { ACTION, VIEW } from '../ids.js';
import { approvalOpenButton } from './approval-views.js';
import {
  actions,
  button,
  confirm,
  context,
  escapeMrkdwn,
  fields,
  input,
  modal,
  option,
  section,
  selectInput,
} from './blocks.js';
import type { Message } from './info-view.js';
import type { RowReader } from './row-views.js';

/**
 * The import's message: asks, counts on, and tells the end. `approval`: what it waits for; `drafts`: contracts that it made
 * and the person may send.
 */
export function importMessage(
  state: ImportState,
  t: Translate,
  kinds: readonly ImportKind[],
  { approval = null, drafts = 0 }: { approval?: ApprovalDetails | null; drafts?: number } = {},
): Message & { blocks: KnownBlock[] } {
  const { status, processed: done, total, created, changed, skipped, failed } = state;
  const file = truncate(state.fileName, 80);
  if (status === 'running') {
    const text = t('imports:running', { done, total });
    const stop = button(ACTION.importStop, t('imports:stop'), {
      value: JSON.stringify({ j: state.id }),
      style: 'danger',
      confirm: confirm(
        t('imports:stop_title'),
        t('imports:stop_text'),
        t('imports:stop_yes'),
        t('imports:stop_no'),
        true,
      ),
    });
    return { text, blocks: [section(escapeMrkdwn(`${text} · ${file}`)), actions([stop])] };
  }
  if (status === 'waiting') {
    const text = t('imports:waiting');
    const open = approval ? [actions([approvalOpenButton(approval, t)])] : [];
    return {
      text: t('common:of_field', { label: file, text }),
      blocks: [section(escapeMrkdwn(`${text} · ${file}`)), ...open],
    };
  }
  if (status === 'done' || status === 'stopped' || status === 'failed') {
    const text = t(`imports:${status}`, { created, changed, skipped, failed });
    return { text, blocks: [section(escapeMrkdwn(`${file}\n${text}`)), ...draftBlocks(t, state.id, drafts)] };
  }
  const text = t('imports:ask', { file });
  return { text, blocks: [section(escapeMrkdwn(text)), actions(kindButtons(t, state.id, kinds))] };
}

const kindButtons = (t: Translate, jobId: string, kinds: readonly ImportKind[]) =>
  kinds.map((kind) =>
    button(`${ACTION.importKind}.${kind}`, t(`imports:kind.${kind}`), {
      value: JSON.stringify({ j: jobId }),
    }),
  );

/** What is left to do with drafts: all at once, so that nobody is driven to bring contracts in as approved. */
function draftBlocks(t: Translate, jobId: string, drafts: number): KnownBlock[] {
  if (drafts === 0) return [];
  const send = button(ACTION.importSend, t('imports:send', { count: drafts }), {
    value: JSON.stringify({ j: jobId }),
    style: 'primary',
    confirm: confirm(
      t('imports:send_title'),
      t('imports:send_text', { count: drafts }),
      t('imports:send_yes'),
      t('common:cancel'),
    ),
  });
  return [actions([send])];
}

/** What became of the drafts: how many were sent, which were not and why. */
export function sentText(t: Translate, { sent, orphans, left }: SentMany): string {
  const lines = LEFT_REASONS.flatMap((reason) => {
    const numbers = left.filter((one) => one.reason === reason).map((one) => one.number);
    if (numbers.length === 0) return [];
    const shown = numbers.slice(0, SHOWN_NUMBERS).join(t('common:comma'));
    const list = numbers.length > SHOWN_NUMBERS ? `${shown} …` : shown;
    return [t(`imports:left.${reason}`, { count: numbers.length, list })];
  });
  const alone = orphans > 0 ? [t('imports:orphans', { count: orphans })] : [];
  return [t('imports:sent', { count: sent }), ...alone, ...lines].join('\n');
}
const SHOWN_NUMBERS = 10;

/** To a file that is no spreadsheet: what is read here, and the form that takes vouchers. */
export function otherFileMessage(t: Translate, actor: Actor): Message {
  const text = t('imports:no_sheet');
  const record = button(ACTION.receiptNew, t('home:record_receipt'));
  return { text, blocks: [section(text), ...(can(actor, 'receipt.record') ? [actions([record])] : [])] };
}

/** Shown while the file is fetched and read. */
export function importReadingModal(t: Translate, file: string): ModalView {
  return modal({
    callbackId: VIEW.info,
    title: t('imports:title'),
    close: t('common:cancel'),
    blocks: [context(escapeMrkdwn(t('imports:reading', { file: truncate(file, 80) })))],
  });
}

/** Picks a file and says what it is; sample files to fill in. */
export function importFileModal(t: Translate, actor: Actor, metadata: string): ModalView {
  const kinds = importableKinds(actor);
  const options = kinds.map((kind) => option(t(`imports:kind.${kind}`), kind));
  const samples = kinds.map((kind) =>
    button(`${ACTION.importSample}.${kind}`, `${t('imports:sample')} · ${t(`imports:kind.${kind}`)}`),
  );
  return modal({
    callbackId: VIEW.importFile,
    title: t('imports:title'),
    close: t('common:cancel'),
    submit: t('imports:next'),
    metadata,
    blocks: [
      input('kind', t('imports:what'), selectInput(options)),
      input('file', t('imports:file'), {
        type: 'file_input',
        action_id: 'value',
        filetypes: ['csv', 'xlsx', 'txt'],
        max_files: 1,
      }),
      actions(samples),
    ],
  });
}

/** Columns that stay outside, before anybody misses what is in them. */
const unusedLine = (names: readonly string[], { t, locale }: Pick<RowReader, 't' | 'locale'>): KnownBlock =>
  context(
    escapeMrkdwn(truncate(t('imports:unused', { list: names.join(locale === 'zh-CN' ? '、' : ', ') }), 300)),
  );

/** What would become of the rows; nothing is in before [导入]. */
export function importPreviewModal(
  preview: ImportPreview,
  reader: Pick<RowReader, 't' | 'locale'>,
  metadata: string,
): ModalView {
  const { t } = reader;
  const { created, changed, skipped, failed } = preview;
  const todo = created + changed;
  const counts = fields([
    [t('imports:new'), String(created)],
    [t('imports:changed'), String(changed)],
    [t('imports:duplicate'), String(skipped)],
    [t('imports:errors'), String(failed)],
  ]);
  const submit =
    todo > 0 ? t('imports:submit', { count: todo }) : failed > 0 ? t('imports:return_errors') : null;
  const line = ({ line: number, cells }: PreviewRow) =>
    `*${t('imports:line', { line: number })}* ${escapeMrkdwn(truncate(cells.filter((cell) => cell !== '').join(' · '), 200))}`;
  const errorLine = (row: PreviewRow) =>
    `${line(row)}\n${escapeMrkdwn(truncate(reasonsText(reader, row.errors), 300))}`;
  const list = (
    title: string,
    rows: readonly PreviewRow[],
    show: (row: PreviewRow) => string,
  ): KnownBlock[] => (rows.length === 0 ? [] : [section(`*${title}*\n${rows.map(show).join('\n')}`)]);
  return modal({
    callbackId: VIEW.importPreview,
    title: t('imports:preview'),
    close: t('common:cancel'),
    ...(submit !== null && { submit }),
    metadata,
    blocks: [
      context(escapeMrkdwn(truncate(preview.fileName, 80))),
      counts,
      ...(submit === null ? [section(t('imports:nothing'))] : []),
      ...(preview.undated > 0 ? [section(t('imports:undated', { count: preview.undated }))] : []),
      ...(preview.unused.length > 0 ? [unusedLine(preview.unused, reader)] : []),
      ...list(t('imports:first_rows', { count: preview.first.length }), preview.first, line),
      ...list(
        t('imports:first_errors', { count: preview.firstErrors.length }),
        preview.firstErrors,
        errorLine,
      ),
    ],
  });
}

/** Why a row was not taken, each reason after the name of its column; where the file has none, of what is missing. */
export function reasonsText(
  { t, locale }: Pick<RowReader, 't' | 'locale'>,
  errors: readonly ShownError[],
): string {
  return errors
    .map(({ error, column }) => {
      const reason = reasonText({ t, locale }, error);
      const missing = error.code === 'required' && error.field !== null;
      const name = column ?? (missing ? t(`imports:field.${error.field}` as WordKey) : null);
      return name === null ? reason : t('common:of_field', { label: name, text: reason });
    })
    .join(t('imports:reason_join'));
}

/** The amounts of a reason, as plain decimals. */
const AMOUNTS = ['a', 'b', 'max', 'amount'];

function reasonText(
  { t, locale }: Pick<RowReader, 't' | 'locale'>,
  { code, params }: ShownError['error'],
): string {
  const words = Object.entries(params).map(([key, value]) => {
    const isAmount = AMOUNTS.includes(key) && typeof value === 'string' && /^\d+(\.\d+)?$/.test(value);
    return [key, isAmount ? formatPlainNumber(locale, value) : value];
  });
  const allowed = params[locale === 'zh-CN' ? 'zh' : 'en'];
  const reason = t(`imports:reason.${code}`, {
    ...Object.fromEntries(words),
    ...(allowed !== undefined && { allowed }),
  });
  return typeof params.more === 'number' && params.more > 0
    ? `${reason}${t('imports:reason.more', { count: params.more })}`
    : reason;
}
