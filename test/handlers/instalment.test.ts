import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createContract, deleteContract } from '../../src/domain/contracts/contract.service.js';
import { voidContract } from '../../src/domain/contracts/contract-end.service.js';
import { localDate } from '../../src/domain/local-date.js';
import { deleteInstalment } from '../../src/domain/plans/delete-instalment.service.js';
import { loadRows } from '../../src/domain/plans/instalment.queries.js';
import { createPlan } from '../../src/domain/plans/plan.service.js';
import type { Instalment } from '../../src/generated/prisma/client.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { instalmentRow } from '../../src/handlers/views/row-views.js';
import { aCustomer, anActiveContract, aSubmittedReceipt, type PersonKey } from '../support/company.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';
import { windowsOf, words } from '../support/windows.js';

const REP = slackId('rep');
const MANAGER = slackId('manager');

let world: SandboxedCompany;
let ui: ReturnType<typeof windowsOf>;
beforeAll(async () => {
  world = await startSandboxedCompany();
  ui = windowsOf(world);
});
afterAll(() => world.close());
beforeEach(async () => {
  for (const who of [REP, MANAGER]) await world.sandbox.dismiss(who, true);
});

async function aRow(dueOn = '2026-12-01', extra = {}): Promise<Instalment> {
  const { rows } = await anActiveContract(world.company, [
    [10_000_00n, dueOn, extra],
    [5_000_00n, '2027-06-01'],
  ]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  return row;
}
async function aDraftRow(): Promise<Instalment> {
  const customer = await aCustomer(world.company);
  const contract = await createContract(await world.company.as('rep'), {
    customerId: customer.id,
    name: '冲压线',
    type: 'vehicle',
    amount: 10_000_00n,
    currency: 'CNY',
  });
  const rows = [{ name: '首期', amount: 10_000_00n, dueOn: localDate('2026-12-01') }];
  await createPlan(await world.company.as('rep'), { contractId: contract.id, rows });
  return world.company.db.instalment.findFirstOrThrow({ where: { contractId: contract.id } });
}
const fresh = (row: Instalment) => world.company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });
const value = (row: Instalment) => JSON.stringify({ i: row.id });
const open = (row: Instalment, who = REP) => ui.press(who, 'instalment.open', value(row));

async function postRow(row: Instalment, who: PersonKey = 'rep') {
  const ctx = await world.company.as(who);
  const [data] = await loadRows(ctx, [row.id]);
  if (!data) throw new Error('no row');
  const { today, now, actor } = ctx;
  const reader = {
    t: translator('zh-CN'),
    locale: 'zh-CN' as const,
    today,
    now,
    timezone: 'Asia/Shanghai',
    actor,
  };
  return ui.post(instalmentRow(data, reader), world.sandbox.dm(slackId(who)));
}

describe('a row', () => {
  it('has its buttons, and they open what they say', async () => {
    const row = await aRow();
    const posted = await postRow(row);
    await ui.click(REP, posted, 'instalment.more', { value: 'postpone' });
    expect(ui.top(REP).title?.text).toBe('延期');
    await world.sandbox.dismiss(REP, true);
    await ui.click(REP, posted, 'instalment.more', { value: 'open' });
    expect(ui.top(REP).title?.text).toBe('回款计划');
    await ui.clickTop(REP, 'receipt.new');
    expect(ui.top(REP).title?.text).toBe('登记回款');
    expect(world.sandbox.views(REP)).toHaveLength(2);
  });

  it('leaves out what the reader may not do', async () => {
    const row = await aRow();
    const posted = await postRow(row, 'auditor');
    expect(words(posted.read())).not.toContain('receipt.new');
    expect(words(posted.read())).not.toContain('postpone');
    expect(words(posted.read())).toContain('instalment.open');
  });
});

describe('open', () => {
  it('shows fields and history, newest first', async () => {
    const row = await aRow();
    const { receipt } = await aSubmittedReceipt(world.company, row, 4_000_00n);
    await open(row);
    const shown = words(ui.top(REP));
    expect(shown).toContain('待审批 ¥4,000.00');
    expect(shown).toContain(`${receipt.number} ¥4,000.00，待审批`);
    expect(shown).toContain('建立：¥10,000.00，12月1日 周二');
    expect(shown).toContain('合同生效');
  });

  it.each([['{"i":"00000000-0000-7000-8000-000000000000"}'], ['{"i":"x"}'], ['']])(
    'answers a forged id %s with "not found"',
    async (forged) => {
      await ui.press(REP, 'instalment.open', forged);
      expect(ui.told(REP, world.sandbox.dm(REP))).toContain('没找到');
    },
  );

  it('does not show another rep the plan', async () => {
    const row = await aRow();
    await open(row, slackId('rep2'));
    expect(ui.told(slackId('rep2'), world.sandbox.dm(slackId('rep2')))).toContain('没找到');
  });
});

