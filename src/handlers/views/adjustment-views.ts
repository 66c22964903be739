// Bad debt, small differences, their undoing: the forms, the card, what the row's window and its people are told. Pure.
import type { Button, KnownBlock, ModalView } from '@slack/types';
import { can } from '../../domain/access.js';
import type { AdjustmentFacts } from '../../domain/adjustments/adjustment.queries.js';
import { toDecimalString } from '../../domain/money.js';
import type { InstalmentRowData } from '../../domain/plans/instalment.queries.js';
import type { InstalmentDetail } from '../../domain/plans/instalment-detail.queries.js';
import { formatMoney, shortCustomer, truncate } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import type { ButtonWords } from './approval-views.js';
import {
  askedCard,
  type CardReader,
  type Full,
  openable,
  rejectionOf,
  waitingBlocks,
} from './asked-card-views.js';
import { button, escapeMrkdwn, fields, input, modal, plain, present, section, textInput } from './blocks.js';
import { deciders } from './decider-words.js';
import { instalmentRow, type RowReader, rowValue } from './row-views.js';

export const ADJUSTMENT_REASON_MAX = 300;
/** What can be asked for in a row's window. */
export const ADJUSTMENT_ASKS = ['bad_debt', 'small_difference', 'undo'] as const;
export type AdjustmentAsk = (typeof ADJUSTMENT_ASKS)[number];

/** Finance managers are asked by role, whoever owns the row. */
const SCOPE = { action: 'instalment.write_off_approve', ownerId: null } as const;

/** What the reader could propose about the row now; the service decides again. */
export function adjustmentAsks(row: InstalmentDetail, { actor }: RowReader): AdjustmentAsk[] {
  if (row.adjustment !== null || actor === null || !can(actor, 'instalment.write_off')) return [];
  return present<AdjustmentAsk>(
    row.smallRest && 'small_difference',
    row.state === 'overdue' && 'bad_debt',
    row.undoable !== null && 'undo',
  );
}

/** [尾差] [坏账] [撤销核销] of the row's window. */
export const adjustmentButtons = (row: InstalmentDetail, reader: RowReader): Button[] =>
  adjustmentAsks(row, reader).map((ask) => askButton(row, ask, reader));

type Row = Pick<InstalmentDetail, 'id' | 'contractNumber' | 'seq'>;

const askButton = (row: Row, ask: AdjustmentAsk, { t }: Pick<RowReader, 't'>): Button =>
  button(`${ACTION.adjustment}.${ask}`, t(`adjustments:button.${ask}`), {
    value: rowValue(row.id),
    label: `${t(`adjustments:button.${ask}`)} ${row.contractNumber} #${row.seq}`,
  });

/** [尾差] beside a rest, wherever it shows; whoever may not propose it is told so. */
export const smallDifferenceButton = (row: Row, reader: Pick<RowReader, 't'>): Button =>
  askButton(row, 'small_difference', reader);

/** How much, and why; a small difference is all of the rest, and undoing takes back what can be. */
export function adjustmentModal(
  row: InstalmentDetail,
  ask: AdjustmentAsk,
  reader: RowReader,
  metadata: string,
): ModalView {
  const { t } = reader;
  const money = moneyOf(row, reader);
  const amount = money(ask === 'undo' ? (row.undoable?.amount ?? 0n) : row.outstanding);
  const reason = textInput({ multiline: true, maxLength: ADJUSTMENT_REASON_MAX });
  return modal({
    callbackId: VIEW.adjustment,
    title: t(`adjustments:title.${ask}`),
    submit: t('common:send_for_approval'),
    close: t('common:cancel'),
    metadata,
    blocks: present<KnownBlock>(
      ...instalmentRow(row, reader, { buttons: 'none' }),
      section(t(`adjustments:effect.${ask}`, { amount })),
      ask === 'bad_debt' &&
        input(
          'amount',
          t('adjustments:amount'),
          textInput({ initial: toDecimalString(row.outstanding, row.currency), maxLength: 40 }),
          { hint: t('adjustments:amount_hint', { max: amount }) },
        ),
      input('reason', t('adjustments:reason'), reason, { optional: ask === 'small_difference' }),
    ),
  });
}

const moneyOf =
  ({ currency }: Pick<InstalmentRowData, 'currency'>, { locale }: CardReader) =>
  (minor: bigint) =>
    formatMoney(locale, { minor, currency });

