// Home and the answers of the front door with extreme data in both languages: always something that Slack takes.
import type { KnownBlock } from '@slack/types';
import { describe, expect, it } from 'vitest';
import { validateBlocks } from '../../sandbox/server/validate-blocks.js';
import { validateView } from '../../sandbox/server/validate-view.js';
import { type Actor, ROLES, type Role } from '../../src/domain/access.js';
import type { HomeData } from '../../src/domain/home/home.queries.js';
import { HOME_KINDS, homeKinds, tabsOf } from '../../src/domain/home/home-kinds.js';
import type { WaitingItem } from '../../src/domain/home/waiting-item.queries.js';
import { localDate } from '../../src/domain/local-date.js';
import type { Money } from '../../src/domain/money.js';
import type { InstalmentRowData } from '../../src/domain/plans/instalment.queries.js';
import type { CasePage } from '../../src/domain/reminders/open-cases.queries.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { mayUse, suggest, suggestHelp } from '../../src/handlers/suggest-commands.js';
import { casesModal } from '../../src/handlers/views/case-list-views.js';
import { HELP_PAGES } from '../../src/handlers/views/help-topics.js';
import { helpMessage, notUnderstoodMessage, writtenMessage } from '../../src/handlers/views/help-views.js';
import { homeFailure, homeView, homeWithoutRole } from '../../src/handlers/views/home-views.js';
import { askAccessMessage, askedMessage, welcomeMessage } from '../../src/handlers/views/member-views.js';
import type { RowReader } from '../../src/handlers/views/row-views.js';
import { foundBlocks, foundMessage, todayMessage } from '../../src/handlers/views/today-views.js';
import { todoMessage } from '../../src/handlers/views/todo-views.js';
import { unheldMessage } from '../../src/handlers/views/unheld-views.js';
import { firstThings, waitingRow } from '../../src/handlers/views/waiting-views.js';

const ID = '0190a0a0-0000-7000-8000-000000000001';
const LONG = '超长名称<@U123>&*_`😀'.repeat(20);
const HUGE: Money[] = ['CNY', 'USD', 'JPY', 'KWD', 'EUR'].map((currency) => ({
  minor: 999_999_999_999_999n,
  currency,
}));
const NOW = new Date('2026-11-20T02:00:00Z');
const TODAY = localDate('2026-11-20');
const LOCALES = ['zh-CN', 'en'] as const;

const actor = (...roles: Role[]): Actor => ({
  id: ID,
  slackUserId: 'U1',
  name: LONG,
  locale: 'zh-CN',
  timezone: 'Asia/Shanghai',
  roles,
  teamIds: [],
  managerId: null,
});
const reader = (locale: 'zh-CN' | 'en', who = actor(...ROLES)): RowReader => ({
  t: translator(locale),
  locale,
  today: TODAY,
  now: NOW,
  timezone: 'Asia/Shanghai',
  actor: who,
});
const row = (seq: number): InstalmentRowData => ({
  id: `0190a0a0-0000-7000-8000-${String(seq).padStart(12, '0')}`,
  version: 1,
  seq,
  name: LONG,
  customerId: ID,
  customerName: LONG,
  customerCode: 'KH-0001',
  contractId: ID,
  contractNumber: 'HT-2026-0001',
  contractName: LONG,
  contractStatus: 'active',
  ownerId: ID,
  ownerName: LONG,
  ownerActive: true,
  amount: 999_999_999_999_999n,
  outstanding: 999_999_999_999_998n,
  adjusted: 0n,
  recovered: 0n,
  recoverable: 0n,
  promiseCount: 0,
  currency: 'CNY',
  proposed: 1n,
  state: 'overdue',
  dueOn: localDate('2020-01-01'),
  effectiveDue: localDate('2020-01-01'),
  postponedTo: null,
  pendingTo: null,
  blockUntil: localDate('2026-12-31'),
  promisedOn: null,
  promisedAmount: null,
  brokenOn: null,
  nextContactOn: null,
  snoozedUntil: null,
  followedUp: null,
  disputed: true,
  isRetention: true,
  templateId: null,
  anchorKind: null,
  anchorOffset: null,
  waiting: { id: ID, number: 'HK-20261120-001', amount: 1n, recordedAt: NOW },
});
const rows = (count: number) => Array.from({ length: count }, (_, index) => row(index + 1));
const subject = {
  id: ID,
  number: 'HT-2026-0001',
  customerName: LONG,
  amount: 999_999_999_999_999n,
  currency: 'CNY',
};
const UNSORTED = { loose: [], sorts: [] };
const ITEMS: WaitingItem[] = [
  { kind: 'receipt', ...subject, who: LONG, since: new Date('2020-01-01T00:00:00Z') },
  { kind: 'contract', ...subject, who: LONG, since: NOW },
  { kind: 'rejected', ...subject },
  { kind: 'draft', ...subject },
  { kind: 'contract_rejected', ...subject },
  { kind: 'asked', userId: ID, name: LONG },
  { kind: 'left', userId: ID, name: LONG, instalments: 500, customers: 1 },
  { kind: 'case', caseId: ID, level: 4, row: row(1), acknowledgedBy: null },
];
const NUMBERS = {
  outstanding: HUGE,
  overdue: HUGE,
  overdueCount: 500,
  dueWeek: HUGE,
  receivedMonth: HUGE,
  plannedMonth: HUGE,
  fallenMonth: HUGE,
  fallenPaid: HUGE,
  retention: HUGE,
  retentionOverdue: HUGE,
  receivedToday: HUGE,
  inApproval: HUGE,
  unapplied: HUGE,
};
const NOTHING = { ...NUMBERS, overdueCount: 0 };
for (const key of Object.keys(NOTHING) as (keyof typeof NOTHING)[])
  if (key !== 'overdueCount') NOTHING[key] = [];

