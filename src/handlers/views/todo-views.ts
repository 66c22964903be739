// The to-do list (待办). Pure.
import type { Button, KnownBlock, ModalView } from '@slack/types';
import { can, visibleOwners } from '../../domain/access.js';
import type {
  LooseEnds,
  Waiting,
  WaitingBySort,
  WaitingItem,
} from '../../domain/home/waiting-item.queries.js';
import { LOOSE_SORTS, type LooseSort } from '../../domain/home/waiting-sorts.js';
import { MAY_OWN } from '../../domain/members/member.js';
import type { TeamLine } from '../../domain/reminders/digest-rows.queries.js';
import type { Approvals, CaseToAcknowledge, Todo, TodoCounts } from '../../domain/reminders/todo.queries.js';
import { formatTotals, shortName } from '../i18n/format.js';
import { ACTION, listId, VIEW } from '../ids.js';
import { actions, button, context, escapeMrkdwn, modal, present, section } from './blocks.js';
import { caseButtons } from './case-buttons.js';
import { countsLine } from './counts-views.js';
import type { Message } from './info-view.js';
import { encodeList, pager } from './list-views.js';
import { instalmentRow, type RowReader, rowFacts, rowTitle } from './row-views.js';
import { waitingRow } from './waiting-views.js';

/** A case that asks the reader: the row, [*已知悉] [打开]. */
export function caseRow(found: CaseToAcknowledge, reader: RowReader): KnownBlock[] {
  const { t } = reader;
  const { row } = found;
  const level = t('reminders:case.badge', { level: found.level });
  const [acknowledge, open] = caseButtons(found, reader);
  const who = escapeMrkdwn(found.acknowledgedBy ?? '');
  const acknowledged = who === '' ? '' : ` · ${t('reminders:case.acknowledged_by', { who })}`;
  return [
    section(`${rowTitle(row, reader)}\n${rowFacts(row, reader)} · ${level}${acknowledged}`),
    actions(found.acknowledgedBy === null ? [acknowledge, open] : [open]),
  ];
}

const MAX_TEAM_LINES = 10;

/** 团队逾期: a line a person, those who wait longest first. */
export function teamSection(team: readonly TeamLine[], reader: RowReader): KnownBlock[] {
  const { t, locale } = reader;
  if (team.length === 0) return [];
  const lines = team.slice(0, MAX_TEAM_LINES).map((line) =>
    t('reminders:digest.team_line', {
      rep: escapeMrkdwn(shortName(locale, line.ownerName)),
      n: line.count,
      count: line.oldestDays,
      total: formatTotals(reader.locale, line.totals),
    }),
  );
  const more = team.length - lines.length;
  return [
    section([`*${t('reminders:group.team')}*`, ...lines].join('\n')),
    ...(more > 0 ? [context(t('reminders:digest.team_rest', { count: more }))] : []),
  ];
}

const MAX_CASE_ROWS = 5;
/** Rows and cases of the answer to a command: within a message's limits. */
export const MESSAGE_ROWS = 8;
const MESSAGE_CASES = 3;

/** Decisions other than those that are many: each stands by itself. */
const isApart = ({ kind }: WaitingItem): boolean =>
  !['case', 'receipt', 'contract', 'contract_rejected', ...LOOSE_SORTS].includes(kind);
/** Loose ends of a window; a message has fewer, and the way to the window. */
const MAX_LOOSE = 20;
const MESSAGE_LOOSE = 4;

/** What was rejected, drafts, money without a place, people who ask: the first, and where the others are. */
function looseBlocks({ loose }: WaitingBySort, max: number, reader: RowReader): KnownBlock[] {
  const shown = loose.flatMap(({ items }) => items).slice(0, max);
  const total = loose.reduce((sum, one) => sum + one.total, 0);
  const rows = shown.flatMap((item) => waitingRow(item, reader));
  if (max <= MESSAGE_LOOSE) {
    const more = total - shown.length;
    return [...rows, ...(more > 0 ? [moreSection(more, reader)] : [])];
  }
  return [...rows, ...loose.flatMap((ends) => restOf(ends, shown, reader))];
}

const moreSection = (count: number, { t }: RowReader, way: Button | false = todoButton(t)): KnownBlock =>
  way === false
    ? context(t('reminders:todo.more', { count }))
    : section(t('reminders:todo.more', { count }), way);

const todoButton = (t: RowReader['t']): Button => button(ACTION.todo, t('reminders:todo.button'));

/** How many of a sort are not shown, and the list that has them. */
function restOf({ sort, items, total }: LooseEnds, shown: readonly WaitingItem[], { t }: RowReader) {
  const count = total - items.filter((item) => shown.includes(item)).length;
  if (count === 0) return [];
  return [section(t(`reminders:todo.rest.${sort}`, { count }), listOf(sort, t))];
}

function listOf(sort: LooseSort, t: RowReader['t']): Button {
  const words = t('common:open');
  switch (sort) {
    case 'asked':
      return button(ACTION.settingsMember, words);
    case 'setup':
      return button(ACTION.settings, words);
    case 'left':
      return button(ACTION.customerHandOver, words);
    case 'unclaimed':
      return button(ACTION.unclaimedList, words);
    case 'draft':
      return button(listId('contract', 'list'), words, {
        value: encodeList<'contract'>({ states: ['draft', 'rejected'] }, 1),
      });
    case 'rejected':
      return button(listId('receipt', 'list'), words, {
        value: encodeList<'receipt'>({ states: ['rejected'] }, 1),
      });
    case 'prepayment':
      return button(listId('receipt', 'list'), words, {
        value: encodeList<'receipt'>({ unapplied: true }, 1),
      });
  }
}

