// The window of one receipt, the rejection form, what is shown after recording (ux §4.5, §4.6). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { can } from '../../domain/access.js';
import { isInvolved } from '../../domain/approvals/approval.js';
import { REJECT_REASONS } from '../../domain/receipts/receipt.js';
import type { ReceiptFacts } from '../../domain/receipts/receipt-facts.queries.js';
import type { DictionaryEntry } from '../../domain/settings/settings.js';
import { formatMoney } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import {
  actions,
  button,
  confirm,
  context,
  escapeMrkdwn,
  input,
  modal,
  option,
  plain,
  present,
  section,
  selectInput,
  textInput,
} from './blocks.js';
import { decideButtons, receiptFields, receiptValue, splitText, statusLine } from './receipt-card-views.js';
import type { RowReader } from './row-views.js';

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
        text: plain(`${t('receipts:field.remark')}: ${facts.remark}`),
      },
      section(splitText(facts, reader)),
      context(statusLine(facts, reader)),
      facts.successor && context(t('receipts:replaced', { number: facts.successor.number })),
      buttons.length > 0 && actions(buttons),
    ),
  });
}

/** Finance decides, the recorder withdraws or records anew. */
function receiptButtons(facts: ReceiptFacts, reader: RowReader): ReturnType<typeof button>[] {
  const { t, actor } = reader;
  if (!actor) return [];
  const isRecorder = facts.recordedById === actor.id;
  const waits = facts.status === 'submitted' && facts.approval.status === 'open';
  const involved = [facts.recordedById, facts.lastEditedById, ...facts.lines.map((line) => line.ownerId)];
  const decides = waits && can(actor, 'receipt.approve') && !isInvolved(actor.id, involved);
  const again = (facts.status === 'rejected' || facts.status === 'draft') && isRecorder && !facts.successor;
  return [
    ...(decides ? decideButtons(facts, reader) : []),
    ...(waits && isRecorder ? [withdrawButton(facts, reader)] : []),
    ...(again
      ? [
          button(ACTION.receiptAgain, t('receipts:again'), {
            style: 'primary',
            value: receiptValue(facts.id),
          }),
        ]
      : []),
  ];
}

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

/** Where the card stands that the rejection was asked from; drawn anew if somebody was faster. */
export interface CardPlace {
  readonly channel: string;
  readonly ts: string;
}

/** 驳回: a reason, and a note. */
export function rejectModal(
  facts: ReceiptFacts,
  shown: { version: number; requestId: string; place: CardPlace | null },
  reader: RowReader,
): ModalView {
  const { t, locale } = reader;
  return modal({
    callbackId: VIEW.receiptReject,
    title: t('receipts:reject.title'),
    submit: t('receipts:reject'),
    close: t('common:cancel'),
    metadata: JSON.stringify({
      r: shown.requestId,
      a: facts.approval.id,
      v: shown.version,
      i: facts.id,
      p: shown.place,
    }),
    blocks: [
      section(
        `*${facts.number}* · ${formatMoney(locale, { minor: facts.amount, currency: facts.currency })} · ${escapeMrkdwn(facts.customerName)}`,
      ),
      input(
        'reason',
        t('receipts:reject.reason'),
        selectInput(REJECT_REASONS.map((key) => option(t(`receipts:reason.${key}`), key))),
      ),
      input('note', t('receipts:reject.note'), textInput({ multiline: true }), {
        optional: true,
        hint: t('contracts:reject.note_hint'),
      }),
    ],
  });
}
