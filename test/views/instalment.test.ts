import { describe, expect, it } from 'vitest';
import { addDays, localDate } from '../../src/domain/local-date.js';
import { MAX_MINOR } from '../../src/domain/money.js';
import type { InstalmentRowData, RowPage } from '../../src/domain/plans/instalment.queries.js';
import type { HistoryEntry, InstalmentDetail } from '../../src/domain/plans/instalment-detail.queries.js';
import type { PostponementFacts } from '../../src/domain/plans/postponement.queries.js';
import { DEFAULT_LADDER } from '../../src/domain/reminders/ladder.js';
import type { LadderTrial } from '../../src/domain/reminders/ladder-trial.queries.js';
import { companySettings } from '../../src/domain/settings/settings.js';
import { instalmentChanged } from '../../src/handlers/views/instalment-notice-views.js';
import { editModal, instalmentModal, postponeModal } from '../../src/handlers/views/instalment-views.js';
import { ladderModal } from '../../src/handlers/views/ladder-views.js';
import { planOfModal } from '../../src/handlers/views/plan-list-views.js';
import { postponementCard, postponementDecided } from '../../src/handlers/views/postponement-views.js';
import {
  instalmentRow,
  rowButtons,
  rowFacts,
  rowTitle,
  stateWords,
} from '../../src/handlers/views/row-views.js';
import { splitModal } from '../../src/handlers/views/split-views.js';
import { anApproval } from '../support/approval-details.js';
import { expectMessage, expectModal, LOCALES, nasty, reader } from '../support/view-check.js';

const METHODS = companySettings.parse({}).paymentMethods;
const ID = '01a1f6ae-9900-72e0-ad7e-d0bbdf900c60';
const idOf = (n: number) => `01a1f6ae-9900-72e0-ad7e-${String(n).padStart(12, '0')}`;
const TODAY = localDate('2026-11-20');

const plain: InstalmentRowData = {
  id: ID,
  version: 1,
  seq: 2,
  name: '第2期',
  customerId: ID,
  customerName: '星海重工',
  customerCode: 'KH-0001',
  contractId: ID,
  contractNumber: 'HT-2026-0001',
  contractName: '冲压线',
  contractStatus: 'active',
  ownerId: 'owner',
  ownerName: '李销售',
  ownerActive: true,
  amount: 300_000_00n,
  outstanding: 300_000_00n,
  adjusted: 0n,
  recovered: 0n,
  recoverable: 0n,
  promiseCount: 0,
  currency: 'CNY',
  proposed: 0n,
  state: 'open',
  dueOn: localDate('2026-11-25'),
  effectiveDue: localDate('2026-11-25'),
  postponedTo: null,
  blockUntil: null,
  promisedOn: null,
  promisedAmount: null,
  brokenOn: null,
  nextContactOn: null,
  snoozedUntil: null,
  followedUp: null,
  pendingTo: null,
  disputed: false,
  isRetention: false,
  templateId: null,
  anchorKind: null,
  anchorOffset: null,
  waiting: null,
};
const extreme: InstalmentRowData = {
  ...plain,
  name: nasty(60),
  customerName: nasty(120),
  contractName: nasty(120),
  contractNumber: `HT-${'9'.repeat(30)}`,
  seq: 99_999,
  amount: MAX_MINOR,
  outstanding: MAX_MINOR - 1n,
  adjusted: 0n,
  recovered: MAX_MINOR,
  proposed: MAX_MINOR - 1n,
  state: 'overdue',
  effectiveDue: localDate('2001-01-01'),
  dueOn: localDate('2001-01-01'),
  blockUntil: localDate('2076-12-31'),
  promisedOn: localDate('2076-12-31'),
  promisedAmount: MAX_MINOR,
  brokenOn: localDate('2076-12-30'),
  nextContactOn: localDate('2026-11-20'),
  disputed: true,
  isRetention: true,
  templateId: null,
  anchorKind: null,
  anchorOffset: null,
  waiting: {
    id: ID,
    number: `HK-${'9'.repeat(20)}`,
    amount: MAX_MINOR,
    recordedAt: new Date('2001-01-01T00:00:00Z'),
  },
};
const history: HistoryEntry[] = Array.from({ length: 10 }, (_, index) =>
  index % 2 === 0
    ? {
        at: new Date('2026-11-20T01:00:00Z'),
        who: nasty(200),
        kind: 'postponed',
        from: TODAY,
        to: addDays(TODAY, 5),
        remark: nasty(3000),
      }
    : {
        at: new Date('2025-11-20T01:00:00Z'),
        who: null,
        kind: 'edited',
        fields: ['name', 'amount', 'dueOn', 'plannedMethod', 'remindDaysAhead', 'remark', 'other'],
      },
);
const asked = (
  row: InstalmentRowData,
  status: PostponementFacts['approval']['status'],
): PostponementFacts => ({
  id: ID,
  row,
  from: TODAY,
  to: addDays(TODAY, 400),
  remark: nasty(3000),
  askedBy: { id: 'owner', name: nasty(80) },
  approval: anApproval({
    id: ID,
    version: 3,
    status,
    approvers: Array.from({ length: 12 }, () => ({ id: ID, name: nasty(80) })),
    decidedBy: { id: ID, name: nasty(80) },
    decidedAt: new Date('2026-11-20T01:00:00Z'),
    comment: nasty(300),
  }),
});
const detail = (row: InstalmentRowData): InstalmentDetail => ({
  ...row,
  originalDueOn: localDate('2026-11-01'),
  plannedMethod: 'transfer',
  remindDaysAhead: 90,
  remark: nasty(3000),
  postponeCount: 2,
  postponedDays: 30,
  unplanned: 0n,
  credit: 0n,
  managerName: nasty(80),
  postponement: row.pendingTo === null ? null : asked(row, 'open'),
  adjustment: null,
  undoable: { kind: 'bad_debt', amount: MAX_MINOR },
  smallRest: true,
  blockReason: nasty(300),
  history,
});
const page = (row: InstalmentRowData, count: number): RowPage => ({
  rows: Array.from({ length: Math.min(count, 20) }, (_, n) => ({ ...row, id: idOf(n) })),
  total: count,
  more: false,
  page: 1,
  pages: Math.max(1, Math.ceil(count / 20)),
  totals:
    count === 0
      ? []
      : ['CNY', 'USD', 'EUR', 'JPY', 'HKD'].map((currency) => ({
          currency,
          count,
          amount: MAX_MINOR * 500n,
          outstanding: MAX_MINOR * 500n,
          inactive: MAX_MINOR * 500n,
        })),
});

