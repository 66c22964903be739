// The customer's file on a real database: twins, balance, merge, hand-over, history.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findAuditStory } from '../../src/domain/audit-story.queries.js';
import { createContract, deleteContract } from '../../src/domain/contracts/contract.service.js';
import { submitContract } from '../../src/domain/contracts/contract-approval.service.js';
import { findCustomerByRef, loadCustomer } from '../../src/domain/customers/customer.queries.js';
import { createCustomer, editCustomer } from '../../src/domain/customers/customer.service.js';
import { readBalance } from '../../src/domain/customers/customer-balance.queries.js';
import { addCustomerEvent } from '../../src/domain/customers/customer-event.service.js';
import { findCustomerHistory } from '../../src/domain/customers/customer-history.queries.js';
import { mergeCustomers, previewMerge } from '../../src/domain/customers/customer-merge.service.js';
import { handOver, previewHandOver } from '../../src/domain/customers/hand-over.service.js';
import { newId } from '../../src/domain/ids.js';
import { localDate } from '../../src/domain/local-date.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import type { Customer } from '../../src/generated/prisma/client.js';
import {
  aCustomer,
  anActiveContract,
  aSubmittedReceipt,
  createTestCompany,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { approveReceipt } from '../support/decide.js';
import { checkMoney } from '../support/money-invariants.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database.close());

const ref = async (id: string) => {
  const { version } = await company.db.customer.findUniqueOrThrow({ where: { id } });
  return { id, version };
};
const merge = async (who: 'manager' | 'rep' | 'director' | 'finance', keep: Customer, gone: Customer) =>
  mergeCustomers(await company.as(who), await ref(keep.id), await ref(gone.id));

describe('twins', () => {
  it('asks about the same name or tax number, however it is written, until that very customer was looked at', async () => {
    const first = await createCustomer(await company.as('rep'), { name: 'ABC（上海）公司', taxNo: '91 310' });
    const again = { name: 'ａｂｃ（上海） 公司' };
    await expect(createCustomer(await company.as('rep2'), again)).rejects.toMatchObject({
      code: 'customer.duplicate',
      params: { code: first.code, by: 'name', owner: 'rep', shown: null },
    });
    const byTax = createCustomer(await company.as('rep'), { name: '别的名字', taxNo: '91310' });
    await expect(byTax).rejects.toMatchObject({ params: { by: 'taxNo', shown: first.id } });
    const second = await createCustomer(await company.as('rep2'), again, { checked: [first.code] });
    // A second twin is a second question.
    await expect(
      createCustomer(await company.as('rep'), again, { checked: [first.code] }),
    ).rejects.toMatchObject({ params: { code: second.code } });
    // Saving the file of one of them asks nothing: name and number are as they were.
    await editCustomer(await company.as('rep'), first.id, first.version, {
      name: first.name,
      taxNo: first.taxNo,
      address: '新地址',
    });
  });

  it('lets one of many who enter the same company at once through', async () => {
    const tries = await Promise.allSettled(
      Array.from({ length: 6 }, async (_, place) =>
        createCustomer(await company.as(place % 2 === 0 ? 'rep' : 'rep2'), { name: '同时建的公司' }),
      ),
    );
    expect(tries.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    expect(await company.db.customer.count({ where: { name: '同时建的公司' } })).toBe(1);
  });

  it('gives a customer to somebody of the team only by who leads both', async () => {
    const customer = await aCustomer(company, 'rep');
    const give = async (who: 'rep' | 'manager' | 'director', ownerId: string) => {
      const { version } = await ref(customer.id);
      return editCustomer(await company.as(who), customer.id, version, { name: customer.name }, { ownerId });
    };
    await expect(give('rep', company.ids.rep2)).rejects.toMatchObject({ code: 'access.denied' });
    await expect(give('manager', company.ids.director)).rejects.toMatchObject({ code: 'access.denied' });
    await expect(give('director', company.ids.finance)).rejects.toMatchObject({ code: 'choice.unknown' });
    expect(await give('manager', company.ids.rep2)).toMatchObject({ ownerId: company.ids.rep2 });
  });

  it('is closed only when nothing is open', async () => {
    const { customer } = await anActiveContract(company, [[60_00n, '2026-12-01']]);
    const close = async (id: string, name: string, who: 'rep' | 'finance' = 'rep') =>
      editCustomer(await company.as(who), id, (await ref(id)).version, { name, status: 'closed' });
    await expect(close(customer.id, customer.name)).rejects.toMatchObject({ code: 'customer.has_open' });
    const empty = await aCustomer(company, 'rep');
    const draft = { customerId: empty.id, name: '新合同', type: 'vehicle', amount: 1_00n, currency: 'CNY' };
    const contract = await createContract(await company.as('rep'), draft);
    await editCustomer(await company.as('rep'), empty.id, empty.version, {
      name: empty.name,
      status: 'frozen',
    });
    const refused = { code: 'customer.not_active' };
    await expect(createContract(await company.as('rep'), draft)).rejects.toMatchObject(refused);
    const submit = { id: contract.id, version: contract.version, planLater: true };
    await expect(submitContract(await company.as('rep'), submit)).rejects.toMatchObject(refused);
    await deleteContract(await company.as('rep'), contract.id, contract.version);
    expect(await close(empty.id, empty.name, 'finance')).toMatchObject({ status: 'closed' });
  });
});

describe('balance', () => {
  it('is what is open less what is unapplied, whatever money came (rules §4 no. 4)', async () => {
    const { customer, rows } = await anActiveContract(company, [
      [60_00n, '2026-11-01'],
      [40_00n, '2026-12-01'],
    ]);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3000 }), fc.boolean(), async (cents, approved) => {
        const row = rows[cents % 2];
        if (!row) throw new Error('no row');
        const { approval } = await aSubmittedReceipt(company, row, BigInt(cents));
        if (approved) await approveReceipt(await company.as('finance'), approval.id, approval.version);
        const [line] = await readBalance(await company.as('rep'), customer.id);
        const open = await company.db.instalment.findMany({
          where: { customerId: customer.id, lifecycle: 'open', contract: { status: 'active' } },
        });
        const receipts = await company.db.receipt.findMany({ where: { customerId: customer.id } });
        const sum = (values: bigint[]) => values.reduce((a, b) => a + b, 0n);
        const inForce = receipts.filter((one) => one.status === 'approved');
        expect(line).toEqual({
          currency: 'CNY',
          open: sum(open.map((one) => one.outstanding)),
          overdue: sum(open.filter((one) => one.seq === 1).map((one) => one.outstanding)),
          received: sum(inForce.map((one) => one.amount)),
          unapplied: sum(inForce.map((one) => one.unapplied)),
          inApproval: sum(receipts.filter((one) => one.status === 'submitted').map((one) => one.amount)),
          balance: sum(open.map((one) => one.outstanding)) - sum(inForce.map((one) => one.unapplied)),
        });
      }),
      { numRuns: 8 },
    );
  });
});