describe('postpone', () => {
  it('moves the date, shows it behind the form, and tells nobody about one’s own', async () => {
    const row = await aRow();
    await open(row);
    await ui.clickTop(REP, 'instalment.postpone');
    await world.sandbox.submit(REP, ui.fill(REP, { to: '2026-12-20', remark: '客户 <资金>' }));
    expect(world.sandbox.views(REP)).toHaveLength(1);
    const shown = words(ui.top(REP));
    expect(shown).toContain('✅ 第1期已延至 12月20日 周日。');
    expect(shown).toContain('已延期 延至 12月20日 周日');
    expect(shown).toContain('延期：12月1日 周二 → 12月20日 周日，客户 &lt;资金&gt;');
    expect(await world.company.db.outbox.count({ where: { kind: 'instalment.changed' } })).toBe(0);
  });

  it('by the manager tells the owner', async () => {
    const row = await aRow();
    await ui.press(MANAGER, 'instalment.postpone', value(row));
    await world.sandbox.submit(MANAGER, ui.fill(MANAGER, { to: '2027-01-15' }));
    expect(await fresh(row)).toMatchObject({ postponeCount: 1 });
    const told = await world.company.db.outbox.findFirstOrThrow({ where: { kind: 'instalment.changed' } });
    const message = await ui.render('instalment.changed', told.payload as never);
    expect(message?.text).toMatch(
      /^manager 把 客户\d+ HT-\S+ 第1期 从 12月1日 周二 延期到 2027年1月15日 周五。$/,
    );
  });

  it.each([
    ['2026-12-01', '新日期要晚于 12月1日 周二。'],
    ['2026-11-20', '新日期要晚于 12月1日 周二。'],
  ])('refuses %s on the field', async (to, message) => {
    const row = await aRow();
    await ui.press(REP, 'instalment.postpone', value(row));
    const result = await world.sandbox.submit(REP, ui.fill(REP, { to }));
    expect(JSON.stringify(result)).toContain(message);
  });

  it('tells who was faster, and can then be sent again', async () => {
    const row = await aRow();
    await ui.press(REP, 'instalment.postpone', value(row));
    await ui.press(MANAGER, 'instalment.postpone', value(row));
    await world.sandbox.submit(MANAGER, ui.fill(MANAGER, { to: '2026-12-05' }));
    await world.sandbox.submit(REP, ui.fill(REP, { to: '2026-12-10' }));
    expect(words(ui.top(REP))).toContain('manager 10:00 改过');
    await world.sandbox.submit(REP, {});
    expect(await fresh(row)).toMatchObject({ postponeCount: 2, postponedTo: new Date('2026-12-10') });
  });

  it('is not offered for what is paid', async () => {
    const row = await aRow();
    await world.company.db.instalment.update({
      where: { id: row.id },
      data: { outstanding: 0n, lifecycle: 'settled' },
    });
    await ui.press(REP, 'instalment.postpone', value(row));
    expect(ui.told(REP, world.sandbox.dm(REP))).toContain('第1期是“已回款”，不能延期');
  });
});

