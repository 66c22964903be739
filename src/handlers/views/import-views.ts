// An import in Slack: the question in the thread, its progress and its end, the columns, the preview. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { Actor } from '../../domain/access.js';
import type { ApprovalDetails } from '../../domain/approvals/approval.queries.js';
import { FIELDS, type ImportKind } from '../../domain/imports/fields.js';
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
import { ACTION, VIEW } from '../ids.js';
import { approvalOpenButton } from './approval-views.js';
import {
  actions,
  button,
  confirm,
  context,
  divider,
  escapeMrkdwn,
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

/** The import's message: asks, counts on, and tells the end; `approval`: what it waits for. */
export function importMessage(
  state: ImportState,
  t: Translate,
  kinds: readonly ImportKind[],
  approval: ApprovalDetails | null = null,
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
    return { text: `${file}: ${text}`, blocks: [section(escapeMrkdwn(`${text} · ${file}`)), ...open] };
  }
  if (status === 'done' || status === 'stopped' || status === 'failed') {
    const text = t(`imports:${status}`, { created, changed, skipped, failed });
    return { text, blocks: [section(escapeMrkdwn(`${file}\n${text}`))] };
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
  const columns = header
    .flatMap((name, index) => (name === '' ? [] : [option(name, String(index))]))
    .slice(0, 100);
  const selects = FIELDS[kind]
    .filter(({ key }) => !/^part[2-6]/.test(key) || hasParts(mapping))
    .map(({ key, required }) => {
      const column = mapping[key];
      const value = column === undefined ? '' : (sample[column] ?? '');
      return input(
        key,
        fieldLabel(t, kind, key),
        selectInput(columns, column === undefined ? null : String(column), {
          placeholder: t('imports:no_column'),
        }),
        {
          optional: required !== true,
          ...(value !== '' && { hint: t('imports:first_value', { value: truncate(value, 60) }) }),
        },
      );
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
    blocks: [context(escapeMrkdwn(intro)), ...optionBlocks(facts, t, reader), divider(), ...selects],
  });
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
