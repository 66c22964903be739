// Digests, cases and the to-do list within Slack's limits, in both languages, with the longest names and any number of rows.
import { describe, expect, it } from 'vitest';
import { validateBlocks } from '../../sandbox/server/validate-blocks.js';
import { validateView } from '../../sandbox/server/validate-view.js';
import type { Actor, Locale } from '../../src/domain/access.js';
import type { EndingContract } from '../../src/domain/contracts/contract-endings.queries.js';
import type { FollowUpFacts } from '../../src/domain/follow-ups/follow-up.queries.js';
import type { WaitingBySort } from '../../src/domain/home/waiting-item.queries.js';
import { addDays, type LocalDate, localDate } from '../../src/domain/local-date.js';
import { MAX_MINOR } from '../../src/domain/money.js';
import { CASE_EVENTS } from '../../src/domain/notices/notice.js';
import type { InstalmentRowData } from '../../src/domain/plans/instalment.queries.js';
import type { DueBill } from '../../src/domain/receipts/bills.queries.js';
import type { CaseCardData } from '../../src/domain/reminders/case.queries.js';
import type { DigestData } from '../../src/domain/reminders/digest.queries.js';
import { TONES, type Tone } from '../../src/domain/reminders/ladder.js';
import type { MilestoneRow } from '../../src/domain/reminders/milestone-rows.queries.js';
import { milestoneKey } from '../../src/domain/reminders/milestone-steps.js';
import type { Todo } from '../../src/domain/reminders/todo.queries.js';
import { formatDate } from '../../src/handlers/i18n/format.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { ACTION } from '../../src/handlers/ids.js';
import { notificationText } from '../../src/handlers/views/blocks.js';
import { caseLine } from '../../src/handlers/views/case-line-views.js';
import { caseCard, caseSummary, financeDue } from '../../src/handlers/views/case-views.js';
import { digestCopy, digestMessage } from '../../src/handlers/views/digest-views.js';
import type { RowReader } from '../../src/handlers/views/row-views.js';
import { todoMessage, todoModal } from '../../src/handlers/views/todo-views.js';

const today = localDate('2026-11-21');
const LONG = '上海<@U0ALL>&工程机械设备销售服务有限公司'.repeat(6);
const actor: Actor = {
  id: 'rep',
  slackUserId: 'U0REP',
  name: 'rep',
  locale: 'zh-CN',
  timezone: 'Asia/Shanghai',
  roles: ['rep', 'sales_manager', 'finance'],
  teamIds: [],
  managerId: null,
};
const readerIn = (locale: Locale, who: Actor | null = actor): RowReader => ({
  t: translator(locale),
  locale,
  today,
  now: new Date('2026-11-21T01:00:00Z'),
  timezone: 'Asia/Shanghai',
  actor: who,
});

const id = (n: number): string => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const aRow = (n: number, more: Partial<InstalmentRowData> = {}): InstalmentRowData => ({
  id: id(n),
  version: 1,
  seq: 12,
  name: LONG,
  customerId: id(1000 + n),
  customerName: LONG,
  customerCode: 'KH-0001',
  contractId: id(2000 + n),
  contractNumber: 'HT-2026-0001',
  contractName: LONG,
  contractStatus: 'active',
  ownerId: 'rep',
  ownerName: LONG,
  ownerActive: true,
  amount: MAX_MINOR,
  outstanding: MAX_MINOR - 1n,
  adjusted: 0n,
  recovered: 0n,
  recoverable: 0n,
  promiseCount: 0,
  currency: 'CNY',
  proposed: 100n,
  state: 'overdue',
  dueOn: localDate('2025-11-01'),
  effectiveDue: localDate('2025-11-01'),
  postponedTo: null,
  pendingTo: null,
  blockUntil: localDate('2026-12-01'),
  promisedOn: localDate('2026-12-01'),
  promisedAmount: MAX_MINOR,
  brokenOn: null,
  nextContactOn: localDate('2026-11-20'),
  snoozedUntil: null,
  followedUp: null,
  disputed: true,
  isRetention: true,
  templateId: null,
  anchorKind: null,
  anchorOffset: null,
  waiting: null,
  ...more,
});
const rowsOf = (count: number) => Array.from({ length: count }, (_, n) => aRow(n));
const total = { minor: MAX_MINOR, currency: 'CNY' };
const counts = {
  overdue: 500,
  overdueTotals: [total, { minor: 5n, currency: 'USD' }],
  dueToday: 3,
  waiting: 7,
};
const approvals = {
  contracts: 3,
  receipts: 2,
  postponements: 1,
  total: 6,
  oldestReceiptAt: new Date('2026-11-19T01:00:00Z'),
};