describe('edit', () => {
  it('changes name, method, reminder and an earlier date; the amount is not asked', async () => {
    const row = await aRow();
    await open(row);
    await ui.clickTop(REP, 'instalment.edit');
    expect(words(ui.top(REP))).toContain('合同已生效：金额不改');
    expect(words(ui.top(REP))).not.toContain('本期回款金额');
    await world.sandbox.submit(REP, ui.fill(REP, { name: '首付', remind: '3', dueOn: '2026-11-28' }));
    expect(await fresh(row)).toMatchObject({ name: '首付', remindDaysAhead: 3, amount: 10_000_00n });
    expect(words(ui.top(REP))).toContain('编辑：名称、日期、提醒');
  });

  it('refuses a later date on the field', async () => {
    const row = await aRow();
    await ui.press(REP, 'instalment.edit', value(row));
    const result = await world.sandbox.submit(REP, ui.fill(REP, { dueOn: '2026-12-02' }));
    expect(JSON.stringify(result)).toContain('往后改日期用“延期”');
  });

  it('says that the row is deleted, or its contract is, or void, not that it was changed', async () => {
    const row = await aRow();
    await ui.press(REP, 'instalment.edit', value(row));
    await deleteInstalment(await world.company.as('manager'), { id: row.id, version: row.version });
    for (const _press of [1, 2]) {
      await world.sandbox.submit(REP, ui.fill(REP, { name: '首付' }));
      expect(words(ui.top(REP))).toContain('manager 已于 10:00 删除第1期，没有保存。');
    }
    const other = await aRow();
    await ui.press(REP, 'instalment.edit', value(other));
    const contract = await world.company.db.contract.findUniqueOrThrow({ where: { id: other.contractId } });
    const shown = { id: contract.id, version: contract.version };
    await voidContract(await world.company.as('manager'), { ...shown, reason: '取消' });
    await world.sandbox.submit(REP, ui.fill(REP, { name: '首付' }));
    expect(words(ui.top(REP))).toContain('合同是“已作废”，不能编辑。');
  });

  it('says of a draft that somebody deleted who it was', async () => {
    const draft = await aDraftRow();
    await ui.press(REP, 'instalment.edit', value(draft));
    const { id, version, number } = await world.company.db.contract.findUniqueOrThrow({
      where: { id: draft.contractId },
    });
    await deleteContract(await world.company.as('manager'), id, version);
    await world.sandbox.submit(REP, ui.fill(REP, { name: '首付' }));
    expect(words(ui.top(REP))).toContain(`manager 已于 10:00 删除合同 ${number}，没有保存。`);
  });

  it('asks about a date that has passed, keeps what was typed and takes it once ticked', async () => {
    const row = await aRow();
    await open(row);
    await ui.clickTop(REP, 'instalment.edit');
    await world.sandbox.submit(REP, ui.fill(REP, { name: '首付', dueOn: '2026-11-10' }));
    expect(words(ui.top(REP))).toContain('11月10日 周二 已经过去');
    expect(await fresh(row)).toMatchObject({ effectiveDue: row.effectiveDue });
    await world.sandbox.submit(REP, ui.fill(REP, { alreadyDue: ['yes'] }));
    expect(await fresh(row)).toMatchObject({ name: '首付', effectiveDue: new Date('2026-11-10') });
    expect(words(ui.top(REP))).toContain('逾期 10 天');
  });
});

describe('delete', () => {
  it('clicked twice at once deletes once and says so', async () => {
    const row = await aRow();
    await open(row);
    const window = ui.top(REP);
    const press = () => world.sandbox.click(REP, window, 'instalment.delete');
    await Promise.all([press(), press()]);
    await world.sandbox.waitFor(
      () => !words(ui.top(REP)).includes('instalment.delete'),
      5_000,
      'the row is gone',
    );
    expect((await fresh(row)).lifecycle).toBe('cancelled');
    expect(words(ui.top(REP))).not.toContain('出错');
  });

  it('returns the amount to the balance and leaves the history', async () => {
    const row = await aRow();
    await open(row);
    await ui.clickTop(REP, 'instalment.delete');
    expect(words(ui.top(REP))).toContain('✅ 第1期已删除，¥10,000.00 回到余额。');
    expect(await fresh(row)).toMatchObject({ lifecycle: 'cancelled' });
    const contract = await world.company.db.contract.findUniqueOrThrow({ where: { id: row.contractId } });
    expect(contract.planIncomplete).toBe(true);
  });

  it('is refused when money came after the window opened, telling how much; then it is not offered', async () => {
    const row = await aRow();
    await open(row);
    await aSubmittedReceipt(world.company, row, 4_000_00n);
    await ui.clickTop(REP, 'instalment.delete');
    expect(words(ui.top(REP))).toContain('已有回款 ¥4,000.00，不能删除');
    await open(row);
    expect(words(ui.top(REP))).not.toContain('instalment.delete');
  });

  it('is not offered to a rep once the row is overdue, but to the manager', async () => {
    const row = await aRow('2026-11-19');
    await open(row);
    expect(words(ui.top(REP))).not.toContain('instalment.delete');
    await open(row, MANAGER);
    expect(words(ui.top(MANAGER))).toContain('instalment.delete');
  });

  it('names the manager for a row that is due', async () => {
    const row = await aRow('2026-11-20');
    await open(row);
    await ui.clickTop(REP, 'instalment.delete');
    expect(words(ui.top(REP))).toContain('已到期或延期过的期须由 manager 办');
    await open(row, MANAGER);
    await ui.clickTop(MANAGER, 'instalment.delete');
    expect(await fresh(row)).toMatchObject({ lifecycle: 'cancelled' });
  });

  it('refuses a stale button: somebody changed the row meanwhile', async () => {
    const row = await aRow();
    await open(row);
    await ui.press(MANAGER, 'instalment.postpone', value(row));
    await world.sandbox.submit(MANAGER, ui.fill(MANAGER, { to: '2026-12-05' }));
    await ui.clickTop(REP, 'instalment.delete');
    expect(await fresh(row)).toMatchObject({ lifecycle: 'open' });
  });
});
