// The ledger's window and file through the real app.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { anActiveContract, aSubmittedReceipt } from '../support/company.js';
import {
  type PersonAtSlack,
  type SandboxedCompany,
  startSandboxedCompany,
} from '../support/sandboxed-company.js';

let world: SandboxedCompany;
let rep: PersonAtSlack;
beforeAll(async () => {
  world = await startSandboxedCompany();
  rep = world.person('rep');
});
afterAll(() => world.close());
beforeEach(() => world.sandbox.dismiss(rep.id, true));

it('shows movements with their balance, as of another day, and pages', async () => {
  const plan = Array.from({ length: 25 }, (): [bigint, string] => [10_00n, '2026-12-01']);
  const { customer, contract } = await anActiveContract(world.company, plan);
  await rep.press('ledger.open', JSON.stringify({ u: customer.id }));
  expect(rep.words()).toContain('余额 ¥250.00 = 未收 ¥250.00 − 预收 ¥0.00');
  expect(rep.words()).toContain('+¥10.00');
  await rep.click('ledger.page.next');
  expect(rep.words()).toContain('第 2 页，共 2 页');
  await rep.click('ledger.day', { selected_date: '2026-11-19' });
  expect(rep.words()).toContain('没有往来');
  await world.sandbox.dismiss(rep.id, true);
  await rep.press('ledger.open', JSON.stringify({ c: contract.id }));
  expect(rep.words()).toContain(contract.number);
});

it('is opened from the cards, and sent as a file', async () => {
  const { contract, rows } = await anActiveContract(world.company, [[10_00n, '2026-12-01']]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  await aSubmittedReceipt(world.company, row, 4_00n);

  await rep.press('contract.open', JSON.stringify({ c: contract.id }));
  await rep.click('ledger.open');
  await rep.click('ledger.file');
  expect(rep.words()).toContain('往来明细已发');
  const files = world.sandbox
    .history(rep.id, world.sandbox.dm(rep.id))
    .flatMap((message) => message.files ?? []);
  expect(files.map((file) => file.name)).toContain(`往来明细-${contract.number}-2026-11-20.xlsx`);
});

it('is not found for a customer of another rep, and with forged values', async () => {
  const { customer } = await anActiveContract(world.company, [[10_00n, '2026-12-01']], { who: 'rep2' });
  for (const value of [JSON.stringify({ u: customer.id }), '{"u":"x"}', 'x']) {
    await rep.press('ledger.open', value);
    expect(rep.told()).toContain('没找到');
  }
});