const aDigest = (rows: number, more: Partial<DigestData> = {}): DigestData => ({
  date: today,
  actor,
  counts,
  sorts: [],
  cases: [],
  team: [],
  acceptances: [],
  unknown: [],
  endings: [],
  bills: [],
  tones: new Map(),
  sections: rows > 0 ? [{ kind: 'overdue', rows: rowsOf(rows), totals: [total] }] : [],
  approvals: { contracts: 0, receipts: 0, postponements: 0, total: 0, oldestReceiptAt: null },
  prepayments: { count: 0, totals: [] },
  unclaimed: { count: 0, totals: [] },
  smallRests: { count: 0, totals: [], rows: [] },
  moreOverdue: { count: 0, totals: [] },
  ...more,
});
const UNDATED = ['acceptance', 'none', 'warranty_start', 'signing'] as const;
const milestones = (count: number, expectedOn: LocalDate | null): MilestoneRow[] =>
  Array.from({ length: count }, (_, n) => ({
    contractId: id(3000 + n),
    contractNumber: 'HT-2026-0001',
    contractName: LONG,
    customerName: LONG,
    ownerId: 'rep',
    kind: expectedOn === null ? (UNDATED[n % UNDATED.length] ?? 'none') : 'acceptance',
    expectedOn,
    actualOn: n % 3 === 2 ? today : null,
    undated: 3,
    signedOn: localDate('2020-01-01'),
  }));
const endings = (count: number): EndingContract[] =>
  Array.from({ length: count }, (_, n) => ({
    id: id(4000 + n),
    number: 'HT-2026-0001',
    name: LONG,
    customerName: LONG,
    ownerId: 'rep',
    endsOn: localDate('2026-12-20'),
    outstanding: MAX_MINOR,
    currency: 'CNY',
  }));
const bills = (count: number): DueBill[] =>
  Array.from({ length: count }, (_, n) => ({
    id: id(5000 + n),
    number: 'HK-20261121-001',
    billNo: LONG,
    dueOn: localDate('2026-11-28'),
    customerName: LONG,
    contractNumber: 'HT-2026-0001',
    amount: MAX_MINOR,
    currency: 'CNY',
    status: n % 3 === 2 ? 'reversed' : 'approved',
  }));
const everything = (rows: number): DigestData =>
  aDigest(rows, {
    cases: rowsOf(rows).map((row, n) => ({
      caseId: id(n),
      level: 2,
      row,
      acknowledgedBy: n % 2 === 1 ? LONG : null,
    })),
    team: Array.from({ length: rows }, () => ({
      ownerName: LONG,
      ownerActive: true,
      count: 9,
      totals: [total],
      oldestDays: 900,
    })),
    acceptances: milestones(rows, localDate('2026-11-01')),
    unknown: milestones(rows, null),
    endings: endings(rows),
    bills: bills(rows),
    tones: new Map(
      Array.from({ length: rows }, (_none, n) => n).flatMap((n) => {
        const tone = TONES[n % 3] ?? 'plain';
        return [id(n), milestoneKey(id(3000 + n), 'acceptance')].map((key) => [key, tone] as const);
      }),
    ),
    approvals,
    prepayments: { count: 4, totals: [total] },
    smallRests: { count: 12, totals: [total], rows: rests },
    moreOverdue: { count: 480, totals: [total] },
  });

const jsonOf = (value: unknown) => [...JSON.stringify(value)].length;
/** Every text that Slack reads as mrkdwn; labels and headers are plain. */
const mrkdwnOf = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(mrkdwnOf);
  if (typeof value !== 'object' || value === null) return [];
  if ('type' in value && value.type === 'mrkdwn' && 'text' in value) return [String(value.text)];
  return Object.values(value).flatMap(mrkdwnOf);
};
const LOCALES: Locale[] = ['zh-CN', 'en'];
const rests = [5001, 5002, 5003].map((n) => ({
  id: id(n),
  ...{ contractNumber: 'HT-2026-0001', seq: 12, outstanding: MAX_MINOR, currency: 'CNY' },
}));

