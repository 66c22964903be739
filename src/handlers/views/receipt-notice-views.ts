// What is told about a receipt after its card: lines in the card's thread, the message to its recorder (ux §4.6). Pure.
import type { KnownBlock } from '@slack/types';
import type { AskedReceipt } from '../../domain/receipts/receipt-facts.queries.js';
import { formatNames } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import { openLine } from './approval-views.js';
import { actions, button, present, section } from './blocks.js';
import { decider } from './decider-words.js';
import type { Message } from './info-view.js';
import {
  type CardReader,
  discardButton,
  moneyOf,
  reasonWords,
  receiptValue,
  rowStates,
} from './receipt-card-views.js';

type LineEvent = 'decided' | 'redrawn' | 'withdrawn' | 'advanced' | 'returned';

/** A line in the card's thread. */
export function receiptLine(
  facts: AskedReceipt,
  event: LineEvent,
  reader: CardReader,
): Message & { blocks: KnownBlock[] } {
  const text = lineWords(facts, event, reader);
  return { text, blocks: [section(text)] };
}

function lineWords(facts: AskedReceipt, event: LineEvent, reader: CardReader): string {
  const { t, locale } = reader;
  if (event === 'redrawn') return t('receipts:line.redrawn');
  if (event === 'advanced' || event === 'returned') return openLine(facts.approval, reader, 'deciders');
  const who = decider(facts.approval, reader);
  if (event === 'withdrawn') return t('receipts:line.withdrawn', { who });
  if (facts.approval.status === 'rejected') {
    return t('receipts:line.rejected', { who, reason: reasonWords(facts, reader) });
  }
  const rows = rowStates(facts, reader);
  if (rows.length > 0) return t('receipts:line.approved', { who, rows: formatNames(locale, rows) });
  return t('receipts:line.approved_prepaid', { who, amount: moneyOf(facts, reader)(facts.amount) });
}

/** What the recorder is told: how far the contract is, or why not, with the way to record it anew. */
export function receiptDecided(
  facts: AskedReceipt,
  percent: number | null,
  reader: CardReader,
): Message & { blocks: KnownBlock[] } {
  const { t, locale } = reader;
  const money = moneyOf(facts, reader);
  const words = { number: facts.number, amount: money(facts.amount) };
  const open = button(ACTION.receiptOpen, t('common:open'), { value: receiptValue(facts.id) });
  if (facts.approval.status === 'rejected') {
    const who = decider(facts.approval, reader);
    const text = t('receipts:dm.rejected', { ...words, who, reason: reasonWords(facts, reader) });
    if (facts.successor) {
      const replaced = t('receipts:replaced', { number: facts.successor.number });
      return { text, blocks: [section(`${text}\n${replaced}`), actions([open])] };
    }
    const again = button(ACTION.receiptAgain, t('receipts:again'), {
      style: 'primary',
      value: receiptValue(facts.id),
    });
    if (facts.status !== 'rejected') {
      const gone = t('receipts:dm.discarded');
      return { text, blocks: [section(`${text}\n${gone}`), actions([open])] };
    }
    return { text, blocks: [section(text), actions([again, discardButton(facts, reader), open])] };
  }
  const approved =
    percent === null
      ? t('receipts:dm.approved_plain', words)
      : t('receipts:dm.approved', { ...words, percent });
  const part = facts.unapplied < facts.amount ? 'over' : 'prepaid';
  const over = facts.unapplied > 0n ? t(`receipts:dm.${part}`, { amount: money(facts.unapplied) }) : null;
  const text = present(approved, over).join(locale === 'en' ? ' ' : '');
  return { text, blocks: [section(`✅ ${text}`), actions([open])] };
}
