// Every action of access.ts through its service, by every role, on a row of the rep's: a table by hand from rules §12. What is
// not allowed is refused and changes nothing; a forged id is not found; a stale version is a conflict.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ctx } from '../../src/ctx.js';
import { ACCESS, type Action } from '../../src/domain/access.js';
import { askWriteOff } from '../../src/domain/adjustments/adjustment-ask.service.js';
import { approve } from '../../src/domain/approvals/decisions.service.js';
import { findAuditStory } from '../../src/domain/audit-story.queries.js';
import { proposeAmendment } from '../../src/domain/contracts/amendment.service.js';
import { loadContract } from '../../src/domain/contracts/contract.queries.js';
import { createContract, deleteContract, editContract } from '../../src/domain/contracts/contract.service.js';
import { submitContract } from '../../src/domain/contracts/contract-approval.service.js';
import { archiveContract, voidContract } from '../../src/domain/contracts/contract-end.service.js';
import { askVoid } from '../../src/domain/contracts/contract-void.service.js';
import { setFinanceOwner } from '../../src/domain/contracts/finance-owner.service.js';
import { giveContract } from '../../src/domain/contracts/give-contract.service.js';
import { setMilestone } from '../../src/domain/contracts/milestone.service.js';
import { proposeLimit } from '../../src/domain/customers/credit-event.service.js';
import { createCustomer, editCustomer } from '../../src/domain/customers/customer.service.js';
import { mergeCustomers } from '../../src/domain/customers/customer-merge.service.js';
import { handOver } from '../../src/domain/customers/hand-over.service.js';
import type { ErrorCode } from '../../src/domain/errors.js';
import { requestExport } from '../../src/domain/exports/export.service.js';
import { recordFollowUp } from '../../src/domain/follow-ups/follow-up.service.js';
import { newId } from '../../src/domain/ids.js';
import { createImport } from '../../src/domain/imports/import-job.service.js';
import { localDate } from '../../src/domain/local-date.js';
import { MAY_OWN } from '../../src/domain/members/member.js';
import { deleteInstalment } from '../../src/domain/plans/delete-instalment.service.js';
import { createPlan } from '../../src/domain/plans/plan.service.js';
import { editInstalment, postponeInstalment } from '../../src/domain/plans/plan-changes.service.js';
import { askPostponement } from '../../src/domain/plans/postponement-ask.service.js';
import { applyPrepayment } from '../../src/domain/receipts/apply-prepayment.service.js';
import { reallocate } from '../../src/domain/receipts/reallocation.service.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { askRefund } from '../../src/domain/receipts/refund.service.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import { postReport } from '../../src/domain/reports/post-report.service.js';
import { defaultQuery } from '../../src/domain/reports/report.js';
import { editCompany, editRates } from '../../src/domain/settings/company.service.js';
import type { Contract, Instalment } from '../../src/generated/prisma/client.js';
import { auditWithoutWords } from '../support/audit-words.js';
import {
  aCustomer,
  anActiveContract,
  aSubmittedReceipt,
  changeCompany,
  createTestCompany,
  NOON,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { checkMoney } from '../support/money-invariants.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
});
afterAll(async () => {
  expect(await checkMoney(company.db)).toEqual([]);
  expect(await auditWithoutWords(company.db)).toEqual([]);
  await database.close();
});

/** The columns of the table below: rep is the owner, manager leads them, rep2 is a stranger. */
const WHO = [
  'rep',
  'manager',
  'director',
  'finance',
  'financeManager',
  'auditor',
  'admin',
  'rep2',
  'nobody',
] as const satisfies readonly PersonKey[];

/** What is acted on: its id and the version that was shown. */
interface Target {
  readonly id: string;
  readonly version: number;
  readonly row?: Instalment;
  readonly other?: { readonly id: string; readonly version: number };
}
interface Walk {
  /** y or - for each of WHO. */
  readonly may: string;
  readonly make: () => Promise<Target>;
  readonly run: (ctx: Ctx, target: Target) => Promise<unknown>;
  /** Nothing with an id, or without a version, is acted on. */
  readonly without?: readonly ('id' | 'version')[];
  /** What a forged id leads to, where it is not `not_found`. */
  readonly forged?: ErrorCode;
}

const REFUSED: readonly ErrorCode[] = [
  'access.denied',
  'not_found',
  'role.missing',
  'receipt.self_approval',
  'instalment.needs_manager',
];
const rep = () => company.as('rep');
const target = ({ id, version }: { id: string; version: number }): Target => ({ id, version });
const contractInput = (customerId: string) => ({
  customerId,
  name: '设备合同',
  type: 'vehicle',
  amount: 300n,
  currency: 'CNY',
});
const TO = localDate('2026-12-20');

