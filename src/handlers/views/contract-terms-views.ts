// Lines about a contract's plan and terms that several of its views show: plan rows, terms check, decisions. Pure.

import type { ApprovalDetails } from '../../domain/approvals/approval.queries.js';
import { CONTRACT_REJECT_REASONS } from '../../domain/contracts/contract.js';
import type { ContractDetails } from '../../domain/contracts/contract.queries.js';
import { checkTerms, type TermsFacts, type TermsLine } from '../../domain/contracts/terms.js';
import { type CreditCheck, isAboveLimit } from '../../domain/customers/credit.js';
import type { LocalDate } from '../../domain/local-date.js';
import type { InstalmentRowData } from '../../domain/plans/instalment.queries.js';
import { formatDate, formatInstant, formatMoney, formatNames, shortName, truncate } from '../i18n/format.js';
import { undatedWords } from './anchor-words.js';
import { historyLines, openLine } from './approval-views.js';
import { escapeMrkdwn } from './blocks.js';
import { decider } from './decider-words.js';
import { type RowReader, stateWords } from './row-views.js';

const NAMED_ROWS = 8;
const NOTE_LENGTH = 300;

/** At most `max` rows of the plan as mrkdwn lines, then how many more there are. */
export function planLines(
  contract: ContractDetails,
  reader: RowReader,
  max: number,
  withState: boolean,
): string {
  const { t } = reader;
  if (contract.rows.length === 0) return `${t('contracts:plan.title')}\n${t('contracts:plan.none')}`;
  const shown = contract.rows.slice(0, max).map((row) => planLine(row, reader, withState));
  const rest = contract.rows.length - shown.length;
  return [
    t('contracts:plan.title'),
    ...shown,
    ...(rest > 0 ? [t('contracts:plan.more', { count: rest })] : []),
  ].join('\n');
}

function planLine(row: InstalmentRowData, reader: RowReader, withState: boolean): string {
  const { t, locale, today } = reader;
  const number = t('contracts:plan.nth', { n: row.seq });
  const isDefault = [`第${row.seq}期`, `#${row.seq}`].includes(row.name);
  const date = row.effectiveDue;
  // An undated row's state is said by its date.
  return t(withState && row.state !== 'undated' ? 'contracts:plan.line_state' : 'contracts:plan.line', {
    nth: isDefault ? number : `${number} ${escapeMrkdwn(shortName(locale, row.name))}`,
    amount: formatMoney(locale, { minor: row.amount, currency: row.currency }),
    date: date === null ? undatedWords(t, row) : formatDate(locale, date, today),
    state: stateWords(row, reader),
  });
}

type Checked = TermsFacts & { readonly currency: string; readonly credit: CreditCheck | null };

/** The terms check, a line each, beginning 通过 or ⚠️ 注意 (ux §4.4). */
export function termsLines(contract: Checked, today: LocalDate, reader: RowReader): string {
  const { t } = reader;
  const lines = checkTerms(contract, today).map((line) =>
    t('contracts:term.line', {
      mark: t(line.ok ? 'contracts:term.ok' : 'contracts:term.check'),
      words: termWords(line, contract, reader),
    }),
  );
  const credit = contract.credit === null ? [] : [creditLine(contract.credit, reader)];
  return [t('contracts:submit.terms'), ...lines, ...credit].join('\n');
}

/** 通过 敞口 {x}，额度 {y} (ux §4.4). */
export function creditLine(credit: CreditCheck, { t, locale }: RowReader): string {
  const { exposure, currency } = credit;
  const limit = formatMoney(locale, { minor: credit.limit, currency });
  return t('contracts:term.line', {
    mark: t(isAboveLimit(credit) ? 'contracts:term.check' : 'contracts:term.ok'),
    words:
      exposure === null
        ? t('contracts:term.credit.unknown', { limit })
        : t('contracts:term.credit', { limit, exposure: formatMoney(locale, { minor: exposure, currency }) }),
  });
}

function termWords(line: TermsLine, contract: Checked, { t, locale }: RowReader): string {
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: contract.currency });
  const rows = (seqs: readonly number[]) => {
    const named = formatNames(
      locale,
      seqs.slice(0, NAMED_ROWS).map((n) => t('contracts:plan.nth', { n })),
    );
    const rest = seqs.length - NAMED_ROWS;
    return rest > 0 ? `${named} ${t('contracts:rows_more', { count: rest })}` : named;
  };
  switch (line.term) {
    case 'sum':
      if (line.ok) return t('contracts:term.sum.ok', { sum: money(line.total) });
      if (line.problem === 'no_plan') return t('contracts:term.sum.no_plan');
      return t(`contracts:term.sum.${line.problem}`, { difference: money(line.difference) });
    case 'dates':
      if (line.ok) return t('contracts:term.dates.ok');
      if (line.problem === 'milestone_order') {
        const name = (kind: typeof line.first) => t(`contracts:milestone_name.${kind}`);
        return t('contracts:term.dates.milestone_order', {
          first: name(line.first),
          second: name(line.second),
        });
      }
      return t(`contracts:term.dates.${line.problem}`, { rows: rows(line.seqs) });
    case 'anchors':
      if (line.ok) return t('contracts:term.anchors.ok');
      if (line.problem === 'missing')
        return t('contracts:term.anchors.missing', {
          rows: rows(line.seqs),
          anchor: t(`milestones:anchor.${line.anchor}`),
        });
      return t('contracts:term.anchors.no_warranty_end', { rows: rows(line.seqs) });
  }
}

/** Where the approval stands: who is waited for, or who decided, when, and why; escaped. */
export function approvalLine(approval: ApprovalDetails, reader: RowReader): string {
  const { t, locale, now, timezone } = reader;
  if (approval.status === 'open') return openLine(approval, reader);
  const facts = {
    who: decider(approval, reader),
    at: approval.decidedAt ? formatInstant(locale, approval.decidedAt, now, timezone) : '—',
  };
  const before = historyLines(approval, reader)
    .map((line) => `${line} · `)
    .join('');
  // After earlier steps, each with what was done, a name alone would say nothing.
  if (before !== '' && approval.status === 'approved')
    return before + t('contracts:approval.decided_last', facts);
  if (approval.status !== 'rejected') return before + t('contracts:approval.decided', facts);
  const reason = escapeMrkdwn(rejectionReason(approval, reader));
  return before + t('contracts:approval.decided_reason', { ...facts, reason });
}

/** The reason as words, with the note behind it; not escaped. */
export function rejectionReason(approval: ApprovalDetails, { t, locale }: RowReader): string {
  const known = CONTRACT_REJECT_REASONS.find((reason) => reason === approval.reason);
  const reason = known ? t(`contracts:reason.${known}`) : (approval.reason ?? '');
  const note = approval.comment === null ? [] : [truncate(approval.comment, NOTE_LENGTH)];
  // "Other" says nothing beside what was written.
  const named = approval.reason === 'other' && note.length > 0 ? [] : [reason];
  return [...named, ...note].filter(Boolean).join(locale === 'zh-CN' ? '，' : ', ');
}
