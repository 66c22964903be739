// What is not worth a reminder: set in the base currency, so much of another as the exchange rate says, nothing without one.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askUndo, askWriteOff } from '../../src/domain/adjustments/adjustment-ask.service.js';
import { approve } from '../../src/domain/approvals/decisions.service.js';
import { loadAmendable } from '../../src/domain/contracts/amendment.queries.js';
import { proposeAmendment } from '../../src/domain/contracts/amendment.service.js';
import { recordFollowUp } from '../../src/domain/follow-ups/follow-up.service.js';
import { findFollowUpStats } from '../../src/domain/follow-ups/follow-up-list.queries.js';
import { localDate } from '../../src/domain/local-date.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import { findCaseCard } from '../../src/domain/reminders/case.queries.js';
import { findMoreOverdue } from '../../src/domain/reminders/digest-sums.queries.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import { readReport } from '../../src/domain/reports/read-report.queries.js';
import { defaultQuery } from '../../src/domain/reports/report.js';
import { editCompany } from '../../src/domain/settings/company.service.js';
import { countTolerated } from '../../src/domain/settings/overview.queries.js';
import type { CompanySettings } from '../../src/domain/settings/settings.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  changeCompany,
  createTestCompany,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { approveAmendment, approveReceipt } from '../support/decide.js';
import { at, mornings, sentAbout } from '../support/mornings.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database.close());

it('is compared in each row’s own currency, by whoever asks', async () => {
  const exchangeRates = [
    { currency: 'USD', rate: '7.1' },
    { currency: 'JPY', rate: '0.0483' },
  ];
  // One yuan: 14 cents, 20 yen.
  const rests = [
    ['CNY', 100n, false],
    ['CNY', 101n, true],
    ['USD', 14n, false],
    ['USD', 15n, true],
    ['JPY', 20n, false],
    ['JPY', 21n, true],
    ['EUR', 1n, true],
  ] as const;
  const names = new Map<string, string>();
  for (const [currency, amount] of rests) {
    const { rows } = await anActiveContract(company, [[amount, '2026-11-25']], { contract: { currency } });
    names.set(rows[0]?.id ?? '', `${currency} ${amount}`);
  }
  await changeCompany(company.db, { settings: { exchangeRates } });
  // A day late: every ladder has a step.
  const system = await company.system(at('2026-11-26'));
  await planReminders(system);
  const told = await company.db.reminder.findMany({
    where: { ruleCode: 'E1' },
    select: { instalmentId: true },
  });
  const worth = rests.flatMap(([currency, amount, isTold]) => (isTold ? [`${currency} ${amount}`] : []));
  expect(told.map((one) => names.get(one.instalmentId ?? '') ?? '').toSorted()).toEqual(worth.toSorted());
  const { count, totals } = await findMoreOverdue(system, (await company.as('rep')).actor, []);
  expect([count, totals.map((one) => `${one.currency} ${one.minor}`)]).toEqual([
    worth.length,
    worth.toSorted(),
  ]);
  expect(await countTolerated(await company.as('admin'), 100)).toBe(rests.length - worth.length);
});

it('is never more than 50 of any currency, whatever rate one person wrote', async () => {
  // A slip: seven yuan a dollar are written as seven in ten thousand.
  const settings = { toleranceMinor: 1_00, exchangeRates: [{ currency: 'USD', rate: '0.0007' }] };
  await changeCompany(company.db, { settings });
  const rowOf = async (amount: bigint) => {
    const contract = { contract: { currency: 'USD' }, now: at('2027-01-08') };
    const { rows } = await anActiveContract(company, [[amount, '2027-01-10']], contract);
    return rows[0]?.id ?? '';
  };
  const [little, worth] = [await rowOf(50_00n), await rowOf(50_01n)];
  await planReminders(await company.system(at('2027-01-11')));
  const told = await company.db.reminder.findMany({ where: { ruleCode: 'E1' } });
  const ids = told.map((one) => one.instalmentId);
  expect([ids.includes(little), ids.includes(worth)]).toEqual([false, true]);
});

