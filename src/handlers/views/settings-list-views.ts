// 字典 and 编号: the company's lists with their entries, and how numbers are written (ux §4.9). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { LocalDate } from '../../domain/local-date.js';
import { formatNumber, type NumberPattern, writePattern } from '../../domain/numbering.js';
import type { NumberedKind } from '../../domain/numbering.service.js';
import { DICTIONARIES, type DictionaryName } from '../../domain/settings/dictionaries.js';
import type { CompanySettings, DictionaryEntry } from '../../domain/settings/settings.js';
import type { Translate } from '../i18n/index.js';
import { ACTION, VIEW } from '../ids.js';
import {
  actions,
  button,
  context,
  escapeMrkdwn,
  input,
  modal,
  option,
  section,
  selectInput,
  textInput,
} from './blocks.js';

export const LISTS = [...DICTIONARIES, 'currencies'] as const;
export type ListName = (typeof LISTS)[number];
export const NUMBERED = ['contract', 'receipt', 'customer'] as const satisfies NumberedKind[];
const RESETS = ['daily', 'monthly', 'yearly', 'never'] as const satisfies NumberPattern['reset'][];
export const ENTRY_NAME_MAX = 40;

export const listValue = (list: ListName): string => JSON.stringify({ l: list });
export const entryValue = (list: DictionaryName, key: string | null): string =>
  JSON.stringify({ l: list, k: key });

/** One list: its entries with [修改], and the way to the other lists. */
export function listModal(
  t: Translate,
  list: ListName,
  settings: CompanySettings,
  result: string | null = null,
): ModalView {
  const options = LISTS.map((name) => option(t(`dictionaries:list.${name}`), name));
  const chosen = options[LISTS.indexOf(list)];
  const select: KnownBlock = actions([
    {
      type: 'static_select',
      action_id: ACTION.settingsList,
      options,
      ...(chosen && { initial_option: chosen }),
    },
  ]);
  const shown = list === 'currencies' ? currencyBlocks(t, settings) : entryBlocks(t, list, settings[list]);
  return modal({
    callbackId: VIEW.settingsList,
    title: t('dictionaries:title'),
    close: t('common:close'),
    metadata: listValue(list),
    blocks: [...(result === null ? [] : [context(escapeMrkdwn(result))]), select, ...shown],
  });
}

function entryBlocks(t: Translate, list: DictionaryName, entries: readonly DictionaryEntry[]): KnownBlock[] {
  const row = (entry: DictionaryEntry) =>
    section(
      t(entry.active ? 'dictionaries:entry' : 'dictionaries:entry_off', {
        zh: escapeMrkdwn(entry.zh),
        en: escapeMrkdwn(entry.en),
      }),
      button(ACTION.settingsEntry, t('settings:edit'), {
        value: entryValue(list, entry.key),
        label: `${t('settings:edit')} ${entry.zh}`,
      }),
    );
  const add = button(ACTION.settingsEntry, t('dictionaries:add'), { value: entryValue(list, null) });
  return [...entries.map(row), actions([add]), context(t('dictionaries:kept'))];
}

function currencyBlocks(t: Translate, settings: CompanySettings): KnownBlock[] {
  return [
    section(
      escapeMrkdwn(settings.currencies.join(t('common:comma'))),
      button(ACTION.settingsCurrencies, t('settings:edit')),
    ),
    context(t('dictionaries:currencies_kept')),
  ];
}

/** A new entry, or one to rename or switch off. */
export function entryForm(t: Translate, entry: DictionaryEntry | null, metadata: string): ModalView {
  const on = option(t('dictionaries:active'), 'yes');
  return modal({
    callbackId: VIEW.settingsEntry,
    title: t(entry ? 'dictionaries:edit' : 'dictionaries:add'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      input('zh', t('dictionaries:zh'), textInput({ initial: entry?.zh ?? null, maxLength: ENTRY_NAME_MAX })),
      input('en', t('dictionaries:en'), textInput({ initial: entry?.en ?? null, maxLength: ENTRY_NAME_MAX })),
      input(
        'active',
        t('dictionaries:state'),
        {
          type: 'checkboxes',
          action_id: 'value',
          options: [on],
          ...((entry?.active ?? true) && { initial_options: [on] }),
        },
        { optional: true, hint: t('dictionaries:active_hint') },
      ),
    ],
  });
}

/** Which currencies are offered. */
export function currenciesForm(t: Translate, currencies: readonly string[], metadata: string): ModalView {
  return modal({
    callbackId: VIEW.settingsCurrencies,
    title: t('dictionaries:list.currencies'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      input(
        'codes',
        t('dictionaries:codes'),
        textInput({ initial: currencies.join(', '), maxLength: 2000 }),
        {
          hint: t('dictionaries:codes_hint'),
        },
      ),
    ],
  });
}

/** How each kind is numbered, with what the next one would look like. */
export function numberingModal(
  t: Translate,
  settings: CompanySettings,
  today: LocalDate,
  result: string | null = null,
): ModalView {
  return modal({
    callbackId: VIEW.settingsNumbering,
    title: t('dictionaries:numbering'),
    close: t('common:close'),
    blocks: [
      ...(result === null ? [] : [context(escapeMrkdwn(result))]),
      ...NUMBERED.map((kind) =>
        section(
          t('dictionaries:numbered', {
            kind: t(`dictionaries:kind.${kind}`),
            pattern: escapeMrkdwn(writePattern(settings.numbering[kind])),
            example: escapeMrkdwn(formatNumber(settings.numbering[kind], today, 1n)),
            reset: t(`dictionaries:reset.${settings.numbering[kind].reset}`),
          }),
          button(ACTION.settingsPattern, t('settings:edit'), {
            value: JSON.stringify({ n: kind }),
            label: `${t('settings:edit')} ${t(`dictionaries:kind.${kind}`)}`,
          }),
        ),
      ),
    ],
  });
}

export interface PatternFormData {
  readonly kind: NumberedKind;
  readonly pattern: string;
  readonly reset: NumberPattern['reset'];
  /** What it leads to, or why it does not; as a sentence. */
  readonly example: string;
  readonly metadata: string;
}

/** A pattern as text; its example follows what is typed. */
export function patternForm(t: Translate, data: PatternFormData): ModalView {
  const resets = RESETS.map((reset) => option(t(`dictionaries:reset.${reset}`), reset));
  const live = { dispatch_action_config: { trigger_actions_on: ['on_character_entered' as const] } };
  return modal({
    callbackId: VIEW.settingsPattern,
    title: t(`dictionaries:kind.${data.kind}`),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata: data.metadata,
    blocks: [
      input(
        'pattern',
        t('dictionaries:pattern'),
        {
          type: 'plain_text_input',
          action_id: ACTION.settingsPatternTyped,
          initial_value: data.pattern,
          max_length: 80,
          ...live,
        },
        { hint: t('dictionaries:pattern_hint'), dispatch: true },
      ),
      input(
        'reset',
        t('dictionaries:reset'),
        selectInput(resets, data.reset, { actionId: ACTION.settingsPatternReset }),
        { dispatch: true },
      ),
      section(escapeMrkdwn(data.example)),
    ],
  });
}