const aDraft = async (): Promise<Contract> =>
  createContract(await rep(), contractInput((await aCustomer(company)).id));
async function anActiveRow(dueOn = '2026-12-01'): Promise<Instalment> {
  const [row] = (await anActiveContract(company, [[300n, dueOn]])).rows;
  if (!row) throw new Error('no row');
  return row;
}
const ofRow = async (dueOn?: string): Promise<Target> => {
  const row = await anActiveRow(dueOn);
  return { id: row.id, version: row.version, row };
};
const ofContract = async (): Promise<Target> => {
  const { contractId } = await anActiveRow();
  return target(await company.db.contract.findUniqueOrThrow({ where: { id: contractId } }));
};
const openOn = async (subjectId: string): Promise<Target> =>
  target(await company.db.approval.findFirstOrThrow({ where: { subjectId, status: 'open' } }));
/** Approved money: on its row, or as a prepayment. */
async function money(kind: 'payment' | 'prepayment'): Promise<Target> {
  const row = await anActiveRow();
  const receipt =
    kind === 'payment'
      ? (await aSubmittedReceipt(company, row, 300n)).receipt
      : await recordReceipt(
          await rep(),
          {
            kind,
            customerId: row.customerId,
            amount: 300n,
            currency: 'CNY',
            method: 'transfer',
            receivedOn: localDate('2026-11-20'),
          },
          { lines: [], byHand: true },
        );
  const { id, version } = await openOn(receipt.id);
  await approve(await company.as('finance2'), id, version);
  return { ...target(await company.db.receipt.findUniqueOrThrow({ where: { id: receipt.id } })), row };
}
async function movement(ask: typeof askReversal, kind: 'payment' | 'prepayment'): Promise<Target> {
  const { id } = await money(kind);
  const asked = await ask(await company.as('finance'), { receiptId: id, amount: 300n, reason: '退' });
  return openOn(asked.id);
}
const receiptOn = (row: Instalment) => ({
  customerId: row.customerId,
  contractId: row.contractId,
  instalmentId: row.id,
  amount: 300n,
  currency: 'CNY',
  method: 'transfer',
  receivedOn: localDate('2026-11-20'),
});
const rowOf = ({ row }: Target): Instalment => {
  if (!row) throw new Error('no row');
  return row;
};
const NOTHING: Target = { id: '', version: 0 };
const nothing = async () => NOTHING;
const decide = (ctx: Ctx, { id, version }: Target) => approve(ctx, id, version);
const badDebt = (instalmentId: string, version: number) => ({
  instalmentId,
  version,
  kind: 'bad_debt' as const,
  amount: null,
  reason: '客户破产',
});
const bare = { without: ['id', 'version'] } as const;
const file = { slackFileId: null, name: 'a.csv', size: 1 };

