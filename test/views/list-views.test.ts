// Every list and its search, empty and full of the longest data, in both languages, as Slack takes them.
import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/domain/access.js';
import type { ContractRow } from '../../src/domain/contracts/contract-list.queries.js';
import type { CustomerRow } from '../../src/domain/customers/customer.queries.js';
import type { Counted } from '../../src/domain/lists/counted.js';
import { LIST_KINDS, type ListFilter, type ListKind } from '../../src/domain/lists/list-filter.js';
import { localDate } from '../../src/domain/local-date.js';
import type { InstalmentRowData } from '../../src/domain/plans/instalment.queries.js';
import type { ReceiptRowData } from '../../src/domain/receipts/receipt.queries.js';
import { companySettings } from '../../src/domain/settings/settings.js';
import { escapeMrkdwn } from '../../src/handlers/views/blocks.js';
import { contractListParts } from '../../src/handlers/views/contract-list-views.js';
import { customerListParts } from '../../src/handlers/views/customer-list-views.js';
import { listSearchModal, sortsOf, statesOf } from '../../src/handlers/views/list-search-views.js';
import {
  encodeList,
  filterWords,
  type ListParts,
  listModal,
  pager,
  pagerButtons,
} from '../../src/handlers/views/list-views.js';
import { planListParts } from '../../src/handlers/views/plan-list-views.js';
import { receiptListParts } from '../../src/handlers/views/receipt-list-views.js';
import type { RowReader } from '../../src/handlers/views/row-views.js';
import { expectModal, LOCALES, nasty, reader } from '../support/view-check.js';

const ID = '0190a0a0-0000-7000-8000-000000000001';
const DAY = localDate('2026-11-20');
const MOST = 999_999_999_999_999n;
const CURRENCIES = ['CNY', 'USD', 'EUR', 'JPY', 'HKD'];
const NAMES = {
  customer: { id: ID, name: nasty(120) },
  owner: { id: ID, name: nasty(80) },
  finance: { id: ID, name: nasty(80) },
  framework: { id: ID, name: nasty(160) },
  classes: [nasty(80), nasty(80)],
};
const NOBODY = { customer: null, owner: null };
const METHODS = companySettings.parse({}).paymentMethods;

/** Everything that any list can be narrowed to. */
const fullFilter = (kind: ListKind) => ({
  words: nasty(60),
  ownerId: ID,
  states: [...statesOf(kind)],
  sort: sortsOf(kind).at(-1),
  reversed: true,
  ...(kind !== 'customer' && {
    customerId: ID,
    from: DAY,
    to: DAY,
    currency: 'CNY',
    amountFrom: 1n,
    amountTo: MOST,
  }),
  ...(kind === 'receipt' && { unapplied: true }),
  ...(kind === 'contract' && { endFrom: DAY, endTo: DAY }),
  ...(kind === 'contract' && { financeOwnerId: ID, parentContractId: ID, type: 'k'.repeat(40) }),
  ...(kind === 'customer' && { type: 'k'.repeat(40), industry: 'k'.repeat(40) }),
});

const contract: ContractRow = {
  id: ID,
  number: `HT-${'9'.repeat(37)}`,
  name: nasty(120),
  status: 'pending_approval',
  customerName: nasty(120),
  customerCode: 'KH-0001',
  ownerName: nasty(80),
  amount: MOST,
  currency: 'CNY',
  signedOn: DAY,
  endsOn: DAY,
  planned: MOST,
  received: MOST,
};
const customer: CustomerRow = {
  id: ID,
  code: `KH-${'9'.repeat(37)}`,
  name: nasty(120),
  shortName: nasty(40),
  taxNo: nasty(40),
  status: 'active',
  ownerName: nasty(80),
  contracts: 99_999,
  open: CURRENCIES.map((currency) => ({ minor: MOST, currency })),
};
const receipt: ReceiptRowData = {
  id: ID,
  number: `HK-${'9'.repeat(37)}`,
  customerId: ID,
  customerName: nasty(120),
  customerCode: 'KH-0001',
  amount: MOST,
  currency: 'CNY',
  unapplied: MOST,
  method: 'transfer',
  receivedOn: DAY,
  status: 'approved',
  payerName: nasty(120),
  bankSlipNo: nasty(60),
  bankTxnId: nasty(60),
  originalAmount: 999_999_999_999_999n,
  originalCurrency: 'USD',
  rate: '0.000001',
  billNo: nasty(64),
  billDueOn: DAY,
  recordedById: ID,
  recorderName: nasty(80),
};
const instalment: InstalmentRowData = {
  id: ID,
  version: 9999,
  seq: 60,
  name: nasty(60),
  customerId: ID,
  customerName: nasty(120),
  customerCode: 'KH-0001',
  contractId: ID,
  contractNumber: contract.number,
  contractName: nasty(120),
  contractStatus: 'active',
  ownerId: 'owner',
  ownerName: nasty(80),
  ownerActive: true,
  amount: MOST,
  outstanding: MOST - 1n,
  adjusted: 0n,
  recovered: 0n,
  recoverable: 0n,
  promiseCount: 0,
  currency: 'CNY',
  proposed: 1n,
  state: 'overdue',
  dueOn: DAY,
  effectiveDue: localDate('2020-01-01'),
  postponedTo: DAY,
  blockUntil: DAY,
  promisedOn: DAY,
  promisedAmount: MOST,
  brokenOn: DAY,
  nextContactOn: DAY,
  snoozedUntil: null,
  followedUp: null,
  disputed: true,
  isRetention: true,
  templateId: null,
  anchorKind: null,
  anchorOffset: null,
  pendingTo: DAY,
  waiting: { id: ID, number: receipt.number, amount: MOST, recordedAt: new Date('2020-01-01T00:00:00Z') },
};

