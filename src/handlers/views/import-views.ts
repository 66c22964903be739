// An import in Slack: the question in the thread, its progress and its end, the columns, the preview. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { Actor } from '../../domain/access.js';
import { LEFT_REASONS, type SentMany } from '../../domain/contracts/sent-many.js';
import { FIELDS, type ImportKind, nameKey } from '../../domain/imports/fields.js';
import type {
  ImportPreview,
  ImportState,
  PreviewRow,
  ShownError,
} from '../../domain/imports/import.queries.js';
import { importableKinds } from '../../domain/imports/import-access.js';
import {
  asksDateOrder,
  DATE_ORDERS,
  type ImportMapping,
  type ImportOptions,
} from '../../domain/imports/mapping.js';
import { type DictionaryEntry, dictionaryName } from '../../domain/settings/settings.js';
import { truncate } from '../i18n/format.js';
import type { Translate, WordKey } from '../i18n/index.js';
import { ACTION, OPTIONS, VIEW } from '../ids.js';
import {
  actions,
  button,
  confirm,
  context,
  divider,
  escapeMrkdwn,
  externalSelect,
  fields,
  input,
  modal,
  option,
  present,
  section,
  selectInput,
} from './blocks.js';
import type { Message } from './info-view.js';
import type { RowReader } from './row-views.js';