const TABLE: Partial<Record<Action, Walk>> = {
  'record.see': {
    may: 'yyyyyyy--',
    make: ofContract,
    run: (ctx, { id }) => loadContract(ctx, id),
    without: ['version'],
  },
  'audit.see': {
    may: 'yyyyyyy--',
    make: ofContract,
    run: (ctx, { id }) => findAuditStory(ctx, { kind: 'contract', id }),
    without: ['version'],
  },
  'record.export': {
    may: 'yyyyyyyy-',
    make: nothing,
    run: (ctx) => requestExport(ctx, { list: 'contract', filter: {}, format: 'csv' }),
    ...bare,
  },
  'report.post': {
    may: '-yyyy-y--',
    make: async () => {
      await changeCompany(company.db, { financeChannelId: 'C_FINANCE' });
      return nothing();
    },
    run: (ctx) =>
      postReport(ctx, defaultQuery('aging', ctx.today, 'CNY'), 'finance', { ids: [], more: false }),
    ...bare,
  },
  'customer.create': {
    may: 'yyyyy--y-',
    make: nothing,
    // Who does not sell has to name who does.
    run: (ctx) =>
      createCustomer(
        ctx,
        { name: `新客户 ${newId(NOON)}` },
        MAY_OWN.some((role) => ctx.actor.roles.includes(role)) ? {} : { ownerId: company.ids.rep },
      ),
    ...bare,
  },
  'customer.edit': {
    may: 'yyyyy----',
    make: async () => target(await aCustomer(company)),
    run: (ctx, { id, version }) => editCustomer(ctx, id, version, { name: `改名 ${newId(NOON)}` }),
  },
  'customer.import': {
    may: 'yyyyy-yy-',
    make: nothing,
    run: (ctx) => createImport(ctx, 'customers', file),
    ...bare,
  },
  'contract.import': {
    may: 'yyy---yy-',
    make: nothing,
    run: (ctx) => createImport(ctx, 'contracts', file),
    ...bare,
  },
  'opening.import': {
    may: '---yy----',
    make: nothing,
    run: (ctx) => createImport(ctx, 'opening', file),
    ...bare,
  },
  'customer.assign': {
    may: '-yy---y--',
    make: async () => {
      await company.db.customer.update({
        where: { id: (await aCustomer(company)).id },
        data: { ownerId: company.ids.rep2 },
      });
      return { id: company.ids.rep2, version: 0 };
    },
    run: (ctx, { id }) => handOver(ctx, id, company.ids.rep),
    without: ['version'],
    // Whom nobody knows, nobody leads.
    forged: 'access.denied',
  },
  'customer.merge': {
    may: '-yy-y----',
    make: async () => ({ ...target(await aCustomer(company)), other: await aCustomer(company) }),
    run: (ctx, { other, ...gone }) => mergeCustomers(ctx, other ?? NOTHING, gone),
  },
  'credit.edit': {
    may: '----y----',
    make: async () => target(await aCustomer(company)),
    run: (ctx, { id, version }) =>
      editCustomer(ctx, id, version, { name: `额度 ${newId(NOON)}` }, { creditLimit: 1n }),
  },
  'credit.propose': {
    may: '---yy----',
    make: async () => target(await aCustomer(company)),
    run: (ctx, { id: customerId, version }) =>
      proposeLimit(ctx, { customerId, version, limit: 1n, reason: '准时' }),
  },
  'customer.unfreeze': {
    may: '--yyy----',
    make: async () => {
      const { id } = await aCustomer(company);
      return target(await company.db.customer.update({ where: { id }, data: { status: 'frozen' } }));
    },
    run: (ctx, { id, version }) =>
      editCustomer(ctx, id, version, { name: `解冻 ${newId(NOON)}`, status: 'active' }),
  },
  'contract.create': {
    may: 'yyy------',
    make: async () => target(await aCustomer(company)),
    run: (ctx, { id }) => createContract(ctx, contractInput(id)),
    without: ['version'],
  },
  'contract.edit': {
    may: 'yyy------',
    make: aDraft,
    run: async (ctx, { id, version }) =>
      editContract(ctx, id, version, { ...contractInput(await customerOf(id)), name: '改了' }),
  },
  'contract.delete': {
    may: 'yyy------',
    make: aDraft,
    run: (ctx, { id, version }) => deleteContract(ctx, id, version),
  },
  'contract.submit': {
    may: 'yyy------',
    make: aDraft,
    run: (ctx, { id, version }) => submitContract(ctx, { id, version, planLater: true }),
  },
  'contract.approve': {
    may: '-yy-y----',
    make: async () => {
      const { id, version } = await aDraft();
      await submitContract(await rep(), { id, version, planLater: true });
      return openOn(id);
    },
    run: decide,
  },
  'contract.amend': {
    may: 'yyy------',
    make: ofContract,
    run: (ctx, { id, version }) =>
      proposeAmendment(ctx, {
        contractId: id,
        version,
        reason: '加台',
        fields: { name: '设备合同', amount: 400n, startsOn: null, endsOn: null, paymentMethod: null },
        plan: { rows: new Map(), added: [] },
        keepRest: true,
        alreadyDue: false,
      }),
  },
  'contract.archive': {
    may: 'yyy------',
    make: async () => {
      const { id, version } = await ofContract();
      await company.db.contract.update({ where: { id }, data: { status: 'completed' } });
      return { id, version };
    },
    run: (ctx, { id, version }) => archiveContract(ctx, id, version),
  },
  'contract.finance': {
    may: 'yyy-y----',
    make: ofContract,
    run: (ctx, { id, version }) => setFinanceOwner(ctx, { id, version, financeOwnerId: company.ids.finance }),
  },
  'contract.assign': {
    may: '-yy---y--',
    make: ofContract,
    run: (ctx, { id, version }) => giveContract(ctx, { id, version, toId: company.ids.rep2 }),
  },
  'contract.void': {
    may: '-yy------',
    make: ofContract,
    run: (ctx, { id, version }) => voidContract(ctx, { id, version, reason: '不做了' }),
  },
  'milestone.set': {
    may: 'yyy------',
    make: ofContract,
    run: (ctx, { id: contractId, version }) =>
      setMilestone(ctx, {
        contractId,
        version,
        kind: 'shipment',
        happened: true,
        date: localDate('2026-11-20'),
        evidence: null,
        alsoMove: [],
        seen: '',
      }),
  },
  'plan.create': {
    may: 'yyy------',
    make: aDraft,
    run: (ctx, { id: contractId }) =>
      createPlan(ctx, { contractId, rows: [{ name: '第1期', amount: 300n, dueOn: TO }] }),
    without: ['version'],
  },
  'instalment.edit': {
    may: 'yyy------',
    make: ofRow,
    run: (ctx, { id, version }) =>
      editInstalment(ctx, {
        id,
        version,
        name: '改了',
        amount: 300n,
        dueOn: localDate('2026-11-30'),
        plannedMethod: null,
        remindDaysAhead: 7,
        remark: null,
      }),
  },
  'instalment.postpone': {
    may: 'yyy------',
    make: ofRow,
    run: (ctx, { id, version }) => postponeInstalment(ctx, { id, version, to: TO, remark: null }),
  },
  'instalment.postpone_further': {
    may: '-yy------',
    make: async () => {
      const { id, version } = await ofRow();
      await askPostponement(await rep(), { id, version, to: localDate('2027-03-01'), remark: null });
      const asked = await company.db.postponement.findFirstOrThrow({
        where: { instalmentId: id, status: 'open' },
      });
      return openOn(asked.id);
    },
    run: decide,
  },
  'instalment.delete': {
    may: 'yyy------',
    make: ofRow,
    run: (ctx, { id, version }) => deleteInstalment(ctx, { id, version }),
  },
  'instalment.delete_any': {
    may: '-yy------',
    make: () => ofRow('2026-11-01'),
    run: (ctx, { id, version }) => deleteInstalment(ctx, { id, version }),
  },
  'receipt.record': {
    may: 'yyyyy----',
    make: ofRow,
    run: (ctx, found) => recordReceipt(ctx, receiptOn({ ...rowOf(found), id: found.id })),
    without: ['version'],
  },
  'receipt.approve': {
    may: '---yy----',
    make: async () => (await aSubmittedReceipt(company, await anActiveRow(), 300n)).approval,
    run: decide,
  },
  'receipt.reverse': {
    may: '---yy----',
    make: () => money('payment'),
    run: (ctx, { id }) => askReversal(ctx, { receiptId: id, amount: 300n, reason: '错' }),
    without: ['version'],
  },
  // Asked of a finance manager where there is one; a director only in their place (rules §6).
  'receipt.reverse_approve': { may: '----y----', make: () => movement(askReversal, 'payment'), run: decide },
  'receipt.refund': {
    may: '---yy----',
    make: () => money('prepayment'),
    run: (ctx, { id }) => askRefund(ctx, { receiptId: id, amount: 300n, reason: '退' }),
    without: ['version'],
  },
  'receipt.refund_approve': { may: '----y----', make: () => movement(askRefund, 'prepayment'), run: decide },
  'receipt.apply': {
    may: '---yy----',
    make: () => money('prepayment'),
    run: (ctx, { id, version, row }) =>
      applyPrepayment(ctx, { receiptId: id, version, instalmentId: row?.id ?? '', amount: 300n }),
  },
  'receipt.reallocate': {
    may: '---yy----',
    make: () => money('payment'),
    run: (ctx, { id: receiptId, version }) =>
      reallocate(ctx, { receiptId, version, lines: [], reason: '归属不对' }),
  },
  // As a reversal.
  'receipt.reallocate_approve': {
    may: '----y----',
    make: async () => {
      const { id: receiptId, version } = await money('payment');
      await reallocate(await company.as('finance'), { receiptId, version, lines: [], reason: '归属不对' });
      return target(
        await company.db.approval.findFirstOrThrow({
          where: { subjectType: 'reallocation', status: 'open' },
          orderBy: { id: 'desc' },
        }),
      );
    },
    run: decide,
  },
  'contract.void_approve': {
    may: '----y----',
    make: async () => {
      const { contract, rows } = await anActiveContract(company, [
        [300n, '2026-12-01'],
        [300n, '2026-12-02'],
      ]);
      const [row] = rows;
      if (!row) throw new Error('no row');
      const { approval } = await aSubmittedReceipt(company, row, 300n);
      await approve(await company.as('finance2'), approval.id, approval.version);
      const { id, version } = await company.db.contract.findUniqueOrThrow({ where: { id: contract.id } });
      const asked = await askVoid(await company.as('manager'), { id, version, reason: '不做了' });
      return openOn(asked.id);
    },
    run: decide,
  },
  'instalment.write_off': {
    may: '---yy----',
    make: () => ofRow('2026-11-01'),
    run: (ctx, { id, version }) => askWriteOff(ctx, badDebt(id, version)),
  },
  // As a reversal.
  'instalment.write_off_approve': {
    may: '----y----',
    make: async () => {
      const { id, version } = await ofRow('2026-11-01');
      return openOn((await askWriteOff(await company.as('finance'), badDebt(id, version))).id);
    },
    run: decide,
  },
  'follow_up.record': {
    may: 'yyyyy----',
    make: ofRow,
    run: (ctx, { id: instalmentId }) =>
      recordFollowUp(ctx, {
        instalmentId,
        kind: 'call',
        content: '打过电话',
        result: null,
        promisedOn: null,
        promisedAmount: null,
        reason: null,
        pauseUntil: null,
        nextOn: null,
      }),
    without: ['version'],
  },
  'rates.edit': {
    may: '---yy-y--',
    make: async () => ({ id: '', version: (await company.system()).company.version }),
    run: (ctx, { version }) => {
      const rate = `7.${newId(NOON).length}`;
      const checked = [{ currency: 'USD', from: null, to: rate }];
      return editRates(ctx, version, [{ currency: 'USD', rate }], checked);
    },
    without: ['id'],
  },
  'settings.edit': {
    may: '------y--',
    make: async () => ({ id: '', version: (await company.system()).company.version }),
    run: (ctx, { version }) => editCompany(ctx, version, { name: `公司 ${newId(NOON)}` }),
    without: ['id'],
  },
};

