// Messages that the demo company has no facts for, as a person sees them in both languages: a digest of nothing but
// decisions, of one row, of twenty and of five hundred, with everything else that can stand in it; and the whole story of
// one case in its thread. Drawn by the app's own views; the app itself does not run.
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/server/sandbox.js';
import { CHANNELS, sandboxWorld } from '../../scripts/sandbox-world.js';
import type { Locale } from '../../src/domain/access.js';
import { localDate } from '../../src/domain/local-date.js';
import type { CaseEvent } from '../../src/domain/notices/notice.js';
import type { InstalmentRowData } from '../../src/domain/plans/instalment.queries.js';
import type { CaseCardData } from '../../src/domain/reminders/case.queries.js';
import type { DigestData } from '../../src/domain/reminders/digest.queries.js';
import { milestoneKey } from '../../src/domain/reminders/milestone-steps.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { caseLine } from '../../src/handlers/views/case-line-views.js';
import { caseCard } from '../../src/handlers/views/case-views.js';
import { digestMessage } from '../../src/handlers/views/digest-views.js';
import type { Message } from '../../src/handlers/views/info-view.js';
import type { RowReader } from '../../src/handlers/views/row-views.js';
import { launchChromium } from './support/chromium.js';
import { type Onlooker, onlooker } from './support/onlooker.js';

const PAGE = join(import.meta.dirname, '../../sandbox/page/dist');
const today = localDate('2026-11-23');
const REP = 'U_REP';

const id = (n: number): string => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const CUSTOMERS = [
  '东方锅炉制造有限公司',
  '顺达物流有限公司',
  'Baltic Crane & Hoist Oy',
  '上海精工轴承股份有限公司',
];
const NAMES = ['首付款', '发货款', '验收款', 'On acceptance'];
const aRow = (n: number, more: Partial<InstalmentRowData> = {}): InstalmentRowData => ({
  id: id(n),
  version: 1,
  seq: 1 + (n % 4),
  name: NAMES[n % 4] ?? '',
  customerId: id(1000 + n),
  customerName: CUSTOMERS[(n >> 2) % 4] ?? '',
  customerCode: `KH-${String(n).padStart(4, '0')}`,
  contractId: id(2000 + n),
  contractNumber: `HT-2026-${String(1 + n).padStart(4, '0')}`,
  contractName: '数控机床与备件',
  contractStatus: 'active',
  ownerId: REP,
  ownerName: '李雷',
  ownerActive: true,
  amount: 300_000_00n,
  outstanding: 280_000_00n - BigInt(n) * 100_00n,
  adjusted: 0n,
  recovered: 0n,
  recoverable: 0n,
  promiseCount: 0,
  currency: 'CNY',
  proposed: n % 5 === 1 ? 50_000_00n : 0n,
  state: 'overdue',
  dueOn: localDate('2026-11-16'),
  effectiveDue: localDate('2026-11-16'),
  postponedTo: null,
  pendingTo: null,
  blockUntil: null,
  promisedOn: n % 7 === 2 ? localDate('2026-11-27') : null,
  promisedAmount: n % 7 === 2 ? 100_000_00n : null,
  brokenOn: null,
  nextContactOn: null,
  snoozedUntil: null,
  followedUp: null,
  disputed: n % 9 === 4,
  isRetention: n % 11 === 5,
  templateId: null,
  anchorKind: null,
  anchorOffset: null,
  waiting: null,
  ...more,
});

const total = { minor: 2_712_000_00n, currency: 'CNY' };
const digestOf = (rows: number, locale: Locale): DigestData => ({
  date: today,
  actor: {
    ...{ id: REP, slackUserId: REP, name: '李雷', locale, timezone: 'Asia/Shanghai' },
    ...{ roles: ['rep', 'finance'], teamIds: [], managerId: null },
  },
  counts: { overdue: rows, overdueTotals: rows > 0 ? [total] : [], dueToday: 0, waiting: 3 },
  sorts: [{ sort: 'decision', total: 3 }],
  cases: [],
  team: [],
  sections:
    rows > 0
      ? [{ kind: 'overdue', rows: Array.from({ length: rows }, (_none, n) => aRow(n)), totals: [total] }]
      : [],
  tones: new Map([
    [id(0), 'urgent'],
    [milestoneKey(id(3000), 'acceptance'), 'urgent'],
  ]),
  acceptances: [
    {
      contractId: id(3000),
      contractNumber: 'HT-2026-0007',
      contractName: '数控机床与备件',
      customerName: CUSTOMERS[1] ?? '',
      ownerId: REP,
      kind: 'acceptance',
      expectedOn: localDate('2026-11-20'),
      actualOn: null,
      undated: 1,
      signedOn: localDate('2026-08-01'),
    },
  ],
  unknown: [],
  endings: [
    {
      id: id(4000),
      number: 'HT-2026-0011',
      name: '年度维护框架',
      customerName: CUSTOMERS[2] ?? '',
      ownerId: 'rep',
      endsOn: localDate('2026-12-20'),
      outstanding: 80_000_00n,
      currency: 'CNY',
    },
  ],
  bills: (['approved', 'reversed'] as const).map((status, n) => ({
    id: id(5000 + n),
    number: `HK-20261121-00${n + 1}`,
    billNo: `1305290052024${n}`,
    dueOn: localDate('2026-11-30'),
    customerName: CUSTOMERS[n] ?? '',
    contractNumber: 'HT-2026-0003',
    amount: 150_000_00n,
    currency: 'CNY',
    status,
  })),
  approvals: {
    ...{ contracts: 1, receipts: 2, postponements: 0, total: 3 },
    oldestReceiptAt: new Date('2026-11-20T01:00:00Z'),
  },
  prepayments: { count: 2, totals: [{ minor: 64_000_00n, currency: 'CNY' }] },
  unclaimed: { count: 0, totals: [] },
  smallRests: { count: 0, totals: [], rows: [] },
  moreOverdue: rows > 0 ? { count: 12, totals: [total] } : { count: 0, totals: [] },
});

