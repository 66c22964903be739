// The templates of the company and the editor of one (ux §4.9). Pure.
import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import { MAX_PLAN_LINES } from '../../domain/plans/plan-lines.js';
import { type CompanySettings, dictionaryName } from '../../domain/settings/settings.js';
import { percentOf, sumOfShares, type TemplateLine } from '../../domain/templates/template.js';
import type { StoredTemplate } from '../../domain/templates/template.queries.js';
import type { TemplateDraft } from '../../domain/templates/template-draft.js';
import { formatInstant, formatMoney, shortName, truncate } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import { SETTINGS } from '../settings-ids.js';
import { anchorWords } from './anchor-words.js';
import {
  actions,
  alert,
  button,
  context,
  escapeMrkdwn,
  input,
  modal,
  option,
  present,
  section,
  selectInput,
  textInput,
} from './blocks.js';
import type { RowReader } from './row-views.js';

/** More would not fit a window: the codes of the rest are named. */
const SHOWN_TEMPLATES = 40;
const WHOLE_BP = 10_000;
const USUAL_REMIND_DAYS = 7;

type Money = { currency: string };
const overflow = (actionId: string, options: PlainTextOption[]) => ({
  type: 'overflow' as const,
  action_id: actionId,
  options,
});

/** 30% · 签订当天: a line as people say it; escaped. */
export function lineSentence(line: TemplateLine, { currency }: Money, { t, locale }: RowReader): string {
  const facts = {
    name: escapeMrkdwn(shortName(locale, line.name)),
    anchor: anchorWords(t, line.anchorKind, line.anchorOffset),
  };
  let sentence = t('templates:sentence.remainder', facts);
  if (line.shareBp !== null)
    sentence = t('templates:sentence.share', { ...facts, percent: percentOf(line.shareBp) });
  else if (line.fixedAmount !== null)
    sentence = t('templates:sentence.fixed', {
      ...facts,
      amount: formatMoney(locale, { minor: line.fixedAmount, currency }),
    });
  if (line.roll !== 'none') sentence = t(`templates:sentence.roll.${line.roll}`, { sentence });
  if (line.remindDaysAhead !== USUAL_REMIND_DAYS)
    sentence = t('templates:sentence.remind', { sentence, count: line.remindDaysAhead });
  return line.isRetention ? t('templates:sentence.retention', { sentence }) : sentence;
}

/** All templates with their lines, and what can be done with each. */
export function templateList(
  templates: readonly StoredTemplate[],
  base: Money,
  reader: RowReader,
  result?: { text: string; level?: 'success' | 'warning' },
): ModalView {
  const { t } = reader;
  return modal({
    callbackId: VIEW.info,
    title: t('templates:title'),
    close: t('common:close'),
    blocks: present<KnownBlock>(
      result && alert(result.text, result.level ?? 'success'),
      actions([button(ACTION.templateNew, t('templates:new'), { style: 'primary' })]),
      templates.length === 0 && section(t('templates:none')),
      ...templates.slice(0, SHOWN_TEMPLATES).map((template) => templateRow(template, base, reader)),
      templates.length > SHOWN_TEMPLATES &&
        context(
          escapeMrkdwn(
            templates
              .slice(SHOWN_TEMPLATES)
              .map((one) => one.code)
              .join(t('common:comma')),
          ),
        ),
    ),
  });
}

function templateRow(template: StoredTemplate, base: Money, reader: RowReader): KnownBlock {
  const { t } = reader;
  const head = t('templates:heading', {
    code: escapeMrkdwn(template.code),
    name: escapeMrkdwn(shortName(reader.locale, template.name)),
  });
  const money = { currency: template.currency ?? base.currency };
  const lines = template.lines.map((line) => lineSentence(line, money, reader));
  const value = (action: string) => JSON.stringify({ a: action, t: template.id, v: template.version });
  return section(
    truncate([head, ...lines].join('\n'), 2900),
    overflow(ACTION.templateMore, [
      option(t('templates:edit'), value('edit')),
      option(t('templates:test'), value('test')),
      option(t('templates:copy'), value('copy')),
      option(t('common:delete'), value('delete')),
    ]),
  );
}

/** Asked before a template is deleted: an overflow entry cannot ask. */
export function templateDeleteModal(
  template: StoredTemplate,
  { t }: RowReader,
  requestId: string,
): ModalView {
  return modal({
    callbackId: VIEW.templateDelete,
    title: t('templates:title'),
    submit: t('common:delete'),
    close: t('common:keep'),
    metadata: JSON.stringify({ r: requestId, t: template.id, v: template.version }),
    blocks: [
      section(`*${escapeMrkdwn(t('templates:delete.title', { code: template.code }))}*`),
      section(t('templates:delete.text')),
    ],
  });
}

