import { describe, expect, it } from 'vitest';
import { validateBlocks } from '../../sandbox/server/validate-blocks.js';
import { validateView } from '../../sandbox/server/validate-view.js';
import type { Actor, Role } from '../../src/domain/access.js';
import type { CustomerDetails } from '../../src/domain/customers/customer.queries.js';
import type { HistoryEntry } from '../../src/domain/customers/customer-history.queries.js';
import { localDate } from '../../src/domain/local-date.js';
import { companySettings } from '../../src/domain/settings/settings.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { openable } from '../../src/handlers/views/asked-card-views.js';
import { button } from '../../src/handlers/views/blocks.js';
import { creditForm } from '../../src/handlers/views/credit-views.js';
import { type CustomerFormData, customerFormModal } from '../../src/handlers/views/customer-form-views.js';
import { customerEventModal, customerHistoryModal } from '../../src/handlers/views/customer-history-views.js';
import { customerMergeModal, handOverModal } from '../../src/handlers/views/customer-merge-views.js';
import { customerCardModal } from '../../src/handlers/views/customer-views.js';
import type { RowReader } from '../../src/handlers/views/row-views.js';
import { anApproval } from '../support/approval-details.js';

const ID = '0190a0a0-0000-7000-8000-000000000001';
const LONG = '超长名称<@U123>&*_`😀'.repeat(10);
const LOCALES = ['zh-CN', 'en'] as const;

const actor = (id: string, ...roles: Role[]): Actor => ({
  id,
  slackUserId: 'U1',
  name: id,
  locale: 'zh-CN',
  timezone: 'Asia/Shanghai',
  roles,
  teamIds: [],
  managerId: null,
});
const reader = (locale: 'zh-CN' | 'en', who = actor('rep', 'rep')): RowReader => ({
  t: translator(locale),
  locale,
  today: localDate('2026-11-20'),
  now: new Date('2026-11-20T02:00:00Z'),
  timezone: 'Asia/Shanghai',
  actor: who,
});
const EMPTY: CustomerDetails = {
  id: ID,
  code: 'KH-0001',
  version: 1,
  name: '华东机械',
  shortName: null,
  type: null,
  industry: null,
  contacts: [],
  address: null,
  taxTitle: null,
  taxNo: null,
  bank: null,
  bankAccount: null,
  remark: null,
  owner: { id: 'rep', name: '李雷', slackUserId: 'U1' },
  defaultTermDays: null,
  template: null,
  relatedPayers: [],
  status: 'active',
  files: [],
  contracts: 0,
  balance: [],
  credit: null,
  proposal: null,
  autoApply: null,
};
const CURRENCIES = ['CNY', 'USD', 'EUR', 'HKD', 'JPY'];
const HUGE = 999_999_999_999_999n;
const MOST = CURRENCIES.map((currency) => ({ minor: 999_999_999_999_999n, currency }));
const BIGGEST: CustomerDetails = {
  ...EMPTY,
  name: LONG,
  shortName: LONG,
  type: LONG.slice(0, 40),
  industry: LONG.slice(0, 40),
  contacts: Array.from({ length: 20 }, () => ({
    name: LONG,
    phone: LONG,
    email: LONG,
    role: LONG,
    isBilling: true,
  })),
  address: LONG,
  taxTitle: LONG,
  taxNo: LONG,
  bank: LONG,
  bankAccount: LONG,
  remark: '😀'.repeat(3000),
  owner: { id: 'rep', name: LONG, slackUserId: 'U0123456789' },
  defaultTermDays: 3650,
  template: { id: ID, code: LONG, name: LONG },
  relatedPayers: Array.from({ length: 20 }, () => LONG.slice(0, 120)),
  status: 'frozen',
  files: Array.from({ length: 50 }, () => LONG),
  contracts: 500,
  balance: CURRENCIES.map((currency) => ({
    currency,
    open: HUGE,
    overdue: HUGE,
    received: HUGE,
    unapplied: HUGE,
    inApproval: HUGE,
    balance: -HUGE,
  })),
  credit: { limit: HUGE, exposure: HUGE, currency: 'CNY' },
  proposal: {
    ...{ id: ID, from: null, to: HUGE, currency: 'CNY', reason: '😀'.repeat(500), evidence: null },
    customer: { id: ID, code: 'KH-0001', name: LONG },
    askedBy: { id: 'finance', name: LONG },
    approval: anApproval(),
  },
  autoApply: { name: LONG, works: false },
};
const SETTINGS = companySettings.parse({});
const TWIN = { words: LONG.slice(0, 150), count: 2, shown: ID };
const formOf = (customer: CustomerDetails | null, twin: typeof TWIN | null): CustomerFormData => ({
  customer,
  contacts: customer === BIGGEST ? 10 : 1,
  templates: Array.from({ length: 100 }, (_, place) => ({ id: `${place}`, code: LONG, name: LONG })),
  twin,
  baseCurrency: 'CNY',
  metadata: '{}',
});
const problems = (view: unknown) => validateView(view);