describe.each(LOCALES)('the digest in %s', (locale) => {
  it.each([0, 1, 8, 9, 20, 21, 500])('with %i rows is within 48 blocks and 12,000 characters', (count) => {
    for (const data of [aDigest(count), everything(count)]) {
      const { blocks, text } = digestMessage(data, readerIn(locale));
      expect(validateBlocks('message', blocks)).toEqual([]);
      expect(blocks.length).toBeLessThanOrEqual(48);
      expect(jsonOf(blocks)).toBeLessThanOrEqual(12_000);
      expect(text.length).toBeGreaterThan(10);
      const copy = digestCopy(data, readerIn(locale)).blocks;
      expect(validateBlocks('message', copy)).toEqual([]);
      expect(copy.length).toBeLessThanOrEqual(48);
      expect(jsonOf(copy)).toBeLessThanOrEqual(12_000);
    }
  });

  it('names small rests with the way to let them go; to who stands in without it', () => {
    const [first] = rests;
    if (!first) throw new Error('no rest');
    const rows = [{ ...first, outstanding: 80n }];
    const smallRests = { count: 2, totals: [{ minor: 90n, currency: 'CNY' }], rows };
    const shown = JSON.stringify(digestMessage(aDigest(1, { smallRests }), readerIn(locale)).blocks);
    const copy = JSON.stringify(digestCopy(aDigest(1, { smallRests }), readerIn(locale)).blocks);
    for (const text of [shown, copy]) {
      expect(text).toContain('¥0.90');
      expect(text).toMatch(/HT-2026-0001 (第12期|#12).*¥0\.80/);
    }
    expect(shown).toContain('adjustment.ask.small_difference');
    expect(copy).not.toContain('adjustment.ask');
  });

  it('shows up to 8 rows with all actions, more with one button each, and says how many there are', () => {
    const short = (n: number) => aRow(n, { customerName: '华为', name: '首付款', contractName: '设备' });
    const withRows = (count: number): DigestData =>
      aDigest(count, {
        sections: [
          { kind: 'overdue', rows: Array.from({ length: count }, (_, n) => short(n)), totals: [total] },
        ],
      });
    const count = (blocks: unknown, type: string) => JSON.stringify(blocks).split(`"${type}"`).length - 1;
    const eight = digestMessage(withRows(8), readerIn(locale)).blocks;
    expect(count(eight, 'receipt.new')).toBe(8);
    const nine = digestMessage(withRows(9), readerIn(locale)).blocks;
    expect([count(nine, 'receipt.new'), count(nine, 'instalment.open')]).toEqual([0, 9]);
    const many = digestMessage(withRows(500), readerIn(locale)).blocks;
    expect(count(many, 'instalment.open')).toBeGreaterThanOrEqual(6);
    expect(JSON.stringify(many)).toContain('500');
  });

  it('says whose a row is that is not the reader’s', () => {
    const words = (ownerId: string) => {
      const rows = [aRow(1, { ownerId, ownerName: '李四', customerName: '华为' })];
      const data = aDigest(0, { sections: [{ kind: 'coming', rows, totals: [total] }] });
      return JSON.stringify(digestMessage(data, readerIn(locale)).blocks);
    };
    expect(words('other')).toContain('李四');
    expect(words(actor.id)).not.toContain('李四');
  });

  it('speaks of a milestone as its step does, until it happened', () => {
    const [row] = milestones(1, localDate('2026-11-01'));
    if (!row) throw new Error('no row');
    const textOf = (tone: Tone, more: Partial<MilestoneRow> = {}) => {
      const tones = new Map([[milestoneKey(row.contractId, row.kind), tone]]);
      return JSON.stringify(
        digestMessage(aDigest(0, { acceptances: [{ ...row, ...more }], tones }), readerIn(locale)).blocks,
      );
    };
    const t = translator(locale);
    expect(textOf('urgent')).toContain(t('reminders:note.milestone_urgent'));
    expect(textOf('firm')).toContain(t('reminders:note.milestone_firm'));
    expect(textOf('plain')).not.toContain(t('reminders:note.milestone_firm'));
    expect(textOf('urgent', { actualOn: today })).not.toContain(t('reminders:note.milestone_urgent'));
  });

  it('keeps what people typed from pinging or linking', () => {
    const text = mrkdwnOf(digestMessage(everything(3), readerIn(locale)).blocks).join(' ');
    expect(text).not.toContain('<@U0ALL>');
    expect(text).toContain('&lt;@U0ALL&gt;');
  });
});

const aFollowUp: FollowUpFacts = {
  id: id(7),
  at: new Date('2026-11-20T03:00:00Z'),
  who: LONG,
  kind: 'message',
  content: LONG,
  result: 'promised',
  promisedOn: localDate('2027-12-31'),
  promisedAmount: MAX_MINOR,
  reason: LONG,
  pauseUntil: localDate('2027-12-31'),
  nextOn: localDate('2027-12-31'),
};
const aCase = (more: Partial<CaseCardData> = {}): CaseCardData => ({
  caseId: id(1),
  level: 1,
  row: aRow(1),
  closed: null,
  closedOn: null,
  asked: Array.from({ length: 8 }, (_, n) => ({ id: id(n), slackUserId: `U0M${n}`, name: LONG, locale })),
  acknowledged: null,
  next: { level: 2, on: today, roles: ['sales_director', 'finance_manager'] },
  reminders: 3,
  followUps: 400,
  lastFollowUp: aFollowUp,
  lastPromise: aFollowUp,
  takenBackOn: null,
  isHighest: false,
  isRepeated: true,
  ...more,
});
const locale: Locale = 'zh-CN';
const person = { id: id(1), slackUserId: 'U0M1', name: '王经理', locale };

describe.each(LOCALES)('a case in %s', (language) => {
  const reader = readerIn(language, null);

  it.each([
    ['open', {}],
    ['acknowledged', { acknowledged: { by: person, at: reader.now, until: today } }],
    ['postponed', { row: aRow(1, { effectiveDue: localDate('2026-12-24') }) }],
    ['at the highest level', { next: null, level: 2, isHighest: true }],
    ['whose money was taken back', { takenBackOn: today }],
    ['asking nobody', { asked: [] }],
    ['settled', { closed: 'settled', closedOn: today, row: aRow(1, { outstanding: 0n, state: 'paid' }) }],
    ['deleted', { closed: 'deleted', closedOn: today }],
    ['written off', { closed: 'written_off', closedOn: today }],
  ] as [string, Partial<CaseCardData>][])('%s has a valid card', (_what, more) => {
    const { blocks, text } = caseCard(aCase(more), reader);
    expect(validateBlocks('message', blocks)).toEqual([]);
    expect(jsonOf(blocks)).toBeLessThanOrEqual(12_000);
    expect(notificationText(text)).not.toContain('<@');
    const json = JSON.stringify(blocks);
    const isOpen = more.closed === undefined;
    expect(json.includes('receipt.new')).toBe(isOpen);
    expect(json.includes('case.acknowledge')).toBe(
      isOpen && more.acknowledged === undefined && more.asked === undefined,
    );
    expect(mrkdwnOf(blocks).join(' ')).not.toContain('<@U0ALL>');
  });

  it('promises nothing that does not come', () => {
    const acknowledged = { by: person, at: reader.now, until: localDate('2026-12-09') };
    const line = {
      event: 'acknowledged',
      level: 4,
      who: '王',
      receipt: null,
      followUp: null,
      quiet: false,
    } as const;
    const said = (more: Partial<CaseCardData>) => {
      const data = aCase({ acknowledged, ...more });
      return JSON.stringify([caseCard(data, reader).blocks, caseLine(data, line, reader).blocks]);
    };
    const date = formatDate(language, acknowledged.until, today);
    expect(said({}).split(date)).toHaveLength(3);
    const highest = reader.t('reminders:case.highest');
    const repeated = reader.t('reminders:case.highest_repeated');
    const top = { next: null, level: 4, isHighest: true };
    expect(said(top)).not.toContain(date);
    expect(said(top)).toContain(repeated);
    expect(said({ ...top, isRepeated: false })).toContain(highest);
    // A day of its own is missing: no level comes, though it is not the highest.
    for (const words of [highest, repeated]) expect(said({ next: null })).not.toContain(words);
  });

  it('says since when it is open again, while it is', () => {
    const words = reader.t('reminders:case.open_again');
    const says = (more: Partial<CaseCardData>) =>
      JSON.stringify(caseCard(aCase({ takenBackOn: today, ...more }), reader).blocks).includes(words);
    expect(says({})).toBe(true);
    expect(says({ takenBackOn: null })).toBe(false);
    expect(says({ closed: 'settled', closedOn: today })).toBe(false);
  });

  it('says of which day its days are: nobody draws it anew while nothing happens', () => {
    const { text } = caseCard(aCase(), reader);
    expect(text).toMatch(/逾期 \d+ 天（截至 \d+月\d+日 周.）|\d+ days? overdue as of \w+ \d+ \w+/);
  });

  it('says of bad debt what was written off, not that it was cancelled', () => {
    const row = aRow(1, { amount: 100_00n, adjusted: 30_00n, recovered: 10_00n, state: 'written_off' });
    const { text } = caseCard(aCase({ closed: 'written_off', closedOn: today, row }), reader);
    expect(text).toContain('40.00');
    expect(text).toMatch(/坏账|Bad debt/);
  });

  it.each(CASE_EVENTS)('tells that it is %s', (event) => {
    const line = {
      event,
      level: 2,
      who: LONG,
      receipt: { number: 'HK-20261121-001', amount: 5n, approvedBy: [LONG, LONG] },
      followUp: aFollowUp,
      quiet: false,
    };
    const { blocks, text } = caseLine(aCase(), line, reader);
    expect(validateBlocks('message', blocks)).toEqual([]);
    expect(text).not.toMatch(/\{\{|undefined|<@U0M/);
    const quiet = caseLine(aCase(), { ...line, quiet: true }, reader).blocks;
    expect(validateBlocks('message', quiet)).toEqual([]);
    expect(JSON.stringify(quiet)).not.toContain('<@');
  });

  it.each([1, 8])('sums up %i of many', (count) => {
    const asked = Array.from({ length: 10 }, () => person);
    for (const others of [0, 90]) {
      const data = { total: 5_000, rows: rowsOf(count), asked: asked.slice(0, others > 0 ? 10 : 1), others };
      const { blocks, text } = caseSummary(data, reader);
      expect(validateBlocks('message', blocks)).toEqual([]);
      const words = JSON.stringify(blocks);
      expect(words.match(/<@U0M1>/g)).toHaveLength(data.asked.length);
      expect(/90 (人|more)/.test(words)).toBe(others > 0);
      expect(text).not.toMatch(/\{\{|undefined|<@/);
    }
    const nobody = caseSummary({ total: 9, rows: rowsOf(count), asked: [], others: 0 }, reader).blocks;
    expect(JSON.stringify(nobody)).not.toContain('<@U0M');
  });

  it('does not call today, or a day off, what finance is told of days ahead', () => {
    const [today, later] = [reader.today, addDays(reader.today, 4)];
    const heading = (...days: LocalDate[]) =>
      financeDue(
        rowsOf(days.length).map((row, index) => ({
          ...row,
          state: 'open' as const,
          effectiveDue: days[index] ?? null,
        })),
        [total],
        reader,
      ).text;
    expect(heading(today)).toMatch(/^(今日到期|Due today) ·/);
    expect(heading(today, later)).toMatch(/^(今日和即将到期|Due today and soon) ·/);
    expect(heading(later)).toMatch(/^(即将到期|Coming) ·/);
  });

  it.each([1, 500])('lists %i rows due today for finance', (count) => {
    const { blocks } = financeDue(rowsOf(count), [total], reader);
    expect(validateBlocks('message', blocks)).toEqual([]);
    expect(jsonOf(blocks)).toBeLessThanOrEqual(12_000);
  });
});

const NOTHING = { items: [], total: 0, loose: [], sorts: [] };
const SORTS = ['rejected', 'draft', 'prepayment', 'unclaimed', 'asked', 'left'] as const;
const WAITING = ['case', 'decision', ...SORTS] as const;
/** Five of each sort, of which there are 500. */
const LOOSE_ENDS: WaitingBySort = {
  items: [],
  total: 3_000,
  loose: SORTS.map((sort) => ({
    sort,
    items: Array.from({ length: 5 }, () => ({
      kind: 'contract_rejected',
      id: id(1),
      number: 'HT-2026-0001',
      customerName: LONG,
      amount: MAX_MINOR,
      currency: 'CNY',
    })),
    total: 500,
  })),
  sorts: WAITING.map((sort) => ({ sort, total: 500 })),
};
/** Decisions that stand by themselves, as many as are shown. */
const APART = Array.from({ length: 5 }, () => ({
  kind: 'reversal' as const,
  id: id(1),
  number: 'HK-20261121-001',
  customerName: LONG,
  amount: MAX_MINOR,
  currency: 'CNY',
  who: LONG,
  since: new Date('2020-01-01T00:00:00Z'),
}));

describe.each(LOCALES)('the to-do list in %s', (language) => {
  const todoOf = (rows: number, cases: number): Todo => ({
    counts,
    rows: rowsOf(rows),
    total: rows * 10,
    page: 2,
    pages: 3,
    cases: rowsOf(cases).map((row, n) => ({ caseId: id(n), level: 1, row, acknowledgedBy: null })),
    approvals,
  });

  it.each([
    [0, 0],
    [1, 1],
    [20, 20],
  ])('with %i rows and %i cases is a valid modal', (rows, cases) => {
    expect(validateView(todoModal(todoOf(rows, cases), NOTHING, readerIn(language)))).toEqual([]);
    const full = todoModal(todoOf(rows, cases), LOOSE_ENDS, readerIn(language));
    expect(validateView(full)).toEqual([]);
    // Of whatever is not shown the window says how many there are, and leads to their list.
    for (const sort of SORTS) {
      const count = ['asked', 'left'].includes(sort) ? 500 : 495;
      const words = translator(language)(`reminders:todo.rest.${sort}`, { count });
      const said = full.blocks.find((block) => JSON.stringify(block).includes(`"${words}"`));
      expect(said).toHaveProperty('accessory.type', 'button');
    }
  });

  it('leads from a message to the window, and from there to all cases', () => {
    const wayOf = (blocks: readonly object[], count: number) => {
      const words = translator(language)('reminders:todo.more', { count });
      return blocks.find((block) => JSON.stringify(block).includes(`"${words}"`));
    };
    const todo = todoOf(1, 20);
    const { blocks } = todoMessage(todo, NOTHING, readerIn(language));
    expect(wayOf(blocks, 17)).toHaveProperty('accessory.action_id', ACTION.todo);
    const window = (who: Actor) => wayOf(todoModal(todo, NOTHING, readerIn(language, who)).blocks, 15);
    expect(window({ ...actor, roles: ['sales_director'] })).toHaveProperty(
      'accessory.action_id',
      ACTION.cases,
    );
    // Who has no list of cases is told how many more there are.
    const alone: Actor = { ...actor, roles: ['rep'] };
    expect(window(alone)).toMatchObject({ type: 'context' });
  });

  it('is a valid message with as many rows as the command asks for', () => {
    const apart = { ...LOOSE_ENDS, items: APART };
    for (const waiting of [NOTHING, LOOSE_ENDS, apart]) {
      const { blocks } = todoMessage(todoOf(8, 20), waiting, readerIn(language));
      expect(validateBlocks('message', blocks)).toEqual([]);
      expect(jsonOf(blocks)).toBeLessThanOrEqual(12_000);
      expect(blocks.length).toBeLessThanOrEqual(48);
    }
    const { blocks } = todoMessage(todoOf(0, 0), LOOSE_ENDS, readerIn(language));
    const more = translator(language)('reminders:todo.more', { count: 2_996 });
    expect(JSON.stringify(blocks)).toContain(more);
  });

  it('does not say that nothing waits beside what is overdue', () => {
    const idle = { ...todoOf(1, 0), counts: { ...counts, waiting: 0 } };
    const line = todoMessage(idle, NOTHING, readerIn(language)).text;
    expect(line).toContain(translator(language)('reminders:count.due_today', { count: counts.dueToday }));
    expect(line).not.toMatch(/等你处理|waiting for you/);
  });

  it('says so when nothing waits', () => {
    const empty: Todo = {
      counts: { overdue: 0, overdueTotals: [], dueToday: 0, waiting: 0 },
      rows: [],
      total: 0,
      page: 1,
      pages: 1,
      cases: [],
      approvals: { contracts: 0, receipts: 0, postponements: 0, total: 0, oldestReceiptAt: null },
    };
    const { text } = todoMessage(empty, NOTHING, readerIn(language));
    expect(text).toContain(translator(language)('reminders:nothing'));
  });
});