const receipt = {
  id: ID,
  number: 'HK-20261120-001',
  customerId: ID,
  customerName: LONG,
  customerCode: 'KH-0001',
  payerName: LONG,
  bankSlipNo: LONG,
  bankTxnId: LONG,
  originalAmount: null,
  originalCurrency: null,
  rate: null,
  billNo: LONG,
  billDueOn: TODAY,
  recorderName: LONG,
  amount: 999_999_999_999_999n,
  currency: 'CNY',
  unapplied: 0n,
  method: 'transfer',
  receivedOn: TODAY,
  status: 'submitted' as const,
  recordedById: ID,
};
const contract = {
  id: ID,
  number: 'HT-2026-0001',
  name: LONG,
  status: 'active' as const,
  customerName: LONG,
  customerCode: 'KH-0001',
  ownerName: LONG,
  amount: 999_999_999_999_999n,
  currency: 'CNY',
  signedOn: TODAY,
  endsOn: TODAY,
  planned: 1n,
  received: 999_999_999_999_998n,
};
const SETUP = {
  company: false,
  financeChannel: false,
  escalationChannel: true,
  roles: false,
  managers: false,
  repsWithoutManager: 500,
  missingRole: 'finance' as const,
  missingYear: 2027,
  customers: false,
};

const DAYS = { sales_manager: 3, sales_director: 7, thread: 3 };
const FAILED: HomeData['failed'] = {
  total: 500,
  newest: [
    { kind: 'digest.daily', to: { name: LONG }, reason: LONG, at: NOW, unknown: false },
    { kind: 'receipt.card', to: { channel: 'finance' }, reason: null, at: NOW, unknown: true },
    {
      kind: 'report.posted',
      to: { channel: 'elsewhere' },
      reason: 'channel_not_found',
      at: NOW,
      unknown: false,
    },
  ],
};
const CASES = (count: number): CasePage => ({
  cases: rows(count > 20 ? 20 : count).map((one, n) => ({
    caseId: one.id,
    level: 4 - (n % 4),
    row: one,
    acknowledgedBy: n % 2 === 0 ? null : LONG,
    asksReader: n % 4 === 0,
  })),
  levels: [4, 3, 2, 1].map((level) => ({ level, count: 9_999, unacknowledged: 5_000 })),
  team: Array.from({ length: count }, () => ({
    ownerName: LONG,
    count: 9_999,
    totals: HUGE,
    oldestDays: 9_999,
  })),
  total: count,
  page: count > 20 ? 2 : 1,
  pages: Math.max(1, Math.ceil(count / 20)),
});