/** The import's message: asks, counts on, and tells the end. `drafts`: contracts that it made and the person may send. */
export function importMessage(
  state: ImportState,
  t: Translate,
  kinds: readonly ImportKind[],
  drafts = 0,
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
export function sentText(t: Translate, { sent, left }: SentMany): string {
  const lines = LEFT_REASONS.flatMap((reason) => {
    const numbers = left.filter((one) => one.reason === reason).map((one) => one.number);
    if (numbers.length === 0) return [];
    const shown = numbers.slice(0, SHOWN_NUMBERS).join(', ');
    const list = numbers.length > SHOWN_NUMBERS ? `${shown} …` : shown;
    return [t(`imports:left.${reason}`, { count: numbers.length, list })];
  });
  return [t('imports:sent', { count: sent }), ...lines].join('\n');
}
const SHOWN_NUMBERS = 10;

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

export interface MappingFacts {
  readonly kind: ImportKind;
  readonly fileName: string;
  /** Of a workbook: the first is read. */
  readonly sheets: readonly string[];
  readonly header: readonly string[];
  readonly sample: readonly string[];
  readonly mapping: ImportMapping;
  readonly options: ImportOptions;
  /** Slack id of the remembered owner, if any. */
  readonly ownerSlackId: string | null;
  readonly currencies: readonly string[];
  readonly contractTypes: readonly DictionaryEntry[];
  readonly paymentMethods: readonly DictionaryEntry[];
  /** Whether the person may bring contracts in force. */
  readonly mayActivate: boolean;
  readonly metadata: string;
}

/** The name of a field for people. */
export function fieldLabel(t: Translate, kind: ImportKind, key: string): string {
  const name = kind === 'contracts' && key === 'name' ? 'contractName' : key;
  return t(`imports:field.${name}` as WordKey);
}

/** A select per field, guessed, the first value as hint; then what holds where the file says nothing. */
export function importMappingModal(facts: MappingFacts, t: Translate, reader: RowReader): ModalView {
  const { kind, header, sample, mapping } = facts;
  const columns = columnsOf(header);
  const selects = FIELDS[kind]
    .filter(({ key }) => !/^part[2-6]/.test(key) || hasParts(mapping))
    .map(({ key, required }) => {
      const column = mapping[key];
      const value = column === undefined ? '' : (sample[column] ?? '');
      return input(key, fieldLabel(t, kind, key), columnSelect(columns, column, t('imports:no_column')), {
        optional: required !== true,
        ...(value !== '' && { hint: t('imports:first_value', { value: truncate(value, 60) }) }),
      });
    });
  const intro = t('imports:map_intro', {
    file: truncate(facts.fileName, 60),
    kind: t(`imports:kind.${kind}`),
  });
  return modal({
    callbackId: VIEW.importMapping,
    title: t('imports:map'),
    close: t('common:cancel'),
    submit: t('imports:preview'),
    metadata: facts.metadata,
    blocks: [
      context(escapeMrkdwn(intro)),
      ...sheetBlocks(facts, t),
      ...optionBlocks(facts, t, reader),
      divider(),
      ...selects,
    ],
  });
}

interface Column {
  readonly name: string;
  readonly index: number;
}

const columnsOf = (header: readonly string[]): Column[] =>
  header.flatMap((name, index) => (name === '' ? [] : [{ name, index }]));

/** A select holds so many; of more columns it asks while one types. */
const MOST_OPTIONS = 100;

function columnSelect(columns: readonly Column[], chosen: number | undefined, placeholder: string) {
  const options = columns.map(({ name, index }) => option(name, String(index)));
  if (options.length <= MOST_OPTIONS)
    return selectInput(options, chosen === undefined ? null : String(chosen), { placeholder });
  const initial = options.find(({ value }) => value === String(chosen));
  return externalSelect(OPTIONS.importColumn, { initial, placeholder });
}

/** Columns whose name holds what was typed. */
export const columnOptions = (header: readonly string[], words: string): { text: string; value: string }[] =>
  columnsOf(header)
    .filter(({ name }) => nameKey(name).includes(nameKey(words)))
    .slice(0, MOST_OPTIONS)
    .map(({ name, index }) => ({ text: truncate(name, 75), value: String(index) }));

/** Which sheet of several is read. */
function sheetBlocks({ sheets: [first = '', ...others] }: MappingFacts, t: Translate): KnownBlock[] {
  if (others.length === 0) return [];
  const words = { sheet: truncate(first, 40), others: truncate(others.join(', '), 200) };
  return [context(escapeMrkdwn(t('imports:first_sheet', words)))];
}

const hasParts = (mapping: ImportMapping) => Object.keys(mapping).some((key) => /^part[1-6]/.test(key));

function optionBlocks(facts: MappingFacts, t: Translate, { locale }: RowReader): KnownBlock[] {
  const { kind, options, sample, mapping } = facts;
  const dictionary = (entries: readonly DictionaryEntry[]) =>
    entries
      .filter((entry) => entry.active)
      .map((entry) => option(dictionaryName(entries, entry.key, locale), entry.key));
  const orders = DATE_ORDERS.map((order) => option(t(`imports:order.${order}`), order));
  const hasDates = FIELDS[kind].some((field) => field.isDate);
  const owner = {
    type: 'users_select' as const,
    action_id: 'value',
    ...(facts.ownerSlackId !== null && { initial_user: facts.ownerSlackId }),
  };
  const money = kind !== 'customers';
  return present<KnownBlock>(
    (kind === 'customers' || kind === 'contracts') &&
      input('opt_owner', t('imports:opt.owner'), owner, {
        optional: true,
        hint: t('imports:opt.owner_hint'),
      }),
    hasDates &&
      input('opt_dates', t('imports:opt.date_order'), selectInput(orders, options.dateOrder), {
        optional: !asksDateOrder(kind, mapping, sample),
        hint: t('imports:opt.date_order_hint'),
      }),
    money &&
      input(
        'opt_currency',
        t('imports:opt.currency'),
        selectInput(
          facts.currencies.map((code) => option(code, code)),
          options.currency ?? facts.currencies[0] ?? null,
        ),
      ),
    kind === 'contracts' &&
      input(
        'opt_type',
        t('imports:opt.type'),
        selectInput(dictionary(facts.contractTypes), options.contractType),
        {
          optional: true,
        },
      ),
    (kind === 'receipts' || kind === 'opening') &&
      input(
        'opt_method',
        t('imports:opt.method'),
        selectInput(dictionary(facts.paymentMethods), options.method),
        {
          optional: true,
        },
      ),
    kind === 'contracts' &&
      facts.mayActivate &&
      input(
        'opt_status',
        t('imports:opt.status'),
        selectInput(
          [option(t('imports:status.draft'), 'draft'), option(t('imports:status.in_force'), 'in_force')],
          options.inForce ? 'in_force' : 'draft',
        ),
      ),
  );
}

/** What would become of the rows; nothing is in before [导入]. */
export function importPreviewModal(preview: ImportPreview, t: Translate, metadata: string): ModalView {
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
    `${line(row)}\n${escapeMrkdwn(truncate(reasonsText(t, row.errors), 300))}`;
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
      ...list(t('imports:first_rows', { count: preview.first.length }), preview.first, line),
      ...list(
        t('imports:first_errors', { count: preview.firstErrors.length }),
        preview.firstErrors,
        errorLine,
      ),
    ],
  });
}

/** Why a row was not taken, each reason after the name of its column. */
export function reasonsText(t: Translate, errors: readonly ShownError[]): string {
  return errors
    .map(({ error, column }) => {
      const reason = t(`imports:reason.${error.code}`, error.params);
      return column === null ? reason : `${column}: ${reason}`;
    })
    .join('; ');
}
