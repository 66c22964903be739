// A company with a history made by chance through the real use cases, day by day: what reports are rebuilt from.
import type { Ctx } from '../../src/ctx.js';
import { askUndo, askWriteOff } from '../../src/domain/adjustments/adjustment-ask.service.js';
import { approve } from '../../src/domain/approvals/decisions.service.js';
import { handOver } from '../../src/domain/customers/hand-over.service.js';
import { recordFollowUp } from '../../src/domain/follow-ups/follow-up.service.js';
import { addDays, instantOf, type LocalDate, localDate } from '../../src/domain/local-date.js';
import { postponeInstalment } from '../../src/domain/plans/plan-changes.service.js';
import { applyPrepayment } from '../../src/domain/receipts/apply-prepayment.service.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import { anActiveContract, type PersonKey, type TestCompany } from './company.js';
import { approveReceipt } from './decide.js';
import { randomFrom } from './random.js';

export const FIRST_DAY = localDate('2026-09-01');
export const DAYS = 60;
const at = (day: LocalDate) => instantOf(day, '10:00', 'Asia/Shanghai');

/** Contracts of two reps in two currencies; money on time and late, back-dated, prepaid, applied, reversed; postponements. */
export async function makeHistory(company: TestCompany, seed: number): Promise<void> {
  const { db } = company;
  const random = randomFrom(seed);
  const chance = (share: number) => random() < share;
  const whole = (most: number) => Math.floor(random() * most);
  const as = (who: PersonKey, day: LocalDate): Promise<Ctx> => company.as(who, at(day));
  // Ids of one moment have no order that repeats: numbers have.
  const byRow = { orderBy: [{ contract: { number: 'asc' as const } }, { seq: 'asc' as const }] };
  const byNumber = { orderBy: { number: 'asc' } } as const;
  const department = await db.department.create({
    data: {
      id: company.ids.nobody,
      name: `部门 ${seed}`,
      createdAt: at(FIRST_DAY),
      updatedAt: at(FIRST_DAY),
    },
  });
  await db.user.update({ where: { id: company.ids.rep2 }, data: { departmentId: department.id } });
  for (let step = 0; step < DAYS; step += 1) {
    const day = addDays(FIRST_DAY, step);
    if (step % 8 === 0) {
      const rows = Array.from({ length: 4 }, (_, n): [bigint, string | null, { isRetention?: boolean }] => [
        BigInt(50_00 + whole(400_00)),
        chance(0.1) ? null : addDays(day, whole(220) - 200),
        n === 3 ? { isRetention: true } : {},
      ]);
      const currency = step % 24 === 16 ? 'USD' : 'CNY';
      const type = chance(0.5) ? 'parts' : 'vehicle';
      const who = chance(0.5) ? 'rep' : 'rep2';
      await anActiveContract(company, rows, { who, now: at(day), contract: { currency, type } });
    }
    if (chance(0.7)) await money(day);
    if (chance(0.25)) await apply(day);
    if (chance(0.2)) await reverse(day);
    if (chance(0.3)) await postpone(day);
    if (chance(0.2)) await writeOff(day);
    if (chance(0.1)) await undo(day);
    if (chance(0.4)) await follow(day);
    if (step === 41) await handOver(await as('manager', day), company.ids.rep, company.ids.rep2);
  }

  async function pick<T>(rows: readonly T[]): Promise<T | undefined> {
    return rows[whole(rows.length)];
  }
  async function money(day: LocalDate): Promise<void> {
    const row = await pick(
      await db.instalment.findMany({ where: { lifecycle: 'open', outstanding: { gt: 0n } }, ...byRow }),
    );
    if (!row) return;
    const who = row.ownerId === company.ids.rep ? 'rep' : 'rep2';
    const isPrepayment = chance(0.25);
    const amount = chance(0.5) ? row.outstanding : BigInt(1 + whole(Number(row.outstanding) * 1.4));
    const receipt = await recordReceipt(
      await as(who, day),
      {
        customerId: row.customerId,
        contractId: isPrepayment ? null : row.contractId,
        instalmentId: isPrepayment ? null : row.id,
        kind: isPrepayment ? 'prepayment' : 'payment',
        amount,
        currency: row.currency,
        billNo: `CD-${row.id}-${day}`,
        billDueOn: addDays(day, 180),
        method: chance(0.7) ? 'transfer' : 'acceptance_bill',
        // Now and then it came in days ago.
        receivedOn: chance(0.3) ? addDays(day, -whole(6)) : day,
      },
      { notDuplicate: true, ...(isPrepayment && { lines: [] }) },
    );
    const approval = await db.approval.findFirstOrThrow({ where: { subjectId: receipt.id } });
    if (chance(0.9)) await approveReceipt(await as('finance', day), approval.id, approval.version);
  }

  async function apply(day: LocalDate): Promise<void> {
    const credit = await pick(await db.receipt.findMany({ where: { unapplied: { gt: 0n } }, ...byNumber }));
    if (!credit) return;
    const { customerId, currency } = credit;
    const open = { customerId, currency, lifecycle: 'open', outstanding: { gt: 0n } } as const;
    const row = await pick(await db.instalment.findMany({ where: open, ...byRow }));
    if (!row) return;
    const most = credit.unapplied < row.outstanding ? credit.unapplied : row.outstanding;
    await applyPrepayment(await as('finance', day), {
      receiptId: credit.id,
      version: credit.version,
      instalmentId: row.id,
      amount: chance(0.5) ? most : most / 2n + 1n,
    });
  }

  async function reverse(day: LocalDate): Promise<void> {
    const booked = { kind: { in: ['payment', 'prepayment'] as const }, status: 'approved' as const };
    const receipt = await pick(
      await db.receipt.findMany({ where: { ...booked, kind: { in: [...booked.kind.in] } }, ...byNumber }),
    );
    if (!receipt) return;
    const amount = chance(0.5) ? receipt.amount : receipt.amount / 2n + 1n;
    const asked = await askReversal(await as('finance', day), {
      receiptId: receipt.id,
      amount,
      reason: '退票',
    });
    const approval = await db.approval.findFirstOrThrow({ where: { subjectId: asked.id } });
    await approve(await as('financeManager', day), approval.id, approval.version);
  }

  async function decide(subjectId: string, day: LocalDate): Promise<void> {
    const { id, version } = await db.approval.findFirstOrThrow({ where: { subjectId } });
    const { outcome } = await approve(await as('financeManager', day), id, version);
    // Without an exchange rate the strictest flow holds.
    if (outcome === 'advanced') await approve(await as('director', day), id, version + 1);
  }

  async function writeOff(day: LocalDate): Promise<void> {
    const late = {
      lifecycle: 'open',
      outstanding: { gt: 0n },
      effectiveDue: { lt: at(addDays(day, -2)) },
    } as const;
    const row = await pick(await db.instalment.findMany({ where: late, ...byRow }));
    if (!row) return;
    const asked = await askWriteOff(await as('finance', day), {
      instalmentId: row.id,
      version: row.version,
      kind: 'bad_debt',
      amount: chance(0.5) ? null : row.outstanding / 2n + 1n,
      reason: '破产',
    });
    await decide(asked.id, day);
  }

  async function undo(day: LocalDate): Promise<void> {
    const bad = {
      adjustments: { some: { kind: 'bad_debt', undoneBy: { none: {} }, undoesId: null } },
    } as const;
    const row = await pick(await db.instalment.findMany({ where: bad, ...byRow }));
    if (!row) return;
    const input = { instalmentId: row.id, version: row.version, reason: '弄错了' };
    await decide((await askUndo(await as('finance', day), input)).id, day);
  }

  async function postpone(day: LocalDate): Promise<void> {
    const dated = {
      lifecycle: 'open',
      isRetention: false,
      postponeCount: 0,
      outstanding: { gt: 0n },
    } as const;
    const row = await pick(
      await db.instalment.findMany({
        where: { ...dated, effectiveDue: { gt: at(addDays(day, -20)) } },
        ...byRow,
      }),
    );
    if (!row?.dueOn) return;
    const due = localDate(row.dueOn.toISOString().slice(0, 10));
    const to = addDays(due > day ? due : day, 1 + whole(5));
    const who = row.ownerId === company.ids.rep ? 'rep' : 'rep2';
    await postponeInstalment(await as(who, day), { id: row.id, version: row.version, to, remark: null });
  }

  async function follow(day: LocalDate): Promise<void> {
    const row = await pick(
      await db.instalment.findMany({ where: { lifecycle: 'open', outstanding: { gt: 0n } }, ...byRow }),
    );
    if (!row) return;
    const who = row.ownerId === company.ids.rep ? 'rep' : 'rep2';
    const result = chance(0.6) ? 'promised' : chance(0.5) ? 'disputed' : null;
    await recordFollowUp(await as(who, day), {
      instalmentId: row.id,
      kind: 'call',
      content: null,
      result,
      promisedOn: result === 'promised' ? addDays(day, whole(9)) : null,
      promisedAmount: result === 'promised' ? row.outstanding / 2n + 1n : null,
      reason: result === 'disputed' ? '数量' : null,
      pauseUntil: result === 'disputed' ? addDays(day, 5) : null,
      nextOn: null,
    });
  }
}
