// One contract as app and model have it, and what the steps of the random sequences (test/long/money-model.test.ts) share.
import { expect } from 'vitest';
import { approve, type Decided } from '../../src/domain/approvals/decisions.service.js';
import { isDomainError } from '../../src/domain/errors.js';
import { fromUtcDate, type LocalDate } from '../../src/domain/local-date.js';
import { anActiveContract, NOON, type PersonKey, type TestCompany } from './company.js';
import { type ModelReceipt, type ModelRow, MoneyModel } from './money-model.js';
import type { Step } from './money-steps.js';

export class World {
  readonly model = new MoneyModel();
  now = NOON;
  readonly company: TestCompany;
  readonly customerId: string;
  readonly contractId: string;
  readonly rows: readonly string[];
  readonly seqs = new Map<string, string>();
  /** Money of nobody knows whom, whichever receipt claims it. */
  readonly unclaimed: { id: string; amount: bigint; receivedOn: LocalDate }[] = [];

  constructor(company: TestCompany, customerId: string, contractId: string, rows: readonly string[]) {
    this.company = company;
    this.customerId = customerId;
    this.contractId = contractId;
    this.rows = rows;
  }
  as(who: PersonKey) {
    return this.company.as(who, this.now);
  }
  approvalOf(subjectId: string) {
    return this.company.db.approval.findFirstOrThrow({ where: { subjectId, status: 'open' } });
  }
  async versionOf(id: string): Promise<number> {
    return (await this.company.db.receipt.findUniqueOrThrow({ where: { id } })).version;
  }
  async decide(subjectId: string, who: PersonKey): Promise<Tried<Decided['outcome']>> {
    const { id, version } = await this.approvalOf(subjectId);
    const ctx = await this.as(who);
    return tried(async () => (await approve(ctx, id, version)).outcome);
  }
}

/** A contract whose rows are due before and after today, one of them a retention, one without a day. */
export async function aWorld(company: TestCompany): Promise<World> {
  const { contract, customer, rows } = await anActiveContract(company, [
    [100_00n, '2026-11-10'],
    [80_00n, '2026-11-12'],
    [60_00n, '2026-12-20'],
    [40_00n, '2026-11-01', { isRetention: true }],
    [50_00n, null, { anchorKind: 'acceptance', anchorOffset: { months: 0, days: 3 }, dueSource: 'anchor' }],
  ]);
  const ids = rows.map((row) => row.id);
  const world = new World(company, customer.id, contract.id, ids);
  for (const { id, amount, seq, isRetention, effectiveDue } of rows) {
    world.seqs.set(`${contract.number} ${seq}`, id);
    const due = effectiveDue ? fromUtcDate(effectiveDue) : '9999';
    const row: ModelRow = { id, amount, due, isRetention, lifecycle: 'open', adjustments: [], asked: null };
    world.model.rows.set(id, row);
  }
  return world;
}

/** One step with what it is about: refusals are steps too, so that nothing says it can be done. */
export interface Turn {
  readonly world: World;
  readonly one: Step;
  readonly kind: Step['kind'];
  readonly model: MoneyModel;
  readonly all: readonly ModelReceipt[];
  readonly rowId: string;
  readonly row: ModelRow;
  readonly waiting: ModelReceipt | undefined;
  readonly isRefund: boolean;
  readonly booked: ModelReceipt | undefined;
  readonly today: LocalDate;
}

type Tried<T> = { ok: true; value: T } | { ok: false; why: string };

/** Whether it was done; a refusal in words is no. */
export async function tried<T>(run: () => Promise<T>): Promise<Tried<T>> {
  try {
    return { ok: true, value: await run() };
  } catch (error) {
    if (isDomainError(error)) return { ok: false, why: error.code };
    throw error;
  }
}

export const pickOf = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(1, list.length)];
export const smaller = (...amounts: bigint[]): bigint =>
  amounts.reduce((least, one) => (one < least ? one : least));

/** A receipt as it waits, with what it proposes. */
export async function wasRecorded(
  { model, company }: World,
  id: string,
  amount: bigint,
  claims: string | null,
): Promise<void> {
  const lines = await company.db.allocation.findMany({ where: { receiptId: id } });
  const proposed = lines.map(({ instalmentId, amount: part, recovery }) => ({
    row: instalmentId,
    amount: part,
    recovery,
  }));
  // What is proposed fits what is open now.
  expect(model.fits(proposed)).toBe(true);
  const nothing = { lines: [], reversed: 0n, refunded: 0n, movement: null };
  model.receipts.set(id, { id, amount, status: 'submitted', proposed, claims, ...nothing });
}
