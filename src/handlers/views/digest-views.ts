// The morning digest (ux §4.7): today's steps by group, decisions, the team, and one line about the rest. Pure.
// Always within a message's limits: fewer buttons a row first, then fewer rows.
import type { KnownBlock } from '@slack/types';
import { totals } from '../../domain/money.js';
import type { InstalmentRowData } from '../../domain/plans/instalment.queries.js';
import { DIGEST_ROWS } from '../../domain/reminders/digest.js';
import type { DigestData } from '../../domain/reminders/digest.queries.js';
import type { DigestSection } from '../../domain/reminders/digest-rows.queries.js';
import type { Tone } from '../../domain/reminders/ladder.js';
import type { MilestoneRow } from '../../domain/reminders/milestone-rows.queries.js';
import { milestoneKey } from '../../domain/reminders/milestone-steps.js';
import { formatDate, formatInstant, formatMoney, formatTotals, truncate } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import { smallDifferenceButton } from './adjustment-views.js';
import { billBlocks } from './bill-views.js';
import { actions, button, escapeMrkdwn, header, LIMIT, present, section } from './blocks.js';
import { endingBlocks } from './contract-ending-views.js';
import { countsLine, countsOnly } from './counts-views.js';
import type { Message } from './info-view.js';
import { encodeList } from './list-views.js';
import { milestoneRow } from './milestone-row-views.js';
import { instalmentRow, type RowReader, takesMoney } from './row-views.js';
import { caseRow, decisionBlocks, teamSection } from './todo-views.js';

const FULL_ROWS = 8;
const MAX_CASES = 5;
const MAX_MILESTONES = 5;

/** One person's digest, in their language and for their role. */
export function digestMessage(data: DigestData, reader: RowReader, isCopy = false): Required<Message> {
  const { t, locale } = reader;
  const date = formatDate(locale, data.date, reader.today);
  const line = countsLine(data.counts, reader, data.sorts);
  const rows = data.sections.reduce((sum, one) => sum + one.rows.length, 0);
  const attempts = [
    ...(rows <= FULL_ROWS
      ? [{ buttons: 'full' as const, rows: FULL_ROWS, cases: MAX_CASES, milestones: MAX_MILESTONES }]
      : []),
    { buttons: 'compact' as const, rows: DIGEST_ROWS, cases: MAX_CASES, milestones: MAX_MILESTONES },
    { buttons: 'compact' as const, rows: 12, cases: 3, milestones: 3 },
    { buttons: 'compact' as const, rows: 6, cases: 2, milestones: 2 },
  ];
  const built = attempts.map((size) => build(data, reader, date, rows, { ...size, isCopy }));
  const blocks =
    built.find(fits) ??
    build(data, reader, date, rows, { buttons: 'none', rows: 3, cases: 1, milestones: 1, isCopy });
  return { text: t('reminders:digest.text', { line }), blocks };
}

/**
 * The same to who stands in for the person: to read, without the person's own buttons; what can be decided in their place
 * stands in the reader's to-do list.
 */
export function digestCopy(data: DigestData, reader: RowReader): Required<Message> {
  const { text, blocks } = digestMessage(data, reader, true);
  const name = copyOf(data, reader.t);
  const isTodo = (element: object) => 'action_id' in element && element.action_id === ACTION.todo;
  const shown = blocks.flatMap((block): KnownBlock[] => {
    if (block.type === 'header') return [header(`${name} · ${block.text.text}`)];
    if (block.type === 'actions') return block.elements.every(isTodo) ? [block] : [];
    if (block.type !== 'section' || !block.accessory || isTodo(block.accessory)) return [block];
    const { accessory: _button, ...rest } = block;
    return [rest];
  });
  return { text: `${name} · ${text}`, blocks: shown };
}

/** Whose message somebody reads in their place. */
export const copyOf = ({ actor }: DigestData, t: RowReader['t']): string =>
  t('delegates:copy', { name: truncate(actor.name, 40) });

interface Size {
  readonly buttons: 'full' | 'compact' | 'none';
  readonly rows: number;
  readonly cases: number;
  /** Of each of the groups of contracts. */
  readonly milestones: number;
  /** To who stands in: what is left out is in the person's to-do list. */
  readonly isCopy: boolean;
}

const fits = (blocks: readonly KnownBlock[]): boolean =>
  blocks.length <= LIMIT.messageBlocks && [...JSON.stringify(blocks)].length <= LIMIT.messageCharacters;

function build(data: DigestData, reader: RowReader, date: string, rows: number, size: Size): KnownBlock[] {
  const { t, locale, now, timezone } = reader;
  const asOf = t('reminders:digest.as_of', { at: formatInstant(locale, now, now, timezone) });
  const shown = takeRows(data.sections, size.rows);
  return [
    header(t('reminders:digest.title', { date })),
    section(`${countsOnly(data.counts, reader, data.sorts)}\n${asOf}`),
    ...casesBlocks(data, reader, size.cases),
    ...approvalBlocks(data, reader, size.milestones),
    ...teamSection(data.team, reader),
    ...shown.flatMap((group) => groupBlocks(group, data.tones, reader, size)),
    ...(rows > size.rows ? [section(t(restKey(rows, size), { count: rows }), todoButton(reader))] : []),
    ...milestoneBlocks('acceptance', data.acceptances, data.tones, reader, size.milestones),
    ...milestoneBlocks('unknown', data.unknown, data.tones, reader, size.milestones),
    ...endingBlocks(data.endings, reader, size.milestones),
    ...billBlocks(data.bills, reader, size.milestones),
    ...moreBlocks(data, reader),
  ];
}