/** Not walked, and why. */
const OTHERS: Partial<Record<Action, string>> = {
  'case.acknowledge': 'whom the case asks, whatever their role: case-acknowledge.test.ts',
  'ladder.edit': 'whose ladder it is: ladder.test.ts',
  'report.performance': 'a report: scope.test.ts',
  'instalment.assign': 'whoever leads both people: reassign.test.ts',
  'credit.see': 'a line of the card: credit.test.ts',
  'flow.see': 'a window that shows settings: approval-settings.test.ts',
};

const customerOf = async (contractId: string): Promise<string> =>
  (await company.db.contract.findUnique({ where: { id: contractId } }))?.customerId ?? '';
const auditRows = () => company.db.auditLog.count();

it('every action is walked, or says why not', () => {
  const known = [TABLE, OTHERS].flatMap((table) => Object.keys(table));
  expect(known.toSorted()).toEqual(Object.keys(ACCESS).toSorted());
});

describe.each(Object.entries(TABLE))('%s', (_action, walk) => {
  it('is done by whom rules §12 lets, and refused to all others, whatever they know of the row', async () => {
    expect(walk.may).toHaveLength(WHO.length);
    let fresh: Target | null = null;
    const done: string[] = [];
    for (const who of WHO) {
      fresh ??= await walk.make();
      const ctx = await company.as(who);
      const before = await auditRows();
      try {
        await walk.run(ctx, fresh);
        done.push(who);
        fresh = null;
      } catch (error) {
        const refusal = error instanceof Error && 'code' in error ? String(error.code) : String(error);
        expect(REFUSED, `${who}: ${refusal}`).toContain(refusal);
        expect(await auditRows(), `${who} was refused and changed something`).toBe(before);
      }
    }
    expect(done).toEqual(WHO.filter((_who, index) => walk.may[index] === 'y'));
  });

  it('finds nothing under a forged id, and refuses a version that was not shown', async () => {
    const who = WHO[walk.may.indexOf('y')];
    if (!who) throw new Error('nobody may');
    const fresh = await walk.make();
    const attempts: [Target, ErrorCode][] = [];
    if (walk.without?.includes('id') !== true)
      attempts.push([{ ...fresh, id: newId(NOON) }, walk.forged ?? 'not_found']);
    if (walk.without?.includes('version') !== true)
      attempts.push([{ ...fresh, version: fresh.version + 7 }, 'version.conflict']);
    for (const [wrong, code] of attempts) {
      const ctx = await company.as(who);
      const before = await auditRows();
      await expect(walk.run(ctx, wrong), code).rejects.toMatchObject({ code });
      expect(await auditRows()).toBe(before);
    }
  });
});
