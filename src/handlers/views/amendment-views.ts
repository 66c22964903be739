// An amendment in approval: the approver's card before and after the decision, what the contract's card shows of
// amendments, and what is told of the outcome (ux §4.4, §4.6). Pure.
import type { Button, KnownBlock } from '@slack/types';
import { isUndecided } from '../../domain/approvals/approval.js';
import { changedFields, rowChanges } from '../../domain/contracts/amendment.js';
import type { ChangeDetails } from '../../domain/contracts/amendment.queries.js';
import type { ContractDetails } from '../../domain/contracts/contract.queries.js';
import type { DictionaryEntry } from '../../domain/settings/settings.js';
import { formatMoney, shortCustomer, shortName, truncate } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import { diffLines, diffText, historyLine, problemWords } from './amendment-lines.js';
import { approvalValue, type ButtonWords, cardActions, stepTitle, windowButtons } from './approval-views.js';
import {
  actions,
  button,
  confirm,
  context,
  escapeMrkdwn,
  fields,
  header,
  present,
  section,
} from './blocks.js';
import { contractValue } from './contract-list-views.js';
import { approvalLine, creditLine, rejectionReason } from './contract-terms-views.js';
import { deciderNames } from './decider-words.js';
import type { RowReader } from './row-views.js';

const CARD_LINES = 20;
const SHOWN_CHANGES = 5;
const OPEN_LINES = 8;

interface CardMessage {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** The approver's card; once decided without buttons, with who, when and why. */
export function changeCardMessage(
  contract: ContractDetails,
  change: ChangeDetails,
  paymentMethods: readonly DictionaryEntry[],
  reader: RowReader,
): CardMessage {
  const { t, locale } = reader;
  const { approval } = change;
  const { number, currency } = contract;
  const isOpen = approval.status === 'open';
  const customer = shortCustomer(locale, contract.customer.name);
  const text = t(`amendments:text.${approval.status}`, {
    number,
    no: change.no,
    customer,
    who: isOpen ? approval.requestedBy.name : deciderNames(approval, locale),
  });
  const facts = { before: change.before, after: change.after, currency, paymentMethods };
  const blocks = present<KnownBlock>(
    header(stepTitle(approval, t(`amendments:header.${approval.status}`, { number }), t)),
    fields([
      [t('contracts:field.customer'), customer],
      [t('contracts:field.name'), shortName(locale, contract.name)],
      [t('amendments:field.no'), String(change.no)],
      [t('amendments:field.delta'), deltaWords(change.amountDelta, currency, reader)],
      [t('contracts:field.owner'), shortName(locale, contract.owner.name)],
      [t('contracts:field.submitter'), shortName(locale, approval.requestedBy.name)],
      [t('amendments:reason'), truncate(change.reason, 300)],
    ]),
    section(diffText(diffLines(facts, reader), CARD_LINES, reader)),
    isOpen && section(checkLines(contract, change, reader)),
    context(approvalLine(approval, reader)),
    isOpen && cardActions(approval, changeWords(contract, change, reader), reader),
  );
  return { text, blocks };
}

/** What it changes, for a list; null where it could not show all of it. */
export function listedChanges(
  { currency }: Pick<ContractDetails, 'currency'>,
  { before, after }: ChangeDetails,
  paymentMethods: readonly DictionaryEntry[],
  reader: RowReader,
): string | null {
  const lines = diffLines({ before, after, currency, paymentMethods }, reader);
  return lines.length > OPEN_LINES ? null : lines.join('\n');
}

/** +¥50,000.00, −¥50,000.00, or — where the amount stays. */
function deltaWords(minor: bigint, currency: string, { t, locale }: RowReader): string {
  if (minor === 0n) return t('amendments:diff.empty');
  const size = formatMoney(locale, { minor: minor < 0n ? -minor : minor, currency });
  return minor < 0n ? `−${size}` : `+${size}`;
}

/** Whether it fits as things are now, and where money waits on a row of it. */
function checkLines(contract: ContractDetails, change: ChangeDetails, reader: RowReader): string {
  const { t, locale } = reader;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: contract.currency });
  const { amount } = change.after.fields;
  const touched = new Set(change.before.rows.map((row) => row.id));
  const planned = [...contract.rows.filter((row) => !touched.has(row.id)), ...change.after.rows].reduce(
    (sum, row) => sum + row.amount,
    0n,
  );
  const sum =
    planned === amount
      ? t('amendments:check.ok', { sum: money(planned) })
      : t('amendments:check.kept', { difference: money(amount - planned) });
  const problems = change.problems.map((problem) =>
    t('amendments:check.line', { words: problemWords(problem, contract.currency, reader) }),
  );
  return [
    t('contracts:submit.terms'),
    ...(problems.length > 0 ? problems : [sum]),
    ...(contract.credit === null ? [] : [creditLine(contract.credit, reader)]),
    ...change.waiting
      .slice(0, OPEN_LINES)
      .map((row) => t('amendments:check.waiting', { n: row.seq, amount: money(row.amount) })),
  ].join('\n');
}

