// Retentions, acceptances and milestones without a day: ladders of their own (rules §8: Q1, A1, N1).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { transact } from '../../src/db/transact.js';
import { loadMilestoneForm } from '../../src/domain/contracts/milestone.queries.js';
import { setMilestone } from '../../src/domain/contracts/milestone.service.js';
import { localDate } from '../../src/domain/local-date.js';
import { editInstalment } from '../../src/domain/plans/plan-changes.service.js';
import { findDigest } from '../../src/domain/reminders/digest.queries.js';
import type { LadderKind } from '../../src/domain/reminders/ladder.js';
import { removeStep, resetLadder, saveStep, startLadder } from '../../src/domain/reminders/ladder.service.js';
import { findLadder } from '../../src/domain/reminders/ladder-window.queries.js';
import type { ScopeRef } from '../../src/domain/reminders/ladders.js';
import { milestoneKey } from '../../src/domain/reminders/milestone-steps.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import { insertMilestoneReminders } from '../../src/domain/reminders/save-steps.service.js';
import { findTodo } from '../../src/domain/reminders/todo.queries.js';
import { anActiveContract, createTestCompany, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { at, mornings, sendAll, sentAbout } from '../support/mornings.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await truncate(database.db);
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database.close());

/** What was sent about a contract's milestones, in order. */
async function sentOf(contractId: string): Promise<string[]> {
  const names = new Map(Object.entries(company.ids).map(([name, id]) => [id, name]));
  const rows = await company.db.reminder.findMany({ where: { contractId, status: 'sent' } });
  return rows
    .map((one) => `${one.plannedOn.toISOString().slice(0, 10)} ${one.ruleCode}→${names.get(one.recipientId)}`)
    .toSorted();
}

/** What the form of a milestone says will be told, on a day, of the day that is chosen in it. */
async function previewOf(contractId: string, on: string, chosen?: string): Promise<string[]> {
  const ctx = await company.as('rep', at(on));
  const day = chosen === undefined ? undefined : localDate(chosen);
  const { coming } = await loadMilestoneForm(ctx, contractId, 'acceptance', day);
  const names = await company.db.user.findMany({ where: { id: { in: Object.values(company.ids) } } });
  const keys = new Map(Object.entries(company.ids).map(([key, id]) => [id, key]));
  const keyOf = (name: string) => keys.get(names.find((user) => user.name === name)?.id ?? '');
  return coming.flatMap((item) => item.names.map((name) => `${item.on} ${item.rule.code}→${keyOf(name)}`));
}

describe('a retention', () => {
  it('is looked after from 30 days ahead whatever N is, goes up, and comes every 7 days until received', async () => {
    // 2027-01-14 is a Thursday.
    const { rows } = await anActiveContract(
      company,
      [
        [900_00n, '2027-06-01'],
        [100_00n, '2027-01-14', { isRetention: true, remindDaysAhead: 3 }],
      ],
      { now: at('2026-12-01') },
    );
    const retention = rows[1];
    if (!retention) throw new Error('no row');
    const todo = await findTodo(await company.as('rep', at('2026-12-16')));
    expect(todo.rows.map((row) => row.id)).toEqual([retention.id]);
    await mornings(company, '2026-12-02', '2027-02-05');
    expect(await sentAbout(company, retention.id)).toEqual([
      '2026-12-15 Q1→rep',
      '2026-12-31 Q2→rep',
      '2027-01-07 Q3→rep',
      '2027-01-11 Q4→rep',
      '2027-01-14 Q5→finance',
      '2027-01-14 Q5→finance2',
      '2027-01-14 Q5→rep',
      '2027-01-15 Q6→manager',
      '2027-01-15 Q6→rep',
      '2027-01-21 Q7→director',
      '2027-01-21 Q7→financeManager',
      '2027-01-21 Q7→manager',
      '2027-01-21 Q7→rep',
      '2027-01-28 QW→manager',
      '2027-01-28 QW→rep',
      '2027-02-04 QW→manager',
      '2027-02-04 QW→rep',
    ]);
    const found = await company.db.escalationCase.findMany({ where: { instalmentId: retention.id } });
    expect(found).toMatchObject([{ level: 2, closedOn: null }]);
  });

  it('missed for weeks is said once, and then every 7 days again', async () => {
    const { rows } = await anActiveContract(company, [[100_00n, '2027-01-14', { isRetention: true }]], {
      now: at('2026-12-01'),
    });
    await mornings(company, '2027-02-01', '2027-02-11');
    const sent = await sentAbout(company, rows[0]?.id ?? '');
    expect(sent.map((line) => line.split('→')[0])).toEqual([
      ...Array.from({ length: 4 }, () => '2027-02-01 Q7'),
      '2027-02-04 QW',
      '2027-02-04 QW',
      '2027-02-11 QW',
      '2027-02-11 QW',
    ]);
  });
});

