// A credit limit proposed by finance and decided by a finance manager (rules §6, §12; F7).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approve, reject, withdraw } from '../../src/domain/approvals/decisions.service.js';
import { askQuestion } from '../../src/domain/approvals/question.service.js';
import { findAuditStory } from '../../src/domain/audit-story.queries.js';
import { proposeLimit } from '../../src/domain/customers/credit-event.service.js';
import { loadCustomer } from '../../src/domain/customers/customer.queries.js';
import { editCustomer } from '../../src/domain/customers/customer.service.js';
import { findCustomerHistory } from '../../src/domain/customers/customer-history.queries.js';
import { mergeCustomers, previewMerge } from '../../src/domain/customers/customer-merge.service.js';
import { findWaiting } from '../../src/domain/home/waiting.queries.js';
import { findLastChanges } from '../../src/domain/last-changes.queries.js';
import type { Customer } from '../../src/generated/prisma/client.js';
import { auditWithoutWords } from '../support/audit-words.js';
import {
  aCustomer,
  anActiveContract,
  aSubmittedReceipt,
  createTestCompany,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { approveReceipt } from '../support/decide.js';
import { bringFile } from '../support/importing.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
});
afterAll(async () => {
  expect(await auditWithoutWords(company.db)).toEqual([]);
  await database.close();
});

const fresh = (id: string) => company.db.customer.findUniqueOrThrow({ where: { id } });
const propose = async (who: PersonKey, customer: Customer, limit: bigint | null) =>
  proposeLimit(await company.as(who), {
    customerId: customer.id,
    version: (await fresh(customer.id)).version,
    limit,
    reason: '回款一直准时',
  });
const open = (customer: Customer) =>
  company.db.creditEvent.findFirstOrThrow({ where: { customerId: customer.id, status: 'open' } });
async function approvalOf(customer: Customer) {
  const { id } = await open(customer);
  return company.db.approval.findFirstOrThrow({ where: { subjectId: id, status: 'open' } });
}
const setLimit = async (customer: Customer, creditLimit: bigint | null) =>
  editCustomer(
    await company.as('financeManager'),
    customer.id,
    (await fresh(customer.id)).version,
    { name: customer.name },
    { creditLimit },
  );