function homeData(kind: HomeData['state']['kind'], count: number, more: Partial<HomeData> = {}): HomeData {
  const page = { total: count * 25, more: false, page: 2, pages: 25, totals: [] };
  const size = count > 20 ? 20 : count;
  const list =
    kind === 'admin'
      ? { setup: SETUP }
      : kind === 'finance'
        ? { receipts: { ...page, rows: Array.from({ length: size }, () => receipt) } }
        : { plans: { ...page, rows: rows(size) } };
  return {
    kinds: HOME_KINDS,
    state: { kind, tab: kind === 'finance' ? 'receipts' : 'plans', page: 2 },
    waiting: { items: count === 0 ? [] : ITEMS, total: count === 0 ? 0 : 500 },
    due: kind === 'rep' ? { rows: rows(size > 5 ? 5 : size), total: count * 25 } : { rows: [], total: 0 },
    numbers: count === 0 ? NOTHING : NUMBERS,
    list,
    members: 500,
    queue: 500,
    failed: FAILED,
    hearsFrom: 3,
    isFirstRun: false,
    ...more,
  };
}

/** All text in which a name could ping or link. */
function mrkdwnIn(shown: unknown): string {
  if (typeof shown !== 'object' || shown === null) return '';
  if ('type' in shown && shown.type === 'mrkdwn' && 'text' in shown) return String(shown.text);
  return Object.values(shown).map(mrkdwnIn).join('\n');
}