describe.each(LOCALES)('a ladder that is tried on, in %s', (locale) => {
  const ladder = {
    scope: 'company' as const,
    id: null,
    kind: 'normal' as const,
    subject: null,
    rules: DEFAULT_LADDER,
    from: 'company' as const,
    templates: [],
    others: [],
  };
  const trial: LadderTrial = {
    row: extreme,
    scope: 'customer',
    isOther: true,
    heldUntil: localDate('2026-12-31'),
    ackedUntil: localDate('2026-12-31'),
    items: DEFAULT_LADDER.slice(0, 12).map((rule) => ({
      on: localDate('2026-12-31'),
      occurrenceOn: localDate('2027-01-01'),
      rule,
      shifted: true,
      names: [nasty(80), nasty(80), nasty(80)],
      toFinanceChannel: true,
    })),
  };
  const state = { s: 'company' as const, i: null, k: 'normal' as const, v: 1 };

  it('is valid with the most lines and with none', () => {
    for (const one of [trial, { ...trial, items: [], heldUntil: null, ackedUntil: null, isOther: false }]) {
      const view = ladderModal(ladder, state, reader(locale), { result: null, trial: one });
      expectModal(view);
      // Where the row was chosen the answer stands; below the choice it would be below the window's edge.
      const drawn = JSON.stringify(view.blocks);
      expect(drawn.indexOf('ladder.try')).toBeGreaterThan(drawn.indexOf(trial.row.contractNumber));
    }
  });

  it('calls the instalment as its reader does', () => {
    const subject = { name: 'On shipment', place: { contract: 'HT-2026-0013', n: 2 } };
    const own = {
      ...ladder,
      scope: 'instalment' as const,
      id: extreme.id,
      from: 'instalment' as const,
      subject,
    };
    const others = [{ scope: 'instalment' as const, id: extreme.id, subject }];
    for (const data of [own, { ...ladder, others }]) {
      const text = JSON.stringify(ladderModal(data, state, reader(locale), { result: null, trial: null }));
      expect(text).toContain(`HT-2026-0013 ${locale === 'zh-CN' ? '第2期' : '#2'} On shipment`);
      expect(text).not.toContain('· 2 ·');
    }
  });

  it('is not offered where the steps are of milestones', () => {
    const milestone = { ...ladder, kind: 'anchor' as const };
    const view = ladderModal(milestone, { ...state, k: 'anchor' }, reader(locale), {
      result: null,
      trial: null,
    });
    expect(JSON.stringify(view)).not.toContain('ladder.try');
  });
});