type Shape = 'none' | 'nothing' | 'one page' | 'many' | 'too many';
const SHAPES: readonly Shape[] = ['none', 'nothing', 'one page', 'many', 'too many'];

/** A list of one kind, as its queries give it. */
function partsOf(kind: ListKind, shape: Shape, who: RowReader): ListParts<ListKind> {
  const count = shape === 'none' || shape === 'nothing' ? 0 : 20;
  const counted: Counted = {
    total: shape === 'too many' ? 10_000 : count * (shape === 'many' ? 499 : 1),
    more: shape === 'too many',
    page: shape === 'many' || shape === 'too many' ? 250 : 1,
    pages: shape === 'many' || shape === 'too many' ? 500 : 1,
  };
  const summed = shape === 'one page' || shape === 'many';
  const totals = summed
    ? CURRENCIES.map((currency) => ({
        currency,
        count: 10_000,
        amount: MOST * 500n,
        outstanding: MOST * 500n,
        unapplied: MOST * 500n,
        inactive: MOST * 500n,
        received: MOST * 500n,
        waiting: MOST * 500n,
      }))
    : [];
  const place = {
    kind,
    filter: (shape === 'none' ? {} : fullFilter(kind)) as ListFilter<never>,
    names: shape === 'none' ? NOBODY : NAMES,
  };
  const idOf = (n: number) => `${ID.slice(0, -2)}${String(n).padStart(2, '0')}`;
  const page = <T>(row: T) => ({
    ...counted,
    totals,
    rows: Array.from({ length: count }, (_, n) => ({ ...row, id: idOf(n) })),
  });
  switch (kind) {
    case 'customer':
      return customerListParts({ ...place, kind }, page(customer), who);
    case 'contract':
      return contractListParts({ ...place, kind }, page(contract), who);
    case 'receipt':
      return receiptListParts({ ...place, kind }, page(receipt), who, METHODS);
    default:
      return planListParts({ ...place, kind }, page(instalment), who);
  }
}