describe.each(LOCALES)('in %s', (locale) => {
  it.each(HOME_KINDS)('the Home of a %s is valid with 0, 1 and 500 rows, and at the first run', (kind) => {
    for (const count of [0, 1, 500]) {
      const view = homeView(homeData(kind, count), reader(locale), COMPANY);
      expect(validateView(view)).toEqual([]);
      expect(view.blocks.length).toBeLessThanOrEqual(100);
    }
    for (const tab of kind === 'admin' ? [] : tabsOf(kind)) {
      for (const count of [0, 20]) {
        const page = { total: count * 25, more: false, page: 2, pages: 25, totals: [] };
        const list =
          tab === 'contracts'
            ? { contracts: { ...page, rows: Array.from({ length: count }, () => contract) } }
            : tab === 'receipts'
              ? { receipts: { ...page, rows: Array.from({ length: count }, () => receipt) } }
              : tab === 'cases'
                ? { cases: CASES(count * 25) }
                : { plans: { ...page, rows: rows(count) } };
        const shown = { ...homeData(kind, 500), list, state: { kind, tab, page: 2 } };
        const view = homeView(shown, reader(locale), COMPANY);
        expect(validateView(view)).toEqual([]);
        expect(view.blocks.length).toBeLessThanOrEqual(100);
        expect(JSON.stringify(view)).not.toContain(`"action_id":"home.tab.${tab}"`);
      }
    }
    const first = homeData(kind, 0, { isFirstRun: true });
    expect(validateView(homeView(first, reader(locale), { ...COMPANY, financeChannelId: null }))).toEqual([]);
    expect(validateView(homeView(first, reader(locale), COMPANY))).toEqual([]);
    // On the first day the way on stands before everything else, and is the one thing that is pressed.
    const words = JSON.stringify(homeView(first, reader(locale), COMPANY).blocks);
    expect(words.match(/"style":"primary"/g)?.length ?? 0).toBe(kind === 'rep' || kind === 'admin' ? 1 : 0);
    if (kind === 'rep') {
      expect(words.indexOf('import.new')).toBeLessThan(words.indexOf('contract.list'));
      expect(words).not.toContain(translator(locale)('home:number.due_week'));
    }
  });

  it('tells what came in by itself where nothing was planned', () => {
    const t = translator(locale);
    const shown = (numbers: HomeData['numbers']) =>
      JSON.stringify(homeView(homeData('rep', 1, { numbers }), reader(locale), COMPANY));
    const plannedNothing = shown({ ...NUMBERS, receivedMonth: [], plannedMonth: [] });
    const title = `*${t('home:number.received_month')}*\\n`;
    expect(plannedNothing).toContain(`${title}${t('home:none')}"`);
    expect(shown(NUMBERS)).not.toContain(`${title}${t('home:none')}"`);
  });

  it('the window of cases is valid, with none and with the most', () => {
    for (const count of [0, 1, 20, 500]) {
      const view = casesModal(CASES(count), reader(locale));
      expect(validateView(view)).toEqual([]);
      expect(mrkdwnIn(view)).not.toMatch(/<(@U123|!channel)>/);
    }
  });

  it('tells of a missing role and of a failure', () => {
    const t = translator(locale);
    expect(validateView(homeWithoutRole(t))).toEqual([]);
    expect(validateView(homeFailure(t))).toEqual([]);
  });

  it('answers with valid messages inside the limits, user text escaped', () => {
    const t = translator(locale);
    const todo = {
      counts: { overdue: 500, overdueTotals: HUGE, dueToday: 500, waiting: 500 },
      rows: rows(5),
      total: 500,
      page: 1,
      pages: 25,
      cases: [],
      approvals: { contracts: 0, receipts: 0, postponements: 0, total: 0, oldestReceiptAt: null },
    };
    const found = {
      customers: [
        {
          id: ID,
          code: 'KH-0001',
          name: LONG,
          shortName: LONG,
          taxNo: LONG,
          status: 'active' as const,
          ownerName: LONG,
          ownerActive: true,
          contracts: 1,
          open: HUGE,
        },
      ],
      contracts: [],
      receipts: [receipt],
      total: 500,
    };
    const nothing = {
      ...todo,
      rows: [],
      total: 0,
      counts: { overdue: 0, overdueTotals: [], dueToday: 0, waiting: 0 },
    };
    const messages = [
      todayMessage(todo, { items: ITEMS, total: 7, ...UNSORTED }, reader(locale)),
      todayMessage(todo, { items: [], total: 0, ...UNSORTED }, reader(locale)),
      todayMessage(nothing, { items: [], total: 0, ...UNSORTED }, reader(locale, actor('auditor'))),
      foundMessage(found, LONG, reader(locale)),
      foundMessage({ customers: [], contracts: [], receipts: [], total: 0 }, LONG, reader(locale)),
      notUnderstoodMessage(t, '🙂'.repeat(3000), ['/hk help', '/hk-todo', '/hk find'], []),
      notUnderstoodMessage(t, '<!channel>', [], []),
      notUnderstoodMessage(t, '<!channel>', [], foundBlocks(found, reader(locale))),
      writtenMessage(t, [`/hk ${'🙂'.repeat(200)}`], []),
      writtenMessage(t, [], []),
      askAccessMessage(t),
      unheldMessage(
        Array.from({ length: 40 }, (_none, n) => ({
          role: 'sales_manager' as const,
          ownerName: n === 0 ? null : LONG,
          count: n,
        })),
        t,
      ),
      askedMessage(t, { id: ID, name: LONG }, { granted: [], ignoredBy: null }),
      askedMessage(t, { id: ID, name: LONG }, { granted: [], ignoredBy: LONG }),
      askedMessage(t, { id: ID, name: LONG }, { granted: ROLES, ignoredBy: null }),
      ...[[], ...ROLES.map((role) => [role]), [...ROLES]].map((roles) => helpMessage(t, actor(...roles))),
      ...HELP_PAGES.map((page) =>
        helpMessage(t, actor(...ROLES), { contract: LONG, receipt: LONG, customer: LONG }, page),
      ),
      ...ROLES.map((role) =>
        welcomeMessage(t, {
          roles: [role],
          by: LONG,
          remindAt: '09:00',
          financeChannelId: 'C1',
          firstDays: { sales_manager: 3, sales_director: null, thread: 3 },
          openSettings: 1,
          canPlan: false,
        }),
      ),
      welcomeMessage(t, {
        roles: ['admin'],
        by: null,
        remindAt: '09:00',
        financeChannelId: null,
        firstDays: DAYS,
        openSettings: 0,
        canPlan: true,
      }),
    ];
    // Words that records have were understood: what they find comes first.
    const records = foundBlocks(found, reader(locale));
    const [plain, named, near] = [
      notUnderstoodMessage(t, 'x', [], []),
      notUnderstoodMessage(t, 'x', [], records),
      notUnderstoodMessage(t, 'x', ['/hk help'], records),
    ];
    expect([plain.text, named.text, near.text]).toEqual([
      t('help:not_understood_plain', { words: 'x' }),
      t('home:found', { words: 'x' }),
      t('help:not_understood', { words: 'x' }),
    ]);
    expect(named.blocks?.slice(1, -1)).toEqual(records);
    for (const message of messages) {
      expect(message.text).not.toBe('');
      expect(validateBlocks('message', message.blocks)).toEqual([]);
      expect(JSON.stringify(message.blocks).length).toBeLessThanOrEqual(12_000);
      expect(mrkdwnIn(message.blocks)).not.toMatch(/<(@U123|!channel)>/);
    }
  });
});

