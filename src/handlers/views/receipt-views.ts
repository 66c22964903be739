// The window of one receipt, what is shown after recording (ux §4.5, §4.6). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { type Actor, can } from '../../domain/access.js';
import { isUndecided } from '../../domain/approvals/approval.js';
import type { ReceiptFacts } from '../../domain/receipts/receipt-facts.queries.js';
import type { DictionaryEntry } from '../../domain/settings/settings.js';
import { formatMoney } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import { windowButtons } from './approval-views.js';
import { auditButton } from './audit-views.js';
import { actions, button, confirm, context, escapeMrkdwn, modal, plain, present, section } from './blocks.js';
import { dishonourButton, mayBeDishonoured, mayMove, moveButton } from './movement-form-views.js';
import { applyButton } from './prepayment-views.js';
import { mayReallocate, reallocateButton, waitingReallocation } from './reallocation-views.js';
import {
  approveWords,
  claimText,
  discardButton,
  predecessorLine,
  receiptFields,
  receiptValue,
  splitText,
  statusLine,
} from './receipt-card-views.js';
import { warningText } from './receipt-warning-views.js';
import { reversedText, waitingReversal } from './reversal-views.js';
import type { RowReader } from './row-views.js';

/** Finance's step is asked by role, whoever owns the rows. */
const SCOPE = { action: 'receipt.approve', ownerId: null } as const;

/** The receipt with what the reader may do about it; `result` tells what was just done. */
export function receiptModal(
  facts: ReceiptFacts,
  reader: RowReader,
  methods: readonly DictionaryEntry[],
  result?: string,
): ModalView {
  const { t } = reader;
  const buttons = receiptButtons(facts, reader);
  return modal({
    callbackId: VIEW.info,
    title: t('receipts:open.title'),
    close: t('common:close'),
    metadata: JSON.stringify({ k: 'receipt', i: facts.id }),
    blocks: present<KnownBlock>(
      result !== undefined && section(`✅ ${escapeMrkdwn(result)}`),
      section(`*${facts.number}* · *${t(`common:receipt_state.${facts.status}`)}*`),
      ...receiptFields(facts, reader, methods),
      facts.remark !== null && {
        type: 'section',
        text: plain(t('common:of_field', { label: t('receipts:field.remark'), text: facts.remark })),
      },
      facts.claims !== null && section(claimText(facts.claims, reader)),
      section(splitText(facts, reader)),
      mayWeigh(facts, reader) && section(warningText(facts, reader)),
      facts.predecessor !== null && context(predecessorLine(facts.predecessor, reader)),
      context(statusLine(facts, reader)),
      facts.reversed.length > 0 && context(reversedText(facts, reader)),
      facts.successor && context(t('receipts:replaced', { number: facts.successor.number })),
      ...(facts.reversal === null ? [] : waitingReversal(facts.reversal, reader)),
      ...(facts.reallocation === null ? [] : waitingReallocation(facts.reallocation, reader)),
      buttons.length > 0 && actions(buttons),
    ),
  });
}

/** Finance decides, the recorder withdraws or records anew. */
function receiptButtons(facts: ReceiptFacts, reader: RowReader): ReturnType<typeof button>[] {
  const { t, actor } = reader;
  if (!actor) return [];
  const isRecorder = facts.recordedById === actor.id;
  const { approval } = facts;
  const waits = facts.status === 'submitted' && approval?.status === 'open';
  const again = (facts.status === 'rejected' || facts.status === 'draft') && isRecorder && !facts.successor;
  return [
    ...(waits ? windowButtons(approval, approveWords(facts, reader), reader, SCOPE) : []),
    ...(mayApply(facts, actor) ? [applyButton(facts.id, facts.number, reader)] : []),
    ...(waits && isRecorder && isUndecided(approval) ? [withdrawButton(facts, reader)] : []),
    ...(mayReallocate(facts, reader) ? [reallocateButton(facts, reader)] : []),
    ...(mayMove('refund', facts, reader) ? [moveButton('refund', facts, reader)] : []),
    ...(mayBeDishonoured(facts, reader) && mayMove('reversal', facts, reader)
      ? [dishonourButton(facts, reader)]
      : []),
    ...(mayMove('reversal', facts, reader) ? [moveButton('reversal', facts, reader)] : []),
    ...(again
      ? [
          button(ACTION.receiptAgain, t('receipts:again'), {
            style: 'primary',
            value: receiptValue(facts.id),
          }),
          ...(facts.status === 'rejected' ? [discardButton(facts, reader)] : []),
        ]
      : []),
    auditButton({ kind: 'receipt', id: facts.id }, reader),
  ];
}

/** What is to be noted, before whoever decides decides here; it names what is beyond a rep's scope. */
function mayWeigh({ approval, warnings }: ReceiptFacts, { actor }: RowReader): boolean {
  if (actor === null || approval?.status !== 'open' || warnings.length === 0) return false;
  const isAsked = [...approval.approvers, ...approval.delegates].some((one) => one.id === actor.id);
  return isAsked || can(actor, 'receipt.approve');
}

/** Approved money that belongs to no instalment. */
const mayApply = (facts: ReceiptFacts, actor: Actor): boolean =>
  facts.unapplied > 0n && APPLIED.includes(facts.status) && can(actor, 'receipt.apply');
const APPLIED: readonly string[] = ['approved', 'partly_reversed'];

function withdrawButton(
  { id, number, amount, currency }: Pick<ReceiptFacts, 'id' | 'number' | 'amount' | 'currency'>,
  { t, locale }: RowReader,
) {
  return button(ACTION.receiptWithdraw, t('receipts:withdraw'), {
    style: 'danger',
    value: receiptValue(id),
    confirm: confirm(
      t('receipts:withdraw.title', { number }),
      t('receipts:withdraw.text', { amount: formatMoney(locale, { minor: amount, currency }) }),
      t('receipts:withdraw'),
      t('receipts:withdraw.keep'),
      true,
    ),
  });
}

/** [打开] [撤回] under "已提交". */
export const recordedActions = (
  receipt: Pick<ReceiptFacts, 'id' | 'number' | 'amount' | 'currency'>,
  reader: RowReader,
): KnownBlock =>
  actions([
    button(ACTION.receiptOpen, reader.t('common:open'), { value: receiptValue(receipt.id) }),
    withdrawButton(receipt, reader),
  ]);

/** What forms about a receipt begin with. */
export const receiptHeading = (facts: ReceiptFacts, { locale }: Pick<RowReader, 'locale'>): KnownBlock =>
  section(
    `*${facts.number}* · ${formatMoney(locale, { minor: facts.amount, currency: facts.currency })} · ${escapeMrkdwn(facts.customerName)}`,
  );
