// The lines of an escalation case's thread (ux §4.7). Pure.
import { HOLDING_PROMISES } from '../../domain/follow-ups/follow-up.js';
import type { FollowUpFacts } from '../../domain/follow-ups/follow-up.queries.js';
import { diffDays, type LocalDate } from '../../domain/local-date.js';
import type { CaseEvent } from '../../domain/notices/notice.js';
import type { CaseCardData } from '../../domain/reminders/case.queries.js';
import { formatDate, formatMoney, formatNames, shortName, truncate } from '../i18n/format.js';
import { escapeMrkdwn, section } from './blocks.js';
import { mentions, moneyOf } from './case-views.js';
import { followUpWords } from './follow-up-views.js';
import type { Message } from './info-view.js';
import type { RowReader } from './row-views.js';

type Full = Required<Message>;

/** What happened to a case. */
export interface CaseLine {
  readonly event: CaseEvent;
  readonly level: number;
  readonly who: string | null;
  /** `approvedBy`: names, in their order. */
  readonly receipt: { number: string; amount: bigint; approvedBy: readonly string[] } | null;
  readonly followUp: FollowUpFacts | null;
  /** Names are said, nobody is called. */
  readonly quiet: boolean;
}

/** Events that the whole channel should see, not only the thread (ux §4.7: +). */
export const isLoud = (event: CaseLine['event']): boolean =>
  ['raised', 'still', 'again', 'broken', 'disputed', 'reopened'].includes(event);

/** A line in the thread. */
export function caseLine(data: CaseCardData, line: CaseLine, reader: RowReader): Full {
  const names = formatNames(
    reader.locale,
    data.asked.map((person) => shortName(reader.locale, person.name)),
  );
  const mrkdwn = lineWords(data, line, reader, {
    names: line.quiet ? escapeMrkdwn(names) : mentions(data.asked, reader),
    who: escapeMrkdwn(line.who ?? '—'),
    safe: escapeMrkdwn,
  });
  const text = lineWords(data, line, reader, {
    names,
    who: line.who ?? '—',
    safe: (typed) => typed,
  });
  return { text, blocks: [section(mrkdwn)] };
}

function lineWords(
  data: CaseCardData,
  line: CaseLine,
  reader: RowReader,
  people: { names: string; who: string; safe: (text: string) => string },
): string {
  const { t, locale, today } = reader;
  const { row, reminders, followUps } = data;
  const date = (day: LocalDate | null) => (day === null ? '—' : formatDate(locale, day, today));
  const end = data.closedOn ?? today;
  const late = row.effectiveDue === null ? 0 : Math.max(0, diffDays(end, row.effectiveDue));
  const { names, who } = people;
  const words = { names, who, level: line.level, amount: formatMoney(locale, moneyOf(row)) };
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: row.currency });
  switch (line.event) {
    case 'opened':
      return t('reminders:line.opened', { count: reminders, followUps });
    case 'acknowledged': {
      // Where no level comes any more there is nothing to hold back.
      const until = data.next === null ? null : (data.acknowledged?.until ?? null);
      return until === null
        ? t('reminders:line.acknowledged_before', words)
        : t('reminders:line.acknowledged', { ...words, date: date(until) });
    }
    case 'raised':
      return t('reminders:line.raised', { ...words, count: late });
    case 'still':
      return t('reminders:line.still', { ...words, count: late });
    case 'again':
      return t('reminders:line.again', { ...words, date: date(row.effectiveDue) });
    case 'broken':
      return t('reminders:line.broken', {
        ...words,
        date: date(data.lastPromise?.promisedOn ?? null),
        promised: money(data.lastPromise?.promisedAmount ?? 0n),
      });
    case 'disputed':
      return t('reminders:line.disputed', words);
    case 'followed':
      return line.followUp === null
        ? t('reminders:line.followed', { ...words, what: t('follow_ups:button') })
        : t('reminders:line.followed', {
            ...words,
            what: people.safe(followUpWords(line.followUp, row.currency, reader)),
          });
    case 'promise':
      return t(
        row.promiseCount > HOLDING_PROMISES ? 'reminders:line.promise_again' : 'reminders:line.promise',
        {
          ...words,
          n: row.promiseCount,
          date: date(line.followUp?.promisedOn ?? null),
          promised: money(line.followUp?.promisedAmount ?? 0n),
        },
      );
    case 'dispute':
      return t('reminders:line.dispute', {
        ...words,
        reason: people.safe(truncate(line.followUp?.reason ?? '—', 300)),
        date: date(line.followUp?.pauseUntil ?? null),
      });
    case 'resumed':
      return t('reminders:line.resumed', words);
    case 'submitted':
    case 'rejected':
    case 'withdrawn':
    case 'money': {
      const said = t(`reminders:line.${line.event}`, {
        ...words,
        number: line.receipt?.number ?? '—',
        received: formatMoney(locale, { minor: line.receipt?.amount ?? 0n, currency: row.currency }),
      });
      return line.event === 'money' ? withApproval(said, line, reader, people.safe) : said;
    }
    case 'paid':
      return withApproval(
        t('reminders:line.paid', { count: late, reminders, followUps }),
        line,
        reader,
        people.safe,
      );
    case 'written_off':
    case 'adjusted':
    case 'adjusted_back':
      return t(`reminders:line.${line.event}`, words);
    case 'moved':
    case 'reversed':
    case 'reopened':
      if (line.event === 'reopened' && line.receipt === null)
        return t('reminders:line.reopened_undone', words);
      return t(`reminders:line.${line.event}`, { ...words, number: line.receipt?.number ?? '—' });
    case 'postponed':
      return t('reminders:line.postponed', { ...words, date: date(row.effectiveDue) });
    case 'reassigned':
    case 'reassigned_beyond':
      return t(`reminders:line.${line.event}`, { ...words, owner: people.safe(truncate(row.ownerName, 40)) });
    case 'closed':
      return t('reminders:line.closed', words);
  }
}

/** Who let the money in: a thread tells of it from the first reminder to the approval. */
function withApproval(
  said: string,
  { receipt }: CaseLine,
  { t, locale }: RowReader,
  safe: (text: string) => string,
): string {
  if (receipt === null || receipt.approvedBy.length === 0) return said;
  const names = safe(
    formatNames(
      locale,
      receipt.approvedBy.map((name) => shortName(locale, name)),
    ),
  );
  const approved = t('reminders:line.approved_by', { number: receipt.number, names });
  return [said, approved].join(locale === 'en' ? ' ' : '');
}