it('/hk tells what waits beside what is late, and to who has nothing to do that nothing waits', () => {
  const counts = { overdue: 5, overdueTotals: HUGE, dueToday: 0, waiting: 0 };
  const approvals = { contracts: 0, receipts: 0, postponements: 0, total: 0, oldestReceiptAt: null };
  const todo = { counts, rows: rows(4), total: 5, page: 1, pages: 1, cases: [], approvals };
  const rep = todayMessage(
    todo,
    { items: ITEMS.slice(0, 1), total: 1, loose: [], sorts: [{ sort: 'decision', total: 1 }] },
    reader('zh-CN'),
  );
  expect(rep.text).toContain('另有 1 件等你处理（待审批 1）');
  const none = { ...todo, rows: [], total: 0 };
  const auditor = reader('zh-CN', actor('auditor'));
  expect(mrkdwnIn(todayMessage(none, { items: [], total: 0, ...UNSORTED }, auditor).blocks)).toContain(
    '今天没有等你处理的事。',
  );
  const list = (who: RowReader) =>
    mrkdwnIn(todoMessage(none, { items: [], total: 0, ...UNSORTED }, who).blocks);
  expect(list(auditor)).toContain('你不负责款');
  expect(list(reader('zh-CN', actor('rep')))).toContain('你负责的款都没到提醒日');
});

const COMPANY = { financeChannelId: 'C1', baseCurrency: 'CNY' };

describe('what waits', () => {
  it('stands before everything else, and an escalated row that was moved is told by its day', () => {
    const view = JSON.stringify(homeView(homeData('manager', 20), reader('zh-CN'), COMPANY).blocks);
    expect(view.indexOf('"case.acknowledge"')).toBeLessThan(view.indexOf('"contract.list"'));
    const moved = {
      ...row(1),
      state: 'postponed' as const,
      postponedTo: localDate('2026-12-10'),
      effectiveDue: localDate('2026-12-10'),
    };
    const told = (locale: 'zh-CN' | 'en', one: InstalmentRowData) =>
      mrkdwnIn(
        waitingRow({ kind: 'case', caseId: ID, level: 1, row: one, acknowledgedBy: null }, reader(locale)),
      );
    expect(told('zh-CN', moved)).toContain('已延期 延至 12月10日');
    expect(told('en', moved)).not.toContain('days overdue');
    expect(told('en', { ...row(1), effectiveDue: localDate('2026-11-19') })).toContain('1 day');
    expect(told('zh-CN', { ...row(1), state: 'undated', effectiveDue: null })).not.toContain('逾期');
  });

  it('says since when, and calls an instalment as the reader does, for who hears the button too', () => {
    const since = new Date('2026-11-19T02:00:00Z');
    const item = { kind: 'adjustment', what: 'bad_debt', ...subject, seq: 2, who: '孙悦', since } as const;
    const drawn = (locale: 'zh-CN' | 'en') => JSON.stringify(waitingRow(item, reader(locale)));
    expect(drawn('zh-CN')).toContain('等审批 · 孙悦 提出 · 11月19日 周四 10:00');
    expect(drawn('zh-CN')).toContain(`审批 ${subject.number} 第2期`);
    expect(drawn('en')).toContain(`Review ${subject.number} #2`);
    const asked = waitingRow(
      { kind: 'case', caseId: ID, level: 1, row: row(1), acknowledgedBy: null },
      reader('zh-CN'),
    );
    expect(JSON.stringify(asked)).toMatch(/"accessibility_label":"已知悉 [^"]+ 第\d+期"/);
    // Nobody acknowledges what they cannot look at.
    expect(JSON.stringify(asked)).toMatch(/"accessibility_label":"打开 [^"]+ 第\d+期"/);
  });

  it('of a rep begins with what is overdue or due today, then what was left unfinished, then what comes', () => {
    const draft = { kind: 'draft', ...subject } as const;
    const asked = { kind: 'case', caseId: ID, level: 1, row: row(1), acknowledgedBy: null } as const;
    const due = (day: string) => ({ ...row(1), effectiveDue: localDate(day) });
    const rows = [due('2026-11-10'), due(TODAY), due('2026-11-24')];
    const order = (most: number) => {
      const first = firstThings({ items: [draft, asked], rows }, most, reader('en'), (one) => [
        { type: 'section', text: { type: 'plain_text', text: `row ${one.effectiveDue}` } },
      ]);
      const found = JSON.stringify(first.blocks).match(
        /row 2026-\d\d-\d\d|case\.acknowledge|contract\.open/g,
      );
      return [first.count, ...(found ?? [])];
    };
    expect(order(9)).toEqual([
      5,
      'case.acknowledge',
      'row 2026-11-10',
      `row ${TODAY}`,
      'contract.open',
      'row 2026-11-24',
    ]);
    expect(order(3)).toEqual([3, 'case.acknowledge', 'row 2026-11-10', `row ${TODAY}`]);
  });

  it('nobody is told of cases as theirs who is not asked; each says who acknowledged it, or that nobody has', () => {
    const asked = mrkdwnIn(casesModal(CASES(4), reader('zh-CN')));
    expect(asked).toContain('4 级 9999 笔');
    expect(asked.match(/未知悉(?! )/g)).toHaveLength(2);
    expect(asked.match(/ 已知悉/g)).toHaveLength(2);
    const buttons = JSON.stringify(casesModal(CASES(4), reader('zh-CN')));
    expect(buttons.match(/"case\.acknowledge"/g)).toHaveLength(1);
    expect(buttons.match(/"instalment\.open"/g)).toHaveLength(4);
  });
});