describe.each(LOCALES)('in %s', (locale) => {
  const to = reader(locale);

  it.each([
    ['empty', EMPTY],
    ['biggest', BIGGEST],
  ])('valid card and form: %s', (_name, customer) => {
    expect(
      problems(customerCardModal(customer, SETTINGS, to, { list: '{}', result: LONG.repeat(3) })),
    ).toEqual([]);
    for (const who of [to, reader(locale, actor('head', 'finance_manager'))])
      expect(problems(customerFormModal(formOf(customer, TWIN), SETTINGS, who))).toEqual([]);
  });

  it('names the customer whole on its card', () => {
    const name = '长江三角洲超大型起重运输设备制造安装工程有限责任公司第二分公司';
    const view = customerCardModal({ ...EMPTY, name }, SETTINGS, to, {});
    expect(JSON.stringify(view.blocks)).toContain(`*${name}*`);
  });

  it('offers a new contract only for a customer who may have one', () => {
    const card = (status: CustomerDetails['status']) =>
      JSON.stringify(customerCardModal({ ...EMPTY, status }, SETTINGS, to, {}));
    expect(card('active')).toContain('"contract.new"');
    for (const status of ['frozen', 'closed'] as const) expect(card(status)).not.toContain('"contract.new"');
  });

  it('a valid form for another credit limit, and what opens the card from a message', () => {
    for (const customer of [EMPTY, BIGGEST])
      expect(problems(creditForm(customer, 'CNY', JSON.stringify({ r: 'x'.repeat(2_900) }), to))).toEqual([]);
    const { blocks } = openable(LONG.repeat(3), button('customer.open', LONG, { value: ID }));
    expect(validateBlocks('message', blocks)).toEqual([]);
  });

  it('a valid form for a new customer', () => {
    expect(problems(customerFormModal(formOf(null, null), SETTINGS, to))).toEqual([]);
  });
});

