// Reversing and refunding a receipt: when it is offered, its buttons and its form (ux §4.6). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { can } from '../../domain/access.js';
import { toDecimalString } from '../../domain/money.js';
import type { MovementKind } from '../../domain/receipts/receipt.js';
import type { ReceiptFacts } from '../../domain/receipts/receipt-facts.queries.js';
import { formatMoney } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import { button, input, modal, present, section, textInput } from './blocks.js';
import type { RowReader } from './row-views.js';

export const REVERSAL_REASON_MAX = 300;
/** Of each kind: who is asked (by role, whoever owns the rows), its button and form. */
export const MOVEMENT_KINDS = {
  reversal: {
    words: 'reversals',
    scope: { action: 'receipt.reverse_approve', ownerId: null },
    ask: 'receipt.reverse',
    action: ACTION.receiptReverse,
    view: VIEW.receiptReverse,
  },
  refund: {
    words: 'refunds',
    scope: { action: 'receipt.refund_approve', ownerId: null },
    ask: 'receipt.refund',
    action: ACTION.receiptRefund,
    view: VIEW.receiptRefund,
  },
} as const;

const receiptValue = (receiptId: string): string => JSON.stringify({ i: receiptId });

/** Whether [冲销] or [退款] is offered: booked, something is left, nothing waits. */
export const mayMove = (kind: MovementKind, facts: ReceiptFacts, { actor }: RowReader): boolean =>
  actor !== null &&
  can(actor, MOVEMENT_KINDS[kind].ask) &&
  (facts.status === 'approved' || facts.status === 'partly_reversed') &&
  facts.reversal === null &&
  leftOf(kind, facts) > 0n;

export const moveButton = (kind: MovementKind, facts: ReceiptFacts, { t }: RowReader) =>
  button(MOVEMENT_KINDS[kind].action, t(`${MOVEMENT_KINDS[kind].words}:button`), {
    ...(kind === 'reversal' && { style: 'danger' as const }),
    value: receiptValue(facts.id),
    label: `${t(`${MOVEMENT_KINDS[kind].words}:button`)} ${facts.number}`,
  });

/** Whether [拒付] fits: only on the day on which a bill falls due is it not paid (rules §14). */
export const mayBeDishonoured = ({ billDueOn }: ReceiptFacts, { today }: RowReader): boolean =>
  billDueOn !== null && billDueOn <= today;

/** [拒付] of a bill: a reversal with its reason. */
export const dishonourButton = (facts: ReceiptFacts, { t }: RowReader) =>
  button(ACTION.receiptDishonour, t('bills:dishonour'), {
    style: 'danger',
    value: receiptValue(facts.id),
    label: `${t('bills:dishonour')} ${facts.number}`,
  });

/** What of a receipt can still be reversed, or refunded: only what belongs to no instalment. */
const leftOf = (kind: MovementKind, { unapplied, lines }: ReceiptFacts): bigint =>
  kind === 'refund' ? unapplied : lines.reduce((sum, line) => sum + line.amount, unapplied);

/** 冲销, 退款: how much, and why. */
export function movementModal(
  kind: MovementKind,
  facts: ReceiptFacts,
  heading: KnownBlock,
  reader: RowReader,
  metadata: string,
  reason: string | null = null,
): ModalView {
  const { t, locale } = reader;
  const { words, view } = MOVEMENT_KINDS[kind];
  const left = { minor: leftOf(kind, facts), currency: facts.currency };
  const isOfBadDebt = kind === 'reversal' && facts.lines.some((line) => line.recovery);
  return modal({
    callbackId: view,
    title: t(`${words}:title`),
    submit: t('common:send_for_approval'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      heading,
      section(present(t(`${words}:effect`), isOfBadDebt && t('reversals:effect_recovery')).join('\n')),
      input(
        'amount',
        t(`${words}:amount`),
        textInput({ initial: toDecimalString(left.minor, left.currency) }),
        {
          hint: t(`${words}:amount_hint`, { max: formatMoney(locale, left) }),
        },
      ),
      input(
        'reason',
        t('reversals:reason'),
        textInput({ multiline: true, maxLength: REVERSAL_REASON_MAX, initial: reason }),
      ),
    ],
  });
}