it('a promise is kept but for as much of its own currency, in reports as in the statistics of follow-ups', async () => {
  const exchangeRates = [
    { currency: 'USD', rate: '7.1' },
    { currency: 'JPY', rate: '0.0483' },
  ];
  await changeCompany(company.db, { settings: { exchangeRates } });
  const promised = 1000_00n;
  // Short of it by what one yuan is, and by one unit more.
  const shorts = [
    ['CNY', 100n, 101n],
    ['USD', 14n, 15n],
    ['JPY', 20n, 21n],
    ['EUR', 0n, 1n],
  ] as const;
  const morning = at('2026-11-16');
  for (const [currency, kept, missed] of shorts)
    for (const short of [kept, missed]) {
      const contract = { who: 'rep2', contract: { currency } } as const;
      const { rows } = await anActiveContract(company, [[promised, '2026-11-10']], contract);
      const [row] = rows;
      if (!row) throw new Error('no row');
      const promise = {
        result: 'promised',
        promisedOn: localDate('2026-11-18'),
        promisedAmount: promised,
      } as const;
      await recordFollowUp(await company.as('rep2', morning), {
        ...{ instalmentId: row.id, kind: 'call', content: 'x', ...promise },
        ...{ reason: null, pauseUntil: null, nextOn: null },
      });
      const paying = { now: at('2026-11-17'), who: 'rep2' } as const;
      const { approval } = await aSubmittedReceipt(company, row, promised - short, paying);
      await approveReceipt(await company.as('finance', paying.now), approval.id, approval.version);
      // Without a rate the strictest flow applies.
      const open = await company.db.approval.findUniqueOrThrow({ where: { id: approval.id } });
      if (open.status === 'open')
        await approveReceipt(await company.as('financeManager', paying.now), open.id, open.version);
    }
  const ctx = await company.as('rep2', at('2026-11-26'));
  const kept = async (currency: string) => {
    const query = { ...defaultQuery('habits', ctx.today, currency), from: localDate('2026-11-01') };
    const read = await readReport(ctx, query, { company: ctx.company });
    if (!('measured' in read)) throw new Error('another report');
    return [currency, read.measured.total.promisesKept, read.measured.total.promisesDue];
  };
  for (const [currency] of shorts) expect(await kept(currency)).toEqual([currency, 1n, 2n]);
  expect(await findFollowUpStats(ctx)).toMatchObject([{ promises: 8, kept: 4 }]);
});

