// Whoever may decide is reminded after 4 working hours, whoever stands above them after a working day; each once (rules §6).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SystemCtx } from '../../src/ctx.js';
import { askAgainForOrphans } from '../../src/domain/approvals/ask-again.service.js';
import { approve, withdraw } from '../../src/domain/approvals/decisions.service.js';
import { chaseApprovals, nudgeApprovers } from '../../src/domain/approvals/nudge.service.js';
import { tellSoloWeek } from '../../src/domain/approvals/solo-week.service.js';
import { createContract } from '../../src/domain/contracts/contract.service.js';
import { submitContract } from '../../src/domain/contracts/contract-approval.service.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { renderNotice } from '../../src/jobs/render-notice.js';
import {
  aCustomer,
  anActiveContract,
  aSubmittedReceipt,
  changeCompany,
  createTestCompany,
  NOON,
  PEOPLE,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { code } from '../support/errors.js';

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

/** Of Friday 2026-11-20, when everything is asked at 10:00, unless another day is given. */
const at = (time: string, day = '2026-11-20') => new Date(`${day}T${time}:00+08:00`);
const run = async (now: Date) => chaseApprovals(await company.system(now));
const people = Object.keys(PEOPLE) as PersonKey[];
const toldOf = async (kind: string): Promise<string[]> => {
  const rows = await company.db.outbox.findMany({ where: { kind } });
  return rows
    .map((row) => people.find((who) => row.recipient === `user:${company.ids[who]}`) ?? row.recipient)
    .toSorted();
};
async function aReceipt(amount = 100_00n) {
  const [row] = (await anActiveContract(company, [[amount, '2026-12-01']])).rows;
  if (!row) throw new Error('no row');
  return aSubmittedReceipt(company, row, amount);
}
async function aContract(who: PersonKey = 'rep') {
  const customer = await aCustomer(company, who);
  const input = { customerId: customer.id, name: '合同', type: 'vehicle', amount: 100n, currency: 'CNY' };
  const draft = await createContract(await company.as(who), input);
  const { contract } = await submitContract(await company.as(who), {
    id: draft.id,
    version: draft.version,
    planLater: true,
  });
  return company.db.approval.findFirstOrThrow({ where: { subjectId: contract.id } });
}
const rendered = async (ctx: SystemCtx, kind: string) => {
  const [row] = await company.db.outbox.findMany({ where: { kind }, orderBy: { id: 'asc' } });
  return renderNotice({ ...ctx, locale: 'zh-CN', t: translator('zh-CN') }, kind, row?.payload);
};

describe('the job', () => {
  it('nudges everybody who may decide after 4 working hours, once, in one message; superiors after a working day', async () => {
    const { approval } = await aReceipt();
    await aReceipt();
    const delegate = { delegateId: company.ids.rep2, delegateUntil: new Date('2026-11-23') };
    await company.db.user.update({ where: { id: company.ids.finance }, data: delegate });
    const nothing = { nudged: 0, superiors: 0 };
    for (const early of [at('10:01'), at('13:59')]) expect(await run(early)).toEqual(nothing);
    const [first, second] = [await company.system(at('14:00')), await company.system(at('14:00'))];
    const both = await Promise.all([chaseApprovals(first), chaseApprovals(second)]);
    expect(both[0].nudged + both[1].nudged).toBe(2);
    expect(await run(at('14:30'))).toEqual(nothing);
    const asked = ['finance', 'finance2', 'financeManager', 'rep2'];
    expect(await toldOf('approval.nudge')).toEqual(asked);
    const nudge = await rendered(await company.system(at('14:30')), 'approval.nudge');
    expect(nudge).toMatchObject({ text: '有 2 件等你审批，最久 4 个工作小时。' });
    expect(JSON.stringify(nudge)).toContain(' · 已等 ');
    expect(JSON.stringify(nudge)).not.toMatch(/[。.] · /);

    // 8 hours on Friday and one on Monday; at night and on Saturday nobody is told anything.
    for (const early of [at('20:00'), at('12:00', '2026-11-21'), at('09:59', '2026-11-23')])
      expect(await run(early)).toEqual(nothing);
    await approve(await company.as('finance'), approval.id, approval.version);
    expect(await run(at('10:00', '2026-11-23'))).toEqual({ nudged: 0, superiors: 1 });
    expect(await run(at('10:00', '2026-11-23'))).toEqual(nothing);
    // Nobody stands above the people of finance here.
    expect(await toldOf('approval.overdue')).toEqual(['director']);
    const shown = await rendered(await company.system(at('10:00', '2026-11-23')), 'approval.overdue');
    expect(shown?.text).toContain('等 finance、finance2、financeManager 审批已 9 个工作小时');
    // Of the two, one is decided: the nudge tells of the other; of none it is not sent at all.
    const later = await company.system(at('10:00', '2026-11-23'));
    expect((await rendered(later, 'approval.nudge'))?.text).toContain('已等你审批 9 个工作小时：');
    const left = await company.db.approval.findFirstOrThrow({ where: { status: 'open' } });
    await approve(await company.as('finance2'), left.id, left.version);
    expect(await rendered(later, 'approval.nudge')).toBeNull();
    expect(await rendered(later, 'approval.overdue')).toBeNull();
  });

  it('tells the manager’s manager of a contract, and catches up after a silent day with both at once', async () => {
    await aContract();
    expect(await run(at('16:00', '2026-11-24'))).toEqual({ nudged: 1, superiors: 1 });
    expect(await toldOf('approval.nudge')).toEqual(['manager']);
    expect(await toldOf('approval.overdue')).toEqual(['director']);
  });

  it('begins anew with the next step, and with people who are asked only now', async () => {
    const { approval } = await aReceipt(500_000_00n);
    await run(at('14:00'));
    await approve(await company.as('finance', at('15:00')), approval.id, approval.version);
    expect(await run(at('17:59'))).toEqual({ nudged: 0, superiors: 0 });
    // 3 hours on Friday, one on Monday.
    expect(await run(at('10:00', '2026-11-23'))).toEqual({ nudged: 1, superiors: 0 });
    expect(await toldOf('approval.nudge')).toEqual(['finance', 'finance2', 'financeManager']);
    await company.db.user.update({ where: { id: company.ids.financeManager }, data: { active: false } });
    const ctx = await company.system(at('11:00', '2026-11-23'));
    await company.db.$transaction((tx) => askAgainForOrphans(tx, ctx));
    const fresh = await company.db.approval.findFirstOrThrow({ where: { status: 'open' } });
    expect(fresh).toMatchObject({ askedAt: at('11:00', '2026-11-23'), nudgedAt: null });
  });

  it('leaves alone what is decided or withdrawn at the same moment', async () => {
    const [decided, taken] = [await aReceipt(), await aReceipt()];
    const [job, finance, rep] = [
      await company.system(at('15:00')),
      await company.as('finance', at('15:00')),
      await company.as('rep', at('15:00')),
    ];
    const results = await Promise.allSettled([
      chaseApprovals(job),
      approve(finance, decided.approval.id, decided.approval.version),
      withdraw(rep, taken.approval.id),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(await run(at('16:00'))).toEqual({ nudged: 0, superiors: 0 });
    expect(await company.db.approval.count({ where: { status: 'open' } })).toBe(0);
  });
});

describe('solo decisions', () => {
  it('go to the directors once, on the first workday of the next week; a week without any is not told of', async () => {
    const { finance2, financeManager } = company.ids;
    await company.db.user.updateMany({
      where: { id: { in: [finance2, financeManager] } },
      data: { active: false },
    });
    await changeCompany(company.db, { settings: { soloMode: true } });
    const [row] = (await anActiveContract(company, [[100_00n, '2026-12-01']])).rows;
    if (!row) throw new Error('no row');
    const { receipt, approval } = await aSubmittedReceipt(company, row, 100_00n, { who: 'finance' });
    await approve(await company.as('finance'), approval.id, approval.version);
    const week = async (now: Date) => tellSoloWeek(await company.system(now));
    // Still the same week; then Monday before nine.
    for (const early of [at('17:00'), at('08:59', '2026-11-23')]) expect(await week(early)).toBe(0);
    const twice = [
      await company.system(at('09:00', '2026-11-23')),
      await company.system(at('09:00', '2026-11-23')),
    ];
    await Promise.all(twice.map((ctx) => tellSoloWeek(ctx)));
    expect(await toldOf('approval.solo_week')).toEqual(['director']);
    expect(await week(at('09:01', '2026-11-24'))).toBe(0);
    const shown = await rendered(await company.system(at('09:01', '2026-11-23')), 'approval.solo_week');
    expect(shown?.text).toBe('11月16日 周一 至 11月22日 周日，唯一的财务审批了自己经手的 1 件。');
    expect(JSON.stringify(shown?.blocks)).toContain(receipt.number);
    expect(await week(at('09:00', '2026-11-30'))).toBe(0);
    expect(await toldOf('approval.solo_week')).toHaveLength(1);
  });
});

describe('[催办]', () => {
  it('is whoever asked’s, once an hour, and told in their name', async () => {
    const { approval } = await aReceipt();
    for (const who of ['rep2', 'auditor', 'finance'] as const)
      await expect(nudgeApprovers(await company.as(who), approval.id), who).rejects.toMatchObject({
        code: expect.stringMatching(/^(not_found|access\.denied)$/),
      });
    const twice = [await company.as('rep', at('11:00')), await company.as('rep', at('11:00'))];
    const results = await Promise.allSettled(twice.map((ctx) => nudgeApprovers(ctx, approval.id)));
    expect(results.filter((result) => result.status === 'fulfilled')).toMatchObject([
      { value: { names: ['finance', 'finance2', 'financeManager'] } },
    ]);
    expect(results.filter((result) => result.status === 'rejected')).toMatchObject([
      { reason: { code: 'approval.nudged' } },
    ]);
    expect(await toldOf('approval.nudge')).toHaveLength(3);
    expect((await rendered(await company.system(at('12:00')), 'approval.nudge'))?.text).toMatch(
      /^rep 催办，已等你审批 2 个工作小时：/,
    );
    // Nobody has waited an hour within the first one.
    expect((await rendered(await company.system(at('10:20')), 'approval.nudge'))?.text).toMatch(
      /^rep 催办：/,
    );
    // The job has nothing to add; an hour later the person may again.
    expect(await run(at('14:00'))).toEqual({ nudged: 0, superiors: 0 });
    await nudgeApprovers(await company.as('rep', at('12:01')), approval.id);
    expect(await toldOf('approval.nudge')).toHaveLength(6);
    await approve(await company.as('finance'), approval.id, approval.version);
    await expect(nudgeApprovers(await company.as('rep', at('14:00')), approval.id)).rejects.toEqual(
      code('approval.decided'),
    );
    const forged = nudgeApprovers(await company.as('rep', NOON), company.ids.rep);
    await expect(forged).rejects.toEqual(code('not_found'));
  });
});