describe('by role', () => {
  const texts = (roles: Role[]) => JSON.stringify(helpMessage(translator('zh-CN'), actor(...roles)).blocks);

  it('help names only what the role may do', () => {
    expect(texts(['rep'])).toContain('/hk-receipt HT-2026-0012 30万');
    expect(texts(['rep'])).not.toContain('/hk 角色');
    expect(texts(['auditor'])).not.toContain('receipt.new');
    expect(texts(['finance'])).toContain('/hk 认领');
    expect(texts(['admin'])).toContain('/hk 角色');
    expect(texts(['finance'])).toContain('冲销、退款');
    expect(texts(['finance'])).toContain('记坏账');
    expect(texts(['rep'])).toContain('编辑、拆分');
    for (const roles of [['auditor'], ['admin']] satisfies Role[][]) {
      expect(texts(roles)).toContain('/hk-receipt HK-20261121-003');
      for (const notTheirs of ['驳回', '冲销', '编辑', '记坏账', '更正资料'])
        expect(texts(roles)).not.toContain(notTheirs);
    }
    expect(texts([])).toContain('member.ask');
    expect(texts([])).not.toContain('/hk 待办');
  });

  it('help of one topic has everything of it that the role may do, and nothing else', () => {
    const page = (...roles: Role[]) =>
      JSON.stringify(helpMessage(translator('zh-CN'), actor(...roles), {}, 'customer').blocks);
    expect(page('sales_director')).toContain('/hk-customer 合并 华为');
    expect(page('auditor')).toContain('/hk-customer 明细 华为');
    expect(page('auditor')).not.toContain('合并');
    expect(page('admin')).not.toContain('/hk-receipt');
  });

  it('help on what is no topic says so, and names those that are near', () => {
    const of = (word: string) =>
      JSON.stringify(
        helpMessage(translator('en'), actor('rep'), {}, null, {
          words: word,
          near: suggestHelp(word),
        }).blocks,
      );
    expect(of('nosuch')).toContain('The help has no topic “nosuch”. All of it:');
    expect(of('receits')).toContain('Did you mean:');
    expect(of('receits')).toContain('"value":"/hk help receipts"');
    expect(of('帐龄分析')).toContain('"value":"/hk 帮助 账龄分析"');
  });

  it('suggests to each what they may do, and to who asks about approving what waits', () => {
    const near = (words: string, ...roles: Role[]) =>
      suggest(words).filter((command) => mayUse(actor(...roles), command));
    expect(near('approve', 'auditor')).toEqual(['/hk-todo']);
    expect(near('approve', 'finance')).toEqual(['/hk-todo', '/hk-receipt approve']);
    expect(near('审批', 'sales_manager')).toEqual(['/hk-todo', '/hk-contract 审批']);
    expect(near('postpon', 'auditor')).toEqual([]);
    expect(near('postpon', 'rep')).toEqual(['/hk-plan postpone']);
  });

  it('help shows the reader what they have', () => {
    const mine = { contract: 'HT-2026-0099', receipt: 'HK-20261120-001', customer: '远大*重工' };
    const shown = JSON.stringify(helpMessage(translator('zh-CN'), actor('rep', 'finance'), mine).blocks);
    for (const command of [
      '/hk-receipt HT-2026-0099 30万',
      '/hk-receipt HK-20261120-001',
      '/hk-customer 远大*重工',
    ])
      expect(shown).toContain(command);
  });

  it('Home of somebody without a role says that they have asked', () => {
    const shown = JSON.stringify(homeWithoutRole(translator('zh-CN'), '已请求 10:00。'));
    expect(shown).toContain('已请求 10:00。');
    expect(shown).not.toContain('member.ask');
  });

  it('Home offers no button that would be refused', () => {
    const shown = (...roles: Role[]) =>
      JSON.stringify(homeView(homeData('auditor', 1), reader('zh-CN', actor(...roles)), COMPANY).blocks);
    for (const id of ['receipt.new', 'plan.new', 'contract.new', 'settings.open'])
      expect(shown('auditor')).not.toContain(`"${id}"`);
    expect(shown('rep')).toContain('"plan.new"');
    expect(shown('finance')).not.toContain('"plan.new"');
  });

  it('the first run offers what can be done first: a contract, before plans and receipts of it', () => {
    const shown = (kind: 'rep' | 'manager' | 'finance', role: Role) => {
      const data = { ...homeData(kind, 0), isFirstRun: true };
      const view = homeView(data, reader('zh-CN', actor(role)), COMPANY);
      return JSON.stringify(view.blocks).match(/"(contract|plan|receipt)\.new"/g) ?? [];
    };
    expect(shown('rep', 'rep')).toEqual(['"contract.new"']);
    expect(shown('manager', 'sales_manager')).toEqual(['"contract.new"']);
    expect(shown('finance', 'finance')).toEqual(['"receipt.new"']);
  });

  it('the welcome of a rep begins with what can be done', () => {
    const start = (canPlan: boolean) =>
      JSON.stringify(
        welcomeMessage(translator('zh-CN'), {
          roles: ['rep'],
          by: '王敏',
          remindAt: '09:00',
          financeChannelId: null,
          firstDays: DAYS,
          openSettings: 0,
          canPlan,
        }).blocks,
      ).match(/"(contract|plan)\.new"/g);
    expect(start(false)).toEqual(['"contract.new"']);
    expect(start(true)).toEqual(['"plan.new"']);
  });

  it('a person with several roles chooses, in a fixed order', () => {
    expect(homeKinds({ roles: ['admin', 'finance_manager', 'rep'] })).toEqual(['rep', 'finance', 'admin']);
    expect(homeKinds({ roles: ['sales_director', 'sales_manager'] })).toEqual(['manager']);
    expect(homeKinds({ roles: [] })).toEqual([]);
  });
});

