import { describe, expect, it } from 'vitest';
import { validateView } from '../../sandbox/server/validate-view.js';
import type { Actor, Role } from '../../src/domain/access.js';
import type { CustomerDetails, CustomerPage } from '../../src/domain/customers/customer.queries.js';
import { localDate } from '../../src/domain/local-date.js';
import { translator } from '../../src/handlers/i18n/index.js';
import {
  customerCardModal,
  customerFormModal,
  customerListModal,
  customerSearchModal,
} from '../../src/handlers/views/customer-views.js';
import type { RowReader } from '../../src/handlers/views/row-views.js';

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
  owner: { id: 'rep', name: '李雷' },
  contracts: 0,
  open: [],
  unapplied: [],
};
const CURRENCIES = ['CNY', 'USD', 'EUR', 'HKD', 'JPY'];
const MOST = CURRENCIES.map((currency) => ({ minor: 999_999_999_999_999n, currency }));
const BIGGEST: CustomerDetails = {
  ...EMPTY,
  name: LONG,
  shortName: LONG,
  type: LONG,
  industry: LONG,
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
  owner: { id: 'rep', name: LONG },
  contracts: 500,
  open: MOST,
  unapplied: MOST,
};
const problems = (view: unknown) => validateView(view);

describe.each(LOCALES)('in %s', (locale) => {
  const to = reader(locale);

  it.each([
    ['empty', EMPTY],
    ['biggest', BIGGEST],
  ])('valid card and form: %s', (_name, customer) => {
    expect(problems(customerCardModal(customer, to, { list: '{}', result: LONG.repeat(3) }))).toEqual([]);
    expect(problems(customerFormModal({ customer, metadata: '{}' }, to))).toEqual([]);
  });

  it('a valid form for a new customer, and a search', () => {
    expect(problems(customerFormModal({ customer: null, metadata: '{}' }, to))).toEqual([]);
    for (const asksOwner of [true, false]) {
      const filter = { words: LONG.slice(0, 60), ownerSlackId: 'U0123456789', sort: 'name' } as const;
      expect(problems(customerSearchModal({ filter, asksOwner, metadata: '{}' }, to))).toEqual([]);
    }
  });

  it.each([0, 1, 20])('a valid list of %i', (count) => {
    const page: CustomerPage = {
      rows: Array.from({ length: count }, () => ({
        id: ID,
        code: 'KH-0001',
        name: LONG,
        ownerName: LONG,
        contracts: 500,
        open: MOST,
      })),
      total: count * 25,
      more: count === 20,
      page: 2,
      pages: 25,
      filterNames: { owner: LONG },
    };
    expect(problems(customerListModal(page, { words: LONG.slice(0, 60) }, to))).toEqual([]);
  });
});

describe('customer card', () => {
  const text = (customer: CustomerDetails, who?: Actor) =>
    JSON.stringify(customerCardModal(customer, reader('zh-CN', who)).blocks);

  it('tells currencies side by side and never adds them', () => {
    const open = [
      { minor: 100_00n, currency: 'CNY' },
      { minor: 5_00n, currency: 'USD' },
    ];
    expect(text({ ...EMPTY, open })).toContain('*未收*\\n¥100.00、US$5.00');
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

  it('cannot ping with a name or a remark', () => {
    const { blocks } = customerCardModal({ ...BIGGEST, remark: '<!channel>' }, reader('en'));
    expect(JSON.stringify(blocks)).not.toMatch(/<[@!]/);
  });
});
