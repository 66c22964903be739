// What people set and do about approvals in windows: a delegate, the steps, several receipts at once, a question, the trail.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ModalView } from '@slack/types';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { askWriteOff } from '../../src/domain/adjustments/adjustment-ask.service.js';
import { approve } from '../../src/domain/approvals/decisions.service.js';
import { askQuestion } from '../../src/domain/approvals/question.service.js';
import { loadAmendable } from '../../src/domain/contracts/amendment.queries.js';
import { proposeAmendment } from '../../src/domain/contracts/amendment.service.js';
import { localDate } from '../../src/domain/local-date.js';
import { setDelegate } from '../../src/domain/members/delegate.service.js';
import { askPostponement } from '../../src/domain/plans/postponement-ask.service.js';
import { reallocate } from '../../src/domain/receipts/reallocation.service.js';
import { redraw } from '../../src/handlers/redraw.js';
import { anActiveContract, aSubmittedReceipt, changeCompany } from '../support/company.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';
import { windowsOf, words } from '../support/windows.js';

const [REP, ADMIN, FINANCE, MANAGER, FINANCE_MANAGER] = [
  slackId('rep'),
  slackId('admin'),
  slackId('finance'),
  slackId('manager'),
  slackId('financeManager'),
];
let world: SandboxedCompany;
let ui: ReturnType<typeof windowsOf>;
beforeAll(async () => {
  world = await startSandboxedCompany();
  ui = windowsOf(world);
});
afterAll(() => world.close());
beforeEach(async () => {
  for (const who of [REP, ADMIN, FINANCE, MANAGER, FINANCE_MANAGER]) await world.sandbox.dismiss(who, true);
});

const seen = (who: string) => words(ui.top(who));
it('everybody sets their own delegate; a wrong one is refused on its field', async () => {
  await ui.press(MANAGER, 'delegate.edit', '');
  const wrong = await world.sandbox.submit(MANAGER, ui.fill(MANAGER, { delegateId: MANAGER }));
  expect(JSON.stringify(wrong)).toContain('不能代理自己');
  await world.sandbox.submit(MANAGER, ui.fill(MANAGER, { delegateId: slackId('rep2'), until: '2026-12-31' }));
  expect(seen(MANAGER)).toContain('rep2，到 12月31日');
  const { manager, rep2 } = world.company.ids;
  expect(await world.company.db.user.findUniqueOrThrow({ where: { id: manager } })).toMatchObject({
    delegateId: rep2,
  });
});

it('an admin who sets it for somebody is told for whom', async () => {
  await ui.press(ADMIN, 'settings.delegates', '');
  await ui.clickTop(ADMIN, 'delegate.pick', { selected_user: FINANCE_MANAGER });
  await expect.poll(() => seen(ADMIN)).toContain(world.company.ids.financeManager);
  await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { delegateId: slackId('director'), until: '2026-12-31' }));
  await expect.poll(() => seen(ADMIN)).toContain('director 代 financeManager 审批，到 12月31日');
  await world.company.db.user.update({
    where: { id: world.company.ids.financeManager },
    data: { delegateId: null, delegateUntil: null },
  });
});

it('an admin edits the steps, a finance manager reads them, others do not', async () => {
  await ui.press(FINANCE_MANAGER, 'settings.flows', '');
  expect(seen(FINANCE_MANAGER)).toContain('回款 · 现金');
  expect(seen(FINANCE_MANAGER)).not.toContain('flow.edit');
  const { version } = await world.company.db.company.findFirstOrThrow();
  await ui.press(FINANCE_MANAGER, 'flow.edit', JSON.stringify({ k: 'receipt', v: version }));
  expect(ui.told(FINANCE_MANAGER, world.sandbox.dm(FINANCE_MANAGER))).toContain('修改设置需要管理员');
  await ui.press(ADMIN, 'flow.edit', JSON.stringify({ k: 'receipt', v: version }));
  const wrong = await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { roles0: [] }));
  expect(JSON.stringify(wrong)).toContain('至少要一步');
  await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { roles0: ['finance'], roles1: ['finance_manager'] }));
  const { settings } = await world.company.db.company.findFirstOrThrow();
  const flows = (settings as { approvalFlows: { key: string; steps: { roles: string[] }[] }[] })
    .approvalFlows;
  expect(flows.find((flow) => flow.key === 'receipt')?.steps.map((step) => step.roles)).toEqual([
    ['finance'],
    ['finance_manager'],
  ]);
  await changeCompany(world.company.db, { settings: {} });
});