describe('merge', () => {
  it('moves everything, keeps every sum, and is found by the old code and name', async () => {
    const { customer: keep } = await anActiveContract(company, [[60_00n, '2026-12-01']]);
    const { customer: gone, rows, contract } = await anActiveContract(company, [[50_00n, '2026-12-01']]);
    const [row] = rows;
    if (!row) throw new Error('no row');
    const booked = await aSubmittedReceipt(company, row, 70_00n);
    await approveReceipt(await company.as('finance'), booked.approval.id, booked.approval.version);
    await addCustomerEvent(await company.as('rep'), gone.id, {
      happenedOn: localDate('2026-11-19'),
      text: '换了采购负责人',
    });
    const seen = await previewMerge(await company.as('manager'), keep.id, gone.id);
    expect(seen).toMatchObject({ contracts: 1, instalments: 1, receipts: 1, events: 1 });
    await merge('manager', keep, gone);
    expect(await company.db.contract.findUniqueOrThrow({ where: { id: contract.id } })).toMatchObject({
      customerId: keep.id,
    });
    const crossing = await company.db.$queryRaw<unknown[]>`
      SELECT 1 FROM allocation a JOIN receipt r ON r.id = a.receipt_id JOIN instalment i ON i.id = a.instalment_id
      WHERE r.customer_id <> i.customer_id`;
    expect(crossing).toEqual([]);
    expect(await checkMoney(company.db)).toEqual([]);
    expect(await loadCustomer(await company.as('rep'), keep.id)).toMatchObject({
      relatedPayers: [gone.name],
      balance: [{ open: 60_00n, unapplied: 20_00n, balance: 40_00n }],
    });
    for (const text of [gone.code, gone.name]) {
      expect(await findCustomerByRef(await company.as('rep'), text), text).toBe(
        text === gone.code ? keep.id : null,
      );
    }
    const { entries } = await findCustomerHistory(await company.as('rep'), keep.id);
    expect(entries.map((entry) => entry.action)).toEqual(
      expect.arrayContaining(['customer.absorbed', 'customer.event']),
    );
    const kept = await company.db.customer.findUniqueOrThrow({ where: { id: keep.id } });
    expect(kept.searchText).toContain(gone.code.toLowerCase());
    // What had gone into the one that goes now follows.
    const last = await aCustomer(company, 'rep');
    await merge('director', last, kept);
    expect(await findCustomerByRef(await company.as('rep'), gone.code)).toBe(last.id);
  });

  it('is refused where the same slip lives twice, to a rep, for a stale or a foreign file', async () => {
    const [keep, gone] = [await aCustomer(company, 'rep'), await aCustomer(company, 'rep')];
    const pay = async (customer: Customer, numbers: { bankSlipNo?: string; bankTxnId?: string }) => {
      const ctx = await company.as('rep');
      const money = { amount: 10_00n, currency: 'CNY', method: 'transfer', receivedOn: ctx.today };
      return recordReceipt(
        ctx,
        {
          ...money,
          customerId: customer.id,
          contractId: null,
          instalmentId: null,
          kind: 'prepayment',
          ...numbers,
        },
        { notDuplicate: true },
      );
    };
    const [one, two] = [await pay(keep, { bankSlipNo: 'SLIP-1' }), await pay(gone, { bankSlipNo: 'SLIP-1' })];
    await expect(merge('manager', keep, gone)).rejects.toMatchObject({
      code: 'customer.merge_slip',
      params: { slip: 'SLIP-1', keep: one.number, gone: two.number },
    });
    const crossed = [await aCustomer(company, 'rep'), await aCustomer(company, 'rep')] as const;
    const [slip, txn] = [
      await pay(crossed[0], { bankSlipNo: 'SLIP-2' }),
      await pay(crossed[1], { bankTxnId: 'SLIP-2' }),
    ];
    for (const [kept, left] of [
      [slip, txn],
      [txn, slip],
    ] as const)
      await expect(
        merge('manager', crossed[kept === slip ? 0 : 1], crossed[kept === slip ? 1 : 0]),
      ).rejects.toMatchObject({ params: { slip: 'SLIP-2', keep: kept.number, gone: left.number } });
    await expect(merge('rep', keep, gone)).rejects.toMatchObject({ code: 'access.denied' });
    await expect(merge('finance', keep, gone)).rejects.toMatchObject({ code: 'access.denied' });
    await expect(merge('manager', keep, keep)).rejects.toMatchObject({ code: 'customer.merge_same' });
    const other = await aCustomer(company, 'director');
    await expect(merge('manager', keep, other)).rejects.toMatchObject({ code: 'access.denied' });
    const stale = { id: keep.id, version: 99 };
    const fresh = await ref((await aCustomer(company, 'rep')).id);
    await expect(mergeCustomers(await company.as('manager'), stale, fresh)).rejects.toMatchObject({
      code: 'version.conflict',
    });
    const nobody = { id: newId(new Date(0)), version: 1 };
    await expect(mergeCustomers(await company.as('manager'), fresh, nobody)).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('hand-over', () => {
  it('gives the whole book away once, with its history and one message to each', async () => {
    const { customer, contract, rows } = await anActiveContract(company, [[50_00n, '2026-12-01']], {
      who: 'rep2',
    });
    const before = await company.db.instalmentRevision.count({ where: { instalmentId: rows[0]?.id ?? '' } });
    const shown = await previewHandOver(await company.as('manager'), company.ids.rep2, company.ids.rep);
    expect(shown.open).toContainEqual({ currency: 'CNY', minor: 50_00n });
    const ctx = await company.as('manager');
    const book = await handOver(ctx, company.ids.rep2, company.ids.rep);
    expect(book).toMatchObject({ contracts: shown.contracts, instalments: shown.instalments });
    const owner = { ownerId: company.ids.rep };
    expect(await company.db.contract.findUniqueOrThrow({ where: { id: contract.id } })).toMatchObject(owner);
    expect(await company.db.customer.findUniqueOrThrow({ where: { id: customer.id } })).toMatchObject(owner);
    for (const table of [company.db.contract, company.db.customer, company.db.instalment]) {
      const count = table.count as (query: object) => Promise<number>;
      expect(await count({ where: { ownerId: company.ids.rep2 } })).toBe(0);
    }
    const revisions = await company.db.instalmentRevision.findMany({
      where: { instalmentId: rows[0]?.id ?? '' },
      orderBy: { id: 'asc' },
    });
    expect(revisions.length).toBe(before + 1);
    expect(revisions.at(-1)).toMatchObject({ ...owner, cause: 'handed_over' });
    const told = await company.db.outbox.findMany({ where: { kind: 'book.handed_over' } });
    expect(told.map((row) => row.recipient).toSorted()).toEqual(
      [`user:${company.ids.rep}`, `user:${company.ids.rep2}`].toSorted(),
    );
    await expect(handOver(ctx, company.ids.rep2, company.ids.rep)).rejects.toMatchObject({
      code: 'request.repeated',
    });
    const history = await findCustomerHistory(await company.as('rep'), customer.id);
    expect(history.entries[0]).toMatchObject({ who: 'manager' });
  });

  it('goes on where a crash left it, under the same request', async () => {
    await aCustomer(company, 'rep2');
    const ctx = await company.as('director');
    const last = await company.db.customer.findFirstOrThrow({ where: { ownerId: company.ids.rep2 } });
    await company.db.$executeRawUnsafe(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'gone'; END $$`);
    await company.db.$executeRawUnsafe('CREATE TRIGGER fail BEFORE INSERT ON outbox EXECUTE FUNCTION fail()');
    await expect(handOver(ctx, company.ids.rep2, company.ids.rep)).rejects.toThrow();
    await company.db.$executeRawUnsafe('DROP TRIGGER fail ON outbox');
    await company.db.$executeRawUnsafe('DROP FUNCTION fail');
    expect(await handOver(ctx, company.ids.rep2, company.ids.rep)).toMatchObject({ customers: 1 });
    expect(await company.db.customer.findUniqueOrThrow({ where: { id: last.id } })).toMatchObject({
      ownerId: company.ids.rep,
    });
  });

  it('is for who leads both, to somebody who sells', async () => {
    const { rep, rep2, finance, director } = company.ids;
    await expect(handOver(await company.as('rep'), rep, rep2)).rejects.toMatchObject({
      code: 'access.denied',
    });
    await expect(handOver(await company.as('manager'), rep, director)).rejects.toMatchObject({
      code: 'access.denied',
    });
    await expect(handOver(await company.as('admin'), rep, finance)).rejects.toMatchObject({
      code: 'member.cannot_own',
    });
    await expect(handOver(await company.as('admin'), rep, rep)).rejects.toMatchObject({
      code: 'member.same',
    });
  });
});

describe('whose a customer is, and how it stands', () => {
  it('made by finance it is somebody’s who sells', async () => {
    const own = createCustomer(await company.as('finance'), { name: '财务建的' });
    await expect(own).rejects.toMatchObject({ code: 'member.cannot_own', field: 'owner' });
    const other = createCustomer(
      await company.as('finance'),
      { name: '财务建的' },
      { ownerId: company.ids.finance2 },
    );
    await expect(other).rejects.toMatchObject({ code: 'choice.unknown', field: 'owner' });
    const made = await createCustomer(
      await company.as('finance'),
      { name: '财务建的' },
      { ownerId: company.ids.rep },
    );
    expect(made.ownerId).toBe(company.ids.rep);
    // A rep gives new ones to nobody else.
    const given = createCustomer(await company.as('rep'), { name: '给别人' }, { ownerId: company.ids.rep2 });
    await expect(given).rejects.toMatchObject({ code: 'access.denied' });
  });

  it('frozen it stays for whoever sells to it, also through a merge; a limit of nothing is one', async () => {
    const customer = await aCustomer(company, 'rep');
    const set = async (who: 'rep' | 'manager' | 'finance', status: 'active' | 'frozen' | 'closed') =>
      editCustomer(await company.as(who), customer.id, (await ref(customer.id)).version, {
        name: customer.name,
        status,
      });
    await set('finance', 'frozen');
    for (const who of ['rep', 'manager'] as const)
      for (const status of ['active', 'closed'] as const)
        await expect(set(who, status)).rejects.toMatchObject({
          code: 'access.denied',
          params: { action: 'customer.unfreeze' },
        });
    await set('rep', 'frozen');
    const twin = await aCustomer(company, 'rep');
    expect(await merge('manager', twin, customer)).toMatchObject({ status: 'frozen' });
    const closed = await aCustomer(company, 'rep');
    const { customer: busy } = await anActiveContract(company, [[100n, '2026-12-01']]);
    await company.db.customer.update({ where: { id: closed.id }, data: { status: 'closed' } });
    await expect(merge('manager', closed, busy)).rejects.toMatchObject({
      code: 'customer.has_open',
      field: 'keep',
    });
    const { version } = await ref(busy.id);
    const prepaid = await editCustomer(
      await company.as('financeManager'),
      busy.id,
      version,
      { name: busy.name },
      { creditLimit: 0n },
    );
    expect((await loadCustomer(await company.as('finance'), prepaid.id)).credit).toMatchObject({
      limit: 0n,
      exposure: 100n,
    });
  });

  it('tells of what happened to the files that became one, and keeps their reminders', async () => {
    const [keep, gone] = [await aCustomer(company, 'rep'), await aCustomer(company, 'rep')];
    const { ruleBefore: _none, ...rule } = await company.db.reminderRule.findFirstOrThrow({
      where: { scope: 'company' },
    });
    await company.db.reminderRule.create({
      data: { ...rule, id: newId(new Date()), code: 'R1@gone', scope: 'customer', scopeId: gone.id },
    });
    await merge('manager', keep, gone);
    const history = await findCustomerHistory(await company.as('rep'), keep.id);
    expect(history.entries.map((entry) => [entry.action, entry.ref])).toEqual([
      ['customer.absorbed', null],
      ['customer.created', gone.code],
      ['customer.created', null],
    ]);
    expect(await company.db.reminderRule.count({ where: { scope: 'customer', scopeId: keep.id } })).toBe(1);
    await company.db.reminderRule.deleteMany({ where: { scope: 'customer' } });
  });
});

it('says what a customer’s limit was only to whoever sees it', async () => {
  const customer = await aCustomer(company, 'rep');
  await editCustomer(
    await company.as('financeManager'),
    customer.id,
    customer.version,
    { name: customer.name, remark: '新' },
    { creditLimit: 500_000_00n },
  );
  const fieldsFor = async (who: 'rep' | 'manager' | 'director' | 'finance') => {
    const story = await findAuditStory(await company.as(who), { kind: 'customer', id: customer.id });
    return story.entries[0]?.changes.map((change) => change.field);
  };
  for (const who of ['rep', 'manager'] as const) expect(await fieldsFor(who)).toEqual(['remark']);
  for (const who of ['director', 'finance'] as const) expect(await fieldsFor(who)).toContain('creditLimit');
});