describe('the row, word by word', () => {
  it('names customer, contract, instalment, state, money and badges', () => {
    const zh = reader('zh-CN');
    const en = reader('en');
    const row: InstalmentRowData = {
      ...plain,
      name: '到货款',
      outstanding: 100_000_00n,
      proposed: 50_000_00n,
      disputed: true,
      isRetention: true,
      templateId: null,
    };
    expect(rowTitle(row, zh)).toBe('*星海重工* · HT-2026-0001 第2期 到货款');
    expect(rowFacts(row, zh)).toBe(
      '*待回款 还有 5 天* · 未收 ¥100,000.00，共 ¥300,000.00 · 部分回款 66% · 待审批 ¥50,000.00 · 争议 · 质保金',
    );
    expect(rowTitle(row, en)).toBe('*星海重工* · HT-2026-0001 #2 到货款');
    expect(rowFacts(row, en)).toBe(
      '*Awaiting payment in 5 days* · CN¥100,000.00 open of CN¥300,000.00 · part-paid 66% · in approval CN¥50,000.00 · disputed · retention',
    );
  });

  it.each([
    ['overdue', '2026-11-17', '已逾期 3 天', 'Overdue 3 days'],
    ['overdue', '2026-11-19', '已逾期 1 天', 'Overdue 1 day'],
    ['open', '2026-11-20', '待回款 今天', 'Awaiting payment today'],
    ['postponed', '2026-12-05', '已延期 延至 12月5日 周六', 'Postponed to Sat 5 Dec'],
    ['paid', '2026-11-17', '已回款', 'Paid'],
    ['undated', null, '日期待定', 'Date not set'],
    ['inactive', '2026-12-05', '待生效', 'Not in force'],
    ['cancelled', '2026-12-05', '已作废', 'Cancelled'],
    ['written_off', '2026-12-05', '坏账', 'Bad debt'],
  ] as const)('tells %s due %s', (state, due, zh, en) => {
    const row = { ...plain, state, effectiveDue: due === null ? null : localDate(due) };
    expect(stateWords(row, reader('zh-CN'))).toBe(zh);
    expect(stateWords(row, reader('en'))).toBe(en);
  });

  it('does not say the default name twice, and rounds the share paid down', () => {
    expect(rowTitle(plain, reader('zh-CN'))).toBe('*星海重工* · HT-2026-0001 第2期');
    const almost = { ...plain, outstanding: 1n };
    expect(rowFacts(almost, reader('zh-CN'))).toContain('部分回款 99%');
  });

  it('cannot ping anybody', () => {
    // The label of a button is plain text; the section is mrkdwn.
    const blocks = JSON.stringify(instalmentRow(extreme, reader('zh-CN'), { buttons: 'none' }));
    expect(blocks).not.toContain('<!channel>');
    expect(blocks).toContain('&lt;!channel&gt;');
  });

  it('pauses only to a day that is not past', () => {
    const paused = { ...plain, blockUntil: localDate('2026-11-20') };
    expect(rowFacts(paused, reader('zh-CN'))).toContain('暂停至 11月20日 周五');
    expect(rowFacts({ ...plain, blockUntil: localDate('2026-11-19') }, reader('zh-CN'))).not.toContain(
      '暂停',
    );
  });
});