it('an admin adds steps for one method; receipts of it follow them until they are removed', async () => {
  const { db } = world.company;
  const version = async () => (await db.company.findFirstOrThrow()).version;
  const flows = async () =>
    (
      (await db.company.findFirstOrThrow()).settings as {
        approvalFlows: { key: string; subject: string; method: string | null }[];
      }
    ).approvalFlows.filter(({ key }) => key.startsWith('own_'));
  await ui.press(FINANCE, 'flow.new', JSON.stringify({ s: 'receipt', v: await version() }));
  expect(ui.told(FINANCE, world.sandbox.dm(FINANCE))).toContain('修改设置需要管理员');
  await ui.press(ADMIN, 'settings.flows', '');
  expect(seen(ADMIN)).toContain('另加一条');
  await ui.press(ADMIN, 'flow.new', JSON.stringify({ s: 'receipt', v: await version() }));
  const bare = await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { roles0: ['finance_manager'] }));
  expect(JSON.stringify(bare)).toContain('自己加的步骤要有条件');
  await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { method: 'transfer', roles0: ['finance_manager'] }));
  expect(await flows()).toMatchObject([{ subject: 'receipt', method: 'transfer', minAmount: null }]);

  const [row] = (await anActiveContract(world.company, [[100_00n, '2026-12-01']])).rows;
  if (!row) throw new Error('no row');
  const asked = await aSubmittedReceipt(world.company, row, 10_00n);
  const { id, version: shown } = asked.approval;
  const byFinance = approve(await world.company.as('finance'), id, shown);
  await expect(byFinance).rejects.toMatchObject({ code: 'access.denied' });
  await approve(await world.company.as('financeManager'), id, shown);

  const [own] = await flows();
  await ui.press(ADMIN, 'flow.edit', JSON.stringify({ k: own?.key, v: await version() }));
  await world.sandbox.submit(ADMIN, ui.fill(ADMIN, { remove: ['yes'] }));
  expect(await flows()).toEqual([]);
  // One of the app's own is never removed, whatever is sent.
  await ui.press(ADMIN, 'flow.edit', JSON.stringify({ k: 'receipt', v: await version() }));
  expect(seen(ADMIN)).not.toContain('删掉这一条');
  await changeCompany(world.company.db, { settings: {} });
});

it('finance ticks several receipts, and each is decided by itself', async () => {
  const { rows } = await anActiveContract(world.company, [
    [100_00n, '2026-12-01'],
    [200_00n, '2026-12-02'],
  ]);
  const [one, two] = rows;
  if (!one || !two) throw new Error('no rows');
  const first = await aSubmittedReceipt(world.company, one, 100_00n);
  const second = await aSubmittedReceipt(world.company, two, 200_00n);
  await ui.press(FINANCE, 'approval.batch', '');
  expect(seen(FINANCE)).toContain(first.receipt.number);
  const value = ({ id, version }: { id: string; version: number }) => JSON.stringify({ a: id, v: version });
  // Somebody else is faster with the second.
  const { id, version } = second.approval;
  await approve(await world.company.as('financeManager'), id, version);
  const sent = await world.sandbox.submit(
    FINANCE,
    ui.fill(FINANCE, { pick0: [value(first.approval), value(second.approval)] }),
  );
  expect(seen(FINANCE)).toContain(`${first.receipt.number} 已通过`);
  expect(seen(FINANCE)).toContain(`${second.receipt.number} 未处理：financeManager 已于`);
  // Slack sends it again: the same result, not that it is decided already.
  const told = seen(FINANCE);
  await world.sandbox.redeliver(sent.request_id);
  expect(seen(FINANCE)).toBe(told);
  expect(
    await world.company.db.receipt.count({
      where: { id: { in: [first.receipt.id, second.receipt.id] }, status: 'approved' },
    }),
  ).toBe(2);
});