describe('a proposed limit', () => {
  it('changes nothing until a finance manager approves it, with what was known kept beside it', async () => {
    const { customer, rows } = await anActiveContract(company, [
      [100_00n, '2026-11-10'],
      [50_00n, '2026-12-10'],
    ]);
    const [late] = rows;
    if (!late) throw new Error('no row');
    const { approval: paid } = await aSubmittedReceipt(company, late, 40_00n);
    await approveReceipt(await company.as('finance'), paid.id, paid.version);
    expect(await propose('finance', customer, 500_00n)).toMatchObject({ names: ['financeManager'] });
    expect((await fresh(customer.id)).creditLimit).toBeNull();
    expect(await open(customer)).toMatchObject({
      fromLimit: null,
      toLimit: 500_00n,
      evidence: { exposure: '11000', overdue: '6000', oldestDays: 10, received: '4000' },
    });
    const { items } = await findWaiting(await company.as('financeManager'), 'finance');
    expect(items.filter((item) => item.kind === 'credit_limit')).toMatchObject([
      { id: customer.id, number: customer.code, amount: 500_00n },
    ]);
    const { id, version } = await approvalOf(customer);
    for (const who of ['finance', 'finance2', 'director'] as const)
      await expect(approve(await company.as(who), id, version)).rejects.toMatchObject({
        code: 'access.denied',
      });
    await askQuestion(await company.as('financeManager'), id, '为什么是 500？');
    await approve(await company.as('financeManager'), id, version);
    expect((await fresh(customer.id)).creditLimit).toBe(500_00n);
    // Whoever saves over it meanwhile hears that somebody changed something, not what.
    expect(await findLastChanges(company.db, customer.id, null)).toEqual({
      fields: [],
      who: 'financeManager',
    });
    const told = await company.db.outbox.findMany({ where: { kind: 'credit.decided' } });
    expect(told.map((one) => one.recipient)).toEqual([`user:${company.ids.finance}`]);
    const actions = async (who: PersonKey) =>
      (await findAuditStory(await company.as(who), { kind: 'customer', id: customer.id })).entries.map(
        (entry) => entry.action,
      );
    expect((await actions('director')).slice(0, 3)).toEqual([
      'customer.limit_approved',
      'approval.asked',
      'customer.limit_proposed',
    ]);
    // Limits are not a rep's to see, nor that they are talked about.
    expect(await actions('rep')).toEqual(['customer.created']);
    const history = await findCustomerHistory(await company.as('rep'), customer.id);
    expect(history.entries.some(({ action }) => /^(customer\.limit|approval\.)/.test(action))).toBe(false);
  });

  it('is finance’s to propose, one at a time, and not what is there already', async () => {
    const customer = await aCustomer(company, 'rep');
    for (const who of ['rep', 'manager', 'director', 'auditor', 'admin'] as const)
      await expect(propose(who, customer, 1n)).rejects.toMatchObject({ code: 'access.denied' });
    await expect(propose('finance', customer, null)).rejects.toMatchObject({ code: 'amendment.nothing' });
    const ctx = await company.as('finance');
    const input = { customerId: customer.id, version: customer.version, limit: 0n, reason: '只做预付' };
    const twice = await Promise.allSettled([proposeLimit(ctx, input), proposeLimit(ctx, input)]);
    expect(twice.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    await expect(propose('finance2', customer, 2n)).rejects.toMatchObject({ code: 'credit.proposal_open' });
    const seen = async (who: PersonKey) => (await loadCustomer(await company.as(who), customer.id)).proposal;
    expect(await seen('director')).toMatchObject({ to: 0n, from: null });
    expect(await seen('rep')).toBeNull();
    // A finance manager's own goes to another one.
    const other = await aCustomer(company, 'rep');
    await propose('financeManager', other, 1n);
    const { id, version } = await approvalOf(other);
    await expect(approve(await company.as('financeManager'), id, version)).rejects.toMatchObject({
      code: 'receipt.self_approval',
    });
  });

  it('is asked again where the limit is another by then; set directly, or merged away, it is over', async () => {
    const customer = await aCustomer(company, 'rep');
    await propose('finance', customer, 300n);
    await company.db.customer.update({ where: { id: customer.id }, data: { creditLimit: 100n } });
    const first = await approvalOf(customer);
    expect(await approve(await company.as('financeManager'), first.id, first.version)).toMatchObject({
      outcome: 'redrawn',
    });
    expect(await open(customer)).toMatchObject({ fromLimit: 100n, toLimit: 300n });
    expect(
      await company.db.auditLog.findFirst({ where: { action: 'customer.limit_recalculated' } }),
    ).toMatchObject({ subjectId: customer.id, before: { creditLimit: null }, after: { creditLimit: '100' } });
    expect((await fresh(customer.id)).creditLimit).toBe(100n);
    await setLimit(customer, 200n);
    expect(
      await company.db.creditEvent.findMany({ where: { customerId: customer.id }, orderBy: { id: 'asc' } }),
    ).toMatchObject([
      { status: 'withdrawn', toLimit: 300n },
      { status: 'approved', fromLimit: 100n, toLimit: 200n, reason: null },
    ]);
    expect(await company.db.approval.findUniqueOrThrow({ where: { id: first.id } })).toMatchObject({
      status: 'withdrawn',
    });
    await propose('finance', customer, 400n);
    const keep = await aCustomer(company, 'rep');
    const [kept, gone] = [await fresh(keep.id), await fresh(customer.id)];
    await mergeCustomers(await company.as('manager'), kept, gone);
    expect(await company.db.creditEvent.count({ where: { customerId: keep.id, status: 'withdrawn' } })).toBe(
      2,
    );
    expect(
      await company.db.approval.count({
        where: {
          subjectType: 'credit_limit',
          subjectId: (await company.db.creditEvent.findFirstOrThrow({ where: { toLimit: 400n } })).id,
          status: 'open',
        },
      }),
    ).toBe(0);
  });

  it('the stricter of two limits stays when customers become one, and is in the history', async () => {
    const [keep, gone, free] = [
      await aCustomer(company, 'rep'),
      await aCustomer(company, 'rep'),
      await aCustomer(company, 'rep'),
    ];
    await setLimit(keep, 1_000_00n);
    await setLimit(gone, 0n);
    for (const [who, limit] of [
      ['director', { minor: 0n, currency: 'CNY' }],
      ['manager', null],
    ] as const)
      expect((await previewMerge(await company.as(who), keep.id, gone.id)).limit).toEqual(limit);
    await mergeCustomers(await company.as('manager'), await fresh(keep.id), await fresh(gone.id));
    expect((await fresh(keep.id)).creditLimit).toBe(0n);
    const last = { where: { customerId: keep.id }, orderBy: { id: 'desc' } } as const;
    expect(await company.db.creditEvent.findFirst(last)).toMatchObject({
      ...{ status: 'approved', fromLimit: 1_000_00n, toLimit: 0n },
    });
    // No limit is the weaker one, whichever stays.
    await mergeCustomers(await company.as('manager'), await fresh(free.id), await fresh(keep.id));
    expect((await fresh(free.id)).creditLimit).toBe(0n);
  });

  it('a file that sets a limit ends what is proposed, and each limit is in the history', async () => {
    const customer = await aCustomer(company, 'rep');
    await propose('finance', customer, 300n);
    const waiting = await approvalOf(customer);
    const lines = ['名称,编号,信用额度', `${customer.name},${customer.code},500`, '文件里的新客户,,7'];
    const { counts } = await bringFile(company, 'financeManager', 'customers', lines, {
      ownerId: company.ids.rep,
    });
    expect(counts).toBe('done 1/1/0/0');
    expect(
      await company.db.creditEvent.findMany({ where: { customerId: customer.id }, orderBy: { id: 'asc' } }),
    ).toMatchObject([{ status: 'withdrawn' }, { status: 'approved', fromLimit: null, toLimit: 500_00n }]);
    expect(await company.db.approval.findUniqueOrThrow({ where: { id: waiting.id } })).toMatchObject({
      status: 'withdrawn',
    });
    const { id } = await company.db.customer.findFirstOrThrow({ where: { name: '文件里的新客户' } });
    expect(await company.db.creditEvent.findFirst({ where: { customerId: id } })).toMatchObject({
      ...{ status: 'approved', toLimit: 7_00n },
    });
  });

  it('rejected or withdrawn leaves the limit as it is', async () => {
    const customer = await aCustomer(company, 'rep');
    await propose('finance', customer, 300n);
    const first = await approvalOf(customer);
    await reject(await company.as('financeManager'), first.id, first.version, {
      reason: 'other',
      comment: '太高',
    });
    await propose('finance', customer, 200n);
    const second = await approvalOf(customer);
    await withdraw(await company.as('finance'), second.id);
    expect((await fresh(customer.id)).creditLimit).toBeNull();
    const events = await company.db.creditEvent.findMany({
      where: { customerId: customer.id },
      orderBy: { id: 'asc' },
    });
    expect(events.map((event) => event.status)).toEqual(['rejected', 'withdrawn']);
  });
});
