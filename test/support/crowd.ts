// A company in which anybody does anything at any moment, for test/long/crowd.test.ts: who, when and by which chance.
import type { Ctx } from '../../src/ctx.js';
import type { Db } from '../../src/db/client.js';
import { addDays, type LocalDate, localDate } from '../../src/domain/local-date.js';
import type { Approval, Contract, Instalment, Receipt } from '../../src/generated/prisma/client.js';
import { anActiveContract, NOON, type PersonKey, type TestCompany } from './company.js';
import { randomFrom } from './random.js';

const DAY_MS = 86_400_000;

export class Crowd {
  now = NOON;
  readonly company: TestCompany;
  private focus: Contract | null = null;
  private readonly random: () => number;
  /** Of the instances of the app, on one database. */
  private readonly instances: readonly [Db, ...Db[]];
  constructor(company: TestCompany, seed: number, ...others: Db[]) {
    this.company = company;
    this.instances = [company.db, ...others];
    this.random = randomFrom(seed);
  }

  get db() {
    return this.company.db;
  }
  chance = (share: number): boolean => this.random() < share;
  below = (max: number): number => Math.floor(this.random() * max);
  /** Null of an empty list. */
  any = <T>(list: readonly T[]): T | null => list[this.below(list.length)] ?? null;
  /** One of these. */
  one = <T>(first: T, ...others: T[]): T => this.any([first, ...others]) ?? first;
  /** One of these people, on one of the instances. */
  as = async (first: PersonKey, ...others: PersonKey[]): Promise<Ctx> => ({
    ...(await this.company.as(this.one(first, ...others), this.now)),
    db: this.one(...this.instances),
  });
  /** Small amounts, of which some are a rest not worth a call. */
  amount = (): bigint => BigInt(1 + this.below(this.chance(0.3) ? 99 : 15_000));
  near = (day: LocalDate, before: number, after: number): LocalDate =>
    addDays(day, this.below(before + after + 1) - before);
  pass(days: number): void {
    this.now = new Date(this.now.getTime() + days * DAY_MS);
  }

  /** A contract in force whose rows are due before and after today, one a retention, one without a day. */
  async begin(): Promise<void> {
    await anActiveContract(
      this.company,
      [
        [100_00n, '2026-11-10'],
        [80_00n, '2026-11-12'],
        [60_00n, '2026-12-20'],
        [40_00n, '2026-11-01', { isRetention: true }],
        [
          50_00n,
          null,
          { anchorKind: 'acceptance', anchorOffset: { months: 0, days: 3 }, dueSource: 'anchor' },
        ],
      ],
      {
        who: this.one<PersonKey>('rep', 'rep2'),
        now: this.now,
        contract: { signedOn: localDate('2026-10-01') },
      },
    );
  }
  /** Mostly they all look at one contract: what happens elsewhere meets nobody. */
  async gather(): Promise<void> {
    const contracts = await this.db.contract.findMany({ where: { status: { not: 'void' } } });
    this.focus = this.chance(0.9) ? this.any(contracts) : null;
  }
  async row(): Promise<Instalment | null> {
    const where = { lifecycle: 'open' as const, ...(this.focus && { contractId: this.focus.id }) };
    return this.any(await this.db.instalment.findMany({ where }));
  }
  async contract(where: { status?: Contract['status']; planIncomplete?: boolean } = {}) {
    const here = this.focus && { id: this.focus.id };
    return this.any(await this.db.contract.findMany({ where: { ...where, ...here } }));
  }
  async money(): Promise<Receipt | null> {
    const customer = this.focus && { customerId: this.focus.customerId };
    const where = { reversesId: null, status: { in: ['approved' as const, 'partly_reversed' as const] } };
    return this.any(await this.db.receipt.findMany({ where: { ...where, ...customer } }));
  }
  /** The newest, so that several decide the same. */
  async waiting(): Promise<Approval | null> {
    const take = this.focus ? 4 : 1_000;
    return this.any(
      await this.db.approval.findMany({ where: { status: 'open' }, orderBy: { id: 'desc' }, take }),
    );
  }
}
