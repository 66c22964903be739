// Windows whose facts take long to load: a skeleton is opened while the click can still open one, and becomes the window.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { localDate } from '../../src/domain/local-date.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { VIEW } from '../../src/handlers/ids.js';
import { anActiveContract } from '../support/company.js';
import { approveReceipt } from '../support/decide.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';
import { windowsOf } from '../support/windows.js';

let world: SandboxedCompany;
/** The next query of the app takes so long. */
let delay = 0;
const SKELETON_MS = 200;
const PEOPLE = ['rep', 'manager', 'finance'] as const;
beforeAll(async () => {
  world = await startSandboxedCompany(
    'zh-CN',
    async ({ db: { pool, prisma } }) => {
      const query = pool.query.bind(pool);
      const late = async (...args: unknown[]) => {
        const wait = delay;
        delay = 0;
        if (wait > 0) await sleep(wait);
        return Reflect.apply(query, pool, args);
      };
      Object.assign(pool, { query: late });
      return prisma;
    },
    undefined,
    SKELETON_MS,
  );
  // Everybody's profile is read once an hour: not in the middle of a test.
  for (const who of PEOPLE) await world.person(who).press('help.open');
});
afterAll(() => world.close());
beforeEach(async () => {
  delay = 0;
  for (const who of PEOPLE) await world.sandbox.dismiss(slackId(who), true);
});

const SLOW = SKELETON_MS + 300;
const shown = (who: (typeof PEOPLE)[number]) => world.sandbox.views(slackId(who));
const skeleton = (who: (typeof PEOPLE)[number]) =>
  world.sandbox.waitFor(
    () =>
      shown(who).find(
        (view) => view.callback_id === VIEW.loading && JSON.stringify(view.blocks).includes('正在载入…'),
      ),
    3_000,
    'a skeleton',
  );

it('a click shows the skeleton, then its window in the same place', async () => {
  const manager = world.person('manager');
  delay = SLOW;
  const click = manager.press('todo.open');
  const loading = await skeleton('manager');
  await click;
  expect(shown('manager').map(({ id }) => id)).toEqual([loading.id]);
  expect(manager.top().title?.text).toBe('待办');
  // The next one is quick: a window of its own at once.
  await world.sandbox.dismiss(manager.id, true);
  await manager.press('todo.open');
  expect(manager.top().id).not.toBe(loading.id);
});

it('so does a command, and a refusal takes the place of the skeleton', async () => {
  const { sandbox } = world;
  const rep = world.person('rep');
  delay = SLOW;
  await sandbox.command(rep.id, '/hk-contract', 'HT-2099-9999');
  await skeleton('rep');
  await sandbox.waitFor(() => rep.words().includes('没找到 HT-2099-9999'), 3_000, 'the refusal');
  expect(shown('rep')).toHaveLength(1);
});

it('above a form: the form below and what is typed in it stay untouched', async () => {
  const rep = world.person('rep');
  const { rows } = await anActiveContract(world.company, [[200_00n, '2026-12-01']]);
  await rep.press('receipt.new', JSON.stringify({ i: rows[0]?.id }));
  const form = rep.top();
  delay = SLOW;
  const click = rep.click('receipt.split');
  await skeleton('rep');
  await click;
  expect(shown('rep')).toHaveLength(2);
  expect(rep.top().title?.text).toBe('核销分配');
  expect(shown('rep')[0]).toMatchObject({ id: form.id, hash: form.hash });
});