/** How many contracts and how much money wait for the reader's decision, each with the way there. */
export function decisionBlocks(
  { contracts, receipts, oldestReceiptAt }: Approvals,
  { t, now }: Pick<RowReader, 't' | 'now'>,
  style?: 'primary',
): KnownBlock[] {
  return present<KnownBlock>(
    contracts > 0 &&
      section(
        t('reminders:digest.contracts', { count: contracts }),
        button(ACTION.approvalBatch, t('reminders:digest.review')),
      ),
    receipts > 0 &&
      section(
        t('reminders:digest.receipts', { n: receipts, count: hoursSince(oldestReceiptAt, now) }),
        button(ACTION.approvalBatch, t('reminders:digest.review'), { ...(style && { style }) }),
      ),
  );
}

/** The counting sentence, cases, decisions, loose ends, own rows. */
function todoBlocks(
  todo: Todo,
  waiting: WaitingBySort,
  reader: RowReader,
  { maxCases, maxLoose, casesAt }: { maxCases: number; maxLoose: number; casesAt?: Button | false },
): KnownBlock[] {
  const { t } = reader;
  const { cases, approvals } = todo;
  const moreCases = cases.length - maxCases;
  // Those that a message has no room for are decided with all others, by the button of the decisions.
  const apart = waiting.items.filter(isApart).slice(0, maxLoose);
  return [
    section(countsLine(countsOf(todo, waiting), reader, waiting.sorts)),
    ...(cases.length > 0
      ? [
          section(
            t('reminders:digest.milestones', {
              group: t('reminders:group.acknowledge'),
              count: cases.length,
            }),
          ),
        ]
      : []),
    ...cases.slice(0, maxCases).flatMap((found) => caseRow(found, reader)),
    ...(moreCases > 0 ? [moreSection(moreCases, reader, casesAt)] : []),
    ...decisionBlocks(approvals, reader),
    ...apart.flatMap((item) => waitingRow(item, reader)),
    ...looseBlocks(waiting, maxLoose - apart.length, reader),
    rowsHeading(todo, reader),
    ...todo.rows.flatMap((row) => instalmentRow(row, reader, { buttons: 'compact', resultLine: true })),
  ];
}

/** How many rows follow; to who owns none, where all of them are. */
function rowsHeading({ total }: Todo, { t, actor }: RowReader): KnownBlock {
  if (total > 0) return section(t('reminders:todo.rows', { count: total }));
  const owns = actor !== null && MAY_OWN.some((role) => actor.roles.includes(role));
  return owns
    ? section(t('reminders:todo.no_rows'))
    : section(t('reminders:todo.owns_none'), button(ACTION.planList, t('home:plans')));
}

/** One count of what waits, wherever it is told. */
const countsOf = (todo: Todo, waiting: Waiting): TodoCounts => ({ ...todo.counts, waiting: waiting.total });

/** [催收事项], for whoever answers for more than their own. */
function casesButton({ t, actor }: RowReader): Button | false {
  const owners = actor === null ? [] : visibleOwners(actor);
  return (owners === 'all' || owners.length > 1) && button(ACTION.cases, t('reminders:cases.title'));
}

/** The list as an answer to /hk-todo: the first rows, the rest behind [待办]. */
export function todoMessage(todo: Todo, waiting: WaitingBySort, reader: RowReader): Required<Message> {
  const { t } = reader;
  const line = countsLine(countsOf(todo, waiting), reader, waiting.sorts);
  const more = todo.total - todo.rows.length;
  const rest =
    more > 0
      ? [section(t('plans:row.more', { count: more }), button(ACTION.todo, t('reminders:todo.button')))]
      : [];
  const cases = casesButton(reader);
  return {
    text: t('reminders:todo.text', { line }),
    blocks: [
      ...todoBlocks(todo, waiting, reader, { maxCases: MESSAGE_CASES, maxLoose: MESSAGE_LOOSE }),
      ...rest,
      ...(cases === false ? [] : [actions([cases])]),
    ],
  };
}

/** A page of the list as a modal, opened from any [待办]. */
export function todoModal(todo: Todo, waiting: WaitingBySort, reader: RowReader): ModalView {
  const { t } = reader;
  return modal({
    callbackId: VIEW.info,
    title: t('reminders:todo.title'),
    close: t('common:close'),
    metadata: JSON.stringify({ k: 'todo', p: todo.page }),
    blocks: [
      // This window again would show no more of them.
      ...todoBlocks(todo, waiting, reader, {
        maxCases: MAX_CASE_ROWS,
        maxLoose: MAX_LOOSE,
        casesAt: casesButton(reader),
      }),
      ...pager(t, todo, ACTION.todo, String),
      actions(
        present(
          button(listId('todo', 'search'), t('lists:search')),
          casesButton(reader),
          reader.actor !== null &&
            can(reader.actor, 'instalment.assign') &&
            button(ACTION.followUpStats, t('follow_ups:stats')),
        ),
      ),
    ],
  });
}

/** Whole hours, rounded down. */
function hoursSince(at: Date | null, now: Date): number {
  return at === null ? 0 : Math.max(0, Math.floor((now.getTime() - at.getTime()) / 3_600_000));
}
