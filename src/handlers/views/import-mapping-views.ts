// The window in which a file's columns are matched: a select a field, and what holds where the file says nothing. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { FIELDS, type ImportKind, nameKey } from '../../domain/imports/fields.js';
import {
  asksDateOrder,
  DATE_ORDERS,
  type ImportMapping,
  type ImportOptions,
} from '../../domain/imports/mapping.js';
import { type DictionaryEntry, dictionaryName } from '../../domain/settings/settings.js';
import { truncate } from '../i18n/format.js';
import type { Translate, WordKey } from '../i18n/index.js';
import { OPTIONS, VIEW } from '../ids.js';
import {
  context,
  divider,
  escapeMrkdwn,
  externalSelect,
  input,
  modal,
  option,
  present,
  selectInput,
} from './blocks.js';
import type { RowReader } from './row-views.js';

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
  const fieldsShown = FIELDS[kind].filter(({ key }) => !/^part[2-6]/.test(key) || hasParts(mapping));
  const columnSelect = columnSelects(header, fieldsShown.length, t('imports:no_column'));
  const selects = fieldsShown.map(({ key, required }) => {
    const column = mapping[key];
    const value = column === undefined ? '' : (sample[column] ?? '');
    return input(key, fieldLabel(t, kind, key), columnSelect(column), {
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

/** A select holds so many, and a window so many bytes: of more columns it asks while one types. */
const MOST_OPTIONS = 100;
const MOST_BYTES = 120_000;

/** Makes the selects of a window: each with all columns, or one that asks. */
function columnSelects(header: readonly string[], selects: number, placeholder: string) {
  const options = columnsOf(header).map(({ name, index }) => option(name, String(index)));
  const bytes = new TextEncoder().encode(JSON.stringify(options)).length * selects;
  const fits = options.length <= MOST_OPTIONS && bytes <= MOST_BYTES;
  return (chosen: number | undefined) =>
    fits
      ? selectInput(options, chosen === undefined ? null : String(chosen), { placeholder })
      : externalSelect(OPTIONS.importColumn, {
          initial: options.find(({ value }) => value === String(chosen)),
          placeholder,
        });
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
  const words = { sheet: truncate(first, 40), others: truncate(others.join(t('common:comma')), 200) };
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
  const asksOrder = asksDateOrder(kind, mapping, sample);
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
        optional: !asksOrder,
        // Where it must be chosen there is no “without”.
        ...(!asksOrder && { hint: t('imports:opt.date_order_hint') }),
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
        { optional: true, hint: t('imports:opt.type_hint') },
      ),
    (kind === 'receipts' || kind === 'opening') &&
      input(
        'opt_method',
        t('imports:opt.method'),
        selectInput(dictionary(facts.paymentMethods), options.method),
        { optional: true, hint: t('imports:opt.method_hint') },
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