/** What its buttons say. */
function changeWords(
  contract: ContractDetails,
  change: ChangeDetails,
  { t, locale }: RowReader,
): ButtonWords {
  const { number } = contract;
  const words = { number, no: change.no, customer: shortCustomer(locale, contract.customer.name) };
  const { before, after } = change;
  // As many as the card has lines.
  const count = changedFields(before, after).length + rowChanges(before, after).length;
  return {
    label: t('amendments:label', words),
    title: t('amendments:approve.title', words),
    text: t('amendments:approve.text', { number, count }),
  };
}

/** On the contract's card: the newest amendments, an open one with what it changes. */
export function changeBlocks(
  contract: ContractDetails,
  paymentMethods: readonly DictionaryEntry[],
  reader: RowReader,
): KnownBlock[] {
  const { t } = reader;
  const { changes, currency } = contract;
  if (changes.length === 0) return [];
  const more = changes.length - SHOWN_CHANGES;
  const lines = changes.slice(0, SHOWN_CHANGES).map((change) => historyLine(change, currency, reader));
  const open = changes.find((change) => change.status === 'open');
  const facts = open && { before: open.before, after: open.after, currency, paymentMethods };
  return present<KnownBlock>(
    section(
      [
        t('amendments:history.title'),
        ...lines,
        ...(more > 0 ? [t('amendments:history.more', { count: more })] : []),
      ].join('\n'),
    ),
    facts && section(diffText(diffLines(facts, reader), OPEN_LINES, reader)),
    open && context(approvalLine(open.approval, reader)),
  );
}

/** What the reader may do with the open amendment of a contract: decide, or take it back. */
export function openChangeButtons(contract: ContractDetails, reader: RowReader): Button[] {
  const { t, actor } = reader;
  const open = contract.changes.find((change) => change.status === 'open');
  if (!open || actor === null) return [];
  const { approval } = open;
  const scope = { action: 'contract.approve', ownerId: contract.owner.id } as const;
  return [
    ...windowButtons(approval, changeWords(contract, open, reader), reader, scope),
    ...(approval.requestedBy.id === actor.id && isUndecided(approval)
      ? [
          button(ACTION.approvalWithdraw, t('amendments:withdraw'), {
            value: approvalValue(approval),
            confirm: confirm(
              t('amendments:withdraw.title', { no: open.no }),
              t('amendments:withdraw.text'),
              t('amendments:withdraw'),
              t('contracts:withdraw.confirm_keep'),
            ),
          }),
        ]
      : []),
  ];
}

/** To whoever asked for it: what became of it. */
export function changeDecidedMessage(
  contract: ContractDetails,
  change: ChangeDetails,
  reader: RowReader,
): CardMessage | null {
  const { t } = reader;
  const { approval } = change;
  if (approval.status === 'open') return null;
  const text = t(`amendments:decided.${approval.status}`, {
    number: contract.number,
    no: change.no,
    who: deciderNames(approval, reader.locale),
    reason: rejectionReason(approval, reader),
  });
  const open = button(ACTION.contractOpen, t('common:open'), { value: contractValue(contract.id) });
  return { text, blocks: [section(escapeMrkdwn(text)), actions([open])] };
}
