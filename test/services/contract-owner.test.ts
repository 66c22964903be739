// Whose a contract is (F19), and what goes along when that changes; what of one in force may be corrected.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveContract } from '../../src/domain/contracts/contract-save.service.js';
import { correctContract } from '../../src/domain/contracts/correct-contract.service.js';
import { giveContract } from '../../src/domain/contracts/give-contract.service.js';
import { newId } from '../../src/domain/ids.js';
import { localDate } from '../../src/domain/local-date.js';
import { postponeInstalment } from '../../src/domain/plans/plan-changes.service.js';
import { askPostponement } from '../../src/domain/plans/postponement-ask.service.js';
import { reassignInstalment } from '../../src/domain/plans/reassign.service.js';
import { auditWithoutWords } from '../support/audit-words.js';
import {
  aCustomer,
  anActiveContract,
  createTestCompany,
  NOON,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { morning } from '../support/mornings.js';

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

const contractOf = (id: string) => company.db.contract.findUniqueOrThrow({ where: { id } });
const rowsOf = (contractId: string) =>
  company.db.instalment.findMany({ where: { contractId }, orderBy: { seq: 'asc' } });
const refused = (code: string, field?: string) => ({ code, ...(field !== undefined && { field }) });

describe('a new contract', () => {
  const make = async (who: PersonKey, customerId: string, owner?: { id: string | null }) => {
    const ctx = await company.as(who);
    const fields = { customerId, name: '代建', type: 'vehicle', amount: 100n, currency: 'CNY' };
    const rows = [{ name: '款', amount: 100n, dueOn: localDate('2026-12-01') }];
    const plan = { rows, expected: {}, alreadyDue: false };
    const draft = { existing: null, fields, owner, files: [], plan, send: { planLater: false } };
    return (await saveContract(ctx, { ...draft, draftId: newId(ctx.now) })).contract;
  };

  it('is for whom the manager means: theirs are its rows, and its approval is the manager’s', async () => {
    const { id: customerId } = await aCustomer(company, 'rep');
    const made = await make('director', customerId, { id: company.ids.rep });
    expect(made.ownerId).toBe(company.ids.rep);
    expect((await rowsOf(made.id)).map((row) => row.ownerId)).toEqual([company.ids.rep]);
    const told = await company.db.outbox.findMany({ where: { kind: 'contract.changed' } });
    expect(told.map((one) => [one.recipient, one.payload])).toEqual([
      [`user:${company.ids.rep}`, { contractId: made.id, event: 'assigned', byId: company.ids.director }],
    ]);
    const step = await company.db.approvalStep.findFirstOrThrow({
      where: { approval: { subjectId: made.id } },
    });
    expect(step.approverIds).toEqual([company.ids.manager]);
    expect((await make('manager', customerId, { id: null })).ownerId).toBe(company.ids.rep);
    expect((await make('manager', customerId)).ownerId).toBe(company.ids.manager);
    // Of somebody who sells no more it stays with who made it.
    await company.db.user.update({ where: { id: company.ids.rep }, data: { active: false } });
    expect((await make('manager', customerId, { id: null })).ownerId).toBe(company.ids.manager);
    await company.db.user.update({ where: { id: company.ids.rep }, data: { active: true } });
  });

  it('is for nobody beyond the team, nobody who does not sell, and by a rep for the rep alone', async () => {
    const { id } = await aCustomer(company, 'rep');
    await expect(make('manager', id, { id: company.ids.director })).rejects.toMatchObject(
      refused('access.denied'),
    );
    await expect(make('director', id, { id: company.ids.finance })).rejects.toMatchObject(
      refused('choice.unknown', 'owner'),
    );
    await expect(make('rep', id, { id: company.ids.rep2 })).rejects.toMatchObject(refused('access.denied'));
  });
});

describe('giving one away', () => {
  const give = async (who: PersonKey, contractId: string, to: PersonKey) =>
    giveContract(await company.as(who), {
      id: contractId,
      version: (await contractOf(contractId)).version,
      toId: company.ids[to],
    });

  it('takes the owner’s rows, their reminders and history along, and tells both; others’ rows stay', async () => {
    const { contract, rows } = await anActiveContract(company, [
      [100_00n, '2026-11-10'],
      [100_00n, '2026-12-10'],
      [100_00n, '2026-12-20'],
    ]);
    const [late, , lent] = rows;
    if (!late || !lent) throw new Error('no rows');
    await reassignInstalment(await company.as('manager'), {
      id: lent.id,
      version: lent.version,
      toId: company.ids.manager,
    });
    await morning(company, '2026-11-20');
    await give('manager', contract.id, 'rep2');
    expect(await contractOf(contract.id)).toMatchObject({ ownerId: company.ids.rep2 });
    expect((await rowsOf(contract.id)).map((row) => row.ownerId)).toEqual([
      company.ids.rep2,
      company.ids.rep2,
      company.ids.manager,
    ]);
    const waiting = await company.db.reminder.findMany({
      where: { instalmentId: late.id, status: 'pending', recipientRole: 'owner' },
    });
    expect(waiting.map((one) => one.recipientId)).toEqual([company.ids.rep2]);
    const revisions = await company.db.instalmentRevision.findMany({
      where: { instalmentId: late.id, cause: 'handed_over' },
    });
    expect(revisions.map((one) => one.ownerId)).toEqual([company.ids.rep2]);
    const told = await company.db.outbox.findMany({
      where: { kind: 'contract.changed', payload: { path: ['contractId'], equals: contract.id } },
      orderBy: { recipient: 'asc' },
    });
    expect(told.map((one) => one.recipient).toSorted()).toEqual(
      [`user:${company.ids.rep}`, `user:${company.ids.rep2}`].toSorted(),
    );
    expect(
      await company.db.auditLog.count({ where: { subjectId: contract.id, action: 'contract.handed_over' } }),
    ).toBe(1);
  });

  it('is for who leads both, once, and not while it waits', async () => {
    const { contract } = await anActiveContract(company, [[100_00n, '2026-12-10']]);
    await expect(give('rep', contract.id, 'rep2')).rejects.toMatchObject(refused('access.denied'));
    await expect(give('manager', contract.id, 'director')).rejects.toMatchObject(refused('access.denied'));
    await expect(give('director', contract.id, 'finance')).rejects.toMatchObject(
      refused('member.cannot_own', 'to'),
    );
    await expect(give('director', contract.id, 'rep')).rejects.toMatchObject(refused('member.same', 'to'));
    const ctx = await company.as('manager');
    const input = { id: contract.id, version: contract.version, toId: company.ids.rep2 };
    const twice = await Promise.allSettled([giveContract(ctx, input), giveContract(ctx, input)]);
    expect(twice.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    await company.db.contract.update({ where: { id: contract.id }, data: { status: 'pending_approval' } });
    await expect(give('manager', contract.id, 'rep')).rejects.toMatchObject(refused('contract.bad_state'));
  });
});

describe('giving a contract while something of it waits', () => {
  const give = async (id: string) =>
    giveContract(await company.as('manager'), {
      id,
      version: (await contractOf(id)).version,
      toId: company.ids.rep2,
    });

  it('is refused, as who decides depends on whose it is, and changes nothing', async () => {
    const { contract, rows } = await anActiveContract(company, [
      [100_00n, '2026-12-10'],
      [100_00n, '2026-12-20'],
    ]);
    const [row] = rows;
    if (!row) throw new Error('no row');
    await askPostponement(await company.as('rep'), {
      id: row.id,
      version: row.version,
      to: localDate('2027-06-01'),
      remark: '客户改造厂房',
    });
    await expect(give(contract.id)).rejects.toMatchObject({
      code: 'instalment.postponement_open',
      params: { who: 'manager' },
    });
    expect((await rowsOf(contract.id)).map((one) => one.ownerId)).toEqual([company.ids.rep, company.ids.rep]);
    await company.db.postponement.updateMany({
      where: { instalmentId: row.id },
      data: { status: 'rejected' },
    });
    await company.db.contractChange.create({
      data: {
        ...{ id: newId(NOON), contractId: contract.id, no: 1, reason: 'x', status: 'open' },
        ...{ amountDelta: 0n, before: {}, after: {} },
        ...{ createdAt: NOON, createdById: company.ids.rep, updatedAt: NOON },
      },
    });
    await expect(give(contract.id)).rejects.toMatchObject({ code: 'amendment.open', params: { no: 1 } });
    await company.db.contractChange.updateMany({ data: { status: 'withdrawn' } });
    expect((await give(contract.id)).ownerId).toBe(company.ids.rep2);
  });
});

describe('correcting one in force', () => {
  const signing = (days: number) => ({
    anchorKind: 'signing' as const,
    anchorOffset: { months: 0, days },
    dueSource: 'anchor' as const,
  });
  const correct = async (
    who: PersonKey,
    id: string,
    change: { signedOn?: string | null; type?: string; remark?: string },
    files = 0,
  ) => {
    const now = await contractOf(id);
    const { type = now.type, remark = now.remark, signedOn } = change;
    const day = signedOn === undefined ? now.signedOn?.toISOString().slice(0, 10) : signedOn;
    const given = Array.from({ length: files }, (_none, index) => ({
      ...{ slackFileId: `F${index}`, name: `${index}.pdf`, mime: 'application/pdf', size: 1 },
    }));
    return correctContract(
      await company.as(who),
      { id, version: now.version, type, remark, signedOn: day == null ? null : localDate(day) },
      given,
    );
  };

  it('writes type, remark and files with their trail, and nothing else', async () => {
    const { contract } = await anActiveContract(company, [[100_00n, '2026-12-10']]);
    const other = (await company.system()).company.settings.contractTypes.find(
      (one) => one.key !== contract.type,
    );
    await correct('rep', contract.id, { type: other?.key ?? '', remark: '盖章件已回' }, 1);
    expect(await contractOf(contract.id)).toMatchObject({
      type: other?.key,
      remark: '盖章件已回',
      status: 'active',
    });
    expect(
      await company.db.attachment.count({ where: { ownerType: 'contract', ownerId: contract.id } }),
    ).toBe(1);
    expect(
      await company.db.auditLog.findFirstOrThrow({
        where: { action: 'contract.corrected', subjectId: contract.id },
      }),
    ).toMatchObject({
      before: { type: contract.type, remark: null },
      after: { type: other?.key, remark: '盖章件已回', files: ['0.pdf'] },
    });
    await expect(correct('rep', contract.id, {})).rejects.toMatchObject(refused('amendment.nothing'));
    await expect(correct('rep', contract.id, { type: 'none' })).rejects.toMatchObject(
      refused('choice.unknown', 'type'),
    );
    await expect(correct('rep2', contract.id, { remark: 'x' })).rejects.toMatchObject(
      refused('access.denied'),
    );
    await company.db.contract.update({ where: { id: contract.id }, data: { status: 'archived' } });
    await expect(correct('rep', contract.id, { remark: 'x' })).rejects.toMatchObject(
      refused('contract.bad_state'),
    );
  });

  it('moves what hangs on the signing: dated at last, earlier by anybody, later by the manager', async () => {
    const { contract, rows } = await anActiveContract(company, [[100_00n, null, signing(30)]]);
    const [row] = rows;
    if (!row) throw new Error('no row');
    const due = async () => (await rowsOf(contract.id))[0]?.effectiveDue?.toISOString().slice(0, 10);
    expect(await due()).toBeUndefined();
    expect(await correct('rep', contract.id, { signedOn: '2026-11-10' })).toMatchObject({ moved: 1 });
    expect(await due()).toBe('2026-12-10');
    await correct('rep', contract.id, { signedOn: '2026-11-05' });
    await expect(correct('rep', contract.id, { signedOn: '2026-11-06' })).rejects.toMatchObject(
      refused('instalment.needs_manager', 'signedOn'),
    );
    await expect(correct('rep', contract.id, { signedOn: null })).rejects.toMatchObject(
      refused('text.required'),
    );
    await correct('manager', contract.id, { signedOn: '2026-11-15' });
    expect(await due()).toBe('2026-12-15');
    expect((await rowsOf(contract.id))[0]).toMatchObject({
      postponeCount: 1,
      originalDueOn: new Date('2026-12-10'),
    });
  });
  it('names the rows that stay, and tells the owner what somebody else has moved', async () => {
    const { contract, rows } = await anActiveContract(company, [
      [100_00n, null, signing(30)],
      [100_00n, null, signing(60)],
    ]);
    await correct('rep', contract.id, { signedOn: '2026-11-10' });
    const told = () =>
      company.db.outbox.findMany({
        where: { kind: 'contract.changed', payload: { path: ['contractId'], equals: contract.id } },
      });
    expect(await told()).toEqual([]);
    const second = await company.db.instalment.findUniqueOrThrow({ where: { id: rows[1]?.id ?? '' } });
    await postponeInstalment(await company.as('manager'), {
      id: second.id,
      version: second.version,
      to: localDate('2027-01-20'),
      remark: null,
    });
    expect(await correct('manager', contract.id, { signedOn: '2026-11-15' })).toMatchObject({
      moved: 1,
      kept: [2],
    });
    expect((await told()).map((one) => [one.recipient, one.payload])).toEqual([
      [`user:${company.ids.rep}`, { contractId: contract.id, event: 'corrected', byId: company.ids.manager }],
    ]);
  });
});
