// A file of money from before: the card in finance's channel, its window, what whoever sent it is told. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { OpeningFacts } from '../../domain/imports/opening.queries.js';
import { formatDate, formatMoney, formatTotals, truncate } from '../i18n/format.js';
import { VIEW } from '../ids.js';
import { approvalOpenButton, type ButtonWords } from './approval-views.js';
import {
  askedCard,
  type CardReader,
  type Full,
  openable,
  rejectionOf,
  stateLine,
  waitingBlocks,
} from './asked-card-views.js';
import { context, escapeMrkdwn, fields, modal, present, section } from './blocks.js';
import { deciders } from './decider-words.js';
import type { RowReader } from './row-views.js';

const FILE = 60;
const TARGET = 40;
const SCOPE = { action: 'receipt.approve', ownerId: null } as const;

const wordsOf = (facts: OpeningFacts, reader: CardReader) => ({
  number: truncate(facts.fileName, FILE),
  file: escapeMrkdwn(truncate(facts.fileName, FILE)),
  count: facts.rows,
  sum: formatTotals(reader.locale, facts.sums),
  asker: escapeMrkdwn(truncate(facts.askedBy.name, 40)),
  who: deciders(facts.approval, reader),
});

/** The card in finance's channel. */
export const openingCard = (facts: OpeningFacts, reader: RowReader): Full =>
  askedCard(
    {
      kind: 'openings',
      approval: facts.approval,
      words: wordsOf(facts, reader),
      heading: openingHeading(facts, reader),
      buttons: approveWords(facts, reader),
      open: approvalOpenButton(facts.approval, reader.t),
    },
    reader,
  );

/** What forms and cards about it begin with: how many, how much by currency, the largest of it, what came of it. */
export function openingHeading(facts: OpeningFacts, reader: CardReader): KnownBlock[] {
  const { t, locale, today } = reader;
  // Of one currency the count stands beside it already.
  const sums = facts.sums.map((sum) =>
    facts.sums.length === 1
      ? formatMoney(locale, sum)
      : t('openings:sum', { amount: formatMoney(locale, sum), count: sum.rows }),
  );
  const largest = facts.largest.map(({ target, amount, currency, receivedOn }) =>
    t('openings:largest.row', {
      target: escapeMrkdwn(truncate(target, TARGET)),
      amount: formatMoney(locale, { minor: amount, currency }),
      date: formatDate(locale, receivedOn, today),
    }),
  );
  return present<KnownBlock>(
    fields([
      [t('openings:field.file'), truncate(facts.fileName, FILE)],
      [t('openings:field.asker'), truncate(facts.askedBy.name, 40)],
      [t('openings:field.count'), String(facts.rows)],
      [t('openings:field.sum'), sums.join('\n')],
    ]),
    largest.length > 0 && section([`*${t('openings:largest')}*`, ...largest].join('\n')),
    facts.approval.status === 'approved' && context(resultText(facts, reader)),
  );
}

/** What has become of the rows since it was approved. */
function resultText({ status, created, skipped, failed }: OpeningFacts, { t }: CardReader): string {
  const end = status === 'done' || status === 'stopped' || status === 'failed' ? status : 'running';
  return t(`openings:result.${end}`, { created, skipped, failed });
}

/** What its buttons say. */
const approveWords = (facts: OpeningFacts, reader: CardReader): ButtonWords => ({
  label: truncate(facts.fileName, 40),
  title: reader.t('openings:approve.title'),
  text: reader.t('openings:approve.text', wordsOf(facts, reader)),
});

/** Its window: what the card says, and what the reader may do about it. */
export function openingModal(facts: OpeningFacts, reader: RowReader, result?: string): ModalView {
  const { t } = reader;
  const { approval } = facts;
  const state =
    approval.status === 'open'
      ? waitingBlocks(
          {
            kind: 'openings',
            approval,
            askedById: facts.askedBy.id,
            line: t('openings:waits', wordsOf(facts, reader)),
            buttons: approveWords(facts, reader),
            scope: SCOPE,
          },
          reader,
        )
      : [context(stateLine('openings', approval, reader))];
  return modal({
    callbackId: VIEW.info,
    title: t('openings:title'),
    close: t('common:close'),
    blocks: present<KnownBlock>(
      result !== undefined && section(escapeMrkdwn(result)),
      ...openingHeading(facts, reader),
      ...state,
    ),
  });
}

/** To whoever sent it. */
export function openingDecided(facts: OpeningFacts, reader: CardReader): Full {
  const end = facts.approval.status === 'approved' ? 'approved' : 'rejected';
  const words = { ...wordsOf(facts, reader), reason: rejectionOf(facts.approval) };
  return openable(reader.t(`openings:decided.${end}`, words), approvalOpenButton(facts.approval, reader.t));
}