describe.each(LOCALES)('in %s', (locale) => {
  const who = reader(locale);

  describe.each(LIST_KINDS)('the list of %s', (kind) => {
    it.each(SHAPES)('%s', (shape) => {
      const view = listModal(partsOf(kind, shape, who), who);
      expectModal(view);
      const text = JSON.stringify(view.blocks);
      expect(text).not.toMatch(/"mrkdwn","text":"[^"]*<!channel>/);
      expect(text.includes(`"${kind}.page.clear"`)).toBe(shape !== 'none');
      expect(text.includes(`"${kind}.page.next"`)).toBe(shape === 'many' || shape === 'too many');
      // Elements of a context flow into one line.
      for (const block of view.blocks)
        if (block.type === 'context') expect(block).toHaveProperty('elements.length', 1);
      // Of what nothing narrows, nothing could match.
      if (shape === 'none') expect(text.includes(who.t('lists:nothing'))).toBe(kind === 'todo');
      // What was not counted to the end is not summed, and says so.
      expect(text.includes(who.t('lists:more_hint', { count: 10_000 }))).toBe(shape === 'too many');
    });

    it('cuts the names of a row: customers to 20 or 32 signs, all others to 16 or 24', () => {
      const rows = partsOf(kind, 'many', who).rows.filter((block) => block.type === 'section');
      const text = rows.map((row) => ('text' in row ? (row.text?.text ?? '') : '')).join('\n');
      // Every name has 21 other signs before them; a bill's number is none, and never cut.
      const runs = text.replaceAll(escapeMrkdwn(nasty(64)), '').match(/[😀汉]+/gu);
      expect(Math.max(0, ...(runs ?? []).map((run) => [...run].length))).toBeLessThanOrEqual(
        locale === 'en' ? 10 : 0,
      );
    });

    it('its search, empty and with everything chosen', () => {
      for (const [filter, names] of [
        [{}, NOBODY],
        [fullFilter(kind), NAMES],
      ] as const) {
        for (const asksOwner of [true, false]) {
          const metadata = encodeList<ListKind>(filter as ListFilter<never>, 1);
          const form = {
            kind,
            filter: filter as ListFilter<never>,
            names,
            currencies: CURRENCIES,
            finance: asksOwner ? Array.from({ length: 100 }, () => ({ id: ID, name: nasty(80) })) : [],
            classes: (['type', 'industry'] as const).map((field) => ({
              field,
              label: who.t('exports:column.industry'),
              entries: Array.from({ length: 100 }, (_, n) => ({ key: `key${n}`, name: nasty(80) })),
            })),
            asksOwner,
            metadata,
          };
          const view = listSearchModal(form, who.t);
          expectModal(view);
          expect(JSON.stringify(view).includes('"block_id":"ownerId"')).toBe(asksOwner);
        }
      }
    });
  });
});

it.each(['customer', 'contract'] as const)(
  'an empty list of %s bids only those create one who may',
  (kind) => {
    const { actor, ...zh } = reader('zh-CN');
    if (actor === null) throw new Error('nobody reads');
    const shown = (role: Role) => {
      const who = { ...zh, actor: { ...actor, roles: [role] } };
      return JSON.stringify(listModal(partsOf(kind, 'none', who), who).blocks);
    };
    expect(shown('rep')).toContain('。新建一');
    expect(shown('auditor')).toMatch(/还没有(合同|客户)。"/);
  },
);

it('says what a list is narrowed to, in words', () => {
  const zh = reader('zh-CN');
  const place = {
    kind: 'plan' as const,
    filter: {
      words: '设备',
      states: ['overdue', 'open'] as const,
      from: localDate('2026-11-01'),
      currency: 'CNY',
      amountFrom: 300_000_00n,
    },
    names: { customer: { id: ID, name: '徐工' }, owner: { id: ID, name: '李雷' } },
  };
  expect(filterWords(place, zh)).toBe(
    '徐工 · 设备 · 已逾期/待回款 · 负责人 李雷 · 到期日 11月1日 周日 起 · 金额 ¥300,000.00 起',
  );
  expect(filterWords({ kind: 'customer', filter: {}, names: NOBODY }, zh)).toBe('');
});

describe('the pages of a list', () => {
  const { t } = reader('zh-CN');
  const shown = (page: number, pages: number) =>
    JSON.stringify(pager(t, { page, pages }, 'ledger.page', (to) => `to ${to}`));
  const leads = (page: number, pages: number) =>
    [...shown(page, pages).matchAll(/"action_id":"([^"]+)".*?"value":"to (\d+)"/g)].map(([, id, to]) => {
      expect(id).toMatch(pagerButtons('ledger.page'));
      return `${id?.split('.').at(-1)} ${to}`;
    });

  it('lead one further, and to both ends where those are further', () => {
    expect(leads(1, 500)).toEqual(['next 2', 'last 500']);
    expect(leads(250, 500)).toEqual(['first 1', 'previous 249', 'next 251', 'last 500']);
    expect(leads(500, 500)).toEqual(['first 1', 'previous 499']);
    expect(leads(2, 3)).toEqual(['previous 1', 'next 3']);
    expect(shown(1, 1)).toBe('[]');
  });

  it('are told from what else is clicked in a list', () => {
    expect('ledger.page.clear').not.toMatch(pagerButtons('ledger.page'));
    expect('plan.page.clear').toMatch(pagerButtons('plan.page', 'clear'));
    expect('planXpage.next').not.toMatch(pagerButtons('plan.page'));
  });
});
