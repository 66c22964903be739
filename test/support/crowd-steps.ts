// What anybody may try at any moment (test/long/crowd.test.ts). Each picks its target by chance; most of it is refused.
import { askUndo, askWriteOff } from '../../src/domain/adjustments/adjustment-ask.service.js';
import { approve, reject, sendBack, withdraw } from '../../src/domain/approvals/decisions.service.js';
import { loadPresent } from '../../src/domain/contracts/amendment.queries.js';
import { proposeAmendment } from '../../src/domain/contracts/amendment.service.js';
import { archiveContract, voidContract } from '../../src/domain/contracts/contract-end.service.js';
import { askVoid } from '../../src/domain/contracts/contract-void.service.js';
import { giveContract } from '../../src/domain/contracts/give-contract.service.js';
import { loadMilestoneForm } from '../../src/domain/contracts/milestone.queries.js';
import { setMilestone } from '../../src/domain/contracts/milestone.service.js';
import { fingerprintOf } from '../../src/domain/contracts/milestone-moves.js';
import { mergeCustomers } from '../../src/domain/customers/customer-merge.service.js';
import { handOver } from '../../src/domain/customers/hand-over.service.js';
import { addDays, fromUtcDate } from '../../src/domain/local-date.js';
import { deleteInstalment } from '../../src/domain/plans/delete-instalment.service.js';
import { createPlan } from '../../src/domain/plans/plan.service.js';
import { postponeInstalment } from '../../src/domain/plans/plan-changes.service.js';
import { askPostponement } from '../../src/domain/plans/postponement-ask.service.js';
import { reassignInstalment } from '../../src/domain/plans/reassign.service.js';
import { splitInstalment } from '../../src/domain/plans/split.service.js';
import { applyPrepayment } from '../../src/domain/receipts/apply-prepayment.service.js';
import { reallocate } from '../../src/domain/receipts/reallocation.service.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { askRefund } from '../../src/domain/receipts/refund.service.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import type { PersonKey } from './company.js';
import type { Crowd } from './crowd.js';

type Step = (crowd: Crowd) => Promise<unknown>;

const DECIDERS: Readonly<Record<string, readonly [PersonKey, ...PersonKey[]]>> = {
  receipt: ['finance', 'finance2', 'financeManager'],
  contract_change: ['manager', 'director', 'financeManager'],
  postponement: ['manager', 'director'],
};