describe('an acceptance', () => {
  const accept = async (
    contractId: string,
    date: string,
    more: { happened: boolean; date: string; evidence?: string },
  ) => {
    const ctx = await company.as('rep', at(date, '12:00'));
    const { version } = await company.db.contract.findUniqueOrThrow({ where: { id: contractId } });
    await setMilestone(ctx, {
      contractId,
      version,
      kind: 'acceptance',
      happened: more.happened,
      date: localDate(more.date),
      evidence: more.evidence ?? null,
      alsoMove: [],
      seen: '',
    });
  };
  const aContract = async () =>
    (
      await anActiveContract(company, [[100_00n, '2027-06-01']], {
        now: at('2026-11-20'),
        contract: { milestones: { acceptance: localDate('2026-12-10') } },
      })
    ).contract;

  it('is pushed for 7 days and 1 day ahead and every 7 days after, until it happened', async () => {
    const contract = await aContract();
    const preview = await previewOf(contract.id, '2026-11-21');
    await mornings(company, '2026-11-21', '2026-12-28');
    expect(await sentOf(contract.id)).toEqual([
      '2026-12-03 A1→rep',
      '2026-12-09 A2→rep',
      '2026-12-17 AW→rep',
      '2026-12-24 AW→rep',
    ]);
    expect(preview).toEqual(await sentOf(contract.id));
    expect((await previewOf(contract.id, '2026-12-28'))[0]).toBe('2026-12-31 AW→rep');
    const digest = await findDigest(
      await company.system(at('2026-12-24')),
      company.ids.rep,
      localDate('2026-12-24'),
    );
    expect(digest?.acceptances).toMatchObject([
      { kind: 'acceptance', expectedOn: '2026-12-10', actualOn: null },
    ]);
    await accept(contract.id, '2026-12-28', { happened: true, date: '2026-12-28' });
    await mornings(company, '2026-12-29', '2027-01-20');
    expect(await sentOf(contract.id)).toHaveLength(4);
    expect(await previewOf(contract.id, '2026-12-29')).toEqual([]);
  });

  it('with a new estimate is pushed for anew', async () => {
    const contract = await aContract();
    await mornings(company, '2026-12-03', '2026-12-03');
    const preview = await previewOf(contract.id, '2026-12-03', '2026-12-24');
    await accept(contract.id, '2026-12-03', { happened: false, date: '2026-12-24' });
    await mornings(company, '2026-12-04', '2026-12-23');
    expect(await sentOf(contract.id)).toEqual(['2026-12-03 A1→rep', ...preview.slice(0, 2)]);
    expect(preview.slice(0, 2)).toEqual(['2026-12-17 A1→rep', '2026-12-23 A2→rep']);
  });

  it('moved while another run still knew the day before is pushed for of its new day', async () => {
    const contract = await aContract();
    await accept(contract.id, '2026-12-01', { happened: false, date: '2026-12-09' });
    const system = await company.system(at('2026-12-03'));
    await planReminders(system);
    const { dueEpoch } = await company.db.reminder.findFirstOrThrow({ where: { contractId: contract.id } });
    // What a run that had listed the milestone before writes after it.
    const stale = {
      contractId: contract.id,
      milestoneKind: 'acceptance',
      epoch: dueEpoch - 1,
      ruleCode: 'A1',
      occurrenceOn: localDate('2026-12-03'),
      recipientRole: 'owner',
      recipientId: company.ids.rep,
    };
    await transact(company.db, (tx) => insertMilestoneReminders(tx, system, [stale]));
    const [moved] = await company.db.reminder.findMany({ where: { contractId: contract.id, dueEpoch } });
    expect(moved).toMatchObject({ ruleCode: 'A1', status: 'pending', skipReason: null });
  });

  it('with another word about the same day is not pushed for anew', async () => {
    const contract = await aContract();
    await mornings(company, '2026-12-03', '2026-12-03');
    await accept(contract.id, '2026-12-03', { happened: false, date: '2026-12-10', evidence: '等客户签字' });
    await mornings(company, '2026-12-04', '2026-12-08');
    expect(await sentOf(contract.id)).toEqual(['2026-12-03 A1→rep']);
  });

  it('is said by the digest of its day, which shows it done afterwards', async () => {
    const contract = await aContract();
    await mornings(company, '2026-12-03', '2026-12-03');
    await accept(contract.id, '2026-12-03', { happened: true, date: '2026-12-03' });
    const rewrites = await company.db.outbox.findMany({ where: { kind: 'digest', op: 'update' } });
    expect(rewrites).toHaveLength(1);
    const system = await company.system(at('2026-12-03', '12:30'));
    const digest = await findDigest(system, company.ids.rep, localDate('2026-12-03'));
    expect(digest?.acceptances).toMatchObject([{ actualOn: '2026-12-03' }]);
  });
});