const person = (name: string, slackUserId: string, locale: Locale) => ({
  id: slackUserId,
  slackUserId,
  name,
  locale,
});
const followUp = (what: 'call' | 'promise') => ({
  id: id(7),
  at: new Date('2026-11-23T03:00:00Z'),
  who: '李雷',
  kind: 'call' as const,
  content: '财务说本周五付款，已发对账单。',
  result: what === 'promise' ? ('promised' as const) : ('paying' as const),
  promisedOn: what === 'promise' ? localDate('2026-11-27') : null,
  promisedAmount: what === 'promise' ? 280_000_00n : null,
  reason: null,
  pauseUntil: null,
  nextOn: localDate('2026-11-26'),
});

describe.each(['zh-CN', 'en-US'] as const)('in %s', (spoken) => {
  const locale: Locale = spoken === 'zh-CN' ? 'zh-CN' : 'en';
  const reader: RowReader = {
    ...{
      t: translator(locale),
      locale,
      today,
      now: new Date('2026-11-23T01:00:00Z'),
      timezone: 'Asia/Shanghai',
    },
    actor: digestOf(0, locale).actor,
  };
  let sandbox: Sandbox;
  let browser: Browser;
  let eyes: Onlooker;

  beforeAll(async () => {
    browser = await launchChromium();
    const world = sandboxWorld();
    sandbox = await startSandbox({
      ...world,
      users: world.users.map((user) => ({ ...user, locale: spoken })),
      pageDir: PAGE,
      transport: 'socket',
    });
    eyes = onlooker(spoken, browser, { sandbox, close: async () => {} });
  });
  afterAll(async () => {
    await browser?.close();
    await sandbox?.close();
  });

  /** As the app posts it; returns its timestamp. */
  async function post(channel: string, { text, blocks }: Message, threadTs?: string): Promise<string> {
    const answer = await fetch(`${sandbox.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sandbox.botToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel, text, blocks, ...(threadTs && { thread_ts: threadTs }) }),
    });
    const { ok, ts, error } = (await answer.json()) as { ok: boolean; ts: string; error?: string };
    if (!ok) throw new Error(error);
    return ts;
  }

  it.each([0, 1, 20, 500])('a digest with %i rows', async (rows) => {
    await post(REP, digestMessage(digestOf(rows, locale), reader));
    const window = await eyes.at(REP);
    await window.page.setViewportSize({ width: 1000, height: rows > 1 ? 3_600 : 1_500 });
    await window.goTo('messages');
    await window.page.locator('main [data-message-ts]').last().waitFor();
    await eyes.look(window, `digest-${rows}-rows`);
  });

  it('the story of a case in its thread: reminded, seen, followed up, promised, raised, paid, approved', async () => {
    const row = aRow(0, { proposed: 0n });
    const manager = person('赵琳', 'U_MANAGER', locale);
    const asked: CaseCardData = {
      caseId: id(1),
      level: 1,
      row,
      closed: null,
      closedOn: null,
      asked: [manager],
      acknowledged: null,
      next: { level: 2, on: localDate('2026-11-26'), roles: ['sales_director', 'finance_manager'] },
      reminders: 6,
      followUps: 1,
      lastFollowUp: followUp('call'),
      lastPromise: null,
      takenBackOn: null,
      isHighest: false,
      isRepeated: true,
    };
    const seen = { by: manager, at: new Date('2026-11-23T02:00:00Z'), until: localDate('2026-11-26') };
    const promised: CaseCardData = {
      ...asked,
      acknowledged: seen,
      lastPromise: followUp('promise'),
      followUps: 2,
    };
    const raised: CaseCardData = { ...promised, level: 2, acknowledged: null };
    const paid: CaseCardData = {
      ...raised,
      ...{ closed: 'settled', closedOn: today, next: null },
      row: { ...row, outstanding: 0n, state: 'paid' },
    };
    const channel = reader.actor === null ? reader : { ...reader, actor: null };
    const receipt = { number: 'HK-20261128-002', amount: 280_000_00n, approvedBy: ['孙悦'] };
    const story: [CaseCardData, CaseEvent, Partial<Parameters<typeof caseLine>[1]>][] = [
      [asked, 'opened', {}],
      [{ ...asked, acknowledged: seen }, 'acknowledged', { who: '赵琳' }],
      [promised, 'followed', { who: '李雷', followUp: followUp('call') }],
      [promised, 'promise', { who: '李雷', followUp: followUp('promise') }],
      [raised, 'broken', { level: 2, followUp: followUp('promise') }],
      [raised, 'submitted', { who: '李雷', receipt }],
      [paid, 'money', { receipt }],
      [paid, 'paid', { receipt }],
    ];
    const open = await post(CHANNELS.escalation, caseCard(asked, channel));
    await post(CHANNELS.escalation, caseCard(raised, channel));
    await post(CHANNELS.escalation, caseCard(paid, channel));
    for (const [data, event, more] of story) {
      const line = {
        event,
        level: data.level,
        who: null,
        receipt: null,
        followUp: null,
        quiet: false,
        ...more,
      };
      await post(CHANNELS.escalation, caseLine(data, line, channel), open);
    }
    const window = await eyes.at('U_MANAGER');
    await window.page.setViewportSize({ width: 1280, height: 1_300 });
    await window.goTo(CHANNELS.escalation);
    await window.page.locator('main .thread-line').last().click();
    await window.page.locator('[data-thread-ts] [data-message-ts]').nth(story.length).waitFor();
    await eyes.look(window, 'case-story');
  });
});