export const STEPS: Readonly<Record<string, { weight: number; run: Step }>> = {
  record: {
    weight: 7,
    run: async (crowd) => {
      const row = await crowd.row();
      if (!row) return crowd.begin();
      const ctx = await crowd.as('rep', 'rep2', 'manager', 'finance');
      const { customerId, contractId, id: instalmentId } = row;
      const on = crowd.one<{ contractId: string | null; instalmentId: string | null }>(
        { contractId, instalmentId },
        { contractId, instalmentId: null },
        { contractId: null, instalmentId: null },
      );
      const isPrepayment = crowd.chance(0.2);
      const kind = isPrepayment ? ('prepayment' as const) : ('payment' as const);
      const amount = crowd.chance(0.6) ? row.outstanding : crowd.amount();
      const receivedOn = crowd.near(ctx.today, 3, 0);
      const money = { amount, kind, currency: 'CNY', method: 'transfer', receivedOn };
      const options = { notDuplicate: true, ...(isPrepayment && { lines: [] }) };
      return recordReceipt(ctx, { customerId, ...on, ...money }, options);
    },
  },
  decide: {
    weight: 26,
    run: async (crowd) => {
      const open = await crowd.waiting();
      if (!open) return null;
      const { id, version } = open;
      const ctx = await crowd.as(...(DECIDERS[open.subjectType] ?? ['financeManager', 'director']));
      const how = crowd.below(20);
      if (how === 0) return reject(ctx, id, version, { reason: 'other', comment: '不对' });
      if (how === 1) return sendBack(ctx, id, version, '再看看');
      if (how === 2) return withdraw(await crowd.as('rep', 'rep2', 'finance', 'manager'), id);
      return approve(ctx, id, version, { knowing: crowd.chance(0.7) });
    },
  },
  takeBack: {
    weight: 5,
    run: async (crowd) => {
      const receipt = await crowd.money();
      if (!receipt) return null;
      const ctx = await crowd.as('finance', 'finance2', 'financeManager');
      const ask = crowd.chance(0.3) ? askRefund : askReversal;
      const whole = ask === askRefund && receipt.unapplied > 0n ? receipt.unapplied : receipt.amount;
      const amount = crowd.chance(0.5) ? whole : crowd.amount();
      return ask(ctx, { receiptId: receipt.id, amount, reason: '退' });
    },
  },
  reallocate: {
    weight: 4,
    run: async (crowd) => {
      const receipt = await crowd.money();
      if (!receipt) return null;
      const { id: receiptId, version, customerId } = receipt;
      const rows = await crowd.db.instalment.findMany({ where: { customerId } });
      const booked = await crowd.db.allocation.findMany({ where: { receiptId, status: 'effective' } });
      let left = booked.reduce((sum, line) => sum + line.amount, receipt.unapplied);
      const lines = rows.flatMap(({ id, lifecycle, outstanding }) => {
        const now = booked.reduce((sum, line) => (line.instalmentId === id ? sum + line.amount : sum), 0n);
        const most = lifecycle === 'open' ? now + outstanding : now;
        const wanted = crowd.one(0n, most, now, now, now / 2n);
        const amount = wanted < left ? wanted : left;
        left -= amount;
        return amount > 0n ? [{ instalmentId: id, amount }] : [];
      });
      return reallocate(await crowd.as('finance', 'financeManager'), {
        ...{ receiptId, version, lines, reason: '换' },
      });
    },
  },
  apply: {
    weight: 4,
    run: async (crowd) => {
      const receipt = crowd.any(await crowd.db.receipt.findMany({ where: { unapplied: { gt: 0n } } }));
      const row =
        receipt &&
        crowd.any(await crowd.db.instalment.findMany({ where: { customerId: receipt.customerId } }));
      if (!receipt || !row) return null;
      const most = row.outstanding < receipt.unapplied ? row.outstanding : receipt.unapplied;
      const amount = most > 0n && crowd.chance(0.6) ? most : crowd.amount();
      const ctx = await crowd.as('finance', 'financeManager');
      return applyPrepayment(ctx, {
        ...{ receiptId: receipt.id, version: receipt.version, instalmentId: row.id, amount },
      });
    },
  },
  writeOff: {
    weight: 4,
    run: async (crowd) => {
      const row = await crowd.row();
      if (!row) return null;
      const kind = crowd.one<'bad_debt' | 'small_difference'>('bad_debt', 'bad_debt', 'small_difference');
      const amount = crowd.chance(0.5) ? null : crowd.amount();
      const ctx = await crowd.as('finance', 'financeManager');
      return askWriteOff(ctx, { instalmentId: row.id, version: row.version, kind, amount, reason: '坏' });
    },
  },
  undo: {
    weight: 2,
    run: async (crowd) => {
      const posted = crowd.any(await crowd.db.adjustment.findMany({ where: { status: 'approved' } }));
      if (!posted) return null;
      const { id: instalmentId, version } = await crowd.db.instalment.findUniqueOrThrow({
        where: { id: posted.instalmentId },
      });
      return askUndo(await crowd.as('finance'), { instalmentId, version, reason: '错' });
    },
  },
  postpone: {
    weight: 2,
    run: async (crowd) => {
      const row = await crowd.row();
      if (!row) return null;
      const ctx = await crowd.as('rep', 'rep2', 'manager');
      const due = row.effectiveDue ? fromUtcDate(row.effectiveDue) : ctx.today;
      const to = addDays(due > ctx.today ? due : ctx.today, 1 + crowd.below(40));
      const input = { id: row.id, version: row.version, to, remark: null };
      return crowd.chance(0.5) ? postponeInstalment(ctx, input) : askPostponement(ctx, input);
    },
  },
  split: {
    weight: 2,
    run: async (crowd) => {
      const row = await crowd.row();
      if (!row) return null;
      const paid = row.amount - row.outstanding;
      const first = paid > 0n && crowd.chance(0.4) ? paid : paid + row.outstanding / 3n;
      if (first <= 0n || first >= row.amount) return null;
      const due = row.effectiveDue && fromUtcDate(row.effectiveDue);
      const day = () => due && addDays(due, crowd.one(0, 0, 5, 20, -3));
      const parts = [first, row.amount - first].map((amount) => ({ amount, dueOn: day() }));
      const nameOf = (base: string, nth: number) => `${base}（${nth}）`;
      const input = { id: row.id, version: row.version, parts, nameOf, alreadyDue: true };
      return splitInstalment(await crowd.as('rep', 'rep2', 'manager'), input);
    },
  },
  delete: {
    weight: 1,
    run: async (crowd) => {
      const row = await crowd.row();
      return row && deleteInstalment(await crowd.as('rep', 'manager'), row);
    },
  },
  plan: {
    weight: 2,
    run: async (crowd) => {
      const contract = await crowd.contract({ planIncomplete: true });
      if (!contract) return null;
      const { _sum } = await crowd.db.instalment.aggregate({
        where: { contractId: contract.id, lifecycle: { not: 'cancelled' } },
        _sum: { amount: true },
      });
      const rest = contract.amount - (_sum.amount ?? 0n);
      const ctx = await crowd.as('rep', 'rep2', 'manager');
      const amount = rest > 0n && crowd.chance(0.7) ? rest : crowd.amount();
      const row = { name: '补', amount, dueOn: crowd.near(ctx.today, 10, 50) };
      return createPlan(ctx, { contractId: contract.id, rows: [row], alreadyDue: true });
    },
  },
  amend: {
    weight: 3,
    run: async (crowd) => {
      const contract = await crowd.contract({ status: 'active' });
      if (!contract) return null;
      const ctx = await crowd.as('rep', 'rep2', 'manager');
      const present = await loadPresent(crowd.db, contract);
      const rows = new Map(
        present.rows
          .filter((row) => row.isOpen && crowd.chance(0.5))
          .map(({ id, name, amount, dueOn, paid }) => {
            const moved = dueOn && crowd.near(dueOn, 20, 40);
            const changed = paid > 0n && crowd.chance(0.5) ? paid : amount + crowd.amount();
            return [id, crowd.one(null, { name, amount, dueOn: moved }, { name, amount: changed, dueOn })];
          }),
      );
      const wanted = present.rows.reduce((sum, row) => {
        const asked = rows.get(row.id);
        return sum + (asked === undefined ? row.amount : (asked?.amount ?? 0n));
      }, 0n);
      const amount = wanted > 0n && crowd.chance(0.7) ? wanted : present.fields.amount;
      return proposeAmendment(ctx, {
        contractId: contract.id,
        version: contract.version,
        reason: '变更',
        fields: { ...present.fields, amount },
        plan: { rows, added: [] },
        keepRest: crowd.chance(0.5),
        alreadyDue: true,
      });
    },
  },
  makeVoid: {
    weight: 1,
    run: async (crowd) => {
      const contract = await crowd.contract({ status: 'active' });
      if (!contract) return null;
      const input = { id: contract.id, version: contract.version, reason: '不做了' };
      const ctx = await crowd.as('manager', 'director');
      return crowd.chance(0.5) ? voidContract(ctx, input) : askVoid(ctx, input);
    },
  },
  archive: {
    weight: 1,
    run: async (crowd) => {
      const contract = await crowd.contract({ status: 'completed' });
      return contract && archiveContract(await crowd.as('manager'), contract.id, contract.version);
    },
  },
  give: {
    weight: 2,
    run: async (crowd) => {
      const { rep, rep2, manager } = crowd.company.ids;
      const toId = crowd.one(rep, rep2, manager);
      const row = crowd.chance(0.5) ? await crowd.row() : null;
      const ctx = await crowd.as('manager', 'director');
      if (row) return reassignInstalment(ctx, { id: row.id, version: row.version, toId });
      const contract = await crowd.contract();
      return contract && giveContract(ctx, { id: contract.id, version: contract.version, toId });
    },
  },
  handOver: {
    weight: 0.2,
    run: async (crowd) => {
      const { rep, rep2 } = crowd.company.ids;
      const fromId = crowd.one(rep, rep2);
      return handOver(await crowd.as('director'), fromId, fromId === rep ? rep2 : rep);
    },
  },
  merge: {
    weight: 0.2,
    run: async (crowd) => {
      const all = await crowd.db.customer.findMany({ where: { deletedAt: null } });
      const [keep, gone] = [crowd.any(all), crowd.any(all)];
      return keep && gone && mergeCustomers(await crowd.as('manager', 'financeManager'), keep, gone);
    },
  },
  milestone: {
    weight: 1,
    run: async (crowd) => {
      const contract = await crowd.contract();
      if (!contract) return null;
      const ctx = await crowd.as('rep', 'rep2', 'manager');
      const happened = crowd.chance(0.4);
      const date = happened ? crowd.near(ctx.today, 5, 0) : crowd.near(ctx.today, 0, 60);
      const { version, moves } = await loadMilestoneForm(ctx, contract.id, 'acceptance', date);
      return setMilestone(ctx, {
        ...{ contractId: contract.id, version, kind: 'acceptance', happened, date, evidence: '单据' },
        alsoMove: crowd.chance(0.5) ? moves.map((move) => move.row.id) : [],
        seen: fingerprintOf(moves),
      });
    },
  },
  begin: { weight: 1, run: (crowd) => crowd.begin() },
};
