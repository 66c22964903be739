// Archiving and voiding through the real app: from the card and by command.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approve } from '../../src/domain/approvals/decisions.service.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { contractNotices } from '../../src/jobs/notices/contracts.js';
import { anActiveContract, aSubmittedReceipt } from '../support/company.js';
import { approveReceipt } from '../support/decide.js';
import {
  type PersonAtSlack,
  type SandboxedCompany,
  slackId,
  startSandboxedCompany,
} from '../support/sandboxed-company.js';

let world: SandboxedCompany;
let rep: PersonAtSlack;
let manager: PersonAtSlack;
beforeAll(async () => {
  world = await startSandboxedCompany();
  rep = world.person('rep');
  manager = world.person('manager');
});
afterAll(() => world.close());
beforeEach(async () => {
  for (const who of ['rep', 'manager'] as const) await world.sandbox.dismiss(slackId(who), true);
});

const AMOUNT = 100_000_00n;
const fresh = (id: string) => world.company.db.contract.findUniqueOrThrow({ where: { id } });
const value = (id: string) => JSON.stringify({ c: id });

async function aPaidContract() {
  const { contract, rows } = await anActiveContract(world.company, [[AMOUNT, '2026-12-01']]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  const { approval } = await aSubmittedReceipt(world.company, row, AMOUNT);
  await approveReceipt(await world.company.as('finance'), approval.id, approval.version);
  return contract;
}

describe('void', () => {
  it('asks why, and the card shows it', async () => {
    const { contract } = await anActiveContract(world.company, [[AMOUNT, '2026-12-01']]);
    await manager.press('contract.open', value(contract.id));
    const card = manager.top();
    await manager.click('contract.void');
    expect(manager.words()).toContain('1 期计划一起作废，未收 ¥100,000.00');
    const refused = await manager.submit({ reason: { value: ' ' } });
    expect(refused.errors?.reason).toBe('这里不能空。填上再提交。');
    await manager.submit({ reason: { value: '客户<取消>订单' } });
    expect(manager.top().id).toBe(card.id);
    expect(manager.words()).toContain(`已作废 ${contract.number}。`);
    expect(manager.words()).toContain('作废：客户&lt;取消&gt;订单');
    expect(manager.words()).not.toContain('contract.void');
    expect(await fresh(contract.id)).toMatchObject({ status: 'void' });
  });

  it('is reached by command, also in Chinese, with the number', async () => {
    const { contract } = await anActiveContract(world.company, [[AMOUNT, '2026-12-01']]);
    for (const [command, verb] of [
      ['/hk-contract', 'void'],
      ['/hk-contract', '作废'],
      ['/hk', '作废'],
    ] as const) {
      await world.sandbox.command(
        manager.id,
        command,
        `${verb} ${contract.number.toLowerCase()}`,
        'C0GENERAL',
      );
      await world.sandbox.waitFor(() => world.sandbox.views(manager.id).length > 0, 5_000, 'a window');
      expect(manager.top().callback_id).toBe('contract.void');
      await world.sandbox.dismiss(manager.id, true);
    }
  });

  it('of a contract with money asks finance, and moves the money', async () => {
    const { contract, rows } = await anActiveContract(world.company, [[AMOUNT, '2026-12-01']]);
    const [row] = rows;
    if (!row) throw new Error('no row');
    const { receipt, approval } = await aSubmittedReceipt(world.company, row, 40_000_00n);
    await approveReceipt(await world.company.as('finance'), approval.id, approval.version);
    await manager.press('contract.open', value(contract.id));
    await manager.click('contract.void');
    expect(manager.words()).toContain('合同已收 ¥40,000.00：财务审批后全部转为客户的预收款');
    await manager.submit({ reason: { value: '取消' } });
    expect(manager.words()).toContain(`${contract.number} 作废已提交，等 financeManager 审批。`);
    expect(manager.words()).toContain('作废等审批：¥40,000.00 转预收款');
    expect(manager.words()).not.toContain('contract.void');
    const head = world.person('financeManager');
    await head.press('contract.open', value(contract.id));
    await head.click('approval.approve');
    expect(head.words()).toContain(`已通过 ${contract.number} 的作废。`);
    expect(await fresh(contract.id)).toMatchObject({ status: 'void' });
    const { db } = world.company;
    expect(await db.receipt.findUniqueOrThrow({ where: { id: receipt.id } })).toMatchObject({
      unapplied: 40_000_00n,
    });
    // Its owner has neither asked nor decided: who did, and where the money is.
    const told = {
      contractId: contract.id,
      event: 'voided',
      byId: world.company.ids.financeManager,
    } as const;
    const system = await world.company.system();
    const reader = { ...system, locale: 'zh-CN', t: translator('zh-CN') } as const;
    expect((await contractNotices['contract.changed'](reader, told))?.text).toBe(
      `manager 提出、financeManager 通过作废 ${contract.number} ${contract.name}：取消。已收的 ¥40,000.00 已转为客户的预收款。`,
    );
  });

  it('asks anew where money came or went while its form was open', async () => {
    const { company, sandbox } = world;
    const { contract, rows } = await anActiveContract(company, [
      [AMOUNT, '2026-12-01'],
      [AMOUNT, '2027-01-01'],
    ]);
    const [row] = rows;
    if (!row) throw new Error('no row');
    await manager.press('contract.open', value(contract.id));
    await manager.click('contract.void');
    expect(manager.top().submit?.text).toBe('作废');
    const { approval, receipt } = await aSubmittedReceipt(company, row, AMOUNT);
    await approveReceipt(await company.as('finance'), approval.id, approval.version);
    await manager.submit({ reason: { value: '客户取消' } });
    expect(manager.words()).toContain('合同的已收变了');
    expect(manager.words()).toContain('合同已收 ¥100,000.00');
    expect(manager.words()).toContain('客户取消');
    expect(manager.top().submit?.text).toBe('提交审批');
    // And gone again: sent as it is, it would be refused for ever.
    const { id } = await askReversal(await company.as('finance'), {
      ...{ receiptId: receipt.id, amount: AMOUNT, reason: '退票' },
    });
    const open = await company.db.approval.findFirstOrThrow({ where: { subjectId: id, status: 'open' } });
    await approve(await company.as('financeManager'), open.id, open.version);
    await manager.submit({ reason: { value: '客户取消' } });
    expect(manager.top().submit?.text).toBe('作废');
    await manager.submit({ reason: { value: '客户取消' } });
    expect(await fresh(contract.id)).toMatchObject({ status: 'void', voidReason: '客户取消' });
    expect(sandbox.views(manager.id)).toHaveLength(1);
  });

  it('names the receipt that waits', async () => {
    const { contract, rows } = await anActiveContract(world.company, [[AMOUNT, '2026-12-01']]);
    const [row] = rows;
    if (!row) throw new Error('no row');
    const { receipt } = await aSubmittedReceipt(world.company, row, AMOUNT);
    await manager.press('contract.void', value(contract.id));
    await manager.submit({ reason: { value: '取消' } });
    expect(manager.words()).toContain(`${receipt.number} 在等财务审批。`);
    expect(await fresh(contract.id)).toMatchObject({ status: 'active' });
  });

  it('is not for a rep, who has no such button and forges one', async () => {
    const { contract } = await anActiveContract(world.company, [[AMOUNT, '2026-12-01']]);
    await rep.press('contract.open', value(contract.id));
    expect(rep.words()).not.toContain('contract.void');
    await rep.press('contract.void', value(contract.id));
    expect(rep.told()).toContain('作废合同需要销售主管或销售总监，你是销售。');
  });
});

describe('archive', () => {
  it('puts a completed contract away', async () => {
    const contract = await aPaidContract();
    await rep.press('contract.open', value(contract.id));
    expect(rep.words()).toContain('100% ▓▓▓▓▓▓▓▓▓▓');
    expect(rep.words()).toContain('11月20日 周五 完成');
    await rep.click('contract.archive');
    expect(rep.words()).toContain(`已归档 ${contract.number}。`);
    expect(rep.words()).not.toContain('contract.archive');
    expect(await fresh(contract.id)).toMatchObject({ status: 'archived' });
  });
});
