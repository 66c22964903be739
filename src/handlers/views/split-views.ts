// 拆分: an instalment into parts, amount and date of each, the sum counted anew (rules §3). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { splitEqually, toDecimalString } from '../../domain/money.js';
import type { InstalmentDetail } from '../../domain/plans/instalment-detail.queries.js';
import { MAX_SPLIT_PARTS, splitRest } from '../../domain/plans/split.js';
import { formatDate, formatMoney } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import { actions, button, context, dateInput, input, modal, present, section, textInput } from './blocks.js';
import { tickInput } from './plan-inputs.js';
import { instalmentRow, type RowReader } from './row-views.js';

export interface SplitFormState {
  readonly requestId: string;
  readonly row: InstalmentDetail;
  /** Opened on top of the instalment's own window. */
  readonly onTop: boolean;
  /** How many parts are asked for. */
  readonly count: number;
  /** Of how many equal parts the amounts began. */
  readonly equal: number;
  /** What is typed by now; null when it was just opened. */
  readonly amounts: readonly bigint[] | null;
  readonly askAlreadyDue: boolean;
}

/** The form; what was typed is put back by the caller. */
export function splitModal(state: SplitFormState, reader: RowReader): ModalView {
  const { t, locale } = reader;
  const { row, count } = state;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: row.currency });
  const paid = row.amount - row.outstanding;
  const first = equalParts(row, state.equal);
  const amounts = state.amounts ?? first;
  const rest = splitRest(
    row.amount,
    amounts.map((amount) => ({ amount })),
  );
  const facts = { sum: money(row.amount - rest), difference: money(rest < 0n ? -rest : rest) };
  return modal({
    callbackId: VIEW.instalmentSplit,
    title: t('splits:title'),
    submit: t('splits:button'),
    close: t('common:cancel'),
    metadata: JSON.stringify({
      r: state.requestId,
      i: row.id,
      v: row.version,
      o: state.onTop,
      n: count,
      e: state.equal,
      d: state.askAlreadyDue,
    }),
    blocks: present<KnownBlock>(
      ...instalmentRow(row, reader, { buttons: 'none' }),
      section(`*${t(rest === 0n ? 'splits:equal' : rest > 0n ? 'splits:missing' : 'splits:excess', facts)}*`),
      paid > 0n && context(t('splits:paid', { amount: money(paid) })),
      ...Array.from({ length: count }, (_none, part) =>
        // A part that was just added takes what is left.
        partInputs(
          { part, equal: state.equal },
          first[part] ?? (rest > 0n && part === count - 1 ? rest : null),
          row,
          reader,
        ),
      ).flat(),
      state.askAlreadyDue && tickInput('alreadyDue', t('plans:already_due_label'), t('plans:already_due')),
      actions(
        present(
          button(ACTION.partTotal, t('splits:total')),
          count < MAX_SPLIT_PARTS && button(ACTION.partAdd, t('splits:add')),
        ),
      ),
    ),
  });
}

/** Equal parts of what is open; what is paid stays on the first. Minor units. */
export function equalParts({ amount, outstanding }: InstalmentDetail, count: number): readonly bigint[] {
  if (outstanding < BigInt(count)) return [amount];
  const parts = splitEqually(outstanding, count);
  return parts.map((part, index) => (index === 0 ? part + amount - outstanding : part));
}

function partInputs(
  { part, equal }: { part: number; equal: number },
  amount: bigint | null,
  row: InstalmentDetail,
  { t, locale, today }: RowReader,
): KnownBlock[] {
  const n = part + 1;
  const optional = part > 1;
  const counts = row.effectiveDue !== null && row.state !== 'inactive';
  const hint =
    row.effectiveDue === null
      ? t('splits:due.undated')
      : counts
        ? t('splits:due.hint', { date: formatDate(locale, row.effectiveDue, today) })
        : undefined;
  const typed = textInput({
    initial: amount === null ? null : toDecimalString(amount, row.currency),
    maxLength: 40,
  });
  return [
    input(
      // Refilled with other equal parts it needs another id, else Slack keeps what stood there (ux §7).
      `amount${part}|${equal}`,
      t('splits:amount', { n }),
      { ...typed, action_id: ACTION.partAmount },
      { optional, dispatch: true },
    ),
    input(`dueOn${part}`, t('splits:due', { n }), dateInput(row.effectiveDue), {
      optional: optional || !counts,
      ...(hint !== undefined && { hint }),
    }),
  ];
}