describe('the ladder of milestones', () => {
  const step = { repeatEveryDays: null, roles: ['owner'], tone: 'plain', level: null } as const;
  const target = async (of: ScopeRef, kind: LadderKind) => {
    const ctx = await company.as('financeManager');
    return [ctx, { ...of, kind, version: ctx.company.version }] as const;
  };
  const COMPANY = { scope: 'company', id: null } as const;

  it('is changed for the company, and for one customer in its place', async () => {
    const contract = { milestones: { acceptance: localDate('2026-12-10') } };
    const both = [
      await anActiveContract(company, [[100_00n, '2027-06-01']], { now: at('2026-11-20'), contract }),
      await anActiveContract(company, [[100_00n, '2027-06-01']], { now: at('2026-11-20'), contract }),
    ] as const;
    const rules = (await findLadder(...(await target(COMPANY, 'acceptance')))).rules;
    expect(rules.map((rule) => rule.code)).toEqual(['A1', 'A2', 'AW']);
    const own = { scope: 'customer', id: both[1].customer.id } as const;
    expect(await startLadder(...(await target(own, 'acceptance')), rules)).toBe(1);
    // The company: 3 days ahead, and every 5 days; the customer's stays at 7, 1 and every 7.
    expect(await saveStep(...(await target(COMPANY, 'acceptance')), 'A1', { ...step, offsetDays: -3 })).toBe(
      2,
    );
    await saveStep(...(await target(COMPANY, 'acceptance')), 'AW', {
      ...step,
      tone: 'urgent',
      offsetDays: 0,
      repeatEveryDays: 5,
      roles: ['owner', 'sales_manager'],
    });
    await mornings(company, '2026-11-30', '2026-12-22');
    expect(await sentOf(both[0].contract.id)).toEqual([
      '2026-12-07 A1→rep',
      '2026-12-09 A2→rep',
      '2026-12-15 AW→manager',
      '2026-12-15 AW→rep',
      // The 20th is a Sunday.
      '2026-12-21 AW→manager',
      '2026-12-21 AW→rep',
    ]);
    const system = await company.system(at('2026-12-21'));
    const digest = await findDigest(system, company.ids.rep, localDate('2026-12-21'));
    expect([...(digest?.tones ?? [])]).toEqual([[milestoneKey(both[0].contract.id, 'acceptance'), 'urgent']]);
    expect((await sentOf(both[1].contract.id)).map((line) => line.slice(0, 10))).toEqual([
      '2026-12-03',
      '2026-12-09',
      '2026-12-17',
    ]);
  });

  it('is of no template or instalment, and a repeated line that was taken out can be added again', async () => {
    const of = { scope: 'template', id: company.ids.rep } as const;
    await expect(startLadder(...(await target(of, 'anchor')), [])).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(findLadder(...(await target(of, 'acceptance')))).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(removeStep(...(await target(COMPANY, 'anchor')), 'N1')).rejects.toMatchObject({
      code: 'ladder.empty',
    });
    await removeStep(...(await target(COMPANY, 'acceptance')), 'AW');
    await saveStep(...(await target(COMPANY, 'acceptance')), null, {
      ...step,
      offsetDays: 2,
      repeatEveryDays: 10,
    });
    const { rules } = await findLadder(...(await target(COMPANY, 'acceptance')));
    expect(rules).toMatchObject([
      { code: 'A1' },
      { code: 'A2' },
      { rank: 0, offsetDays: 2, repeatEveryDays: 10 },
    ]);
    await resetLadder(...(await target(COMPANY, 'acceptance')));
    expect(
      (await findLadder(...(await target(COMPANY, 'acceptance')))).rules.map((rule) => rule.code),
    ).toEqual(['A1', 'A2', 'AW']);
  });
});