describe('customer card', () => {
  const text = (customer: CustomerDetails, who?: Actor) =>
    JSON.stringify(customerCardModal(customer, SETTINGS, reader('zh-CN', who)).blocks);

  it('tells currencies side by side and never adds them', () => {
    const line = { overdue: 0n, received: 0n, unapplied: 0n, inApproval: 0n };
    const balance = [
      { ...line, currency: 'CNY', open: 100_00n, balance: 100_00n },
      { ...line, currency: 'USD', open: 5_00n, balance: 5_00n },
    ];
    const told = text({ ...EMPTY, balance });
    expect(told).toContain('*未收*\\n¥100.00');
    expect(told).toContain('*未收*\\nUS$5.00');
    expect(told).not.toContain('105');
  });

  it('leaves out what the reader may not do', () => {
    expect(text(EMPTY)).toContain('customer.edit');
    const auditor = text(EMPTY, actor('auditor', 'auditor'));
    expect(auditor).not.toContain('customer.edit');
    expect(auditor).not.toContain('contract.new');
    const finance = text(EMPTY, actor('finance', 'finance'));
    expect(finance).toContain('customer.edit');
    expect(finance).not.toContain('contract.new');
  });

  it('shows the limit and how far it is used; only the head of finance has it in the form', () => {
    const credit = { limit: 500_000_00n, exposure: 620_000_00n, currency: 'CNY' };
    expect(text({ ...EMPTY, credit })).toContain('*信用额度*\\n¥500,000.00');
    expect(text({ ...EMPTY, credit })).toContain('*敞口*\\n¥620,000.00');
    expect(text({ ...EMPTY, credit: { ...credit, exposure: null } })).toContain('缺少汇率');
    const form = (...roles: Role[]) =>
      JSON.stringify(
        customerFormModal(
          formOf({ ...EMPTY, credit }, null),
          SETTINGS,
          reader('zh-CN', actor('x', ...roles)),
        ),
      );
    expect(form('finance_manager')).toContain('500000.00');
    for (const role of ['rep', 'sales_director', 'finance'] as const)
      expect(form(role)).not.toContain('creditLimit');
  });

  it('lets finance propose a limit, once, and not who sets it', () => {
    const shown = (customer: CustomerDetails, ...roles: Role[]) => text(customer, actor('x', ...roles));
    expect(shown(EMPTY, 'finance')).toContain('credit.propose');
    for (const role of ['finance_manager', 'rep', 'sales_director', 'auditor'] as const)
      expect(shown(EMPTY, role)).not.toContain('credit.propose');
    const waiting = shown({ ...EMPTY, proposal: BIGGEST.proposal }, 'finance');
    expect(waiting).not.toContain('"credit.propose"');
    expect(waiting).toContain('额度等审批：不限 → ¥9,999,999,999,999.99');
  });

  it('asks for the state of a frozen one only who may lift it, and for an owner who cannot own', () => {
    const form = (customer: CustomerDetails | null, ...roles: Role[]) =>
      customerFormModal(formOf(customer, null), SETTINGS, reader('zh-CN', actor('x', ...roles)));
    const has = (view: unknown, block: string) => JSON.stringify(view).includes(`"block_id":"${block}"`);
    expect(has(form(EMPTY, 'rep'), 'status')).toBe(true);
    const frozen = { ...EMPTY, status: 'frozen' as const };
    expect(has(form(frozen, 'rep'), 'status')).toBe(false);
    expect(has(form(frozen, 'finance'), 'status')).toBe(true);
    expect(has(form(null, 'rep'), 'owner')).toBe(false);
    const owner = (...roles: Role[]) =>
      form(null, ...roles).blocks.find((block) => 'block_id' in block && block.block_id === 'owner');
    expect(owner('finance')).toMatchObject({ optional: false, element: { type: 'users_select' } });
    expect(JSON.stringify(owner('finance'))).not.toContain('initial_user');
    expect(owner('sales_manager')).toMatchObject({ optional: true });
  });

  it('says who has prepayments applied by themselves, and that it rests once they may not; finance ticks it', () => {
    const on = { ...EMPTY, autoApply: { name: '李会计', works: true } };
    expect(text(on)).toContain('李会计开启');
    expect(text({ ...on, autoApply: { ...on.autoApply, works: false } })).toContain('请财务重新勾选');
    const form = (customer: typeof EMPTY, ...roles: Role[]) =>
      JSON.stringify(
        customerFormModal(formOf(customer, null), SETTINGS, reader('zh-CN', actor('x', ...roles))),
      );
    expect(form(EMPTY, 'finance')).toContain('autoApply');
    const ticked = /"initial_options":\[\{"text":\{"type":"plain_text","text":"到期就用预收款核销"/;
    expect(form(EMPTY, 'finance')).not.toMatch(ticked);
    expect(form(on, 'finance')).toMatch(ticked);
    expect(form(on, 'rep')).not.toContain('autoApply');
  });

  it('cannot ping with a name or a remark', () => {
    const { blocks } = customerCardModal({ ...BIGGEST, remark: '<!channel>' }, SETTINGS, reader('en'));
    expect(JSON.stringify(blocks)).not.toMatch(/<[@!]/);
  });
});

describe.each(LOCALES)('history, merge and hand-over in %s', (locale) => {
  const to = reader(locale);

  it.each([0, 1, 20])('a valid history of %i', (count) => {
    const change = {
      name: LONG,
      contacts: [{ name: LONG }],
      remark: null,
      ownerId: ID,
      relatedPayers: [LONG],
    };
    const entries = Array.from(
      { length: count },
      (_, place): HistoryEntry => ({
        at: new Date('2026-11-20T02:00:00Z'),
        who: place % 2 === 0 ? LONG : null,
        inPlaceOf: LONG,
        action: place % 3 === 0 ? 'customer.event' : 'customer.edited',
        subject: 'customer',
        ref: null,
        money: null,
        before: change,
        after: { ...change, name: 'x' },
        event: place % 3 === 0 ? { on: localDate('2026-11-20'), text: LONG.repeat(5) } : null,
      }),
    );
    const history = {
      customer: { id: ID, code: 'KH-0001', name: LONG },
      entries,
      total: count * 25,
      page: 2,
      pages: 25,
      baseCurrency: 'CNY',
      names: new Map([[ID, LONG]]),
    };
    const view = customerHistoryModal(history, SETTINGS, to, '{}');
    expect(problems(view)).toEqual([]);
    expect(JSON.stringify(view.blocks)).not.toMatch(/<[@!]/);
  });

  it('says which step of an approval was decided', () => {
    const entry: HistoryEntry = {
      at: new Date('2026-11-20T02:00:00Z'),
      who: '周明',
      inPlaceOf: '陈国栋',
      action: 'approval.step_approved',
      subject: 'receipt',
      ref: 'HK-1',
      money: { minor: 100n, currency: 'CNY' },
      before: null,
      after: { step: 1 },
      event: null,
    };
    const customer = { id: ID, code: 'KH-0001', name: '华东机械' };
    const page = { total: 1, page: 1, pages: 1, baseCurrency: 'CNY', names: new Map() };
    const words = (subject: HistoryEntry['subject'], action = entry.action) => {
      const history = { customer, entries: [{ ...entry, action, subject }], ...page };
      return JSON.stringify(customerHistoryModal(history, SETTINGS, to, undefined).blocks);
    };
    for (const subject of ['receipt', 'contract', 'customer'] as const)
      expect(words(subject)).toContain(locale === 'en' ? 'step 1 approved' : '通过第 1 步');
    expect(words('receipt')).toContain(locale === 'en' ? '周明 (for 陈国栋)' : '周明（代 陈国栋）');
    expect(words('receipt', 'approval.nudged')).toContain(locale === 'en' ? 'nudged' : '催办');
  });

  it('tells what changed from what to what', () => {
    const entry: HistoryEntry = {
      at: new Date('2026-11-20T02:00:00Z'),
      who: '李雷',
      inPlaceOf: null,
      action: 'customer.edited',
      subject: 'customer',
      ref: null,
      money: null,
      before: { address: null, creditLimit: null },
      after: { address: '北京路 1 号', creditLimit: '50000000' },
      event: null,
    };
    const customer = { id: ID, code: 'KH-0001', name: '华东机械' };
    const page = { total: 1, page: 1, pages: 1, baseCurrency: 'CNY', names: new Map() };
    const history = { customer, entries: [entry], ...page };
    const words = JSON.stringify(customerHistoryModal(history, SETTINGS, to, undefined).blocks);
    expect(words).toContain(locale === 'en' ? 'Address: empty → 北京路 1 号' : '地址：空 → 北京路 1 号');
    expect(words).toContain(
      locale === 'en' ? 'Credit limit: empty → CN¥500,000.00' : '信用额度：空 → ¥500,000.00',
    );
  });

  it('a valid hand-over before and after both are chosen', () => {
    const person = { id: ID, slackUserId: 'U1', name: LONG, locale };
    const preview = {
      from: person,
      to: person,
      customers: 500,
      contracts: 500,
      instalments: 5000,
      open: MOST,
    };
    for (const shown of [
      preview,
      { ...preview, customers: 0, contracts: 0, instalments: 0, open: [] },
      null,
    ]) {
      for (const of of [null, LONG]) {
        const data = {
          of,
          fromSlackId: 'U1',
          toSlackId: null,
          preview: shown,
          notice: LONG.slice(0, 200),
          metadata: '{}',
        };
        expect(problems(handOverModal(data, to))).toEqual([]);
      }
    }
  });

  it('a valid merge before both are chosen', () => {
    const chosen = { id: ID, code: 'KH-0001', name: LONG };
    const data = { keep: chosen, gone: null, preview: null, notice: LONG.slice(0, 200), metadata: '{}' };
    expect(problems(customerMergeModal(data, to))).toEqual([]);
    expect(problems(customerEventModal('2026-11-20', '{}', to))).toEqual([]);
  });
});