export interface EditorState {
  readonly requestId: string;
  readonly draftId: string;
  readonly draftVersion: number;
  /** Left unfinished then, and continued; the value of the button that begins anew. */
  readonly continued: { readonly at: Date; readonly value: string } | null;
}

/** The editor: head as inputs, lines as sentences, the live sum. */
export function templateEditor(
  draft: TemplateDraft,
  state: EditorState,
  settings: Pick<CompanySettings, 'contractTypes' | 'currencies'>,
  base: Money,
  reader: RowReader,
): ModalView {
  const { t, locale } = reader;
  const { template } = draft;
  const roundings = (['fen', 'yuan'] as const).map((one) => option(t(`templates:rounding.${one}`), one));
  const types = settings.contractTypes.filter(
    (entry) => entry.active || template.contractTypes.includes(entry.key),
  );
  const typeOptions = types.map((entry) => option(dictionaryName(types, entry.key, locale), entry.key));
  const chosen = typeOptions.filter((one) => template.contractTypes.includes(one.value ?? ''));
  const money = { currency: template.currency ?? base.currency };
  // Slack keeps what stands in a field of the same id: of another draft they are other fields.
  const field = (name: string) => `${name}|${state.draftId}`;
  return modal({
    callbackId: VIEW.templateEdit,
    title: draft.id === null ? t('templates:new') : t('templates:edit.title'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata: JSON.stringify({ r: state.requestId, d: state.draftId, v: state.draftVersion }),
    blocks: present<KnownBlock>(
      state.continued &&
        section(
          t('templates:continued', {
            count: template.lines.length,
            at: formatInstant(locale, state.continued.at, reader.now, reader.timezone),
          }),
          button(SETTINGS.templateRestart, t('planning:restart'), { value: state.continued.value }),
        ),
      input(field('code'), t('templates:code'), textInput({ initial: template.code, maxLength: 20 }), {
        hint: t('templates:code_hint'),
      }),
      input(field('name'), t('templates:name'), textInput({ initial: template.name, maxLength: 60 })),
      section(t('templates:lines')),
      ...template.lines.map((line, index) => lineRow(line, index, template.lines.length, money, reader)),
      section(sumWords(template.lines, reader)),
      actions(
        present(
          template.lines.length < MAX_PLAN_LINES && button(ACTION.templateLineAdd, t('templates:add')),
          button(ACTION.templateTest, t('templates:test')),
        ),
      ),
      input(field('rounding'), t('templates:rounding'), selectInput(roundings, template.rounding)),
      // Also set by a line with a fixed amount: a new id, else Slack keeps what it showed before.
      input(
        field(`currency|${template.currency ?? ''}`),
        t('templates:currency'),
        selectInput(
          settings.currencies.map((code) => option(code, code)),
          template.currency,
        ),
        { optional: true, hint: t('templates:currency_hint') },
      ),
      typeOptions.length > 0 &&
        input(
          field('contractTypes'),
          t('templates:contract_types'),
          {
            type: 'multi_static_select',
            action_id: 'value',
            options: typeOptions.slice(0, 100),
            ...(chosen.length > 0 && { initial_options: chosen }),
          },
          { optional: true, hint: t('templates:contract_types_hint') },
        ),
    ),
  });
}

function lineRow(
  line: TemplateLine,
  index: number,
  count: number,
  money: Money,
  reader: RowReader,
): KnownBlock {
  const { t } = reader;
  const value = (action: string) => JSON.stringify({ a: action, n: index });
  const sentence = lineSentence(line, money, reader);
  return section(
    t('templates:line', { n: index + 1, sentence }),
    overflow(
      ACTION.templateLine,
      present(
        option(t('templates:edit'), value('edit')),
        index > 0 && option(t('templates:up'), value('up')),
        index < count - 1 && option(t('templates:down'), value('down')),
        option(t('templates:remove'), value('remove')),
      ),
    ),
  );
}

/** The live sum of the shares, and what is missing. */
export function sumWords(lines: readonly TemplateLine[], { t }: RowReader): string {
  const sum = sumOfShares(lines);
  const percent = percentOf(sum);
  const warn = (words: string) => `⚠️ ${words}`;
  const remainder = lines.findIndex((line) => line.isRemainder);
  if (remainder >= 0) {
    if (remainder < lines.length - 1) return warn(t('templates:sum_remainder_last'));
    return sum < WHOLE_BP
      ? t('templates:sum_remainder', { percent })
      : warn(t('templates:sum_no_rest', { percent }));
  }
  if (lines.some((line) => line.fixedAmount !== null)) return warn(t('templates:sum_fixed_no_remainder'));
  if (sum === WHOLE_BP) return t('templates:sum_ok');
  const rest = percentOf(Math.abs(WHOLE_BP - sum));
  return warn(t(sum < WHOLE_BP ? 'templates:sum_short' : 'templates:sum_over', { percent, rest }));
}