describe('a milestone without a day', () => {
  it('is asked for 30 days after the signing, again every 30 days, until there is one', async () => {
    const anchored = {
      anchorKind: 'acceptance',
      anchorOffset: { months: 0, days: 10 },
      dueSource: 'anchor',
    } as const;
    const { contract } = await anActiveContract(
      company,
      [
        [50_00n, '2027-06-01'],
        [50_00n, null, anchored],
      ],
      { now: at('2026-11-20'), contract: { signedOn: localDate('2026-11-20') } },
    );
    const preview = await previewOf(contract.id, '2026-12-01');
    await mornings(company, '2026-12-01', '2027-01-20');
    // The 20th of December is a Sunday.
    expect(await sentOf(contract.id)).toEqual(['2026-12-21 N1→rep', '2027-01-19 N1→rep']);
    expect(preview.slice(0, 2)).toEqual(await sentOf(contract.id));
    const system = await company.system(at('2027-01-19'));
    const digest = await findDigest(system, company.ids.rep, localDate('2027-01-19'));
    expect(digest?.unknown).toMatchObject([{ contractId: contract.id, kind: 'acceptance', undated: 1 }]);
  });

  it('or a row that hangs on none, or on a signing that was never written down, is asked for as well', async () => {
    const signing = {
      anchorKind: 'signing',
      anchorOffset: { months: 0, days: 10 },
      dueSource: 'anchor',
    } as const;
    const { contract, rows } = await anActiveContract(
      company,
      [
        [50_00n, null],
        [50_00n, null, signing],
      ],
      { now: at('2026-11-20') },
    );
    await mornings(company, '2026-12-01', '2026-12-20');
    expect(await sentOf(contract.id)).toEqual([]);
    await planReminders(await company.system(at('2026-12-21')));
    const digest = await findDigest(
      await company.system(at('2026-12-21')),
      company.ids.rep,
      localDate('2026-12-21'),
    );
    expect(digest?.unknown.map(({ kind, undated }) => [kind, undated])).toEqual([
      ['none', 1],
      ['signing', 1],
    ]);
    await sendAll(company);
    const [first] = rows;
    await editInstalment(await company.as('rep', at('2026-12-22')), {
      id: first?.id ?? '',
      version: first?.version ?? 0,
      name: '第1期',
      amount: 50_00n,
      dueOn: localDate('2027-06-01'),
      plannedMethod: null,
      remindDaysAhead: 7,
      remark: null,
    });
    await mornings(company, '2027-01-19', '2027-01-19');
    const asked = await company.db.reminder.findMany({ where: { contractId: contract.id } });
    expect(asked.map((one) => `${one.milestoneKind}`).toSorted()).toEqual(['none', 'signing', 'signing']);
  });
});
