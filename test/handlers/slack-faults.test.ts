// Slack limits, breaks or loses a call that a person waits for: they are told within seconds what to do, and nobody else
// waits with them.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';

const WORDS = {
  'zh-CN': 'Slack 没响应。没看到结果就再试一次，不会重复写入。',
  'en-US': 'Slack did not answer. If you see no result, try again: nothing is written twice.',
} as const;

describe.each(['zh-CN', 'en-US'] as const)('in %s', (locale) => {
  let world: SandboxedCompany;
  beforeAll(async () => {
    world = await startSandboxedCompany(locale);
  });
  afterEach(() => world.sandbox.faults.clear());
  afterAll(() => world.close());
  const close = async (who: 'rep' | 'manager' | 'admin') => world.sandbox.dismiss(slackId(who), true);

  it('a window that broke once opens all the same', async () => {
    world.sandbox.faults.add({ method: 'views.open', status: 500, times: 1 });
    const rep = world.person('rep');
    await rep.press('contract.new');
    expect(rep.top().callback_id).toBe('contract.new');
    await close('rep');
  });

  it('one that goes on breaking is told of, and opens with the next click', async () => {
    world.sandbox.faults.add({ method: 'views.open', status: 500, times: 2 });
    const rep = world.person('rep');
    const start = performance.now();
    await rep.shortcut('shortcut.contract');
    expect(performance.now() - start).toBeLessThan(3_000);
    expect(rep.words()).toContain(WORDS[locale]);
    await close('rep');
    await rep.shortcut('shortcut.contract');
    expect(rep.top().callback_id).toBe('contract.new');
    await close('rep');
  });

  it('where no window opens at all, in the person’s messages', async () => {
    world.sandbox.faults.add({ method: 'views.open', status: 500, times: 4 });
    const rep = world.person('rep');
    await rep.shortcut('shortcut.contract');
    expect(rep.told()).toBe(WORDS[locale]);
  });

  it('one person’s limit holds up nobody else', async () => {
    world.sandbox.faults.add({ method: 'views.open', retry_after: 30, times: 1 });
    const [rep, manager] = [world.person('rep'), world.person('manager')];
    const start = performance.now();
    await rep.press('contract.new');
    expect(JSON.stringify(world.sandbox.history(rep.id, world.sandbox.dm(rep.id)).at(-1))).toContain(
      WORDS[locale],
    );
    await manager.press('contract.new');
    expect(performance.now() - start).toBeLessThan(3_000);
    expect(manager.top().callback_id).toBe('contract.new');
    await close('manager');
  });

  it('a window that was closed while it was saved: what came of it is told in the person’s messages', async () => {
    const admin = world.person('admin');
    await admin.press('settings.channels');
    world.sandbox.faults.add({ method: 'conversations.info', delay_ms: 2_300, times: 1 });
    const saved = admin.submit({ finance: { value: { selected_conversation: 'C0GENERAL' } } });
    await world.sandbox.waitFor(() => {
      const top = world.sandbox.views(admin.id).at(-1);
      return top !== undefined && top.callback_id !== 'settings.channels' ? true : undefined;
    }, 4_000);
    await close('admin');
    await saved;
    expect(admin.told()).toContain(locale === 'en-US' ? '✅ Channels saved.' : '✅ 已保存频道。');
  });
  it('a Home that Slack did not take is published by the job', async () => {
    const { db, ids } = world.company;
    world.sandbox.faults.add({ method: 'views.publish', retry_after: 30, times: 1 });
    world.sandbox.openHome(slackId('finance'));
    const stale = () =>
      db.user.findFirst({ where: { id: ids.finance, homeStale: true, homeOpenedAt: { not: null } } });
    const deadline = performance.now() + 5_000;
    while (!(await stale()) && performance.now() < deadline) await sleep(50);
    expect(await stale()).not.toBeNull();
    expect(world.sandbox.home(slackId('finance'))).toBeNull();
  });
});