const whatOf = ({ kind, undoes }: AdjustmentFacts, { t }: CardReader): string =>
  t(`adjustments:what.${undoes ? (`undo_${kind}` as const) : kind}`);

const wordsOf = (facts: AdjustmentFacts, reader: CardReader) => ({
  what: whatOf(facts, reader),
  number: facts.row.contractNumber,
  row: reader.t('plans:row_text', {
    customer: escapeMrkdwn(shortCustomer(reader.locale, facts.row.customerName)),
    contract: facts.row.contractNumber,
    n: facts.row.seq,
  }),
  amount: moneyOf(facts.row, reader)(facts.amount),
  asker: escapeMrkdwn(truncate(facts.askedBy.name, 40)),
  who: deciders(facts.approval, reader),
  reason: escapeMrkdwn(truncate(facts.reason ?? '—', ADJUSTMENT_REASON_MAX)),
});

const openRow = ({ row }: AdjustmentFacts, { t }: CardReader) =>
  button(ACTION.instalmentOpen, t('common:open'), { value: rowValue(row.id) });

/** The card in finance's channel. */
export const adjustmentCard = (facts: AdjustmentFacts, reader: RowReader): Full =>
  askedCard(
    {
      kind: 'adjustments',
      approval: facts.approval,
      words: wordsOf(facts, reader),
      heading: adjustmentHeading(facts, reader),
      buttons: approveWords(facts, reader),
      open: openRow(facts, reader),
    },
    reader,
  );

/** What forms and cards about it begin with. */
export function adjustmentHeading(facts: AdjustmentFacts, reader: CardReader): KnownBlock[] {
  const { t } = reader;
  const { row, amount, undoes, approval } = facts;
  const money = moneyOf(row, reader);
  const left = undoes ? row.outstanding + amount : row.outstanding - amount;
  return present<KnownBlock>(
    ...instalmentRow(row, { ...reader, actor: null }, { buttons: 'none' }),
    fields(
      present<readonly [string, string]>(
        [t('adjustments:field.kind'), whatOf(facts, reader)],
        [t('adjustments:amount'), money(amount)],
        approval.status === 'open' && left >= 0n && [t('adjustments:field.left'), money(left)],
        [t('adjustments:field.asker'), truncate(facts.askedBy.name, 40)],
      ),
    ),
    facts.reason !== null && {
      type: 'section',
      text: plain(
        t('common:of_field', {
          label: t('adjustments:reason'),
          text: truncate(facts.reason, ADJUSTMENT_REASON_MAX),
        }),
      ),
    },
    approval.status === 'open' &&
      row.proposed > 0n &&
      section(
        t('common:of_field', {
          label: `⚠️ ${t('receipts:notice')}`,
          text: t('adjustments:money_waits', { amount: money(row.proposed) }),
        }),
      ),
  );
}

/** What its buttons say. */
const approveWords = (facts: AdjustmentFacts, reader: CardReader): ButtonWords => ({
  label: reader.t('plans:row_text', {
    customer: shortCustomer(reader.locale, facts.row.customerName),
    contract: facts.row.contractNumber,
    n: facts.row.seq,
  }),
  title: reader.t('adjustments:approve.title', { what: whatOf(facts, reader) }),
  text: reader.t('adjustments:approve.text', { amount: moneyOf(facts.row, reader)(facts.amount) }),
});

/** In the row's window: what waits, and what the reader may do about it. */
export const waitingAdjustment = (facts: AdjustmentFacts, reader: RowReader): KnownBlock[] =>
  waitingBlocks(
    {
      kind: 'adjustments',
      approval: facts.approval,
      askedById: facts.askedBy.id,
      line: reader.t('adjustments:waits', wordsOf(facts, reader)),
      buttons: approveWords(facts, reader),
      scope: SCOPE,
    },
    reader,
  );

/** To whoever proposed it: decided, or over because the row changed. */
export function adjustmentDecided(facts: AdjustmentFacts, reader: CardReader): Full {
  const { status } = facts.approval;
  const words = { ...wordsOf(facts, reader), reason: rejectionOf(facts.approval) };
  const text = reader.t(`adjustments:decided.${status === 'open' ? 'withdrawn' : status}`, words);
  return openable(text, openRow(facts, reader));
}

/** To whose instalment it is. */
export function adjustmentPosted(facts: AdjustmentFacts, reader: CardReader): Full {
  const key = facts.reason === null ? 'told_plain' : 'told';
  return openable(reader.t(`adjustments:${key}`, wordsOf(facts, reader)), openRow(facts, reader));
}