it('the third of three windows turns into what is loaded, and stays where that is refused', async () => {
  const { company } = world;
  const finance = world.person('finance');
  const [row] = (await anActiveContract(company, [[100_00n, '2026-12-01']])).rows;
  const { id, number } = await recordReceipt(
    await company.as('rep'),
    {
      customerId: row?.customerId ?? '',
      kind: 'prepayment',
      amount: 40_00n,
      currency: 'CNY',
      method: 'transfer',
      receivedOn: localDate('2026-11-20'),
    },
    { notDuplicate: true, lines: [] },
  );
  const approval = await company.db.approval.findFirstOrThrow({ where: { subjectId: id } });
  await approveReceipt(await company.as('finance2'), approval.id, approval.version);
  const openThree = async () => {
    await world.sandbox.dismiss(finance.id, true);
    await finance.press('plan.list', JSON.stringify({ f: { contractId: row?.contractId }, p: 1 }));
    await finance.click('instalment.more', { value: 'open' });
    await finance.click('prepayment.apply');
    await finance.submit(windowsOf(world).fill(finance.id, { amount: '5' }));
    expect(shown('finance')).toHaveLength(3);
    return finance.top();
  };
  const first = await openThree();
  delay = SLOW;
  await finance.click('receipt.refund');
  expect(shown('finance')).toHaveLength(3);
  expect(finance.top()).toMatchObject({ id: first.id, callback_id: 'receipt.refund' });

  const second = await openThree();
  await company.db.receipt.update({ where: { id }, data: { status: 'reversed' } });
  delay = SLOW;
  await finance.click('receipt.refund');
  expect(shown('finance')).toHaveLength(3);
  expect(finance.top()).toMatchObject({ id: second.id, callback_id: second.callback_id });
  expect(JSON.stringify(finance.top().blocks)).not.toBe(JSON.stringify(second.blocks));
  expect(JSON.stringify(finance.top())).toContain(`"${number}`);
  expect(finance.top().title).toEqual(second.title);
});

it('where it cannot be changed any more, who clicked in a window is written to: nobody sees what is said below it', async () => {
  const rep = world.person('rep');
  const { company, sandbox } = world;
  const { rows } = await anActiveContract(company, [[300_00n, '2026-12-01']]);
  await rep.press('instalment.open', JSON.stringify({ i: rows[0]?.id }));
  const below = rep.top();
  await company.db.instalment.updateMany({
    where: { id: rows[0]?.id ?? '' },
    data: { ownerId: company.ids.rep2 },
  });
  const before = rep.told();
  delay = SLOW;
  // A call is tried twice.
  sandbox.faults.add({ method: 'views.update', status: 500, times: 2 });
  await rep.click('instalment.edit');
  expect(sandbox.faults.list()).toEqual([]);
  expect(rep.told()).not.toBe(before);
  expect(shown('rep').find((view) => view.id === below.id)?.hash).toBe(below.hash);
});

it('so does the form of exchange rates', async () => {
  const finance = world.person('finance');
  delay = SLOW;
  const click = finance.press('settings.rates');
  const loading = await skeleton('finance');
  await click;
  expect(shown('finance').map(({ id }) => id)).toEqual([loading.id]);
  expect(finance.top().title?.text).toBe('汇率');
});

it('so does a file to import, and what is wrong with it takes the place of the window that reads it', async () => {
  const rep = world.person('rep');
  const { company, sandbox } = world;
  const file = sandbox.upload(rep.id, '客户.csv', '客户名称\n华东');
  sandbox.say(rep.id, sandbox.dm(rep.id), '', { file_ids: [file.id] });
  const { id: j } = await expect
    .poll(() => company.db.importJob.findFirst({ where: { slackFileId: file.id } }), { timeout: 5_000 })
    .not.toBeNull()
    .then(() => company.db.importJob.findFirstOrThrow({ where: { slackFileId: file.id } }));
  delay = SLOW;
  const click = rep.press('import.kind.customers', JSON.stringify({ j }));
  const loading = await skeleton('rep');
  await click;
  expect(shown('rep').map(({ id }) => id)).toEqual([loading.id]);
  expect(rep.top().callback_id).toBe(VIEW.importMapping);
  await sandbox.dismiss(rep.id, true);
  await company.db.importJob.update({ where: { id: j }, data: { slackFileId: `${file.id}X` } });
  await rep.press('import.kind.customers', JSON.stringify({ j }));
  expect(shown('rep')).toHaveLength(1);
  expect(rep.top().callback_id).toBe(VIEW.info);
});

it('closed while it loads, nothing comes up again and nothing is said to have failed', async () => {
  const manager = world.person('manager');
  const before = manager.told();
  delay = SLOW;
  const click = manager.press('todo.open');
  await skeleton('manager');
  await world.sandbox.dismiss(manager.id, true);
  await click;
  expect(shown('manager')).toEqual([]);
  expect([before, 'a button']).toContain(manager.told());
});