it('every number leads to what is behind it', () => {
  const opened = (kind: 'rep' | 'manager' | 'finance' | 'auditor' | 'admin') => {
    const { blocks } = homeView(homeData(kind, 1), reader('zh-CN'), COMPANY);
    return (blocks as KnownBlock[]).flatMap((block) =>
      block.type === 'section' && block.accessory?.type === 'button'
        ? [block.accessory.action_id ?? ''].filter((id) => /^(report\.open|receipt\.list)/.test(id))
        : [],
    );
  };
  const report = (...kinds: string[]) => kinds.map((kind) => `report.open.${kind}`);
  expect(opened('rep')).toEqual(report('forecast', 'overdue', 'progress'));
  expect(opened('manager')).toEqual(report('overdue', 'aging', 'performance', 'debts', 'progress'));
  expect(opened('finance')).toEqual(['report.open.receipts', 'receipt.list', 'report.open.debts']);
  expect(opened('auditor')).toEqual(report('aging', 'overdue'));
  expect(opened('admin')).toEqual([]);
});

describe('primary buttons', () => {
  it('stand at most once in a Home’s waiting part, however many cases wait', () => {
    const waiting = {
      items: Array.from({ length: 5 }, () => ITEMS[6] ?? ITEMS[0]),
      total: 5,
    } as HomeData['waiting'];
    const view = homeView(
      homeData('manager', 3, { waiting }),
      reader('zh-CN', actor('sales_manager')),
      COMPANY,
    );
    // Only [登记回款] of the menu.
    expect(JSON.stringify(view).match(/"style":"primary"/g)).toHaveLength(1);
    const all = homeView(homeData('rep', 3), reader('zh-CN', actor('rep')), COMPANY);
    expect(JSON.stringify(all).match(/"style":"primary"/g)).toHaveLength(1);
  });
});
