// The window of a split by hand, on top of the receipt form (ux §4.5). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { toDecimalString } from '../../domain/money.js';
import type { InstalmentRowData } from '../../domain/plans/instalment.queries.js';
import { formatMoney } from '../i18n/format.js';
import { ACTION, OPTIONS, VIEW } from '../ids.js';
import {
  actions,
  alert,
  button,
  context,
  externalSelect,
  input,
  modal,
  present,
  section,
  textInput,
} from './blocks.js';
import { type RowReader, stateWords } from './row-views.js';

export interface SplitWindow {
  readonly metadata: string;
  readonly rows: readonly InstalmentRowData[];
  /** First values by instalment; minor units. */
  readonly amounts: ReadonlyMap<string, bigint>;
  readonly amount: bigint;
  readonly currency: string;
  /** What is written in the rows, and kept. */
  readonly applied: bigint;
  /** Lines on rows beyond those listed, which stay as they are. */
  readonly kept: { readonly count: number; readonly amount: bigint };
  /** Raised where inputs start anew: Slack keeps what stands in an input whose id it knows. */
  readonly round: number;
  readonly mayAdd: boolean;
  readonly notice: string | null;
}

/** What stands before the instalment's id in the name of its input. */
export const LINE = 'line_';

/** An input per row, the way to add another, the sum. */
export function splitModal(window: SplitWindow, reader: RowReader): ModalView {
  const { t, locale } = reader;
  const { rows, amounts, amount, currency, applied, kept, round } = window;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency });
  const rest = amount - applied;
  const sum =
    rest < 0n
      ? t('errors:receipt.split_exceeds', {
          split: money(applied),
          amount: money(amount),
          excess: money(-rest),
        })
      : t(rest === 0n ? 'recording:split.all' : 'recording:split.total', {
          applied: money(applied),
          rest: money(rest),
        });
  return modal({
    callbackId: VIEW.receiptSplit,
    title: t('recording:split.title'),
    submit: t('recording:split.use'),
    close: t('common:cancel'),
    metadata: window.metadata,
    blocks: present<KnownBlock>(
      window.notice !== null && { ...alert(window.notice), block_id: 'alert' },
      section(
        t(rows.length > 0 ? 'recording:split.head' : 'recording:split.none', { amount: money(amount) }),
      ),
      ...rows.map((row) => {
        const minor = amounts.get(row.id);
        const initial = minor === undefined ? null : toDecimalString(minor, currency);
        return input(
          `${LINE}${row.id}|${round}`,
          rowLabel(row, reader),
          textInput({ initial, maxLength: 40 }),
          {
            optional: true,
          },
        );
      }),
      window.mayAdd &&
        input(
          `more|${rows.length}`,
          t('recording:split.more'),
          externalSelect(OPTIONS.splitRow, { placeholder: t('recording:split.more_hint') }),
          { optional: true, dispatch: true },
        ),
      kept.count > 0 && context(t('recording:split.kept', { count: kept.count, amount: money(kept.amount) })),
      section(sum),
      actions([
        button(ACTION.splitTotal, t('recording:split.recount')),
        button(ACTION.splitOldest, t('recording:split.oldest')),
        button(ACTION.splitClear, t('recording:split.clear')),
      ]),
    ),
  });
}

/** `{contract} 第{n}期 · 未收 {x} · {state}` */
export function rowLabel(row: InstalmentRowData, reader: RowReader): string {
  const { t, locale } = reader;
  return t('recording:split.row', {
    contract: row.contractNumber,
    n: row.seq,
    open: formatMoney(locale, { minor: row.outstanding, currency: row.currency }),
    state: stateWords(row, reader),
  });
}