describe('buttons of a row', () => {
  const kinds = (row: InstalmentRowData, options = {}, who = reader('zh-CN')) =>
    [...JSON.stringify(instalmentRow(row, who, options)).matchAll(/"action_id":"([a-z._]+)"/g)].map(
      (match) => match[1],
    );

  it('offers what the state allows', () => {
    expect(kinds(plain)).toEqual(['receipt.new', 'follow_up.record', 'instalment.more']);
    expect(kinds({ ...plain, state: 'undated', effectiveDue: null, dueOn: null })).toEqual([
      'receipt.new',
      'follow_up.record',
      'instalment.more',
    ]);
    expect(kinds({ ...plain, state: 'paid', outstanding: 0n })).toEqual(['instalment.open']);
    expect(kinds({ ...plain, state: 'inactive' })).toEqual(['instalment.open']);
  });

  it('offers everything in a channel, where the click is checked, and nothing forbidden to a person', () => {
    expect(kinds(plain, {}, reader('zh-CN', { actor: null }))).toEqual([
      'receipt.new',
      'follow_up.record',
      'instalment.more',
    ]);
    const { actor } = reader('zh-CN');
    if (!actor) throw new Error('no actor');
    const auditor = reader('zh-CN', { actor: { ...actor, roles: ['auditor'] } });
    expect(kinds(plain, {}, auditor)).toEqual(['instalment.open']);
    const stranger = reader('zh-CN', { actor: { ...actor, id: 'other', roles: ['rep'] } });
    expect(kinds(plain, {}, stranger)).toEqual(['instalment.open']);
  });

  it('has one button when compact, none when only text, the result instead after recording', () => {
    expect(kinds(plain, { buttons: 'compact' })).toEqual(['instalment.open']);
    expect(kinds(plain, { buttons: 'none' })).toEqual([]);
    const recorded = {
      ...plain,
      waiting: { id: ID, number: 'HK-1', amount: 5_00n, recordedAt: new Date('2026-11-20T01:42:00Z') },
    };
    const blocks = JSON.stringify(instalmentRow(recorded, reader('zh-CN'), { resultLine: true }));
    expect(blocks).toContain('已登记 HK-1 ¥5.00 · 09:42');
    expect(kinds(recorded, { resultLine: true })).toEqual(['instalment.open']);
  });
});

it('ends with ⋯, and tells what was done today in the zone of whoever reads', () => {
  const who = reader('zh-CN');
  const blocks = instalmentModal(detail(plain), who, METHODS).blocks;
  const types = blocks.flatMap((block) =>
    'elements' in block && block.type === 'actions' ? [block.elements.map((one) => one.type)] : [],
  );
  expect(
    types.filter((one) => one.includes('overflow')).map((one) => one.indexOf('overflow') - one.length),
  ).toEqual([-1]);
  // Ten in the evening of the 19th in New York is noon of the 20th in Shanghai, whose date is the company's.
  const now = new Date('2026-11-20T03:00:00Z');
  const at = new Date('2026-11-20T02:30:00Z');
  const followed = { ...plain, followedUp: { kind: 'call' as const, result: null, at } };
  const abroad = { ...who, now, timezone: 'America/New_York' };
  const told = JSON.stringify(instalmentRow(followed, abroad, { resultLine: true }));
  expect(told).toContain('21:30');
});

