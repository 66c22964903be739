// The form of a follow-up, and how one is told in histories, cases and rows (ux §3, §4.7). Pure.

import type { KnownBlock, ModalView } from '@slack/types';
import {
  FOLLOW_UP_KINDS,
  FOLLOW_UP_RESULTS,
  type FollowUpKind,
  type FollowUpResult,
  HOLDING_PROMISES,
  MAX_REASON,
} from '../../domain/follow-ups/follow-up.js';
import type { FollowUpFacts } from '../../domain/follow-ups/follow-up.queries.js';
import { toDecimalString } from '../../domain/money.js';
import type { InstalmentRowData } from '../../domain/plans/instalment.queries.js';
import { formatDate, formatMoney, truncate } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import { dateInput, input, modal, option, present, selectInput, textInput } from './blocks.js';
import { instalmentRow, type RowReader } from './row-views.js';

/** What is told of a longer text where it stands among others. */
const CONTENT = 80;

export interface FollowUpState {
  readonly row: InstalmentRowData;
  /** The result that the form is drawn for; a preset comes with it. */
  readonly result: FollowUpResult | null;
  readonly preset: 'promised' | 'disputed' | null;
  readonly metadata: string;
}

/** 跟进记录: how, what, what came of it; the fields of a result appear with it. */
export function followUpModal(
  { row, result, preset, metadata }: FollowUpState,
  reader: RowReader,
): ModalView {
  const { t } = reader;
  const kinds = FOLLOW_UP_KINDS.map((kind) => option(t(`follow_ups:kind.${kind}`), kind));
  const results = FOLLOW_UP_RESULTS.map((one) => option(t(`follow_ups:result.${one}`), one));
  const optional = { optional: true };
  return modal({
    callbackId: VIEW.followUp,
    title: t(preset ? `follow_ups:title.${preset}` : 'follow_ups:title'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata,
    blocks: present<KnownBlock>(
      ...instalmentRow(row, reader, { buttons: 'none' }),
      input('kind', t('follow_ups:kind'), selectInput(kinds, 'call')),
      // A promise or a dispute says itself what was talked of.
      input('content', t('follow_ups:content'), textInput({ multiline: true }), {
        optional: result === 'promised' || result === 'disputed',
        hint: t('follow_ups:content_hint'),
      }),
      input(
        'result',
        t('follow_ups:result'),
        selectInput(results, result, { actionId: ACTION.followUpResult }),
        {
          ...optional,
          dispatch: true,
        },
      ),
      ...resultInputs(row, result, reader),
      input('nextOn', t('follow_ups:next'), dateInput(), { ...optional, hint: t('follow_ups:next_hint') }),
    ),
  });
}

function resultInputs(row: InstalmentRowData, result: FollowUpResult | null, { t }: RowReader): KnownBlock[] {
  if (result === 'promised')
    return [
      input('promisedOn', t('follow_ups:promised_on'), dateInput(row.promisedOn), {
        hint: t('follow_ups:promised_hint'),
      }),
      input(
        'promisedAmount',
        t('follow_ups:promised_amount'),
        textInput({ initial: toDecimalString(row.outstanding, row.currency), maxLength: 40 }),
        { hint: t('plans:amount_hint') },
      ),
    ];
  if (result === 'disputed')
    return [
      input('reason', t('follow_ups:reason'), textInput({ multiline: true, maxLength: MAX_REASON })),
      input('pauseUntil', t('follow_ups:pause_until'), dateInput(row.blockUntil), {
        hint: t('follow_ups:pause_hint'),
      }),
    ];
  return [];
}

/** What was just saved, in one sentence. */
export function followUpDone(
  saved: { result: FollowUpResult | null; date: FollowUpFacts['nextOn']; amount: bigint | null },
  row: Pick<InstalmentRowData, 'currency' | 'promiseCount'>,
  { t, locale, today }: RowReader,
): string {
  const date = saved.date === null ? '—' : formatDate(locale, saved.date, today);
  if (saved.result === 'promised') {
    const amount = formatMoney(locale, { minor: saved.amount ?? 0n, currency: row.currency });
    const { promiseCount: n } = row;
    return t(n > HOLDING_PROMISES ? 'follow_ups:done.promised_again' : 'follow_ups:done.promised', {
      date,
      amount,
      n,
    });
  }
  return saved.result === 'disputed' ? t('follow_ups:done.disputed', { date }) : t('follow_ups:done.plain');
}

type Told = Pick<
  FollowUpFacts,
  'kind' | 'result' | 'content' | 'reason' | 'promisedOn' | 'promisedAmount' | 'pauseUntil' | 'nextOn'
>;

/** One line: how, what came of it, what was said, what follows. Not escaped: what people typed is in it. */
export function followUpWords(told: Told, currency: string, { t, locale, today }: RowReader): string {
  const day = (date: FollowUpFacts['nextOn']) => (date === null ? '—' : formatDate(locale, date, today));
  return present(
    t('follow_ups:history.follow_up', { kind: kindWords(told.kind, { t }) }),
    told.result === 'promised' &&
      t('follow_ups:history.promised', {
        date: day(told.promisedOn),
        amount: formatMoney(locale, { minor: told.promisedAmount ?? 0n, currency }),
      }),
    told.result === 'disputed' &&
      t('follow_ups:history.disputed', {
        reason: truncate(told.reason ?? '—', CONTENT),
        date: day(told.pauseUntil),
      }),
    told.result !== null &&
      told.result !== 'promised' &&
      told.result !== 'disputed' &&
      t(`follow_ups:result.${told.result}`),
    told.content !== null && truncate(told.content, CONTENT),
    told.nextOn !== null && t('follow_ups:history.next', { date: day(told.nextOn) }),
  ).join(' · ');
}

/** 电话, 拜访 … */
export const kindWords = (kind: FollowUpKind, { t }: Pick<RowReader, 't'>): string =>
  t(`follow_ups:kind.${kind}`);
