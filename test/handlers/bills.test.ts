import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toUtcDate } from '../../src/domain/local-date.js';
import { anActiveContract } from '../support/company.js';
import { approveReceipt } from '../support/decide.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';
import { windowsOf, words } from '../support/windows.js';

const FINANCE = slackId('finance');
const REP = slackId('rep');

let world: SandboxedCompany;
let ui: ReturnType<typeof windowsOf>;
beforeAll(async () => {
  world = await startSandboxedCompany();
  ui = windowsOf(world);
});
afterAll(() => world.close());
beforeEach(async () => {
  for (const who of [FINANCE, REP]) await world.sandbox.dismiss(who, true);
});

describe('an acceptance bill', () => {
  it('is asked for number and day, shows them, and is dishonoured with its reason', async () => {
    const { company, sandbox } = world;
    const [row] = (await anActiveContract(company, [[8_000_00n, '2026-12-01']])).rows;
    if (!row) throw new Error('no row');
    await ui.press(REP, 'receipt.new', JSON.stringify({ i: row.id }));
    expect(words(ui.top(REP))).not.toContain('billNo');
    await ui.clickTop(REP, 'receipt.method', { value: 'acceptance_bill' });
    await sandbox.waitFor(() => words(ui.top(REP)).includes('billNo'), 5_000, 'the fields of a bill');
    const early = await sandbox.submit(
      REP,
      ui.fill(REP, { method: 'acceptance_bill', billNo: 'CD-9', billDueOn: '2026-11-01' }),
    );
    expect(JSON.stringify(early)).toContain('到期日不能更早');
    await sandbox.submit(
      REP,
      ui.fill(REP, { method: 'acceptance_bill', billNo: 'cd <9>', billDueOn: '2027-05-20' }),
    );
    const receipt = await company.db.receipt.findFirstOrThrow({ where: { instalmentId: row.id } });
    expect(receipt).toMatchObject({ billNo: 'CD<9>', billDueOn: new Date('2027-05-20') });
    const approval = await company.db.approval.findFirstOrThrow({ where: { subjectId: receipt.id } });
    const card = await ui.render('receipt.card', { receiptId: receipt.id, approvalId: approval.id });
    expect(JSON.stringify(card?.blocks)).toContain('汇票到期日');
    await approveReceipt(await company.as('finance2'), approval.id, approval.version);
    const button = JSON.stringify({ i: receipt.id });
    await ui.press(FINANCE, 'receipt.open', button);
    expect(words(ui.top(FINANCE))).toContain('receipt.reverse');
    expect(words(ui.top(FINANCE))).not.toContain('receipt.dishonour');
    await sandbox.dismiss(FINANCE, true);
    // Made up, or of a day that was put later.
    await world.person('finance').press('receipt.dishonour', button);
    expect(world.person('finance').told()).toBe(
      `${receipt.number} 的汇票 2027年5月20日 周四 才到期，没有拒付。登记错了就点“冲销”，写明原因。`,
    );
    await company.db.receipt.update({
      where: { id: receipt.id },
      data: { billDueOn: toUtcDate((await company.system()).today) },
    });
    await ui.press(FINANCE, 'receipt.open', button);
    await ui.clickTop(FINANCE, 'receipt.dishonour');
    expect(ui.block(FINANCE, 'reason').element).toMatchObject({ initial_value: '承兑汇票到期拒付' });
    // Whatever the reason, those who are told of it read what happened.
    await sandbox.submit(FINANCE, ui.fill(FINANCE, { amount: '8000', reason: '出票人账户余额不足' }));
    const reversal = await company.db.receipt.findFirstOrThrow({ where: { reversesId: receipt.id } });
    expect(reversal.remark).toBe('承兑汇票到期拒付：出票人账户余额不足');
  });
});