it('no level is promised to come of a rest that is too little to be said', async () => {
  const { rows } = await anActiveContract(company, [[1_000_00n, '2026-12-01']]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  await mornings(company, '2026-12-02', '2026-12-04');
  const found = await company.db.escalationCase.findFirstOrThrow({ where: { instalmentId: row.id } });
  const cardOn = async (day: string) => findCaseCard(await company.system(at(day)), found.id);
  expect(await cardOn('2026-12-04')).toMatchObject({ closed: null, next: { level: 2, on: '2026-12-08' } });
  const { approval } = await aSubmittedReceipt(company, row, 999_50n, { now: at('2026-12-04', '12:00') });
  await approveReceipt(await company.as('finance', at('2026-12-04', '13:00')), approval.id, approval.version);
  expect(await cardOn('2026-12-05')).toMatchObject({ closed: null, next: null, isHighest: false });
  await mornings(company, '2026-12-05', '2026-12-20');
  expect(await cardOn('2026-12-20')).toMatchObject({ closed: null, level: 1 });
});

describe('a row that was paid but for that much, and is open again long after its day', () => {
  // A morning's message is sent once.
  beforeEach(async () => {
    await truncate(database.db);
    company = await createTestCompany(database.db.prisma);
  });
  /** Due on 1 December, paid in November but for half a yuan; on 10 January more of it is open again. */
  async function nearlyPaid() {
    const { rows, contract } = await anActiveContract(company, [[1_000_00n, '2026-12-01']]);
    const [row] = rows;
    if (!row) throw new Error('no row');
    const { receipt, approval } = await aSubmittedReceipt(company, row, 999_50n);
    await approveReceipt(await company.as('finance'), approval.id, approval.version);
    await mornings(company, '2026-11-30', '2026-12-02');
    expect(await sentAbout(company, row.id)).toEqual([]);
    return { row, contract, receipt };
  }
  /** It is listed for its owner and their manager; the step that comes next is told as any. */
  async function startsAnew(rowId: string) {
    await mornings(company, '2027-01-11', '2027-01-12');
    const told = await sentAbout(company, rowId);
    expect(told).toEqual(['2027-01-11 E5→manager', '2027-01-11 E5→rep']);
    expect(await company.db.escalationCase.count({ where: { instalmentId: rowId } })).toBe(0);
  }
  const now = at('2027-01-10', '12:00');

  it('because the money is taken back: nobody is told of days that it has passed', async () => {
    const { row, receipt } = await nearlyPaid();
    const asked = { receiptId: receipt.id, amount: receipt.amount, reason: 'x' };
    const reversal = await askReversal(await company.as('finance', now), asked);
    const approval = await company.db.approval.findFirstOrThrow({ where: { subjectId: reversal.id } });
    await approve(await company.as('financeManager', now), approval.id, approval.version);
    await startsAnew(row.id);
  });

  it('because a write-off is undone', async () => {
    const { rows } = await anActiveContract(company, [[1_000_00n, '2026-12-01']]);
    const row = await company.db.instalment.findUniqueOrThrow({ where: { id: rows[0]?.id ?? '' } });
    const decide = async (subjectId: string, day: Date) => {
      const open = await company.db.approval.findFirstOrThrow({ where: { subjectId } });
      await approve(await company.as('financeManager', day), open.id, open.version);
    };
    const { id: instalmentId, version } = row;
    const bad = { instalmentId, version, kind: 'bad_debt', amount: 999_50n, reason: 'x' } as const;
    // Late, but before the first morning that says so.
    const early = at('2026-12-02', '08:00');
    await decide((await askWriteOff(await company.as('finance', early), bad)).id, early);
    const after = await company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });
    const undo = { instalmentId, version: after.version, reason: 'x' };
    await decide((await askUndo(await company.as('finance', now), undo)).id, now);
    await startsAnew(row.id);
  });

  it('because its contract is changed', async () => {
    const { row, contract } = await nearlyPaid();
    const rep = await company.as('rep', now);
    const { fields } = await loadAmendable(rep, contract.id);
    const { version } = await company.db.contract.findUniqueOrThrow({ where: { id: contract.id } });
    const line = { name: row.name, amount: 1_500_00n, dueOn: localDate('2026-12-01') };
    const { change } = await proposeAmendment(rep, {
      contractId: contract.id,
      version,
      reason: 'x',
      fields: { ...fields, amount: 1_500_00n },
      plan: { rows: new Map([[row.id, line]]), added: [] },
      keepRest: false,
      alreadyDue: false,
    });
    for (const who of ['manager', 'director', 'financeManager'] as const) {
      const open = await company.db.approval.findFirst({ where: { subjectId: change.id, status: 'open' } });
      if (open) await approveAmendment(await company.as(who, now), open.id, open.version);
    }
    await startsAnew(row.id);
  });

  it.each<[string, string, Partial<CompanySettings>]>([
    ['less is not worth a reminder', 'CNY', { toleranceMinor: 10 }],
    ['a rate says that it is more', 'USD', { exchangeRates: [{ currency: 'USD', rate: '2.5' }] }],
    ['there is no rate any more', 'USD', { exchangeRates: [] }],
  ])('because %s', async (_why, currency, settings) => {
    await changeCompany(company.db, { settings: { exchangeRates: [{ currency: 'USD', rate: '1.9' }] } });
    const { rows } = await anActiveContract(company, [[1_000_00n, '2026-12-01']], { contract: { currency } });
    const [row] = rows;
    if (!row) throw new Error('no row');
    const { approval } = await aSubmittedReceipt(company, row, 999_50n);
    await approveReceipt(await company.as('finance'), approval.id, approval.version);
    await mornings(company, '2026-11-30', '2026-12-02');
    expect(await sentAbout(company, row.id)).toEqual([]);
    const { version } = await company.db.company.findFirstOrThrow();
    await editCompany(await company.as('admin', now), version, { settings });
    await startsAnew(row.id);
  });
});