/** Where the rows stand that are not shown. */
const restKey = (rows: number, { isCopy }: Size) => {
  if (rows > DIGEST_ROWS) return 'reminders:digest.rest';
  return isCopy ? 'delegates:copy_rest' : 'reminders:digest.rest_todo';
};

/** 待验收, 日期待定: the first of them, and how many more wait. */
function milestoneBlocks(
  kind: 'acceptance' | 'unknown',
  rows: readonly MilestoneRow[],
  tones: DigestData['tones'],
  reader: RowReader,
  max: number,
): KnownBlock[] {
  if (rows.length === 0) return [];
  const { t } = reader;
  const more = rows.length - max;
  const group = t(`reminders:group.${kind}`);
  return [
    section(t('reminders:digest.milestones', { group, count: rows.length })),
    ...rows
      .slice(0, max)
      .flatMap((row) => milestoneRow(row, tones.get(milestoneKey(row.contractId, row.kind)), reader)),
    ...(more > 0
      ? [section(t('reminders:todo.more', { count: more }), button(ACTION.contractList, t('home:contracts')))]
      : []),
  ];
}

/** The first rows of all groups; a group's count and total stay those of the whole group. */
function takeRows(sections: readonly DigestSection[], max: number): (DigestSection & { count: number })[] {
  let left = max;
  return sections.flatMap((group) => {
    const rows = group.rows.slice(0, left);
    left -= rows.length;
    return rows.length > 0 ? [{ ...group, rows, count: group.rows.length }] : [];
  });
}

function groupBlocks(
  group: DigestSection & { count: number },
  tones: DigestData['tones'],
  reader: RowReader,
  size: Size,
): KnownBlock[] {
  const { t } = reader;
  const words = {
    group: t(`reminders:group.${group.kind}`),
    count: group.count,
    total: formatTotals(reader.locale, group.totals),
  };
  return [
    section(t('reminders:digest.group', words)),
    ...group.rows.flatMap((row) => {
      const note = noteOf(row, tones.get(row.id), reader);
      return instalmentRow(row, reader, { buttons: size.buttons, resultLine: true, note });
    }),
  ];
}

/** Whose it is, if not the reader's, and what the step asks for, as it speaks; nothing of what needs nothing any more. */
function noteOf(row: InstalmentRowData, tone: Tone | undefined, { t, actor }: RowReader): string | null {
  if (!takesMoney(row)) return null;
  const name = escapeMrkdwn(truncate(row.ownerName, 40));
  const notes = present(
    row.ownerId !== actor?.id && t('reminders:note.owner', { name }),
    tone === 'firm' || tone === 'urgent'
      ? t(`reminders:note.${tone}`)
      : row.isRetention && row.state !== 'overdue' && t('reminders:note.retention'),
  );
  return notes.length > 0 ? notes.join('\n') : null;
}

function casesBlocks(data: DigestData, reader: RowReader, max: number): KnownBlock[] {
  const { t } = reader;
  const { cases } = data;
  if (cases.length === 0) return [];
  const more = cases.length - max;
  const open = cases.map(({ row }) => ({ currency: row.currency, minor: row.outstanding }));
  return [
    section(
      t('reminders:digest.group', {
        group: t('reminders:group.acknowledge'),
        count: cases.length,
        total: formatTotals(reader.locale, totals(open)),
      }),
    ),
    ...cases.slice(0, max).flatMap((found) => caseRow(found, reader)),
    ...(more > 0 ? [section(t('reminders:todo.more', { count: more }), todoButton(reader))] : []),
  ];
}

/** `max`: rows of small rests. */
function approvalBlocks(data: DigestData, reader: RowReader, max: number): KnownBlock[] {
  const { t } = reader;
  const { approvals, prepayments, unclaimed, smallRests } = data;
  return present<KnownBlock>(
    ...decisionBlocks(approvals, reader, 'primary'),
    approvals.postponements > 0 &&
      section(
        t('reminders:digest.postponements', { count: approvals.postponements }),
        button(ACTION.todo, t('reminders:digest.review')),
      ),
    prepayments.count > 0 &&
      section(
        t('reminders:digest.prepayments', {
          count: prepayments.count,
          total: formatTotals(reader.locale, prepayments.totals),
        }),
        button(ACTION.receiptList, t('reminders:digest.apply'), {
          value: encodeList<'receipt'>({ unapplied: true }, 1),
        }),
      ),
    unclaimed.count > 0 &&
      section(
        t('reminders:digest.unclaimed', {
          count: unclaimed.count,
          total: formatTotals(reader.locale, unclaimed.totals),
        }),
        button(ACTION.unclaimedList, t('reminders:digest.review_unclaimed')),
      ),
    smallRests.count > 0 &&
      section(
        t('reminders:digest.small_rests', {
          count: smallRests.count,
          total: formatTotals(reader.locale, smallRests.totals),
        }),
      ),
    ...smallRests.rows.slice(0, max).map((row) =>
      section(
        t('reminders:digest.small_rest', {
          contract: escapeMrkdwn(row.contractNumber),
          n: row.seq,
          rest: formatMoney(reader.locale, { minor: row.outstanding, currency: row.currency }),
        }),
        smallDifferenceButton(row, reader),
      ),
    ),
  );
}

function moreBlocks(data: DigestData, reader: RowReader): KnownBlock[] {
  const { count, totals } = data.moreOverdue;
  if (count === 0) return [actions([todoButton(reader)])];
  const words = { count, total: formatTotals(reader.locale, totals) };
  return [section(reader.t('reminders:digest.more', words), todoButton(reader))];
}

const todoButton = (reader: RowReader) => button(ACTION.todo, reader.t('reminders:todo.button'));