it('passes over nothing that somebody asked about, also since the form was opened', async () => {
  const { rows } = await anActiveContract(world.company, [[100_00n, '2026-12-01']]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  const { receipt, approval } = await aSubmittedReceipt(world.company, row, 100_00n);
  await ui.press(FINANCE, 'approval.batch', '');
  expect(JSON.stringify(ui.block(FINANCE, 'pick0'))).toContain(receipt.number);
  await askQuestion(await world.company.as('finance2'), approval.id, '哪一期？');
  const box = JSON.stringify({ a: approval.id, v: approval.version });
  await world.sandbox.submit(FINANCE, ui.fill(FINANCE, { pick0: [box] }));
  expect(seen(FINANCE)).toContain(`${receipt.number} 未处理：有提问未答，打开看了再审批`);
  expect(await world.company.db.approval.findUnique({ where: { id: approval.id } })).toMatchObject({
    status: 'open',
  });
  await world.sandbox.dismiss(FINANCE, true);
  await ui.press(FINANCE, 'approval.batch', '');
  expect(seen(FINANCE)).toContain('finance2 问（未答）：哪一期？');
  const boxes = ui.top(FINANCE).blocks.filter((block) => block.type === 'input');
  expect(JSON.stringify(boxes)).not.toContain(receipt.number);
  // On its card or in its window whoever has read the question decides.
  expect(await approve(await world.company.as('finance'), approval.id, approval.version)).toMatchObject({
    outcome: 'approved',
  });
});

it('says of a step that others decide after it that it is not all', async () => {
  const ticked = async () => {
    const [row] = (await anActiveContract(world.company, [[600_000_00n, '2026-12-01']])).rows;
    if (!row) throw new Error('no row');
    const { receipt, approval } = await aSubmittedReceipt(world.company, row, 600_000_00n);
    return { receipt, approval, box: JSON.stringify({ a: approval.id, v: approval.version }) };
  };
  const { receipt, approval, box } = await ticked();
  await ui.press(FINANCE, 'approval.batch', '');
  const sent = await world.sandbox.submit(FINANCE, ui.fill(FINANCE, { pick0: [box] }));
  const told = seen(FINANCE);
  expect(told).toContain(`${receipt.number} 第 1 步已通过，等 financeManager`);
  // Slack sends it again: the same result, not that all of it is approved.
  await world.sandbox.redeliver(sent.request_id);
  expect(seen(FINANCE)).toBe(told);
  await world.sandbox.dismiss(FINANCE, true);
  // A question between the look at the form and the decision is found under the lock, too.
  const other = await ticked();
  const finance = await world.company.as('finance');
  await askQuestion(await world.company.as('finance2'), other.approval.id, '哪一期？');
  const at = [other.approval.id, other.approval.version] as const;
  await expect(approve(finance, ...at, { unasked: true })).rejects.toMatchObject({ code: 'approval.asked' });
  // Who may not decide does not learn of it.
  for (const who of ['rep', 'rep2'] as const)
    await expect(approve(await world.company.as(who), ...at, { unasked: true })).rejects.toMatchObject({
      code: 'access.denied',
    });
  const manager = await world.company.as('financeManager');
  await approve(manager, approval.id, approval.version + 1);
  await approve(finance, ...at);
  await approve(manager, other.approval.id, other.approval.version + 1);
});

it('says of a step that all of its people decide for whom it still waits', async () => {
  const [row] = (await anActiveContract(world.company, [[100_00n, '2026-12-01']])).rows;
  if (!row) throw new Error('no row');
  const { receipt, approval } = await aSubmittedReceipt(world.company, row, 100_00n);
  await world.company.db.approvalStep.updateMany({
    where: { approvalId: approval.id },
    data: { mode: 'all', approverIds: [world.company.ids.finance, world.company.ids.finance2] },
  });
  await ui.press(FINANCE, 'approval.batch', '');
  const box = JSON.stringify({ a: approval.id, v: approval.version });
  await world.sandbox.submit(FINANCE, ui.fill(FINANCE, { pick0: [box] }));
  expect(seen(FINANCE)).toContain(`${receipt.number} 你已通过，等 finance2`);
  await approve(await world.company.as('finance2'), approval.id, approval.version + 1);
});

it('says in the window of one of several approvers that the step is not over', async () => {
  const [row] = (await anActiveContract(world.company, [[100_00n, '2026-12-01']])).rows;
  if (!row) throw new Error('no row');
  const { receipt, approval } = await aSubmittedReceipt(world.company, row, 100_00n);
  await world.company.db.approvalStep.updateMany({
    where: { approvalId: approval.id },
    data: { mode: 'all', approverIds: [world.company.ids.finance, world.company.ids.finance2] },
  });
  await ui.press(FINANCE, 'receipt.open', JSON.stringify({ i: receipt.id }));
  await ui.clickTop(FINANCE, 'approval.approve');
  expect(seen(FINANCE)).toContain(`${receipt.number} 第 1 步你已通过，还等 finance2`);
  await approve(await world.company.as('finance2'), approval.id, approval.version + 1);
});

it('of two boxes ticked in quick succession both are counted', async () => {
  const { rows } = await anActiveContract(world.company, [
    [100_00n, '2026-12-01'],
    [200_00n, '2026-12-02'],
  ]);
  const asked: { id: string; version: number }[] = [];
  for (const row of rows) asked.push((await aSubmittedReceipt(world.company, row, row.amount)).approval);
  await ui.press(FINANCE, 'approval.batch', '');
  const none = await world.sandbox.submit(FINANCE, {});
  expect(JSON.stringify(none)).toContain('至少勾一笔');
  const window = ui.top(FINANCE);
  const box = ui.block(FINANCE, 'pick0');
  const { action_id, options } = box.element as { action_id: string; options: { value: string }[] };
  const mine = options.filter(({ value }) => asked.some(({ id }) => value.includes(id)));
  expect(mine).toHaveLength(2);
  const tick = (selected_options: unknown[]) =>
    world.sandbox.act({
      as: FINANCE,
      container: { type: 'view', view_id: window.id },
      action: { block_id: String(box.block_id), action_id, selected_options: selected_options as never },
    });
  // The second goes out before the first has redrawn the window.
  const first = tick(mine.slice(0, 1));
  await sleep(3);
  await Promise.all([first, tick(mine)]);
  await world.sandbox.waitFor(() => seen(FINANCE).includes('已选 2 笔 ¥300.00'), 5_000, 'the sum of both');
});

it('of clicks in the same form the last one is what stays, whichever is drawn first', async () => {
  const drawn = (text: string): ModalView => ({
    type: 'modal',
    callback_id: 'approval.batch',
    title: { type: 'plain_text', text: 'form' },
    submit: { type: 'plain_text', text: 'ok' },
    blocks: [{ type: 'section', text: { type: 'plain_text', text } }],
  });
  const clicked = async () => {
    await world.sandbox.dismiss(FINANCE, true);
    await ui.press(FINANCE, 'approval.batch', '');
    // Something else may be said to the person before the window is there.
    await world.sandbox.waitFor(() => world.sandbox.views(FINANCE).length > 0, 5_000, 'the window');
    const { id, hash } = ui.top(FINANCE);
    return { id, hash };
  };
  const { client } = world;
  let shown = await clicked();
  await redraw(client, shown, drawn('first'), '1700000000.000100');
  await redraw(client, shown, drawn('second'), '1700000000.000200');
  await redraw(client, shown, drawn('third'), '1700000000.000300');
  expect(seen(FINANCE)).toContain('third');
  // Clicked in the form as one of them left it, while another one was drawn.
  shown = await clicked();
  await redraw(client, shown, drawn('first'), '1700000000.000400');
  const between = { id: shown.id, hash: ui.top(FINANCE).hash };
  await redraw(client, shown, drawn('second'), '1700000000.000500');
  await redraw(client, between, drawn('third'), '1700000000.000600');
  expect(seen(FINANCE)).toContain('third');
  // Sent at once: which one was drawn is known only once Slack has answered.
  shown = await clicked();
  const [first, second, third] = [1, 2, 3].map((n) => `1700000000.00070${n}`);
  await Promise.all([
    redraw(client, shown, drawn('second'), second),
    redraw(client, shown, drawn('third'), third),
    redraw(client, shown, drawn('first'), first),
  ]);
  expect(seen(FINANCE)).toContain('third');
  shown = await clicked();
  await redraw(client, shown, drawn('second'), '1700000001.000200');
  await redraw(client, shown, drawn('first'), '1700000001.000100');
  expect(seen(FINANCE)).toContain('second');
  // Slack has drawn the first and not said so yet: the last one waits for that, and does not give way to it.
  shown = await clicked();
  const late = {
    views: {
      update: async (sent: Parameters<typeof client.views.update>[0]) => {
        const answer = await client.views.update(sent);
        await sleep(200);
        return answer;
      },
    },
  } as unknown as typeof client;
  await Promise.all([
    redraw(late, shown, drawn('first'), '1700000001.500100'),
    redraw(client, shown, drawn('second'), '1700000001.500200'),
  ]);
  expect(seen(FINANCE)).toContain('second');
  // Drawn from something else than what is entered: the form stays as the first click left it.
  shown = await clicked();
  await redraw(client, shown, drawn('first'), '1700000002.000100');
  await redraw(client, shown, drawn('second'));
  expect(seen(FINANCE)).toContain('first');
  // Redrawn by something else than a click in it: what that shows is newer than what was entered.
  shown = await clicked();
  await client.views.update({ view_id: shown.id, view: drawn('saved') });
  await redraw(client, shown, drawn('late'), '1700000003.000100');
  expect(seen(FINANCE)).toContain('saved');
});

it('a manager ticks what waits from the card of any kind', async () => {
  const [row] = (await anActiveContract(world.company, [[100_00n, '2026-11-01', { isRetention: true }]]))
    .rows;
  if (!row) throw new Error('no row');
  const to = localDate('2026-12-20');
  await askPostponement(await world.company.as('rep'), {
    id: row.id,
    version: row.version,
    to,
    remark: '客户改期',
  });
  const { id, version, subjectId } = await world.company.db.approval.findFirstOrThrow({
    where: { subjectType: 'postponement', status: 'open' },
  });
  const card = await ui.render('postponement.card', { postponementId: subjectId, approvalId: id });
  const posted = await ui.post([...(card?.blocks ?? [])], world.sandbox.dm(MANAGER));
  const batch = JSON.stringify({ k: 'batch', a: id, v: version });
  await ui.click(MANAGER, posted, 'approval.more', { value: batch });
  expect(seen(MANAGER)).toContain('12月20日 周日 客户改期');
  await world.sandbox.submit(MANAGER, ui.fill(MANAGER, { pick0: [JSON.stringify({ a: id, v: version })] }));
  expect(seen(MANAGER)).toContain('第1期的延期 已通过');
  expect(await world.company.db.approval.findUniqueOrThrow({ where: { id } })).toMatchObject({
    status: 'approved',
  });
});

it('every kind is ticked like another, a change with all that it changes, and each has its result', async () => {
  const { company } = world;
  const { rows, contract } = await anActiveContract(company, [
    [100_00n, '2026-12-01'],
    [200_00n, '2026-12-02'],
    [50_00n, '2026-11-01'],
  ]);
  const [one, two, three] = rows;
  if (!one || !two || !three) throw new Error('no rows');
  const { receipt, approval } = await aSubmittedReceipt(company, one, 100_00n);
  await approve(await company.as('finance2'), approval.id, approval.version);
  const { id: receiptId, version } = await company.db.receipt.findUniqueOrThrow({
    where: { id: receipt.id },
  });
  const finance = await company.as('finance');
  const debt = { instalmentId: three.id, version: three.version, kind: 'bad_debt', amount: null } as const;
  const moved = { receiptId, version, lines: [{ instalmentId: two.id, amount: 100_00n }], reason: '付错期' };
  const { fields } = await loadAmendable(finance, contract.id);
  const later = { name: '尾款', amount: 200_00n, dueOn: localDate('2027-01-15') };
  const asked = [
    await askWriteOff(finance, { ...debt, reason: '破产' }),
    await reallocate(await company.as('finance'), moved),
  ];
  const { change: amendment } = await proposeAmendment(await company.as('rep'), {
    contractId: contract.id,
    version: (await company.db.contract.findUniqueOrThrow({ where: { id: contract.id } })).version,
    reason: '客户要求',
    fields: { ...fields, name: '改名' },
    plan: { rows: new Map([[two.id, later]]), added: [] },
    keepRest: false,
    alreadyDue: false,
  });
  const tick = async (who: string, subjects: readonly { id: string }[]) => {
    const where = { subjectId: { in: subjects.map(({ id }) => id) }, status: 'open' } as const;
    const open = await company.db.approval.findMany({ where, orderBy: { id: 'asc' } });
    expect(open).toHaveLength(subjects.length);
    await ui.press(who, 'approval.batch', '');
    const shown = seen(who);
    const pick0 = open.map((row) => JSON.stringify({ a: row.id, v: row.version }));
    await world.sandbox.submit(who, ui.fill(who, { pick0 }));
    await expect.poll(() => seen(who), { timeout: 10_000 }).not.toContain('正在保存');
    return { shown, results: seen(who) };
  };
  const money = await tick(FINANCE_MANAGER, asked);
  expect(money.shown).toContain('第1期 ¥100.00 → ¥0.00');
  expect(money.shown).toContain('第2期 ¥0.00 → ¥100.00');
  expect(money.results.match(/ 已通过/g)).toHaveLength(2);
  const changes = await tick(MANAGER, [amendment]);
  expect(changes.shown).toContain('改名');
  expect(changes.shown).toMatch(/第2期：.*12月2日.* → 尾款 · ¥200.00 · 2027/);
  expect(changes.results.match(/ 已通过/g)).toHaveLength(1);
  const kinds = { in: [...asked, amendment].map(({ id }) => id) };
  expect(await company.db.approval.count({ where: { subjectId: kinds, status: 'approved' } })).toBe(3);
});

it('whoever is the only one for the next step is asked before, on the card and in the window', async () => {
  const { company } = world;
  const { version } = await company.db.user.findUniqueOrThrow({ where: { id: company.ids.finance } });
  const delegate = { id: company.ids.financeManager, until: localDate('2026-12-31') };
  await setDelegate(await company.as('finance'), { userId: company.ids.finance, version, delegate });
  const asked = async () => {
    const [row] = (await anActiveContract(company, [[600_000_00n, '2026-12-01']])).rows;
    if (!row) throw new Error('no row');
    const { receipt, approval } = await aSubmittedReceipt(company, row, 600_000_00n);
    const open = () => company.db.approval.findUniqueOrThrow({ where: { id: approval.id } });
    return { receipt, approval, open, value: JSON.stringify({ a: approval.id, v: approval.version }) };
  };
  const one = await asked();
  await ui.press(FINANCE_MANAGER, 'approval.approve', one.value);
  expect(seen(FINANCE_MANAGER)).toContain('你现在通过第 1 步，第 2 步就没有人审批了');
  expect(seen(FINANCE_MANAGER)).toContain('第 1 步也可以留给 finance、finance2。');
  expect(await one.open()).toMatchObject({ currentStep: 1, status: 'open' });
  await world.sandbox.dismiss(FINANCE_MANAGER, true);
  // A batch does not pass over it either.
  await ui.press(FINANCE_MANAGER, 'approval.batch', '');
  await world.sandbox.submit(FINANCE_MANAGER, ui.fill(FINANCE_MANAGER, { pick0: [one.value] }));
  expect(seen(FINANCE_MANAGER)).toContain(`${one.receipt.number} 未处理：第 2 步只有你能审批`);
  await world.sandbox.dismiss(FINANCE_MANAGER, true);
  // Knowing it, from the card and from the receipt's window.
  await ui.press(FINANCE_MANAGER, 'approval.approve', one.value);
  await world.sandbox.submit(FINANCE_MANAGER, {});
  expect(await one.open()).toMatchObject({ currentStep: 2, status: 'open' });
  expect(seen(FINANCE_MANAGER)).toContain('下一步还没有人能审批，已通知管理员');
  await world.sandbox.dismiss(FINANCE_MANAGER, true);
  const two = await asked();
  await ui.press(FINANCE_MANAGER, 'receipt.open', JSON.stringify({ i: two.receipt.id }));
  await ui.clickTop(FINANCE_MANAGER, 'approval.approve');
  expect(seen(FINANCE_MANAGER)).toContain('第 2 步只有你能审批');
  await world.sandbox.submit(FINANCE_MANAGER, {});
  expect(await two.open()).toMatchObject({ currentStep: 2 });
  expect(seen(FINANCE_MANAGER)).toContain(two.receipt.number);
  const now = await company.db.user.findUniqueOrThrow({ where: { id: company.ids.finance } });
  const end = { userId: company.ids.finance, version: now.version, delegate: null };
  await setDelegate(await company.as('finance'), end);
});

it('a question goes to the recorder and back; the trail tells of it', async () => {
  const [row] = (await anActiveContract(world.company, [[100_00n, '2026-12-01']])).rows;
  if (!row) throw new Error('no row');
  const { receipt, approval } = await aSubmittedReceipt(world.company, row, 100_00n);
  await ui.press(FINANCE, 'approval.ask', JSON.stringify({ a: approval.id, v: approval.version }));
  await world.sandbox.submit(FINANCE, ui.fill(FINANCE, { question: '哪一期？' }));
  expect(seen(FINANCE)).toContain('已问 rep');
  const question = await world.company.db.approvalQuestion.findFirstOrThrow({
    where: { approvalId: approval.id },
  });
  await ui.press(REP, 'approval.reply', JSON.stringify({ q: question.id }));
  expect(seen(REP)).toContain('finance 问：哪一期？');
  await world.sandbox.submit(REP, ui.fill(REP, { answer: '第1期' }));
  expect(seen(REP)).toContain('已回复 finance');
  await world.sandbox.dismiss(REP, true);
  await ui.press(REP, 'audit.open', '');
  await world.sandbox.submit(REP, ui.fill(REP, { number: receipt.number }));
  await expect.poll(() => seen(REP), { timeout: 10_000 }).toContain('*回答提问*');
  expect(seen(REP)).toContain('问题：哪一期？');
});
