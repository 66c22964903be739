// What the trail says of rules that are kept as data (who approves, when is reminded, a template's lines, a channel): as
// their own windows say them. Pure.
import { isRecord } from '../../domain/audit-changes.js';
import { keptFlow, keptLine, keptPattern, keptStep } from '../../domain/audit-rules.js';
import { writePattern } from '../../domain/numbering.js';

import type { CompanySettings } from '../../domain/settings/settings.js';
import { escapeMrkdwn } from './blocks.js';
import { flowLabel, flowSteps } from './flow-views.js';
import type { RowReader } from './row-views.js';
import { NUMBERED } from './settings-list-views.js';
import { stepWords } from './step-words.js';
import { lineSentence } from './template-views.js';

/** Of a value: with what stood before and beside it, a section still holds it. */
const MOST_CHARACTERS = 600;

interface Told {
  /** Of the company. */
  readonly currency: string;
  readonly dictionaries: Pick<CompanySettings, 'contractTypes' | 'paymentMethods'>;
  readonly reader: RowReader;
}

/** The value of such a field, escaped; null: it is none, or from before it was kept like this. */
export function ruleWords(field: string, value: unknown, told: Told): string | null {
  if (CHANNELS.includes(field)) return channelWords(value);
  if (field === 'numbering') return numberingWords(value, told.reader);
  const items = Array.isArray(value) ? value : [value];
  const said = items.map((item) => (isRecord(item) ? itemWords(field, item, told) : null));
  const words = said.filter((one) => one !== null);
  return words.length === 0 || words.length < said.length ? null : shorten(words, told.reader);
}

function itemWords(
  field: string,
  item: Readonly<Record<string, unknown>>,
  { currency, dictionaries, reader }: Told,
) {
  const { t, locale } = reader;
  if (field === 'approvalFlows') {
    const flow = keptFlow(item);
    if (!flow) return null;
    const text = flowLabel(flow, dictionaries, currency, { t, locale });
    const more = flowSteps(flow, { t, locale }).join(' → ');
    return escapeMrkdwn(t('common:bracketed', { text, more }));
  }
  if (field === 'ladder') {
    const rule = keptStep(item);
    return rule ? escapeMrkdwn(stepWords(t, rule, reader)) : null;
  }
  if (field !== 'lines' || item.anchorKind === undefined) return null;
  const read = keptLine(item);
  // Without its currency an amount would be one of the company's.
  if (!read || (read.fixedAmount !== null && read.currency === undefined)) return null;
  return lineSentence(read, { currency: read.currency ?? currency }, reader);
}

/** 合同编号 HT-{YYYY}-{0000} · 每年, of each kind that is said. */
function numberingWords(value: unknown, { t }: RowReader): string | null {
  if (!isRecord(value)) return null;
  const said = NUMBERED.flatMap((kind) => {
    const pattern = keptPattern(value[kind]);
    if (!pattern) return [];
    const written = `${writePattern(pattern)} · ${t(`dictionaries:reset.${pattern.reset}`)}`;
    return [escapeMrkdwn(`${t(`dictionaries:kind.${kind}`)} ${written}`)];
  });
  return said.length === 0 ? null : said.join(t('settings:next_rule'));
}

const CHANNELS: readonly string[] = ['financeChannelId', 'escalationChannelId'];
const channelWords = (value: unknown): string | null =>
  typeof value === 'string' && /^[A-Z0-9_]{2,40}$/.test(value) ? `<#${value}>` : null;

/** As many as there is room for, and how many there are. */
function shorten(words: readonly string[], { t }: RowReader): string {
  let length = 0;
  const shown = words.filter((one) => {
    length += one.length + 1;
    return length <= MOST_CHARACTERS;
  });
  const hidden = words.length - shown.length;
  return [...shown, ...(hidden > 0 ? [t('audit:more', { count: hidden })] : [])].join(
    t('settings:next_rule'),
  );
}
