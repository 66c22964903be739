// What the audit trail tells of a record, and to whom (F100, rules §12).
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Role } from '../../src/domain/access.js';
import { type AuditStory, findAuditStory, findAuditSubject } from '../../src/domain/audit-story.queries.js';
import { createContract, deleteContract } from '../../src/domain/contracts/contract.service.js';
import { localDate } from '../../src/domain/local-date.js';
import { setMember } from '../../src/domain/members/member.service.js';
import { postponeInstalment } from '../../src/domain/plans/plan-changes.service.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import { recordUnclaimed } from '../../src/domain/receipts/unclaimed.service.js';
import { saveEntry } from '../../src/domain/settings/lists.service.js';
import { companySettings } from '../../src/domain/settings/settings.js';
import type { Instalment } from '../../src/generated/prisma/client.js';
import { auditModal } from '../../src/handlers/views/audit-views.js';
import {
  aCustomer,
  anActiveContract,
  aSubmittedReceipt,
  createTestCompany,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { approveReceipt } from '../support/decide.js';
import { code } from '../support/errors.js';
import { reader } from '../support/view-check.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database.close());

const wordsOf = (story: AuditStory) =>
  JSON.stringify(auditModal(story, companySettings.parse({}), reader('zh-CN', { actor: null })).blocks);

it('tells of a contract, its instalments and its money, newest first, to whoever sees it', async () => {
  const { contract, rows, customer } = await anActiveContract(company, [
    [100_00n, '2026-11-25'],
    [200_00n, '2026-12-01'],
  ]);
  const [first, second] = rows;
  if (!first || !second) throw new Error('no rows');
  await postponeInstalment(await company.as('rep'), {
    id: second.id,
    version: second.version,
    to: localDate('2026-12-10'),
    remark: '客户要求',
  });
  const { receipt, approval } = await aSubmittedReceipt(company, first, 100_00n);
  await approveReceipt(await company.as('finance'), approval.id, approval.version);

  const rep = await company.as('rep');
  const subject = { kind: 'contract', id: contract.id } as const;
  expect(await findAuditSubject(rep, contract.number.toLowerCase())).toEqual(subject);
  const story = await findAuditStory(rep, subject);
  const money = story.entries.slice(0, 3);
  expect(money.map(({ action, seq, who }) => [action, seq, who])).toEqual(
    expect.arrayContaining([
      ['instalment.settled', 1, 'finance'],
      ['receipt.approved', null, 'finance'],
      ['receipt.submitted', null, 'rep'],
    ]),
  );
  expect(story.entries.slice(3).map(({ action, seq, who }) => [action, seq, who])).toEqual([
    ['instalment.postponed', 2, 'rep'],
    ['contract.approved', null, 'manager'],
    ['contract.submitted', null, 'rep'],
    ['instalment.created', 2, 'rep'],
    ['instalment.created', 1, 'rep'],
    ['contract.created', null, 'rep'],
  ]);
  expect(story.entries[3]?.changes).toEqual([
    { field: 'effectiveDue', before: '2026-12-01', after: '2026-12-10' },
    { field: 'remark', before: undefined, after: '客户要求' },
  ]);
  expect(story.names.get(customer.id)).toBe(customer.name);

  for (const ref of [`${contract.number}#2`, `${contract.number} 第2期`, `${contract.number} 2`])
    expect(await findAuditSubject(rep, ref)).toEqual({ kind: 'instalment', id: second.id });
  const ofRow = await findAuditStory(rep, { kind: 'instalment', id: second.id });
  expect(ofRow.entries.map((entry) => entry.action)).toEqual(['instalment.postponed', 'instalment.created']);
  // A part of its money is told by the receipt, by number, and so is what is taken back.
  const part = await aSubmittedReceipt(company, second, 50_00n);
  await approveReceipt(await company.as('finance'), part.approval.id, part.approval.version);
  await askReversal(await company.as('finance'), {
    ...{ receiptId: part.receipt.id, amount: 20_00n, reason: '退票' },
  });
  const paid = await findAuditStory(rep, { kind: 'instalment', id: second.id });
  expect(paid.entries.slice(0, 3).map(({ action, about }) => [action, about])).toEqual([
    ['receipt.reversal_asked', part.receipt.id],
    ['receipt.approved', part.receipt.id],
    ['receipt.submitted', part.receipt.id],
  ]);
  expect(wordsOf(paid)).toContain(part.receipt.number);

  expect(await findAuditSubject(rep, receipt.number)).toEqual({ kind: 'receipt', id: receipt.id });
  const ofMoney = await findAuditStory(rep, { kind: 'receipt', id: receipt.id });
  expect(ofMoney.entries.map((entry) => [entry.action, entry.who])).toEqual([
    ['receipt.approved', 'finance'],
    ['receipt.submitted', 'rep'],
  ]);
  expect(ofMoney.rows.get(first.id)).toEqual({ contract: contract.number, n: 1 });
  expect(await findAuditSubject(rep, customer.code)).toEqual({ kind: 'customer', id: customer.id });

  const other = await company.as('rep2');
  for (const ref of [contract.number, `${contract.number}#2`, receipt.number, customer.code])
    expect(await findAuditSubject(other, ref), ref).toBeNull();
  await expect(findAuditStory(other, subject)).rejects.toEqual(code('not_found'));
  const everybody = ['manager', 'director', 'finance', 'financeManager', 'auditor', 'admin'] as const;
  for (const who of everybody)
    expect((await findAuditStory(await company.as(who), subject)).total, who).toBe(12);
  await expect(findAuditStory(await company.as('nobody'), subject)).rejects.toEqual(code('role.missing'));
});

it('tells of a contract what came in for it, in part too, and by which receipt', async () => {
  const { contract, rows } = await anActiveContract(company, [[100_00n, '2026-11-25']]);
  const { receipt, approval } = await aSubmittedReceipt(company, rows[0] as Instalment, 60_00n);
  await approveReceipt(await company.as('finance'), approval.id, approval.version);
  const story = await findAuditStory(await company.as('rep'), { kind: 'contract', id: contract.id });
  expect(story.entries.slice(0, 2).map(({ action, about }) => [action, about])).toEqual([
    ['receipt.approved', receipt.id],
    ['receipt.submitted', receipt.id],
  ]);
  expect(story.entries[0]?.changes).toContainEqual({
    field: 'status',
    before: 'submitted',
    after: 'approved',
  });
  expect(wordsOf(story)).toContain(receipt.number);
});

it('tells of unclaimed money what became of it, to whoever sees that', async () => {
  const { customer } = await anActiveContract(company, [[100_00n, '2026-11-25']]);
  const came = { amount: 77_00n, currency: 'CNY', method: 'transfer', receivedOn: localDate('2026-11-20') };
  const money = await recordUnclaimed(await company.as('finance'), came);
  const claim = { ...came, customerId: customer.id, contractId: null, instalmentId: null };
  const receipt = await recordReceipt(await company.as('rep'), { ...claim, unclaimedId: money.id });
  const approval = await company.db.approval.findFirstOrThrow({ where: { subjectId: receipt.id } });
  await approveReceipt(await company.as('finance2'), approval.id, approval.version);
  const subject = { kind: 'unclaimed', id: money.id } as const;
  const story = await findAuditStory(await company.as('rep'), subject);
  expect(story.entries.map(({ action, who }) => [action, who])).toEqual([
    ['receipt.approved', 'finance2'],
    ['receipt.submitted', 'rep'],
    ['unclaimed.recorded', 'finance'],
  ]);
  expect(wordsOf(story)).toContain(receipt.number);
  const stranger = await findAuditStory(await company.as('rep2'), subject);
  expect(stranger.entries.map((entry) => entry.action)).toEqual(['unclaimed.recorded']);
});

it('pages a long story, and still tells of what was deleted', async () => {
  const customer = await aCustomer(company);
  const many = Array.from({ length: 25 }, () => [10_00n, '2026-12-01'] as [bigint, string]);
  const { contract } = await anActiveContract(company, many);
  const ctx = await company.as('auditor');
  const subject = { kind: 'contract', id: contract.id } as const;
  const pages = [await findAuditStory(ctx, subject, 1), await findAuditStory(ctx, subject, 99)];
  expect(pages.map(({ page, pages: all, total, entries }) => [page, all, total, entries.length])).toEqual([
    [1, 2, 28, 20],
    [2, 2, 28, 8],
  ]);
  const draft = await createContract(await company.as('rep'), {
    customerId: customer.id,
    name: '草稿',
    type: 'vehicle',
    amount: 1_00n,
    currency: 'CNY',
  });
  await deleteContract(await company.as('rep'), draft.id, draft.version);
  const gone = await findAuditSubject(ctx, draft.number);
  expect(gone).toEqual({ kind: 'contract', id: draft.id });
  expect((await findAuditStory(ctx, { kind: 'contract', id: draft.id })).entries[0]?.action).toBe(
    'contract.deleted',
  );
});

it('tells of the settings what changed, entry by entry, to those who see everything', async () => {
  const admin = await company.as('admin');
  await saveEntry(admin, admin.company.version, 'industries', {
    key: null,
    zh: '航空',
    en: 'Aviation',
    active: true,
  });
  const rep = await company.db.user.findUniqueOrThrow({ where: { id: company.ids.rep } });
  const { id: userId, version } = rep;
  const change = { userId, version, roles: ['rep', 'auditor'] as Role[], managerId: rep.managerId };
  await setMember(await company.as('admin'), change);
  const auditor = await company.as('auditor');
  const subject = await findAuditSubject(auditor, '设置');
  expect(subject).toEqual({ kind: 'settings', id: admin.company.id });
  if (!subject) throw new Error('no settings');
  const { entries, names } = await findAuditStory(auditor, subject);
  expect(entries.map(({ action, who }) => [action, who])).toEqual([
    ['member.changed', 'admin'],
    ['company.edited', 'admin'],
  ]);
  expect(names.get(entries[0]?.about ?? '')).toBe('rep');
  expect(entries[1]?.changes).toEqual([
    {
      field: 'industries',
      before: [],
      after: [{ key: 'aviation', zh: '航空', en: 'Aviation', active: true }],
    },
  ]);
  for (const who of ['rep2', 'manager'] as const) {
    expect(await findAuditSubject(await company.as(who), 'settings')).toBeNull();
    await expect(findAuditStory(await company.as(who), subject)).rejects.toMatchObject(code('not_found'));
  }
});