describe.each(LOCALES)('sizes in %s', (locale) => {
  const who = reader(locale);

  it('fits eight longest rows with full buttons, and twenty compact ones of usual length, into a message', () => {
    const eight = Array.from({ length: 8 }, (_, n) => instalmentRow({ ...extreme, id: idOf(n) }, who)).flat();
    expectMessage({ text: 'x', blocks: eight });
    const twenty = Array.from({ length: 20 }, () => instalmentRow(plain, who, { buttons: 'compact' })).flat();
    expectMessage({ text: 'x', blocks: twenty });
  });

  it('tells in the history which step of an approval was decided', () => {
    const at = new Date('2026-11-20T01:00:00Z');
    const entry = { at, who: '周明', kind: 'approval', event: 'step_approved', step: 1 } as const;
    const entries: HistoryEntry[] = [entry, { ...entry, event: 'asked', step: null }];
    const said = (locale: 'zh-CN' | 'en') =>
      JSON.stringify(instalmentModal({ ...detail(plain), history: entries }, reader(locale), METHODS));
    expect(said('zh-CN')).toContain('周明 · 通过第 1 步');
    expect(said('zh-CN')).toContain('周明 · 提问');
    expect(said('en')).toContain('周明 · step 1 approved');
  });

  it.each([
    ['plain', plain],
    ['extreme', extreme],
  ] as const)('draws the windows of a %s row', (_name, row) => {
    expectModal(instalmentModal(detail(row), who, METHODS, nasty(200)));
    expectModal(instalmentModal({ ...detail(row), history: [], remark: null }, who, METHODS));
    const state = { requestId: ID, row: detail(row), onTop: true };
    expectModal(editModal(state, who, METHODS));
    expectModal(editModal({ ...state, row: { ...detail(row), state: 'inactive' } }, who, METHODS));
    // What waits is taken back as long as no step is decided.
    const { postponement: waits } = detail({ ...row, pendingTo: TODAY });
    if (!waits) throw new Error('nothing waits');
    const step = { seq: 1, by: { id: ID, name: '韩' }, inPlaceOf: null, also: [], at: new Date(0) };
    for (const decidedSteps of [[], [step]]) {
      const postponement = { ...waits, approval: { ...waits.approval, decidedSteps } };
      const window = JSON.stringify(instalmentModal({ ...detail(row), postponement }, who, METHODS));
      expect(window.includes('approval.withdraw')).toBe(decidedSteps.length === 0);
    }
    for (const kind of ['days', 'count', 'retention'] as const)
      for (const latest of [null, TODAY])
        expectModal(postponeModal({ ...state, asks: { kind, latest } }, who));
    expectModal(postponeModal({ ...state, asks: null }, who));
    for (const count of [2, 12]) {
      const amounts = [null, Array.from({ length: count }, () => row.amount)];
      for (const typed of amounts)
        for (const one of [detail(row), { ...detail(row), effectiveDue: null }])
          expectModal(
            splitModal({ ...state, row: one, count, equal: count, amounts: typed, askAlreadyDue: true }, who),
          );
    }
    for (const status of ['open', 'approved', 'rejected', 'withdrawn'] as const) {
      const facts = asked(row, status);
      expectMessage(postponementCard(facts, { ...who, actor: null }));
      expectMessage(postponementDecided(facts, who));
    }
    for (const event of ['postponed', 'edited', 'deleted'] as const) {
      expectMessage(instalmentChanged(row, { event, who: nasty(300), from: TODAY, to: null }, who));
    }
  });

  it.each([0, 1, 60, 100])('draws a plan of %i instalments', (count) => {
    const target = {
      contractId: ID,
      contractNumber: extreme.contractNumber,
      contractName: extreme.contractName,
      contractType: 'vehicle',
      contractStatus: 'active',
      customerId: ID,
      customerName: extreme.customerName,
      customerCode: 'KH-0001',
      ownerId: 'owner',
      currency: 'CNY',
      amount: MAX_MINOR,
      planned: 1n,
      paymentMethod: null,
      nextSeq: count + 1,
    };
    const rows = Array.from({ length: count }, (_, n) => ({ ...extreme, id: idOf(n) }));
    expectModal(planOfModal(target, { ...page(extreme, 0), rows, total: count }, who));
  });
});

it.each([
  ['zh-CN', '到期日 11月25日 周三'],
  ['en', 'Due Wed 25 Nov'],
] as const)('says the day of a row in its plan, in %s, where its state does not', (locale, day) => {
  const target = {
    contractId: ID,
    contractNumber: plain.contractNumber,
    contractName: plain.contractName,
    contractType: 'vehicle',
    contractStatus: 'active',
    customerId: ID,
    customerName: plain.customerName,
    customerCode: 'KH-0001',
    ownerId: 'owner',
    currency: 'CNY',
    amount: plain.amount,
    planned: plain.amount,
    paymentMethod: null,
    nextSeq: 3,
  };
  const drawn = (row: InstalmentRowData) =>
    JSON.stringify(planOfModal(target, { ...page(row, 1), rows: [row] }, reader(locale)));
  expect(drawn(plain)).toContain(day);
  expect(drawn({ ...plain, state: 'paid', outstanding: 0n })).toContain(day);
  expect(drawn({ ...plain, state: 'undated', effectiveDue: null })).not.toContain(day);
  expect(drawn({ ...plain, state: 'postponed' })).not.toContain(day);
});

it('offers no postponement in ⋯ of a row while one waits', () => {
  const choices = (row: InstalmentRowData) => JSON.stringify(rowButtons(row, reader('zh-CN')));
  expect(choices(plain)).toContain('"postpone"');
  expect(choices({ ...plain, pendingTo: localDate('2027-01-15') })).not.toContain('"postpone"');
});
